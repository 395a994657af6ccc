// A launch that meets no capacity: where it falls back to, and what it leaves in the outcome.
import type { CreateFleetCommandInput } from "@aws-sdk/client-ec2";
import { expect, test } from "@jest/globals";
import { buy } from "../../shared/aws/buy.ts";
import { secondMs } from "../../shared/core/index.ts";
import type { Outcome } from "../../shared/engine/index.ts";
import { answeredClients, awsError, never } from "../support/cloudClients.ts";
import { givenPolicy, noon } from "../support/given.ts";

const types = ["m7g.large", "m6g.large"];
const subnets = ["subnet-a", "subnet-b"];

interface Came {
  readonly onDemand?: readonly string[];
  readonly spot?: readonly string[];
  /** `<type> <subnet>` */
  readonly refused?: readonly string[];
  readonly code?: string;
}

/** EC2 answers one attempt after the other as scripted, and keeps what it was asked. */
async function bought(
  answers: readonly (Came | Error)[],
  given: { onDemandCount: number; spotCount: number; launch?: object; onDemandIn?: readonly number[] },
): Promise<{ readonly outcomes: readonly Outcome[]; readonly asked: readonly CreateFleetCommandInput[] }> {
  const asked: CreateFleetCommandInput[] = [];
  const { ec2 } = answeredClients((_service, _command, input) => {
    const answer = answers[asked.push(input as CreateFleetCommandInput) - 1];
    if (answer === undefined) throw new TypeError("one attempt too many");
    if (answer instanceof Error) throw answer;
    return answerOf(answer);
  });
  const { onDemandCount, spotCount, onDemandIn } = given;
  const action = {
    kind: "launch",
    id: "shop@1/launch",
    onDemandCount,
    spotCount,
    templateVersion: "7",
  } as const;
  const launch = { ...givenPolicy().launch, instanceTypes: types, subnets, ...given.launch };
  const outcomes = await buy({
    ec2,
    lease: { now: () => noon, actBy: noon + 20 * secondMs, abortIn: never, patience: "none" },
    request: {
      launch,
      action: { ...action, subnets: launch.subnets, ...(onDemandIn ? { onDemandIn } : {}) },
      owner: "prod/shop",
      generation: 1,
      policyVersion: "sha256:00",
    },
    token: (attempt) => `token-${attempt}`,
  });
  return { outcomes, asked };
}

function answerOf({ onDemand = [], spot = [], refused = [], code = "InsufficientInstanceCapacity" }: Came): object {
  return {
    Instances: [
      { Lifecycle: "on-demand", InstanceIds: onDemand },
      { Lifecycle: "spot", InstanceIds: spot },
    ],
    Errors: refused.map((pool) => {
      const [InstanceType, SubnetId] = pool.split(" ");
      return {
        ErrorCode: code,
        ErrorMessage: "none",
        LaunchTemplateAndOverrides: { Overrides: { InstanceType, SubnetId } },
      };
    }),
  };
}

const poolsOf = ({ LaunchTemplateConfigs: configs = [] }: CreateFleetCommandInput): readonly string[] =>
  (configs[0]?.Overrides ?? []).map(({ InstanceType, SubnetId }) => `${InstanceType} ${SubnetId}`);
const brief = (asked: readonly CreateFleetCommandInput[]) =>
  asked.map((input) => {
    const { OnDemandTargetCapacity, SpotTargetCapacity } = input.TargetCapacitySpecification ?? {};
    return [`${OnDemandTargetCapacity}+${SpotTargetCapacity}`, input.ClientToken, poolsOf(input).join(", ")];
  });
const everyPool = types.flatMap((type) => subnets.map((subnet) => `${type} ${subnet}`)).join(", ");

test("what all comes at once is done", async () => {
  const { outcomes, asked } = await bought([{ onDemand: ["i-1", "i-2"] }], { onDemandCount: 2, spotCount: 0 });
  expect(brief(asked)).toEqual([["2+0", "token-0", everyPool]]);
  expect(outcomes).toEqual([{ kind: "done", action: "shop@1/launch", instances: ["i-1", "i-2"] }]);
});

test("what is spread over subnets is asked for in each of them first, and in the others after it", async () => {
  const { outcomes, asked } = await bought([{ onDemand: ["i-1", "i-2"], spot: ["i-3"] }, { onDemand: ["i-4"] }], {
    onDemandCount: 3,
    spotCount: 1,
    onDemandIn: [2, 1],
  });
  expect(brief(asked)).toEqual([
    ["2+1", "token-0", "m7g.large subnet-a, m7g.large subnet-b, m6g.large subnet-a, m6g.large subnet-b"],
    ["1+0", "token-4", "m7g.large subnet-b, m7g.large subnet-a, m6g.large subnet-b, m6g.large subnet-a"],
  ]);
  expect(outcomes).toEqual([{ kind: "done", action: "shop@1/launch", instances: ["i-1", "i-2", "i-3", "i-4"] }]);
});

