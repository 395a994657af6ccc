// What is deployed beside the code: `sls package` as the operator runs it, read back. No account is needed for it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parameters } from "../../shared/policy/index.ts";
import {
  bundleOf,
  callsIn,
  listed,
  packaged,
  type Resource,
  type Statement,
  statementsOf,
  type Template,
  templateIn,
} from "./packaged.ts";

const folder = mkdtempSync(join(tmpdir(), "tidegate-template-"));
afterAll(() => rmSync(folder, { recursive: true }));
const longMs = 120_000;
/** https://docs.aws.amazon.com/general/latest/gr/ssm.html */
const documentBytesMax = 64_000;

const groupArn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/blog-web/0a1b2c3d4e5f6071";
const roleArn = "arn:aws:iam::123456789012:role/web/blog-web";
const hookArn = "arn:aws:lambda:eu-west-1:123456789012:function:warm-blog:live";
const policyOf = (
  fleet: string,
  changed: { readonly group?: string; readonly role?: string; readonly warm?: string } = {},
): string => `fleet: ${fleet}
targetGroup: ${changed.group ?? `${fleet}-web`}
launch: { template: ${fleet}-web${changed.role ? `, role: "${changed.role}"` : ""} }
bounds: { min: 2, max: 9 }
capacity: { perInstance: 1000 requests/min }
${changed.warm ? `warm: { ${changed.warm} }\n` : ""}`;
const bySsm = "http: { by: ssm, paths: [/], until: { p95: 300 ms } }";

let template: Template;
const bundles = new Map<string, string>();
const lambdas = ["dispatch", "evaluate", "forecast", "reconcile", "warm", "warming"];
const roleOf = (lambda: string): string => `${lambda[0]?.toUpperCase()}${lambda.slice(1)}Role`;

beforeAll(async () => {
  const policies = {
    "shop.yml": policyOf("shop", { role: "shop-web", warm: bySsm }),
    "blog.yml": policyOf("blog", { group: groupArn, role: roleArn, warm: `hook: "${hookArn}"` }),
  };
  const warmer = ["--param", "warmSubnets=subnet-1,subnet-2", "--param", "warmSecurityGroups=sg-1"];
  const { code, said } = await packaged(join(folder, "two"), policies, "--stage", "test", ...warmer);
  if (code !== 0) throw new Error(said);
  template = templateIn(join(folder, "two"));
  for (const lambda of lambdas) bundles.set(lambda, bundleOf(lambda));
}, longMs);

test.each(["Evaluate", "Warm", "Warming"])("%s is part of a loop that is meant, and Lambda is told so", (name) => {
  expect(template.Resources[`${name}LambdaFunction`]?.Properties).toMatchObject({ RecursiveLoop: "Allow" });
});

/** Reads that know no resources, so that nobody can narrow them. */
const unnarrowable = new Set([
  "cloudwatch:GetMetricData",
  "ec2:DescribeImages",
  "ec2:DescribeInstanceTypeOfferings",
  "ec2:DescribeInstanceTypes",
  "ec2:DescribeInstances",
  "ec2:DescribeLaunchTemplateVersions",
  "ec2:DescribeNetworkInterfaces",
  "ec2:DescribeSubnets",
  "servicequotas:GetAWSDefaultServiceQuota",
  "servicequotas:GetServiceQuota",
  "ssm:GetCommandInvocation",
  "ec2:DescribeLaunchTemplates",
  "elasticloadbalancing:DescribeTags",
  "elasticloadbalancing:DescribeTargetGroupAttributes",
  "elasticloadbalancing:DescribeTargetGroups",
  "elasticloadbalancing:DescribeTargetHealth",
]);

