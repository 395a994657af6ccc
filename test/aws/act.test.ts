// What is asked of AWS for each action, and what becomes of its answers. The answers are scripted, the clients are real.
import type { CreateFleetCommandInput } from "@aws-sdk/client-ec2";
import { describe, expect, test } from "@jest/globals";
import { createAwsWorld, type Table, type Warmer, type WarmOrder } from "../../shared/aws/index.ts";
import type { Row, World } from "../../shared/control/index.ts";
import type { Action } from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { answeredClients, awsError, never } from "../support/cloudClients.ts";
import { givenPolicy, instance, noon } from "../support/given.ts";
import { doneOf, type RowGiven, rowOfGeneration } from "../support/rows.ts";

interface Call {
  readonly command: string;
  readonly input: object;
}
type Script = Readonly<Record<string, (input: never) => object>>;

const arn = "arn:aws:elasticloadbalancing:eu-west-1:1:targetgroup/shop-web/1";
const usual: Script = {
  DescribeTargetGroups: () => ({ TargetGroups: [{ TargetGroupArn: arn, TargetGroupName: "shop-web" }] }),
  DescribeTargetGroupAttributes: () => ({ Attributes: [] }),
};

/** A world whose AWS answers by the script, and `{}` to what the script leaves out. */
function scripted(script: Script, given: { now?: () => number; warmer?: Warmer } = {}) {
  const calls: Call[] = [];
  const clients = answeredClients((_service, command, input) => {
    calls.push({ command, input: input as object });
    return ({ ...usual, ...script }[command] ?? (() => ({})))(input as never);
  });
  const world = createAwsWorld({
    clients,
    table: { stage: "prod" } as Table,
    now: given.now ?? (() => noon),
    evaluator: () => "one",
    warmer: given.warmer ?? { kind: "none" },
    abortIn: never,
  });
  return {
    world,
    calls: (command: string) => calls.filter((call) => call.command === command).map(({ input }) => input),
  };
}

const rowWith = (actions: readonly Action[], given: RowGiven = {}): Row =>
  rowOfGeneration(1, { actions, instances: ["i-1", "i-2", "i-3", "i-4"].map((id) => instance(id)), ...given });
const run = (world: World, actions: readonly Action[], given: { policy?: Policy; row?: RowGiven } = {}) =>
  world.act(given.policy ?? givenPolicy(), rowWith(actions, given.row), actions);

const launch = (onDemandCount: number, spotCount = 0): Action => ({
  kind: "launch",
  id: "shop@1/launch",
  onDemandCount,
  spotCount,
  templateVersion: "1",
  subnets: [],
});
const on = (kind: "register" | "take-back" | "warm", ...ids: readonly string[]): readonly Action[] =>
  ids.map((id) => ({ kind, id: `shop@1/${kind}/${id}`, instance: id }));
const drain = (...ids: readonly string[]): readonly Action[] =>
  ids.map((id) => ({ kind: "drain", id: `shop@1/drain/${id}`, instance: id, because: "surplus" }));
const terminate = (registered: "registered" | "unregistered", ...ids: readonly string[]): readonly Action[] =>
  ids.map((id) => ({ kind: "terminate", id: `shop@1/terminate/${id}`, instance: id, because: "drained", registered }));
const doneEach = (actions: readonly Action[]) =>
  actions.map((action) => doneOf(action.id, "instance" in action ? action.instance : ""));

