// A whole diagnosis: what is asked of AWS, and what becomes of its answers. The answers are recorded, the clients are real.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { type Diagnosis, diagnose } from "../../../shared/aws/doctor/index.ts";
import { allPages } from "../../../shared/aws/doctor/read/pages.ts";
import { type Finding, hourMs, minuteMs, secondMs } from "../../../shared/core/index.ts";
import type { Policy } from "../../../shared/policy/index.ts";
import { givenPolicy, hookOf, noon, warmBy } from "../../support/given.ts";
import { fine, groupArn, haproxyBackend, launchOf, troubles } from "./givenFacts.ts";
import { type Answers, doctorClients, refusal, templateAnswer } from "./recorded.ts";

const launch = {
  ...launchOf({ subnets: ["subnet-a", "subnet-b"], purchase: { onDemandBase: 2, spotShareRatio: 0.5 } }).launch,
  role: "web",
} as Policy["launch"];
const shop = givenPolicy({ launch });

async function examination(script: Answers = {}, policies: readonly Policy[] = [shop]) {
  const { clients, calls } = doctorClients(script);
  const read: string[] = [];
  const onRead = (readCount: number, partCount: number): void => void read.push(`${readCount}/${partCount}`);
  return { diagnosis: await diagnose(clients, { stage: "prod", policies, now: noon, onRead }), calls, read };
}

async function diagnosed(script: Answers = {}, policies: readonly Policy[] = [shop]): Promise<Diagnosis> {
  const { diagnosis } = await examination(script, policies);
  if (diagnosis.kind === "error") throw new Error(diagnosis.error);
  return diagnosis.value;
}
const all = ({ account, fleets }: Diagnosis): readonly Finding[] => [
  ...account,
  ...fleets.flatMap(({ findings }) => findings),
];
const troublesOf = async (script: Answers = {}, policy: Policy = shop): Promise<readonly string[]> =>
  troubles(all(await diagnosed(script, [policy])));

const refuses = (name: string) => () => {
  throw refusal(name);
};

describe("an account in which nothing stands in the way", () => {
  test("gets no trouble, and its numbers told", async () => {
    const { account, fleets } = await diagnosed();
    const standard = "(A, C, D, H, I, M, R, T, Z)";
    expect(troubles(account)).toEqual([]);
    expect(fine(account)).toEqual([
      "table tidegate-prod is there",
      "tidegate-prod can be restored to any point in time",
      "queue tidegate-prod-looks is there",
      "queue tidegate-prod-looks-failed is empty",
      "queue tidegate-prod-forecasts is there",
      "queue tidegate-prod-forecasts-failed is empty",
      "tidegate-prod-dispatch ran 3 times in the last 15 minutes",
      "tidegate-prod-evaluate ran 6 times in the last 15 minutes",
      "tidegate-prod-forecast ran 2 times in the last 2 hours",
      "9 alarms on Tidegate itself are there, and none rings",
      "AWSServiceRoleForEC2Fleet is there",
      "AWSServiceRoleForEC2Spot is there",
      `quota "Running On-Demand Standard ${standard} instances" (L-1216C47A) is 500 vCPUs; needed: 104 (shop 102 + running elsewhere 2)`,
      `quota "All Standard ${standard} Spot Instance Requests" (L-34B43A08) is 500 vCPUs; needed: shop 98`,
    ]);
    expect(fleets.map(({ fleet, findings }) => [fleet, troubles(findings)])).toEqual([["shop", []]]);
    expect(fine(fleets[0]?.findings ?? [])).toEqual([
      "target group shop-web takes instances",
      "1 listener rule to shop-web",
      "shop-web is claimed by prod/shop",
      "deregistration delay 60 s, within `drain.timeout` 120 s",
      "health checks add 30 s to a boot (3 × 10 s)",
      'quota "Targets per Target Group per Region" (L-A0D0B863) is 500 targets; needed: `bounds.max` 100',
      'quota "Targets per Application Load Balancer" (L-7E6692B2) is 1000 targets; needed: `bounds.max` 100',
      "launch template shop, version 3",
      "image ami-1 is available",
      "instances get the role web",
      "every zone offers m7g.large: eu-west-1a and eu-west-1b",
      "2 subnets in vpc-1, as shop-web",
      "addresses for 400 instances, `bounds.max` is 100",
      "key arn:aws:kms:eu-west-1:1:key/k-1 is granted to EC2's roles",
    ]);
  });

  test("is read and never written to", async () => {
    const { calls } = await examination();
    expect(calls.length).toBeGreaterThan(25);
    expect(calls.map(({ command }) => command).filter((command) => !/^(Describe|Get|List)/.test(command))).toEqual([]);
  });

  test("tells how far it has been read", async () => {
    const { read } = await examination({}, [shop, givenPolicy({ fleet: "api" })]);
    expect(read).toEqual(["1/4", "2/4", "3/4", "4/4"]);
  });
});