/** What a statement without a condition may leave open, and why. */
const left: Readonly<Record<string, string>> = {
  "cloudwatch:<Region>:<AccountId>:alarm:*": "DescribeAlarms by prefix asks for all of the account's",
  "cloudwatch:<Region>:<AccountId>:alarm:tidegate/test/*": "the stage's own alarms",
  "ec2:<Region>::image/*": "what a launch is made from is the launch template's to say",
  "ec2:<Region>::snapshot/*": "of the image",
  "ec2:<Region>:<AccountId>:key-pair/*": "of the launch template",
  "ec2:<Region>:<AccountId>:launch-template/*": "the policy names it by name, IAM knows it by id",
  "ec2:<Region>:<AccountId>:*/*": "Lambda makes network interfaces for warm, and asks for it so; the code is denied it",
  "ec2:<Region>:*:security-group/*": "of the launch template; in a shared VPC it is another account's",
  "ec2:<Region>:*:subnet/*": "of the policy or the launch template; in a shared VPC it is another account's",
  "ec2:<Region>:<AccountId>:spot-instances-request/*": "a launch does not tag it",
};
const said = (resource: Resource): string =>
  typeof resource === "string"
    ? resource
    : String(listed(resource["Fn::Sub"] ?? resource["Fn::GetAtt"] ?? "").join("."));
/** Without the partition, and with `<Region>` for CloudFormation's own. */
const shortened = (resource: Resource): string =>
  said(resource)
    .replace(/\$\{AWS::(\w+)\}/g, "<$1>")
    .replace("arn:<Partition>:", "");

const everyStatement = (): readonly Statement[] =>
  Object.entries(template.Resources)
    .filter(([, { Type }]) => Type === "AWS::IAM::Role")
    .flatMap(([role]) => statementsOf(template, role));
const statement = (role: string, sid: string): Statement => {
  const found = statementsOf(template, role).find(({ Sid }) => Sid === sid);
  if (!found) throw new Error(`${role} has no ${sid}`);
  return found;
};

describe("a role", () => {
  test("is there for each function, and has no fixed name that another stage or region would want too", () => {
    const roles = Object.entries(template.Resources).filter(([, { Type }]) => Type === "AWS::IAM::Role");
    expect(roles.map(([name]) => name).sort()).toEqual(["ClockRole", ...lambdas.map(roleOf)].sort());
    for (const [, { Properties }] of roles) expect(Properties).not.toHaveProperty("RoleName");
    for (const lambda of lambdas) {
      const { Role } = template.Resources[`${roleOf(lambda).slice(0, -4)}LambdaFunction`]?.Properties ?? {};
      expect(Role).toEqual({ "Fn::GetAtt": [roleOf(lambda), "Arn"] });
    }
  });

  test("allows no action with a wildcard, and on any resource only reads that cannot be narrowed", () => {
    const statements = everyStatement();
    expect(statements.length).toBeGreaterThan(15);
    const actions = statements.flatMap(({ Action }) => listed(Action));
    expect(actions.filter((action) => action.includes("*"))).toEqual([]);
    const anywhere = statements.filter(({ Effect, Resource }) => Effect === "Allow" && listed(Resource).includes("*"));
    expect(anywhere.flatMap(({ Action }) => listed(Action)).filter((action) => !unnarrowable.has(action))).toEqual([]);
  });

  test("leaves a part of a resource open only under a condition, or as listed with its reason", () => {
    const open = everyStatement().flatMap(({ Resource, Condition }) =>
      listed(Resource)
        .map(shortened)
        .filter((resource) => resource.includes("*") && resource !== "*" && Condition === undefined),
    );
    expect(new Set(open)).toEqual(new Set(Object.keys(left)));
  });

  test.each<[string, string, readonly string[], readonly string[], object]>([
    [
      "EvaluateRole",
      "LaunchTagged",
      ["ec2:CreateFleet", "ec2:RunInstances"],
      ["fleet", "instance", "network-interface", "volume"],
      { StringLike: { "aws:RequestTag/tidegate:fleet": "test/*" } },
    ],
    [
      "EvaluateRole",
      "TagAtLaunch",
      ["ec2:CreateTags"],
      ["fleet", "instance", "network-interface", "spot-instances-request", "volume"],
      { StringEquals: { "ec2:CreateAction": ["CreateFleet", "RunInstances"] } },
    ],
    [
      "EvaluateRole",
      "StopStartAndTerminateOwn",
      ["ec2:StartInstances", "ec2:StopInstances", "ec2:TerminateInstances"],
      ["instance"],
      {
        StringLike: { "aws:ResourceTag/tidegate:fleet": "test/*" },
        Null: { "aws:ResourceTag/aws:autoscaling:groupName": "true" },
      },
    ],
  ])("%s %s", (role, sid, actions, kinds, condition) => {
    const { Action, Resource, Condition } = statement(role, sid);
    expect(listed(Action)).toEqual(actions);
    const account = "ec2:<Region>:<AccountId>:";
    expect(listed(Resource).map(shortened)).toEqual(kinds.map((kind) => `${account}${kind}/*`));
    expect(Condition).toEqual(condition);
  });

  const groups = ["elasticloadbalancing:<Region>:<AccountId>:targetgroup/shop-web/*", groupArn].sort();
  test.each([
    ["EvaluateRole", "RegisterAndDrain"],
    ["ReconcileRole", "Claim"],
    ["ReconcileRole", "Release"],
  ])("%s %s knows the target groups of the policies, and keeps off what another stage has claimed", (role, sid) => {
    const { Resource, Condition } = statement(role, sid);
    expect(listed(Resource).map(shortened).sort()).toEqual(groups);
    expect(JSON.stringify(Condition)).toMatch(
      /"StringLike(IfExists)?":\{"aws:ResourceTag\/tidegate:fleet":"test\/\*"\}/,
    );
  });

  test("may hand over the roles that policies name, to EC2", () => {
    const { Resource, Condition } = statement("EvaluateRole", "GiveInstancesTheirRole");
    expect(listed(Resource).map(shortened).sort()).toEqual([roleArn, "iam::<AccountId>:role/shop-web"]);
    expect(Condition).toEqual({ StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } });
  });
});