describe("launch", () => {
  const fleetOf = (...ids: readonly string[]) => ({ CreateFleet: () => ({ Instances: [{ InstanceIds: ids }] }) });
  const asked = async (policy: Policy, action: Action): Promise<CreateFleetCommandInput> => {
    const count = action.kind === "launch" ? action.onDemandCount + action.spotCount : 0;
    const { world, calls } = scripted(fleetOf(...Array.from({ length: count }, (_, index) => `i-${index}`)));
    const placed = action.kind === "launch" ? { ...action, subnets: policy.launch.subnets } : action;
    await run(world, [placed], { policy });
    expect(calls("CreateFleet")).toHaveLength(1);
    return calls("CreateFleet")[0] as CreateFleetCommandInput;
  };
  const policyWith = (changed: Partial<Policy["launch"]>): Policy =>
    givenPolicy({ launch: { ...givenPolicy().launch, ...changed } });

  test("asks for one instant fleet, tagged as the fleet's own", async () => {
    const tags = {
      Name: "prod/shop",
      "tidegate:fleet": "prod/shop",
      "tidegate:action": "shop@1/launch",
      "tidegate:generation": "1",
      "tidegate:policy": "sha256:00",
    };
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    expect(await asked(givenPolicy(), launch(3))).toEqual({
      Type: "instant",
      ClientToken: expect.stringMatching(/^[0-9a-f]{64}$/),
      LaunchTemplateConfigs: [{ LaunchTemplateSpecification: { LaunchTemplateName: "shop", Version: "1" } }],
      TargetCapacitySpecification: {
        TotalTargetCapacity: 3,
        OnDemandTargetCapacity: 3,
        SpotTargetCapacity: 0,
        DefaultTargetCapacityType: "on-demand",
      },
      TagSpecifications: [
        { ResourceType: "fleet", Tags },
        { ResourceType: "instance", Tags },
        { ResourceType: "volume", Tags },
        { ResourceType: "network-interface", Tags },
      ],
    });
  });

  test("crosses types with subnets, and buys spot where it is cheap and plenty", async () => {
    const policy = policyWith({
      template: { kind: "id", value: "lt-1", version: "7" },
      instanceTypes: ["m7g.large", "m6g.large"],
      subnets: ["subnet-a", "subnet-b"],
    });
    expect(await asked(policy, launch(1, 4))).toMatchObject({
      LaunchTemplateConfigs: [
        {
          LaunchTemplateSpecification: { LaunchTemplateId: "lt-1", Version: "1" },
          Overrides: [
            { InstanceType: "m7g.large", Priority: 0, SubnetId: "subnet-a" },
            { InstanceType: "m7g.large", Priority: 1, SubnetId: "subnet-b" },
            { InstanceType: "m6g.large", Priority: 2, SubnetId: "subnet-a" },
            { InstanceType: "m6g.large", Priority: 3, SubnetId: "subnet-b" },
          ],
        },
      ],
      TargetCapacitySpecification: { TotalTargetCapacity: 5, OnDemandTargetCapacity: 1, SpotTargetCapacity: 4 },
      OnDemandOptions: { AllocationStrategy: "prioritized" },
      SpotOptions: { AllocationStrategy: "price-capacity-optimized" },
    });
  });

  test.each([
    ["subnets alone", { subnets: ["subnet-a"] }, [{ SubnetId: "subnet-a", Priority: 0 }]],
    ["types alone", { instanceTypes: ["m7g.large"] }, [{ InstanceType: "m7g.large", Priority: 0 }]],
  ])("leaves the rest to the template: %s", async (_name, changed, overrides) => {
    const input = await asked(policyWith(changed), launch(1));
    expect(input.LaunchTemplateConfigs?.[0]?.Overrides).toEqual(overrides);
  });

  test("is done when all came, also when some pools had refused", async () => {
    const Errors = [{ ErrorCode: "InsufficientInstanceCapacity", ErrorMessage: "none left" }];
    const { world } = scripted({
      CreateFleet: () => ({ Instances: [{ InstanceIds: ["i-7"] }, { InstanceIds: ["i-8"] }], Errors }),
    });
    expect(await run(world, [launch(2)])).toEqual([doneOf("shop@1/launch", "i-7", "i-8")]);
  });

  test.each([
    ["some came", ["i-7"], "InsufficientInstanceCapacity", "insufficient-capacity"],
    ["some came, the others were denied", ["i-7"], "UnauthorizedOperation", "insufficient-capacity"],
    ["none came", [], "InsufficientInstanceCapacity", "insufficient-capacity"],
    ["the quota is used up", [], "VcpuLimitExceeded", "insufficient-capacity"],
    ["nobody may", [], "UnauthorizedOperation", "denied"],
    ["too fast", [], "RequestLimitExceeded", "throttled"],
    ["no such image", [], "InvalidAMIID.NotFound", "failed"],
  ])("reads the errors inside a 200: %s", async (_name, ids, ErrorCode, kind) => {
    const { world } = scripted({
      CreateFleet: () => ({ Instances: [{ InstanceIds: ids }], Errors: [{ ErrorCode, ErrorMessage: "no" }] }),
    });
    const outcome = { kind, action: "shop@1/launch", because: `${ErrorCode}: no` };
    const attempts = [
      { onDemandCount: 2, spotCount: 0, from: "every-pool", came: ids.length, because: `${ErrorCode}: no` },
    ];
    const came = kind === "insufficient-capacity" ? { instances: ids, attempts, shortSubnets: [] } : {};
    expect(await run(world, [launch(2)])).toEqual([{ ...outcome, ...came }]);
  });

  test("does not repeat itself when twenty pools say the same", async () => {
    const error = { ErrorCode: "InsufficientInstanceCapacity", ErrorMessage: "none left" };
    const { world } = scripted({ CreateFleet: () => ({ Errors: Array(20).fill(error) }) });
    expect(await run(world, [launch(2)])).toMatchObject([{ because: "InsufficientInstanceCapacity: none left" }]);
  });

  test("says so when nothing came and no reason was given", async () => {
    const { world } = scripted({});
    expect(await run(world, [launch(2)])).toMatchObject([{ kind: "insufficient-capacity", instances: [] }]);
  });

  test.each([
    ["InsufficientInstanceCapacity", 500, [{ kind: "insufficient-capacity", instances: [] }]],
    ["RequestLimitExceeded", 503, [{ kind: "throttled" }]],
    ["UnauthorizedOperation", 403, [{ kind: "denied" }]],
    ["InvalidLaunchTemplateName.NotFoundException", 400, [{ kind: "failed" }]],
    // Whether anything was launched is not known: the next look finds out.
    ["InternalError", 500, []],
  ])("refused with %s", async (code, status, outcomes) => {
    const { world } = scripted({
      CreateFleet: () => {
        throw awsError(code, status);
      },
    });
    expect(await run(world, [launch(2)])).toMatchObject(outcomes);
  });

  test("has no outcome when no answer came", async () => {
    const { world } = scripted({
      CreateFleet: () => {
        throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
      },
    });
    expect(await run(world, [launch(2)])).toEqual([]);
  });

  test("that is recovered is done with what its tag finds, and buys nothing", async () => {
    const { world, calls } = scripted({
      DescribeInstances: () => ({ Reservations: [{ Instances: [{ InstanceId: "i-9" }, { InstanceId: "i-8" }] }] }),
    });
    const outcomes = await run(world, [launch(2)], { row: { kind: "recovering" } });
    expect(outcomes).toEqual([doneOf("shop@1/launch", "i-8", "i-9")]);
    expect(calls("CreateFleet")).toEqual([]);
    expect(calls("DescribeInstances")).toMatchObject([
      {
        Filters: [
          { Name: "tag:tidegate:fleet", Values: ["prod/shop"] },
          { Name: "tag:tidegate:action", Values: ["shop@1/launch"] },
        ],
      },
    ]);
  });

  test("that is recovered has no outcome when its tag cannot be looked for", async () => {
    const { world, calls } = scripted({
      DescribeInstances: () => {
        throw awsError("RequestLimitExceeded", 503);
      },
    });
    expect(await run(world, [launch(2)], { row: { kind: "recovering" } })).toEqual([]);
    expect(calls("CreateFleet")).toEqual([]);
  });
});