describe("a read that is refused", () => {
  const guide = readFileSync(new URL("../../../docs/doctor.md", import.meta.url), "utf8");
  const [, policy = ""] = /```json\n(.*?)```/s.exec(guide) ?? [];
  const every: readonly string[] = JSON.parse(policy).Statement[0].Action;

  const hook = hookOf("arn:aws:lambda:eu-west-1:1:function:warm-api");
  const policies = [
    { ...shop, warm: warmBy() },
    givenPolicy({ launch, fleet: "api", warm: hook, targetGroup: haproxyBackend }),
  ];

  test("the guide lists the actions that it takes, and no other", async () => {
    const { calls } = await examination({}, policies);
    expect([...new Set(calls.map(({ service, command }) => `${service}:${command}`))].sort()).toEqual(every);
  });

  test.each(every)("%s is named, and the other checks go on", async (action) => {
    const [service, command = ""] = action.split(":");
    const code = service === "ec2" ? "UnauthorizedOperation" : "AccessDeniedException";
    const findings = all(await diagnosed({ [command]: refuses(code) }, policies));
    const needs = new RegExp(`^warning: .* could not be checked: needs ${action}$`);
    const told = troubles(findings);
    expect(told).toContainEqual(expect.stringMatching(needs));
    expect(told.filter((line) => line.startsWith("problem"))).toEqual([]);
    expect(findings.length).toBeGreaterThan(15);
  });

  test("a service that does not answer is a finding of its own", async () => {
    const hangUp = () => {
      throw Object.assign(new Error("connect ETIMEDOUT"), { code: "ETIMEDOUT" });
    };
    expect(await troublesOf({ ListGrants: hangUp })).toEqual([
      "warning: grants of key arn:aws:kms:eu-west-1:1:key/k-1 could not be checked: Error: connect ETIMEDOUT",
    ]);
  });

  test("only the first line of what AWS says is told", async () => {
    expect(await troublesOf({ DescribeTags: refuses("InternalFailure") })).toEqual([
      "warning: whose shop-web is could not be checked: InternalFailure: InternalFailure it is",
    ]);
  });
});

describe("what makes every read hopeless ends it at the first", () => {
  const refusedAs = "AWS does not accept the credentials";
  test.each<[string, Error, string]>([
    [
      "credentials that have expired",
      refusal("ExpiredToken"),
      `${refusedAs}: ExpiredToken: ExpiredToken it is; renew them, or set others`,
    ],
    [
      "credentials that AWS does not know",
      refusal("AuthFailure"),
      `${refusedAs}: AuthFailure: AuthFailure it is; renew them, or set others`,
    ],
    [
      "no way to AWS",
      Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }),
      "AWS cannot be reached: Error: getaddrinfo ENOTFOUND",
    ],
  ])("%s", async (_, thrown, error) => {
    const fails = () => {
      throw thrown;
    };
    const { diagnosis, calls } = await examination({ DescribeInstances: fails });
    expect(diagnosis).toEqual({ kind: "error", error });
    expect(calls).toHaveLength(1);
  });
});