test("what a subnet is short of beside the others falls back as one", async () => {
  const { outcomes, asked } = await bought(
    [{ onDemand: ["i-1"], refused: ["m7g.large subnet-a"] }, { onDemand: ["i-2", "i-3"] }, { onDemand: ["i-4"] }],
    { onDemandCount: 4, spotCount: 0, onDemandIn: [2, 2] },
  );
  expect(brief(asked).map(([counts, token]) => `${counts} ${token}`)).toEqual([
    "2+0 token-0",
    "2+0 token-4",
    "1+0 token-1",
  ]);
  expect(outcomes).toMatchObject([{ kind: "fell-back", instances: ["i-1", "i-2", "i-3", "i-4"] }]);
});

test("what is short falls back to the other types, then to the other zones, each with its own token", async () => {
  const { outcomes, asked } = await bought(
    [
      { onDemand: ["i-1"], refused: ["m7g.large subnet-a"] },
      { onDemand: ["i-2"], refused: ["m6g.large subnet-a"] },
      { onDemand: ["i-3"] },
    ],
    { onDemandCount: 3, spotCount: 0 },
  );
  expect(brief(asked)).toEqual([
    ["3+0", "token-0", everyPool],
    ["2+0", "token-1", "m6g.large subnet-a, m6g.large subnet-b"],
    ["1+0", "token-2", "m7g.large subnet-b, m6g.large subnet-b"],
  ]);
  const because = "InsufficientInstanceCapacity: none";
  expect(outcomes).toEqual([
    {
      kind: "fell-back",
      action: "shop@1/launch",
      shortSubnets: ["subnet-a"],
      instances: ["i-1", "i-2", "i-3"],
      attempts: [
        { onDemandCount: 3, spotCount: 0, from: "every-pool", came: 1, because },
        { onDemandCount: 2, spotCount: 0, from: "other-types", came: 1, because },
        { onDemandCount: 1, spotCount: 0, from: "other-zones", came: 1, because: "" },
      ],
    },
  ]);
});

test("where the template names the type, a subnet is short of it, whatever it is called", async () => {
  const launch = { instanceTypes: [] };
  const { outcomes } = await bought([{ refused: ["m7g.large subnet-a"] }, { onDemand: ["i-1"] }], {
    ...{ onDemandCount: 1, spotCount: 0, launch },
  });
  expect(outcomes).toMatchObject([{ kind: "fell-back", instances: ["i-1"], shortSubnets: ["subnet-a"] }]);
});

test("spot that cannot be had is bought on demand at last, from everywhere", async () => {
  const all = everyPool.split(", ");
  const { outcomes, asked } = await bought([{ onDemand: ["i-1"], refused: all }, { onDemand: ["i-2", "i-3"] }], {
    onDemandCount: 1,
    spotCount: 2,
  });
  expect(brief(asked)).toEqual([
    ["1+2", "token-0", everyPool],
    ["2+0", "token-3", everyPool],
  ]);
  expect(outcomes).toMatchObject([{ kind: "fell-back", instances: ["i-1", "i-2", "i-3"] }]);
});

test("where everything is refused, all attempts stand in the outcome, with what came", async () => {
  const all = everyPool.split(", ");
  const { outcomes } = await bought([{ spot: ["i-1"], refused: all }, { refused: all }], {
    onDemandCount: 0,
    spotCount: 2,
  });
  expect(outcomes).toMatchObject([
    {
      kind: "insufficient-capacity",
      instances: ["i-1"],
      because: "InsufficientInstanceCapacity: none",
      attempts: [
        { from: "every-pool", came: 1 },
        { from: "on-demand-instead", onDemandCount: 1, came: 0 },
      ],
    },
  ]);
});

test.each([
  ["UnauthorizedOperation", "denied"],
  ["InvalidSubnetID.NotFound", "failed"],
])("%s does not get better elsewhere", async (code, kind) => {
  const { outcomes, asked } = await bought([{ refused: ["m7g.large subnet-a"], code }], {
    onDemandCount: 1,
    spotCount: 0,
  });
  expect(asked).toHaveLength(1);
  expect(outcomes).toMatchObject([{ kind, because: `${code}: none` }]);
});

test("with types and zones left to the template there is nowhere to fall back to", async () => {
  const { asked } = await bought([{ refused: ["m7g.large subnet-a"] }], {
    onDemandCount: 1,
    spotCount: 0,
    launch: { instanceTypes: [], subnets: [] },
  });
  expect(asked).toHaveLength(1);
});

test.each([
  ["refused", awsError("RequestLimitExceeded", 503), [{ kind: "insufficient-capacity", instances: ["i-1"] }]],
  ["of unknown end", Object.assign(new Error("late"), { name: "TimeoutError" }), []],
  ["of an error inside EC2", awsError("InternalError", 500), []],
])("a second attempt that is %s", async (_name, error, expected) => {
  const short = { onDemand: ["i-1"], refused: ["m7g.large subnet-a"] };
  const { outcomes } = await bought([short, error], { onDemandCount: 2, spotCount: 0 });
  expect(outcomes).toHaveLength(expected.length);
  expect(outcomes).toMatchObject(expected);
});