/** What a function needs without calling it, and what calls it has that nobody makes. */
const lambdaLogs = { "logs:CreateLogStream": "Lambda logs as the role", "logs:PutLogEvents": "likewise" };
const implied: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  dispatch: lambdaLogs,
  evaluate: {
    ...lambdaLogs,
    "ec2:CreateTags": "CreateFleet tags what it launches",
    "ec2:RunInstances": "CreateFleet of type instant runs them as its caller",
    "iam:PassRole": "the launch template gives instances a role",
    "sqs:DeleteMessage": "the event source mapping polls as the role",
    "sqs:GetQueueAttributes": "likewise",
    "sqs:ReceiveMessage": "likewise",
  },
  forecast: {
    ...lambdaLogs,
    "sqs:DeleteMessage": "the event source mapping polls as the role",
    "sqs:GetQueueAttributes": "likewise",
    "sqs:ReceiveMessage": "likewise",
  },
  reconcile: lambdaLogs,
  warm: {
    ...lambdaLogs,
    "sqs:SendMessage": "Lambda sends the result to its destination as the role",
    "ec2:AssignPrivateIpAddresses": "Lambda makes the network interfaces as the role",
    "ec2:CreateNetworkInterface": "likewise",
    "ec2:DeleteNetworkInterface": "likewise",
    "ec2:DescribeNetworkInterfaces": "likewise",
    "ec2:DescribeSubnets": "likewise",
    "ec2:UnassignPrivateIpAddresses": "likewise",
  },
  warming: {
    ...lambdaLogs,
    "sqs:DeleteMessage": "the event source mapping polls as the role",
    "sqs:GetQueueAttributes": "likewise",
    "sqs:ReceiveMessage": "likewise",
  },
};
const neverCalled = new Set([
  // DynamoDB's client knows it for endpoint discovery, which is off.
  "dynamodb:DescribeEndpoints",
]);

test.each(lambdas)("the role of %s allows what its bundle calls, and nothing else", (lambda) => {
  const calls = callsIn(bundles.get(lambda) ?? "").filter((call) => !neverCalled.has(call));
  if (lambda === "warm") expect(calls).toEqual([]);
  else expect(calls.length).toBeGreaterThan(2);
  const needed = [...calls, ...Object.keys(implied[lambda] ?? {})];
  const allowed = statementsOf(template, roleOf(lambda)).flatMap(({ Action }) => listed(Action));
  expect([...new Set(allowed)].sort()).toEqual([...new Set(needed)].sort());
});

