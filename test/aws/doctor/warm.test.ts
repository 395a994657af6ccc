// What doctor says of warm-ups and of HAProxy: of facts in tables, and of a whole account, asked by real clients.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { checkHaproxyFunction } from "../../../shared/aws/doctor/checks/haproxy.ts";
import { checkTargetGroup } from "../../../shared/aws/doctor/checks/targetGroup.ts";
import { checkWarm } from "../../../shared/aws/doctor/checks/warm.ts";
import { checkWarmings } from "../../../shared/aws/doctor/checks/warmings.ts";
import type { Deployment, FleetFacts, Hook, LambdaFunction, WantedFunction } from "../../../shared/aws/doctor/facts.ts";
import type { Finding } from "../../../shared/aws/doctor/finding.ts";
import { diagnose } from "../../../shared/aws/doctor/index.ts";
import { ownAlarms, warmingAlarm } from "../../../shared/aws/doctor/own.ts";
import type { Reading } from "../../../shared/aws/doctor/reading.ts";
import { wantedFunctions } from "../../../shared/aws/doctor/wanted.ts";
import { error, hourMs, ok } from "../../../shared/core/index.ts";
import type { Policy } from "../../../shared/policy/index.ts";
import { givenPolicy, hookOf, noon, warmBy } from "../../support/given.ts";
import {
  account,
  denied,
  examined,
  fine,
  haproxyBackend,
  inVpc,
  missing,
  queuesOf,
  subnet,
  subnetsOf,
  template,
  troubles,
} from "./givenFacts.ts";
import { type Answers, doctorClients, refusal } from "./recorded.ts";

const gone = missing("ResourceNotFoundException");
const noQueue = missing("QueueDoesNotExist");
const undeployed = { queue: noQueue, failed: noQueue };
const hookArn = "arn:aws:lambda:eu-west-1:1:function:warm-shop:live";
const toDoOf = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap((finding) => ("toDo" in finding ? [finding.toDo] : []));

const http = givenPolicy({ warm: warmBy() });
const replacing = givenPolicy({ fleet: "api", warm: warmBy({ onFailure: "replace" }) });
const itself = givenPolicy({ warm: warmBy({ by: "ssm" }) });
const hooked = givenPolicy({ fleet: "blog", warm: hookOf(hookArn) });
const behind = givenPolicy({ targetGroup: haproxyBackend });

function wantedBut(name: WantedFunction, read: Reading<LambdaFunction>): Pick<Deployment, "wanted"> {
  return { wanted: new Map([...account().deployment.wanted, [name, read]]) };
}