describe("what is missing", () => {
  test.each<[string, Answers, string]>([
    ["target group", { DescribeTargetGroups: refuses("TargetGroupNotFoundException") }, "target group shop-web is not"],
    [
      "launch template",
      { DescribeLaunchTemplateVersions: refuses("InvalidLaunchTemplateName.NotFoundException") },
      "launch template shop is not",
    ],
    [
      "version",
      { DescribeLaunchTemplateVersions: refuses("InvalidLaunchTemplateId.VersionNotFound") },
      "launch template shop has no version $Default",
    ],
    [
      "version, told by an empty answer",
      { DescribeLaunchTemplateVersions: () => ({ LaunchTemplateVersions: [] }) },
      "launch template shop has no version $Default",
    ],
    ["image", { DescribeImages: refuses("InvalidAMIID.NotFound") }, "image ami-1 is not there"],
    ["image, told by an empty answer", { DescribeImages: () => ({ Images: [] }) }, "image ami-1 is not there"],
    ["subnet", { DescribeSubnets: () => ({ Subnets: [] }) }, "no subnet-a and subnet-b in this account and region"],
    ["instance type", { DescribeInstanceTypes: () => ({ InstanceTypes: [] }) }, "no m7g.large in this region"],
    ["instance profile", { GetInstanceProfile: refuses("NoSuchEntityException") }, "instance profile web is not there"],
    ["key", { DescribeKey: refuses("NotFoundException") }, "key arn:aws:kms:eu-west-1:1:key/k-1 is not there"],
    ["role for spot", { GetRole: refuses("NoSuchEntity") }, "no AWSServiceRoleForEC2Spot"],
    ["table", { DescribeTable: refuses("ResourceNotFoundException") }, "no table tidegate-prod"],
  ])("%s", async (_, script, found) => {
    expect(await troublesOf(script)).toContainEqual(expect.stringContaining(`problem: ${found}`));
  });

  test("a stage that is not deployed is no problem", async () => {
    const script = {
      DescribeTable: refuses("ResourceNotFoundException"),
      DescribeContinuousBackups: refuses("TableNotFoundException"),
      GetQueueUrl: refuses("QueueDoesNotExist"),
      GetMetricData: () => ({ MetricDataResults: [] }),
    };
    expect(await troublesOf(script)).toEqual([]);
  });
});