describe("register, take back and drain", () => {
  const kinds = [
    ["register", "RegisterTargets", on("register", "i-1", "i-2", "i-3", "i-4")],
    ["take-back", "RegisterTargets", on("take-back", "i-1", "i-2", "i-3", "i-4")],
    ["drain", "DeregisterTargets", drain("i-1", "i-2", "i-3", "i-4")],
  ] as const;

  test.each(kinds)("%s is one call for all", async (_kind, command, actions) => {
    const { world, calls } = scripted({});
    expect(await run(world, actions)).toEqual(doneEach(actions));
    const Targets = ["i-1", "i-2", "i-3", "i-4"].map((Id) => ({ Id }));
    expect(calls(command)).toEqual([{ TargetGroupArn: arn, Targets }]);
  });

  test.each(kinds)("%s leaves alone the one that is refused", async (_kind, command, actions) => {
    const { world } = scripted({
      [command]: ({ Targets }: { Targets: readonly { Id: string }[] }) => {
        if (Targets.some(({ Id }) => Id === "i-3")) throw awsError("InvalidTarget");
        return {};
      },
    });
    const outcomes = await run(world, actions);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["done", "done", "failed", "done"]);
    expect(outcomes[2]).toEqual({
      kind: "failed",
      action: actions[2]?.id,
      because: "InvalidTarget: InvalidTarget it is",
    });
  });

  test("a throttled batch is not tried again in pieces", async () => {
    const { world, calls } = scripted({
      RegisterTargets: () => {
        throw awsError("Throttling");
      },
    });
    const outcomes = await run(world, on("register", "i-1", "i-2"));
    expect(outcomes.map(({ kind }) => kind)).toEqual(["throttled", "throttled"]);
    expect(calls("RegisterTargets")).toHaveLength(1);
  });

  test("a target group that is gone is an outcome", async () => {
    const { world } = scripted({
      DescribeTargetGroups: () => {
        throw awsError("TargetGroupNotFoundException");
      },
    });
    expect(await run(world, drain("i-1"))).toMatchObject([{ kind: "failed", because: /^TargetGroupNotFound: / }]);
  });

  test("more than one call takes are asked for in several", async () => {
    const ids = Array.from({ length: 250 }, (_, index) => `i-${index}`);
    const { world, calls } = scripted({});
    const instances = ids.map((id) => instance(id));
    expect(await run(world, on("register", ...ids), { row: { instances } })).toHaveLength(250);
    expect(calls("RegisterTargets").map((input) => (input as { Targets: [] }).Targets.length)).toEqual([100, 100, 50]);
  });
});