describe("what warm-ups take of a deployment", () => {
  const meanwhile = "every warm-up fails; new instances of shop serve cold";
  const alarmsBut = (change: readonly { name: string; state: "ringing" | "silent" }[]) =>
    ok([...Object.keys(ownAlarms).map((name) => ({ name, state: "silent" as const })), ...change]);
  test.each<[string, Partial<Deployment>, readonly Policy[], readonly string[]]>([
    ["all there", {}, [http, replacing, hooked], []],
    ["nothing of it, and no policy warms", { warmings: "unwanted", wanted: new Map() }, [givenPolicy()], []],
    [
      "nothing of it",
      { warmings: undeployed, ...wantedBut("warm", gone) },
      [http],
      [`warning: no queue tidegate-prod-warmings: ${meanwhile}`],
    ],
    [
      "nothing of it, where what stays cold is replaced",
      { warmings: undeployed },
      [http, replacing],
      [`problem: no queue tidegate-prod-warmings: ${meanwhile}, those of api are replaced, and none serves`],
    ],
    [
      "what begins them only, since a hook needs no more",
      wantedBut("warm", gone),
      [http, hooked],
      [`warning: no function tidegate-prod-warm: ${meanwhile}`],
    ],
    [
      "nobody who begins them",
      wantedBut("warming", gone),
      [http, hooked],
      ["warning: no function tidegate-prod-warming: every warm-up fails; new instances of shop and blog serve cold"],
    ],
    [
      "functions that may not be read",
      wantedBut("warm", denied("lambda:GetFunctionConfiguration")),
      [http],
      ["warning: function tidegate-prod-warm could not be checked: needs lambda:GetFunctionConfiguration"],
    ],
    [
      "some that failed",
      { warmings: queuesOf(hourMs, 2) },
      [http],
      ["warning: 2 messages in tidegate-prod-warmings-failed: each a warming that has failed three times"],
    ],
    ["no alarm", { alarms: alarmsBut([]) }, [http], ["warning: no alarm tidegate-prod-failed-warmings"]],
    [
      "an alarm that rings",
      { alarms: alarmsBut([{ name: warmingAlarm.name, state: "ringing" }]) },
      [hooked],
      ["warning: alarm tidegate-prod-failed-warmings rings"],
    ],
    [
      "not deployed yet",
      { looks: undeployed, warmings: undeployed },
      [http],
      [
        "note: `warm.http` takes a function in the VPC: npx sls deploy --stage prod --param warmSubnets=… --param warmSecurityGroups=…",
      ],
    ],
    [
      "by ssm what sends commands is",
      wantedBut("warming", gone),
      [itself],
      [`warning: no function tidegate-prod-warming: ${meanwhile}`],
    ],
    ["not deployed yet, and hooks only", { looks: undeployed, warmings: undeployed }, [hooked], []],
  ])("%s", (_, change, policies, expected) => {
    expect(troubles(checkWarmings("prod", { ...account().deployment, ...change }, policies))).toEqual(expected);
  });

  test("is deployed with its parameters where our own function warms, and without for hooks", () => {
    const nothing = { ...account().deployment, warmings: undeployed };
    expect(toDoOf(checkWarmings("prod", nothing, [http, hooked]))).toEqual([
      "npx sls deploy --stage prod --param warmSubnets=… --param warmSecurityGroups=…",
    ]);
    expect(toDoOf(checkWarmings("prod", nothing, [hooked]))).toEqual(["npx sls deploy --stage prod"]);
  });

  test("is called as the template calls it", () => {
    const file = (name: string): string =>
      readFileSync(new URL(`../../../serverless/${name}`, import.meta.url), "utf8");
    const resources = file("warmer/resources.yml");
    for (const name of ["warmings", "warmed", "warmings-failed"])
      expect(resources).toContain(`QueueName: tidegate-\${sls:stage}-${name}\n`);
    expect(resources).toContain(`AlarmName: tidegate-\${sls:stage}-${warmingAlarm.name}\n`);
    expect(file("warmer/functions.yml")).toMatch(/^warm:[\s\S]*^warming:/m);
    expect(file("haproxy/functions.yml")).toMatch(/^haproxy:/m);
  });
});