test("calls are found in minified code, however its quotes look", () => {
  const code = 'a$=m({v:{}},"X","EC2Client",q),b=m(p,`Y`,`SQSClient`,q);class c extends(a$(d,e,"CreateFleet",f)){};';
  expect(callsIn(`${code}class g extends b(d,e,\`SendMessageBatch\`,f){}`)).toEqual([
    "ec2:CreateFleet",
    "sqs:SendMessage",
  ]);
  expect(() => callsIn('a=m(p,"X","EC2Client",q)')).toThrow("EC2Client is bundled, and no command of it was found");
  expect(() => callsIn('a=m(p,"X","KMSClient",q)')).toThrow("nobody has said how IAM calls the service of KMSClient");
});

/** The alarms on Tidegate itself. */
const watchers = [
  ...["missed-looks", "superseded", "dead-letters", "at-max", "trouble", "mismatch", "unreconciled"],
  ...["stale-forecast", "failed-forecasts"],
];
/** Where warm-ups are deployed, one more. */
const allWatchers = [...watchers, "failed-warmings"];

describe("a stack", () => {
  const of = (type: string) => Object.values(template.Resources).filter(({ Type }) => Type === type);
  const propertiesOf = (name: string) => template.Resources[name]?.Properties;

  test("keeps its table whatever happens, with a way back in time, and forgets old rows", () => {
    expect(template.Resources.Table).toMatchObject({
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
      },
    });
  });

  test("keeps every function's log for a while and not for ever, and runs on arm64", () => {
    expect(of("AWS::Logs::LogGroup").map(({ Properties }) => Properties.RetentionInDays)).toEqual(
      lambdas.map(() => 30),
    );
    expect(of("AWS::Lambda::Function").map(({ Properties }) => Properties.Architectures)).toEqual(
      lambdas.map(() => ["arm64"]),
    );
  });

  test("is woken by its own alarms when they go off, not when they end", () => {
    const patterns = of("AWS::Events::Rule").map(({ Properties }) => Properties.EventPattern);
    expect(patterns).toContainEqual({
      source: ["aws.cloudwatch"],
      "detail-type": ["CloudWatch Alarm State Change"],
      detail: { alarmName: [{ prefix: "tidegate/test/" }], state: { value: ["ALARM"] } },
    });
  });

  test("watches itself by alarms that wake no fleet, on the metrics that its filters make", () => {
    const alarms = of("AWS::CloudWatch::Alarm").map(({ Properties }) => Properties);
    expect(alarms.map(({ AlarmName }) => AlarmName)).toEqual(allWatchers.map((name) => `tidegate-test-${name}`));
    const made = of("AWS::Logs::MetricFilter").map(
      ({ Properties }) =>
        `${Properties.MetricTransformations[0].MetricNamespace} ${Properties.MetricTransformations[0].MetricName}`,
    );
    const watched = alarms.map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`);
    const ofQueues = watched.filter((metric) => !made.includes(metric));
    expect(ofQueues).toEqual(Array(3).fill("AWS/SQS ApproximateNumberOfMessagesVisible"));
    expect(made.filter((metric) => !watched.includes(metric))).toEqual([]);
    expect(alarms.flatMap(({ AlarmActions }) => AlarmActions)).toEqual([]);
  });

  test("shows a dashboard that is valid JSON and names each of these alarms", () => {
    const { DashboardName, DashboardBody } = propertiesOf("Dashboard");
    expect(shortened(DashboardName)).toBe("tidegate-test-<Region>");
    const { widgets } = JSON.parse(DashboardBody["Fn::Sub"]);
    const named = of("AWS::CloudWatch::Alarm").map(({ Properties }) => Properties.AlarmName);
    expect(widgets[0].properties.alarms.map((arn: string) => arn.split(":alarm:")[1])).toEqual(named);
  });

  test("asks for forecasts every hour, and gives them a queue of their own, one that few functions read at once", () => {
    expect(propertiesOf("ForecastClock")).toMatchObject({
      ScheduleExpression: "rate(1 hour)",
      Target: { Arn: { "Fn::GetAtt": ["ForecastLambdaFunction", "Arn"] }, Input: '{"kind":"forecasts"}' },
    });
    const { Environment, Timeout } = propertiesOf("ForecastLambdaFunction");
    expect(Environment.Variables.TIDEGATE_QUEUE_URL).toEqual({ Ref: "Forecasts" });
    expect(propertiesOf("Forecasts").VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
    const sources = of("AWS::Lambda::EventSourceMapping").map(({ Properties }) => Properties);
    const ofForecasts = sources.find(({ EventSourceArn }) => EventSourceArn["Fn::GetAtt"][0] === "Forecasts");
    expect(ofForecasts).toMatchObject({ BatchSize: 10, ScalingConfig: { MaximumConcurrency: 5 } });
  });

  test("warms from the subnets that it is given, once, and hears how it went by a queue", () => {
    expect(propertiesOf("WarmLambdaFunction")).toMatchObject({
      VpcConfig: { SubnetIds: ["subnet-1", "subnet-2"], SecurityGroupIds: ["sg-1"] },
      Timeout: 900,
    });
    const warmed = { Destination: { "Fn::GetAtt": ["Warmed", "Arn"] } };
    expect(propertiesOf("WarmLambdaEvConf")).toMatchObject({
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnSuccess: warmed, OnFailure: warmed },
    });
    const { Environment, Timeout } = propertiesOf("WarmingLambdaFunction");
    expect(Environment.Variables).toMatchObject({ TIDEGATE_WARM_FUNCTION: { Ref: "WarmLambdaFunction" } });
    for (const queue of ["Warmings", "Warmed"]) {
      expect(propertiesOf(queue).VisibilityTimeout).toBeGreaterThanOrEqual(6 * Timeout);
      expect(propertiesOf(queue).RedrivePolicy.deadLetterTargetArn).toEqual({
        "Fn::GetAtt": ["FailedWarmings", "Arn"],
      });
    }
    expect(propertiesOf("EvaluateLambdaFunction").Environment.Variables.TIDEGATE_WARM_QUEUE_URL).toEqual({
      Ref: "Warmings",
    });
  });

  test("has instances warm themselves by one document: a script that stays, and parameters of which each has its pattern", () => {
    const { Name, Content, UpdateMethod } = propertiesOf("WarmDocument");
    expect({ Name, UpdateMethod }).toEqual({ Name: "tidegate-test-warm", UpdateMethod: "NewVersion" });
    const patterns = Object.entries<{ readonly allowedPattern: string }>(Content.parameters);
    expect(patterns.map(([name, { allowedPattern }]) => [name, allowedPattern])).toEqual(
      Object.entries(parameters).map(([name, { pattern }]) => [name, pattern]),
    );
    const [first, ...script] = Content.mainSteps[0].inputs.runCommand;
    expect([first, script.pop()]).toEqual(["python3 -I - <<'TIDEGATE'", "TIDEGATE"]);
    expect(`${script.join("\n")}\n`).toBe(readFileSync("serverless/warmer/warm.py", "utf8"));
    expect(script).not.toContain("TIDEGATE");
    const places = script.join("\n").match(/\{\{ \w+ \}\}/g);
    expect(places).toEqual(Object.keys(parameters).map((name) => `{{ ${name} }}`));
    expect(JSON.stringify(Content).length).toBeLessThan(documentBytesMax);
  });

  test("sends that document to instances of the stage, and nothing else to anybody", () => {
    const { Environment } = propertiesOf("WarmingLambdaFunction");
    expect(Environment.Variables).toMatchObject({
      TIDEGATE_WARM_DOCUMENT: { Ref: "WarmDocument" },
      TIDEGATE_WARM_QUEUE_URL: { Ref: "Warmings" },
    });
    const commands = statementsOf(template, "WarmingRole").filter(({ Action }) => Action === "ssm:SendCommand");
    expect(commands.map(({ Resource, Condition }) => [listed(Resource).map(shortened), Condition])).toEqual([
      [["ssm:<Region>:<AccountId>:document/tidegate-test-warm"], undefined],
      [["ec2:<Region>:<AccountId>:instance/*"], { StringLike: { "ssm:resourceTag/tidegate:fleet": "test/*" } }],
    ]);
  });

  test(
    "lets a wish come back to its queue where a hook alone warms, and sends no command there",
    async () => {
      const policies = { "blog.yml": policyOf("blog", { warm: `hook: "${hookArn}"` }) };
      const { code, said } = await packaged(join(folder, "hook"), policies, "--stage", "test");
      expect({ code, said: code === 0 ? "" : said }).toEqual({ code: 0, said: "" });
      const other = templateIn(join(folder, "hook"));
      const { Environment } = other.Resources.WarmingLambdaFunction?.Properties ?? {};
      expect(Environment.Variables).toMatchObject({ TIDEGATE_WARM_QUEUE_URL: { Ref: "Warmings" } });
      const statements = statementsOf(other, "WarmingRole").filter(({ Resource }) => listed(Resource).length > 0);
      const may = new Map(statements.map(({ Sid, Action, Resource }) => [Sid, { Action, Resource }]));
      expect(may.get("SendLater")).toEqual({
        Action: "sqs:SendMessage",
        Resource: { "Fn::GetAtt": ["Warmings", "Arn"] },
      });
      expect(statements.flatMap(({ Action }) => listed(Action)).filter((call) => call.startsWith("ssm:"))).toEqual([]);
    },
    longMs,
  );

  test("calls the warmer and the hooks that policies name; the warmer's own code touches no network interface", () => {
    expect(statement("WarmingRole", "CallWarmer").Resource).toEqual({ "Fn::GetAtt": ["WarmLambdaFunction", "Arn"] });
    expect(statement("WarmingRole", "CallHooks").Resource).toEqual([hookArn]);
    const { Effect, Action, Condition } = statement("WarmRole", "NotFromTheCode");
    expect(Effect).toBe("Deny");
    const may = ["BeInTheVpc", "ReadsThatKnowNoResources"].flatMap((sid) => listed(statement("WarmRole", sid).Action));
    expect([...listed(Action)].sort()).toEqual(may.sort());
    expect(JSON.stringify(Condition)).toContain(":function:tidegate-test-warm");
  });

  test("reconciles again whenever a policy changes, and waits no longer than the function may run", async () => {
    const { Policies, ServiceToken, ServiceTimeout } = propertiesOf("Reconciliation");
    expect(ServiceToken).toEqual({ "Fn::GetAtt": ["ReconcileLambdaFunction", "Arn"] });
    expect(ServiceTimeout).toBeGreaterThan(propertiesOf("ReconcileLambdaFunction").Timeout);
    expect(Policies).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test(
    "of policies without roles hands over none, and tells the topic that it is given",
    async () => {
      const topic = "arn:aws:sns:eu-west-1:123456789012:operators";
      const { code, said } = await packaged(
        join(folder, "one"),
        { "shop.yml": policyOf("shop") },
        "--param",
        `alarmTopic=${topic}`,
      );
      expect({ code, said: code === 0 ? "" : said }).toEqual({ code: 0, said: "" });
      const other = templateIn(join(folder, "one"));
      const alarms = Object.values(other.Resources).filter(({ Type }) => Type === "AWS::CloudWatch::Alarm");
      expect(alarms.map(({ Properties }) => Properties.AlarmActions)).toEqual(watchers.map(() => [topic]));
      const allowed = statementsOf(other, "EvaluateRole").flatMap(({ Action }) => listed(Action));
      expect(allowed).toContain("ec2:CreateFleet");
      expect(allowed).not.toContain("iam:PassRole");
      expect(Object.keys(other.Resources).filter((name) => name.startsWith("Warm"))).toEqual([]);
      expect(other.Resources.EvaluateLambdaFunction?.Properties.Environment.Variables.TIDEGATE_WARM_QUEUE_URL).toEqual({
        Ref: "AWS::NoValue",
      });
      expect(other.Resources.Reconciliation?.Properties.Policies).not.toBe(propertiesOf("Reconciliation").Policies);
    },
    longMs,
  );

  test(
    "is not made of a policy that is wrong, or of two that want one target group, with what validate says",
    async () => {
      const wrong = {
        "a.yml": policyOf("one", { group: "web" }),
        "b.yml": policyOf("two", { group: "web" }),
        "c.yml": policyOf("three").replace("min: 2", "mni: 2"),
      };
      const { code, said } = await packaged(join(folder, "none"), wrong);
      expect(code).toBe(1);
      expect(said).toMatch(
        /policies\/b\.yml:2:14 targetGroup expected one fleet for the target group web, found it in .*a\.yml too\n/,
      );
      expect(said).toMatch(/policies\/c\.yml:4:11 bounds\.mni unknown key; did you mean `min`\?\n/);
      expect(said).not.toMatch(/\bat .*\.m?js:\d/);
    },
    longMs,
  );
});

describe("a fleet behind HAProxy", () => {
  const behind = policyOf("shop").replace(
    "targetGroup: shop-web",
    'loadBalancer: { haproxy: { address: ["10.0.3.7:9999", "10.0.4.7:9999"], backend: site, port: 8080 } }',
  );

  test(
    "has a function in its VPC that evaluate may ask, and that the clock has count each minute",
    async () => {
      const vpc = ["--param", "haproxySubnets=subnet-1,subnet-2", "--param", "haproxySecurityGroups=sg-1"];
      const { code, said } = await packaged(join(folder, "haproxy"), { "shop.yml": behind }, "--stage", "test", ...vpc);
      expect({ code, said }).toMatchObject({ code: 0 });
      const found = templateIn(join(folder, "haproxy"));
      const { Resources } = found;
      expect(Resources.HaproxyLambdaFunction?.Properties).toMatchObject({
        VpcConfig: { SubnetIds: ["subnet-1", "subnet-2"], SecurityGroupIds: ["sg-1"] },
        Role: { "Fn::GetAtt": ["HaproxyRole", "Arn"] },
        Timeout: 30,
      });
      expect(Resources.WarmLambdaFunction).toBeUndefined();
      const { Target, ScheduleExpression } = Resources.HaproxyClock?.Properties ?? {};
      expect(ScheduleExpression).toBe("rate(1 minute)");
      expect(JSON.parse(Target.Input)).toEqual({
        kind: "minute",
        fleets: [
          {
            fleet: "shop",
            nodes: [
              { host: "10.0.3.7", port: 9999 },
              { host: "10.0.4.7", port: 9999 },
            ],
            backend: "site",
            slotPrefix: "s",
          },
        ],
      });
      const asks = statementsOf(found, "EvaluateRole").find(({ Sid }) => Sid === "AskHaproxy");
      expect(asks?.Resource).toEqual({ "Fn::GetAtt": ["HaproxyLambdaFunction", "Arn"] });
      expect(Resources.EvaluateLambdaFunction?.Properties.Environment.Variables.TIDEGATE_HAPROXY_FUNCTION).toEqual({
        Ref: "HaproxyLambdaFunction",
      });
      const allowed = statementsOf(found, "HaproxyRole").filter(({ Effect }) => Effect === "Allow");
      expect(allowed.map(({ Sid }) => Sid)).toEqual(["Log", "BeInTheVpc", "ReadsThatKnowNoResources"]);
      expect(JSON.stringify(statementsOf(found, "HaproxyRole"))).toContain(":function:tidegate-test-haproxy");
      expect(callsIn(bundleOf("haproxy"))).toEqual([]);
      expect(statementsOf(found, "EvaluateRole").filter(({ Resource }) => listed(Resource).length === 0)).toEqual([]);
    },
    longMs,
  );

  test(
    "is not deployed without the parameters: one error says which",
    async () => {
      const { code, said } = await packaged(join(folder, "nowhere"), { "shop.yml": behind });
      expect(code).toBe(1);
      expect(said).toContain(
        "the fleet shop is behind HAProxy: deploy with --param haproxySubnets=… --param haproxySecurityGroups=… (docs/haproxy.md)",
      );
    },
    longMs,
  );
});