describe("what is read", () => {
  const inputsOf = async (command: string, script: Answers = {}, policy = shop): Promise<readonly unknown[]> =>
    (await examination(script, [policy])).calls.filter((call) => call.command === command).map(({ input }) => input);

  test("a target group by name or ARN", async () => {
    expect(await inputsOf("DescribeTargetGroups")).toEqual([{ Names: ["shop-web"] }]);
    const byArn = givenPolicy({ launch, targetGroup: groupArn });
    expect(await inputsOf("DescribeTargetGroups", {}, byArn)).toEqual([{ TargetGroupArns: [groupArn] }]);
  });

  test("a template by name or id, in the policy's version", async () => {
    expect(await inputsOf("DescribeLaunchTemplateVersions")).toEqual([
      { LaunchTemplateName: "shop", Versions: ["$Default"] },
    ]);
    const byId = givenPolicy({ launch: { ...launch, template: { kind: "id", value: "lt-1", version: "7" } } });
    expect(await inputsOf("DescribeLaunchTemplateVersions", {}, byId)).toEqual([
      { LaunchTemplateId: "lt-1", Versions: ["7"] },
    ]);
  });

  test("all rules of all listeners, page by page; a weight of zero forwards nothing", async () => {
    const weighted = (Weight: number) => ({
      Actions: [
        { ForwardConfig: { TargetGroups: [{ TargetGroupArn: "other" }, { TargetGroupArn: groupArn, Weight }] } },
      ],
    });
    const script = (weight: number): Answers => ({
      DescribeListeners: ({ Marker }: { Marker?: string }) =>
        Marker === "2"
          ? { Listeners: [{ ListenerArn: "l-2" }] }
          : { Listeners: [{ ListenerArn: "l-1" }], NextMarker: "2" },
      DescribeRules: ({ ListenerArn, Marker }: { ListenerArn: string; Marker?: string }) => {
        if (ListenerArn === "l-1") return { Rules: [{ Actions: [{ Type: "redirect" }] }] };
        return Marker === "3" ? { Rules: [weighted(weight)] } : { Rules: [weighted(0)], NextMarker: "3" };
      },
    });
    expect(await troublesOf(script(1))).toEqual([]);
    expect(await troublesOf(script(0))).toEqual(["problem: no listener forwards to shop-web"]);
  });

  test("the template's subnet and type where the policy names none", async () => {
    const template = templateAnswer({ NetworkInterfaces: [{ SubnetId: "subnet-b" }] });
    const script = { DescribeLaunchTemplateVersions: () => template };
    const policy = givenPolicy({ launch: { ...launch, subnets: [] } });
    expect(await inputsOf("DescribeSubnets", script, policy)).toEqual([
      { Filters: [{ Name: "subnet-id", Values: ["subnet-b"] }] },
    ]);
    expect(await inputsOf("DescribeInstanceTypes", script, policy)).toContainEqual(
      expect.objectContaining({ Filters: [{ Name: "instance-type", Values: ["m7g.large"] }] }),
    );
  });

  test("who names a subnet that is not there", async () => {
    const template = templateAnswer({ NetworkInterfaces: [{ SubnetId: "subnet-b" }] });
    const script = { DescribeLaunchTemplateVersions: () => template, DescribeSubnets: () => ({ Subnets: [] }) };
    const policy = givenPolicy({ launch: { ...launch, subnets: [] } });
    expect(all(await diagnosed(script, [policy]))).toContainEqual(
      expect.objectContaining({ check: "subnets", toDo: "make a template version with a subnet that is" }),
    );
    expect(all(await diagnosed(script))).toContainEqual(
      expect.objectContaining({ check: "subnets", toDo: "correct `launch.subnets`" }),
    );
  });

  test("no instance types where nothing runs: an empty filter would be refused", async () => {
    const inputs = await inputsOf("DescribeInstanceTypes", { DescribeInstances: () => ({}) });
    expect(inputs).toMatchObject([{ Filters: [{ Values: ["m7g.large"] }] }]);
  });

  test("the account's own key when a volume is encrypted with none, without asking whether it encrypts", async () => {
    const volumes = { BlockDeviceMappings: [{ Ebs: { Encrypted: true } }] };
    const script = {
      DescribeLaunchTemplateVersions: () => templateAnswer(volumes),
      GetEbsEncryptionByDefault: () => ({ EbsEncryptionByDefault: false }),
    };
    expect(await inputsOf("DescribeKey", script)).toContainEqual({ KeyId: "alias/aws/ebs" });
    const plain = { ...script, DescribeLaunchTemplateVersions: () => templateAnswer({ BlockDeviceMappings: [] }) };
    expect(await inputsOf("DescribeKey", plain)).toEqual([{ KeyId: "arn:aws:kms:eu-west-1:1:key/k-1" }]);
  });

  test("what each function did since it must have run, and its age by its queue", async () => {
    const ago = (ms: number) => ({ StartTime: new Date(noon - ms), EndTime: new Date(noon) });
    expect(await inputsOf("GetMetricData")).toMatchObject([
      ago(15 * minuteMs),
      ago(15 * minuteMs),
      { ...ago(2 * hourMs), MetricDataQueries: [{ Id: "forecast" }] },
    ]);
    const asleep = (ageMs: number): Answers => ({
      GetMetricData: () => ({ MetricDataResults: [{ Id: "dispatch", Values: [1] }] }),
      GetQueueAttributes: () => ({ Attributes: { CreatedTimestamp: String((noon - ageMs) / secondMs) } }),
    });
    expect(await troublesOf(asleep(minuteMs))).toEqual([
      "warning: tidegate-prod-evaluate has not run yet since the deploy",
      "warning: tidegate-prod-forecast has not run yet since the deploy",
    ]);
    expect(await troublesOf(asleep(hourMs))).toEqual([
      "problem: tidegate-prod-evaluate did not run in the last 15 minutes",
      "warning: tidegate-prod-forecast has not run yet since the deploy",
    ]);
  });

  test("the queues for what has failed, each by its own name", async () => {
    const script = {
      GetQueueUrl: ({ QueueName }: { QueueName: string }) => ({ QueueUrl: `https://sqs/${QueueName}` }),
      GetQueueAttributes: ({ QueueUrl }: { QueueUrl: string }) => ({
        Attributes: { ApproximateNumberOfMessages: QueueUrl.endsWith("/tidegate-prod-forecasts-failed") ? "4" : "0" },
      }),
    };
    expect(await troublesOf(script)).toEqual([
      "warning: 4 messages in tidegate-prod-forecasts-failed: each a forecast that has failed three times",
    ]);
  });

  test("the alarms on Tidegate itself", async () => {
    const script = {
      DescribeAlarms: ({ AlarmNames }: { AlarmNames: readonly string[] }) => ({
        MetricAlarms: AlarmNames.map((AlarmName) => ({
          AlarmName,
          StateValue: AlarmName === "tidegate-prod-stale-forecast" ? "ALARM" : "INSUFFICIENT_DATA",
        })),
      }),
    };
    expect(await troublesOf(script)).toEqual(["warning: alarm tidegate-prod-stale-forecast rings"]);
  });

  test("an image that EC2 looks up is not asked for", async () => {
    const script = { DescribeLaunchTemplateVersions: () => templateAnswer({ ImageId: "resolve:ssm:/ami" }) };
    expect(await inputsOf("DescribeImages", script)).toEqual([]);
    expect(await troublesOf(script)).toEqual([]);
  });

  test("no offers where no zone or no type is known", async () => {
    const nowhere = givenPolicy({ launch: { ...launch, subnets: [] } });
    expect(await inputsOf("DescribeInstanceTypeOfferings", {}, nowhere)).toEqual([]);
    const byRequirements = { InstanceType: undefined, InstanceRequirements: { VCpuCount: { Min: 2 } } };
    const script = { DescribeLaunchTemplateVersions: () => templateAnswer(byRequirements) };
    expect(await inputsOf("DescribeInstanceTypeOfferings", script)).toEqual([]);
    expect(await troublesOf(script)).toContain(
      "warning: the template asks for attributes: vCPU quotas cannot be checked",
    );
  });

  test("no answer that never ends", async () => {
    const asked: (string | undefined)[] = [];
    const endless = async (from: string | undefined) => {
      asked.push(from);
      return { found: [], next: `${asked.length}` };
    };
    await expect(allPages(3, endless)).rejects.toThrow("an answer fits 3 pages");
    expect(asked).toEqual([undefined, "1", "2"]);
  });

  test("running instances only, page by page, with the spot market's apart", async () => {
    const page = (NextToken?: string) => ({
      Reservations: [{ Instances: [{ InstanceType: "m5.large", InstanceLifecycle: "spot" }] }],
      NextToken,
    });
    const script = {
      DescribeInstances: ({ NextToken }: { NextToken?: string }) => (NextToken ? page() : page("2")),
    };
    const { account } = await diagnosed(script);
    expect(fine(account).at(-1)).toMatch(/needed: 102 \(shop 98 \+ running elsewhere 4\)$/);
    expect((await inputsOf("DescribeInstances", script))[1]).toMatchObject({
      Filters: [{ Name: "instance-state-name", Values: ["pending", "running"] }],
      NextToken: "2",
    });
  });
});