describe("a fleet that our own function warms", () => {
  const groups = (
    admits: readonly { ports?: readonly [number, number]; groups?: readonly string[]; addresses?: readonly string[] }[],
  ): Pick<FleetFacts, "securityGroups"> => ({
    securityGroups: ok([
      {
        id: "sg-web",
        admits: admits.map(({ ports: [fromPort, toPort] = [8080, 8080], groups: from = [], addresses = [] }) => {
          return { fromPort, toPort, groups: from, addresses };
        }),
      },
    ]),
  });
  const elsewhere: Reading<LambdaFunction> = ok({ vpc: { kind: "one", id: "vpc-2", securityGroups: ["sg-warm"] } });
  const closed = "warning: port 8080 of sg-web is closed to the warmer's sg-warm";
  const open = "port 8080 of sg-web is open to the warmer's sg-warm";
  const placed = "tidegate-prod-warm is in vpc-1, as shop-web";
  const told = (facts: Partial<FleetFacts>, own = inVpc, policy: Policy = http): readonly string[] => {
    const deployment = { ...account().deployment, ...wantedBut("warm", own) };
    const findings = checkWarm(examined({ policy, facts, account: { deployment } }));
    return findings.map(({ level, found }) => (level === "ok" ? found : `${level}: ${found}`));
  };

  test.each<[string, Partial<FleetFacts>, Reading<LambdaFunction>, readonly string[]]>([
    ["is reached", {}, inVpc, [placed, open]],
    ["has what is not there told once, of the account", {}, gone, []],
    ["has what may not be read told once, of the account", {}, denied("lambda:GetFunctionConfiguration"), []],
    [
      "is not reached from another VPC",
      {},
      elsewhere,
      ["warning: tidegate-prod-warm is in vpc-2, shop-web in vpc-1: no warm-up comes through unless they are peered"],
    ],
    [
      "is not reached from none",
      {},
      ok({ vpc: { kind: "none" } }),
      ["warning: tidegate-prod-warm is in no VPC: it reaches no instance"],
    ],
    ["is in a VPC that is not known", { targetGroup: denied("any") }, inVpc, []],
    ["admits nobody", groups([]), inVpc, [placed, closed]],
    ["admits others", groups([{ groups: ["sg-alb"] }]), inVpc, [placed, closed]],
    ["admits it on a port above", groups([{ ports: [8081, 9000], groups: ["sg-warm"] }]), inVpc, [placed, closed]],
    ["admits it on a port below", groups([{ ports: [80, 8079], groups: ["sg-warm"] }]), inVpc, [placed, closed]],
    [
      "admits it among more",
      groups([{}, { ports: [8000, 8080], groups: ["sg-alb", "sg-warm"] }]),
      inVpc,
      [placed, open],
    ],
    ["admits everyone", groups([{ addresses: ["0.0.0.0/0"] }]), inVpc, [placed, open]],
    [
      "admits addresses",
      groups([{ addresses: ["10.0.0.0/16"] }, { addresses: ["10.0.0.0/16", "pl-1"] }]),
      inVpc,
      [
        placed,
        "note: port 8080 of sg-web is open to 10.0.0.0/16 and pl-1: whether the warmer is among them was not checked",
      ],
    ],
    [
      "has groups that may not be read",
      { securityGroups: denied("ec2:DescribeSecurityGroups") },
      inVpc,
      [placed, "warning: the instances' security groups could not be checked: needs ec2:DescribeSecurityGroups"],
    ],
    [
      "has no group that the template names",
      template({ securityGroups: [] }),
      inVpc,
      [placed, "note: the template names no security group by id: whether it admits the warmer was not checked"],
    ],
    ["has no template, which is told elsewhere", { template: gone }, inVpc, [placed]],
  ])("%s", (_, facts, own, expected) => {
    expect(told(facts, own)).toEqual(expected);
  });

  test("is told where to deploy, and which port to open", () => {
    const deployment = { ...account().deployment, ...wantedBut("warm", elsewhere) };
    expect(toDoOf(checkWarm(examined({ policy: http, account: { deployment } })))).toEqual([
      "npx sls deploy --stage prod --param warmSubnets=… --param warmSecurityGroups=…, of vpc-1",
    ]);
    expect(toDoOf(checkWarm(examined({ policy: http, facts: groups([]) })))).toEqual([
      "aws ec2 authorize-security-group-ingress --group-id sg-web --protocol tcp --port 8080 --source-group sg-warm",
    ]);
  });

  test("behind HAProxy answers in its subnets, on the policy's port", () => {
    const policy = { ...http, targetGroup: { ...haproxyBackend, port: 9090 } };
    const facts = { targetGroup: error({ kind: "failed", because: "HAProxy" } as const) };
    expect(told(facts, inVpc, policy)).toEqual([
      "tidegate-prod-warm is in vpc-1, as the subnets",
      "warning: port 9090 of sg-web is closed to the warmer's sg-warm",
    ]);
    expect(told({ ...facts, ...subnetsOf(subnet("a", 200, "vpc-3")) }, inVpc, policy)).toEqual([
      "warning: tidegate-prod-warm is in vpc-1, the subnets in vpc-3: no warm-up comes through unless they are peered",
    ]);
    expect(told({ ...facts, ...subnetsOf() }, inVpc, policy)).toEqual([]);
  });

  test("is asked of nothing more where nobody warms", () => {
    expect(told(groups([]), elsewhere, givenPolicy())).toEqual([]);
  });
});