describe("terminate", () => {
  test("takes those that are registered out of the load balancer first", async () => {
    const { world, calls } = scripted({});
    const actions = [...terminate("unregistered", "i-1"), ...terminate("registered", "i-2")];
    expect(await run(world, actions)).toEqual(doneEach(actions));
    expect(calls("DeregisterTargets")).toMatchObject([{ Targets: [{ Id: "i-2" }] }]);
    expect(calls("TerminateInstances")).toEqual([{ InstanceIds: ["i-1", "i-2"] }]);
  });

  test("leaves running what could not leave the load balancer", async () => {
    const { world, calls } = scripted({
      DeregisterTargets: () => {
        throw awsError("Throttling");
      },
    });
    const actions = [...terminate("registered", "i-1"), ...terminate("unregistered", "i-2")];
    const outcomes = await run(world, actions);
    expect(new Map(outcomes.map(({ action, kind }) => [action, kind]))).toEqual(
      new Map([
        ["shop@1/terminate/i-1", "throttled"],
        ["shop@1/terminate/i-2", "done"],
      ]),
    );
    expect(calls("TerminateInstances")).toEqual([{ InstanceIds: ["i-2"] }]);
  });

  test("is done with an instance that EC2 no longer knows, and terminates the others", async () => {
    const terminated: string[] = [];
    const { world } = scripted({
      TerminateInstances: ({ InstanceIds }: { InstanceIds: readonly string[] }) => {
        if (InstanceIds.includes("i-2")) throw awsError("InvalidInstanceID.NotFound");
        terminated.push(...InstanceIds);
        return {};
      },
    });
    const actions = terminate("unregistered", "i-1", "i-2", "i-3");
    expect(await run(world, actions)).toEqual(doneEach(actions));
    expect(terminated).toEqual(["i-1", "i-3"]);
  });

  test("tells what AWS protects", async () => {
    const { world } = scripted({
      TerminateInstances: () => {
        throw awsError("OperationNotPermitted");
      },
    });
    expect(await run(world, terminate("unregistered", "i-1"))).toMatchObject([{ kind: "denied" }]);
  });
});

describe("warm", () => {
  test("starts the warmer for each", async () => {
    const started: WarmOrder[] = [];
    const start = async (_policy: Policy, order: WarmOrder) => void started.push(order);
    const { world } = scripted({}, { warmer: { kind: "warmer", start } });
    expect(await run(world, on("warm", "i-1", "i-2"))).toEqual(doneEach(on("warm", "i-1", "i-2")));
    expect(started).toEqual(["i-1", "i-2"].map((instance) => ({ instance, generation: 1 })));
  });

  test("fails where there is no warmer, and says how to get one", async () => {
    const because = expect.stringContaining("this deployment has no warmer: deploy with --param warmSubnets=");
    const { world } = scripted({});
    expect(await run(world, on("warm", "i-1"))).toEqual([{ kind: "failed", action: "shop@1/warm/i-1", because }]);
  });
});

describe("the lease", () => {
  test("lets no call start once it has run out", async () => {
    const { world, calls } = scripted({}, { now: () => rowWith([]).actBy });
    for (const actions of [[launch(1)], on("register", "i-1"), terminate("registered", "i-1")])
      expect(await run(world, actions)).toEqual(actions.map(({ id }) => ({ kind: "too-late", action: id })));
    expect([...calls("CreateFleet"), ...calls("RegisterTargets"), ...calls("TerminateInstances")]).toEqual([]);
  });

  test("ends a refused batch's second tries as well", async () => {
    let now = noon;
    const refuse = () => {
      now = rowWith([]).actBy;
      throw awsError("InvalidTarget");
    };
    const { world, calls } = scripted({ RegisterTargets: refuse }, { now: () => now });
    const outcomes = await run(world, on("register", "i-1", "i-2"));
    expect(outcomes.map(({ kind }) => kind)).toEqual(["too-late", "too-late"]);
    expect(calls("RegisterTargets")).toHaveLength(1);
  });
});

describe("what the snapshot does not list", () => {
  test("is never touched", async () => {
    const { world, calls } = scripted({});
    expect(await run(world, on("register", "i-foreign"))).toMatchObject([{ kind: "failed" }]);
    expect(await run(world, terminate("registered", "i-gone"))).toMatchObject([{ kind: "done" }]);
    expect(await run(world, drain("i-gone"))).toMatchObject([{ kind: "done" }]);
    expect([...calls("RegisterTargets"), ...calls("DeregisterTargets"), ...calls("TerminateInstances")]).toEqual([]);
  });

  test("keeps its end open while nothing can be seen", async () => {
    const { world, calls } = scripted({});
    const actions = terminate("registered", "i-1");
    const blind = rowOfGeneration(2, { actions, kind: "recovering" });
    expect(await world.act(givenPolicy(), blind, actions)).toEqual([]);
    expect(calls("TerminateInstances")).toEqual([]);
  });
});