test("a fleet whose instances warm themselves is told what those need, and takes no function in the VPC", () => {
  expect(wantedFunctions([itself])).toEqual(["warming"]);
  expect(checkWarm(examined({ policy: itself })).map(({ level, found }) => `${level}: ${found}`)).toEqual([
    "note: by ssm: instances need the SSM agent, a role with what AmazonSSMManagedInstanceCore allows, and Python 3; doctor does not look into them",
  ]);
});

describe("a fleet that a hook warms", () => {
  const queue = "arn:aws:sqs:eu-west-1:1:tidegate-prod-warmed";
  const asynchronously = (change: object): Reading<Hook> =>
    ok({ asynchronously: ok({ retryCount: 0, onSuccess: queue, onFailure: queue, ...change }) });
  const later = "counts as failed only a minute after its `timeout`";
  const told = (read: Reading<Hook>, policy: Partial<Policy> = {}, looks = account().deployment.looks) =>
    checkWarm(
      examined({
        policy: { warm: hookOf(hookArn), ...policy },
        facts: { hook: { kind: "one", name: hookArn, read } },
        account: { deployment: { ...account().deployment, looks } },
      }),
    );
  const replaced = { warm: { ...hookOf(hookArn), onFailure: "replace" as const } };

  test.each<[string, Reading<Hook>, Partial<Policy>, readonly string[]]>([
    ["that is as it has to be", asynchronously({}), {}, []],
    [
      "that is not there",
      gone,
      {},
      ["warning: no function warm-shop:live: every warm-up fails; new instances of shop serve cold"],
    ],
    [
      "that is not there, where what stays cold is replaced",
      gone,
      replaced,
      ["problem: no function warm-shop:live: every warm-up fails; those of shop are replaced, and none serves"],
    ],
    [
      "that tells nobody when it is done",
      asynchronously({ onSuccess: "" }),
      {},
      [`warning: warm-shop:live does not tell tidegate-prod-warmed when it is done: each warm-up ${later}`],
    ],
    [
      "that tells nobody when it is done, where what stays cold is replaced",
      asynchronously({ onSuccess: "", onFailure: "" }),
      replaced,
      [`problem: warm-shop:live does not tell tidegate-prod-warmed when it is done: each warm-up ${later}`],
    ],
    [
      "that tells another stage when it fails",
      asynchronously({ onFailure: "arn:aws:sqs:eu-west-1:1:tidegate-dev-warmed" }),
      replaced,
      [`warning: warm-shop:live does not tell tidegate-prod-warmed when it fails: such a warm-up ${later}`],
    ],
    [
      "that is called again",
      asynchronously({ retryCount: 1 }),
      {},
      ["warning: warm-shop:live is called again, up to 1 time, when it fails"],
    ],
    [
      "of which only that it is there may be read",
      ok({ asynchronously: denied("lambda:GetFunctionEventInvokeConfig") }),
      {},
      [
        "warning: where warm-shop:live tells how it went could not be checked: needs lambda:GetFunctionEventInvokeConfig",
      ],
    ],
    [
      "that may not be read",
      denied("lambda:GetFunctionConfiguration"),
      {},
      ["warning: function warm-shop:live could not be checked: needs lambda:GetFunctionConfiguration"],
    ],
  ])("%s", (_, read, policy, expected) => {
    expect(troubles(told(read, policy))).toEqual(expected);
  });

  test("is told beforehand what it needs once its queue is there", () => {
    const findings = told(asynchronously({ onSuccess: "", onFailure: "", retryCount: 2 }), {}, undeployed);
    expect(fine(findings)).toEqual(["function warm-shop:live is there"]);
    expect(troubles(findings)).toEqual([
      "note: after the deploy, let the destinations of warm-shop:live be tidegate-prod-warmed, and its retries none",
    ]);
  });
});

describe("HAProxy", () => {
  const { deployment } = account();
  const noVpc: Reading<LambdaFunction> = ok({ vpc: { kind: "none" } });
  test.each<[string, Partial<Deployment>, readonly string[]]>([
    ["is spoken to", {}, []],
    ["is named by no policy", { wanted: new Map() }, []],
    [
      "is spoken to by nobody",
      wantedBut("haproxy", gone),
      ["problem: no function tidegate-prod-haproxy: no fleet behind HAProxy is seen, nor changed"],
    ],
    [
      "is not reached from outside",
      wantedBut("haproxy", noVpc),
      ["problem: function tidegate-prod-haproxy is in no VPC: it reaches no HAProxy"],
    ],
    [
      "is spoken to by what may not be read",
      wantedBut("haproxy", denied("lambda:GetFunctionConfiguration")),
      ["warning: function tidegate-prod-haproxy could not be checked: needs lambda:GetFunctionConfiguration"],
    ],
    [
      "is to be spoken to after a deploy",
      { looks: undeployed, ...wantedBut("haproxy", gone) },
      [
        "note: HAProxy takes a function in the VPC: npx sls deploy --stage prod --param haproxySubnets=… --param haproxySecurityGroups=…",
      ],
    ],
  ])("%s", (_, change, expected) => {
    expect(troubles(checkHaproxyFunction("prod", { ...deployment, ...change }))).toEqual(expected);
  });

  test("itself is not reached, which is neither fine nor wrong", () => {
    expect(checkTargetGroup(examined({ policy: behind }))).toEqual([
      {
        level: "note",
        check: "HAProxy",
        found:
          "backend site at 10.0.3.7:9999 is not asked, since only tidegate-prod-haproxy reaches it: a look tells what is wrong with it",
      },
    ]);
  });
});

describe("a whole account, asked by real clients", () => {
  const policies = [http, hooked, { ...behind, fleet: "old" }];
  async function asked(script: Answers = {}, of: readonly Policy[] = policies) {
    const { clients, calls } = doctorClients(script);
    const diagnosis = await diagnose(clients, { stage: "prod", policies: of, now: noon, onRead: () => {} });
    if (diagnosis.kind === "error") throw new Error(diagnosis.error);
    const { account: shared, fleets } = diagnosis.value;
    const inputsOf = (command: string) => calls.filter((call) => call.command === command).map(({ input }) => input);
    return { findings: [...shared, ...fleets.flatMap(({ findings }) => findings)], shared, inputsOf };
  }
  const ofWarming = (findings: readonly Finding[]) =>
    findings.filter(({ check }) => check === "warm-ups" || check === "HAProxy");

  test("in which nothing stands in the way", async () => {
    const { findings, inputsOf } = await asked();
    expect(fine(ofWarming(findings))).toEqual([
      "function tidegate-prod-warming is there",
      "function tidegate-prod-warm is there",
      "alarm tidegate-prod-failed-warmings is there, and does not ring",
      "function tidegate-prod-haproxy is there, in vpc-1",
      "tidegate-prod-warm is in vpc-1, as shop-web",
      "port 8080 of sg-web is open to the warmer's sg-warm",
      "function warm-shop:live is there",
      "warm-shop:live tells tidegate-prod-warmed how it went",
      "warm-shop:live is called once",
    ]);
    expect(
      inputsOf("GetFunctionConfiguration")
        .map((input) => Object(input).FunctionName)
        .sort(),
    ).toEqual([hookArn, "tidegate-prod-haproxy", "tidegate-prod-warm", "tidegate-prod-warming"].sort());
    expect(inputsOf("GetFunctionEventInvokeConfig")).toEqual([{ FunctionName: hookArn }]);
    expect(inputsOf("DescribeSecurityGroups")).toEqual([{ Filters: [{ Name: "group-id", Values: ["sg-web"] }] }]);
    expect(inputsOf("GetQueueUrl")).toContainEqual({ QueueName: "tidegate-prod-warmings-failed" });
  });

  test("which is not asked for what no policy wants", async () => {
    const { inputsOf } = await asked({}, [givenPolicy()]);
    for (const command of ["GetFunctionConfiguration", "GetFunctionEventInvokeConfig", "DescribeSecurityGroups"])
      expect(inputsOf(command)).toEqual([]);
    expect(inputsOf("GetQueueUrl")).toHaveLength(4);
  });

  test("a hook without any configuration has Lambda's own: no destination, and two more calls", async () => {
    const nothing = () => {
      throw refusal("ResourceNotFoundException", 404);
    };
    const { findings } = await asked({ GetFunctionEventInvokeConfig: nothing }, [hooked]);
    expect(troubles(ofWarming(findings))).toEqual([
      expect.stringContaining("warm-shop:live does not tell tidegate-prod-warmed when it is done"),
      "warning: warm-shop:live is called again, up to 2 times, when it fails",
    ]);
    const bare = { GetFunctionEventInvokeConfig: () => ({}) };
    expect(troubles(ofWarming((await asked(bare, [hooked])).findings))).toHaveLength(2);
  });

  test.each<[string, object, "open" | "closed" | "open to 10.0.0.0/8, fd00::/8 and pl-1"]>([
    ["every protocol", { IpProtocol: "-1", FromPort: -1, ToPort: -1 }, "open"],
    ["TCP by its number", { IpProtocol: "6", FromPort: 1, ToPort: 9000 }, "open"],
    ["UDP", { IpProtocol: "udp", FromPort: 8080, ToPort: 8080 }, "closed"],
    [
      "addresses of each kind",
      {
        ...{ IpProtocol: "tcp", UserIdGroupPairs: undefined, IpRanges: [{ CidrIp: "10.0.0.0/8" }] },
        ...{ Ipv6Ranges: [{ CidrIpv6: "fd00::/8" }], PrefixListIds: [{ PrefixListId: "pl-1" }] },
      },
      "open to 10.0.0.0/8, fd00::/8 and pl-1",
    ],
  ])("security groups: %s", async (_, permission, expected) => {
    const rule = { UserIdGroupPairs: [{ GroupId: "sg-warm" }], ...permission };
    const script = {
      DescribeSecurityGroups: () => ({ SecurityGroups: [{ GroupId: "sg-web", IpPermissions: [rule] }] }),
    };
    const found = (await asked(script, [http])).findings.map((finding) => finding.found);
    expect(found).toContainEqual(expect.stringContaining(`port 8080 of sg-web is ${expected}`));
  });

  test("the security groups of the template's network interface, where it has one", async () => {
    const launch = { SecurityGroupIds: undefined, NetworkInterfaces: [{ DeviceIndex: 0, Groups: ["sg-eni"] }] };
    const script = {
      DescribeLaunchTemplateVersions: () => ({
        LaunchTemplateVersions: [{ LaunchTemplateName: "shop", VersionNumber: 3, LaunchTemplateData: launch }],
      }),
    };
    const { inputsOf } = await asked(script, [http]);
    expect(inputsOf("DescribeSecurityGroups")).toEqual([{ Filters: [{ Name: "group-id", Values: ["sg-eni"] }] }]);
  });
});
