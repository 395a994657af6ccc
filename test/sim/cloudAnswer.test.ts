import { describe, expect, test } from "@jest/globals";
import { type AwsError, type Cloud, calmFaults } from "../../shared/sim/cloud/index.ts";
import { atMinute, atSecond, givenCloud, plant, start } from "./cloudGiven.ts";

/** What a call throws, or "none". */
function refusal(cloud: Cloud, service: string, command: string, input: object): string {
  try {
    cloud.answer(service, command, input);
    return "none";
  } catch (error) {
    const { name, httpStatusCode } = error as AwsError;
    return `${name} ${httpStatusCode}`;
  }
}

const fleetInput = {
  Type: "instant",
  ClientToken: "token-1",
  LaunchTemplateConfigs: [
    {
      LaunchTemplateSpecification: { LaunchTemplateName: "shop-web", Version: "$Latest" },
      Overrides: [
        { InstanceType: "m7g.large", SubnetId: "subnet-a" },
        { InstanceType: "m7g.large", SubnetId: "subnet-b" },
      ],
    },
  ],
  TargetCapacitySpecification: {
    TotalTargetCapacity: 3,
    SpotTargetCapacity: 1,
    DefaultTargetCapacityType: "on-demand",
  },
  TagSpecifications: [
    { ResourceType: "instance", Tags: [{ Key: "fleet", Value: "shop" }] },
    { ResourceType: "fleet", Tags: [{ Key: "fleet", Value: "other" }] },
  ],
};
const withTemplate = (LaunchTemplateSpecification: object) => ({
  ...fleetInput,
  LaunchTemplateConfigs: [{ ...fleetInput.LaunchTemplateConfigs[0], LaunchTemplateSpecification }],
});

describe("CreateFleet", () => {
  test("answers instances by pool, on-demand and spot apart", () => {
    const cloud = givenCloud();
    const { Instances } = cloud.answer("EC2", "CreateFleet", fleetInput) as { Instances: { InstanceIds: string[] }[] };
    expect(Instances).toMatchObject([
      { Lifecycle: "on-demand", InstanceType: "m7g.large", SubnetId: "subnet-a", InstanceIds: ["i-00000000000000001"] },
      { Lifecycle: "on-demand", SubnetId: "subnet-b", InstanceIds: ["i-00000000000000002"] },
      { Lifecycle: "spot", SubnetId: "subnet-a", InstanceIds: ["i-00000000000000003"] },
    ]);
    const tags = { fleet: "shop", "aws:ec2launchtemplate:version": "1" };
    expect(cloud.describe(start).map((one) => one.tags)).toEqual(Array(3).fill(tags));
  });

  test("prefers the smaller Priority, and then what was written first", () => {
    const cloud = givenCloud();
    const types = [
      { InstanceType: "a" },
      { InstanceType: "b", Priority: 2 },
      { InstanceType: "c", Priority: 1 },
      { InstanceType: "d" },
    ];
    cloud.faults.noCapacity = ({ instanceType }) => instanceType !== "d";
    const Overrides = types.map((type) => ({ ...type, SubnetId: "subnet-a" }));
    const TargetCapacitySpecification = { TotalTargetCapacity: 1 };
    const input = { ...fleetInput, LaunchTemplateConfigs: [{ Overrides }], TargetCapacitySpecification };
    const { Errors } = cloud.answer("EC2", "CreateFleet", input) as { Errors: object[] };
    expect(Errors).toMatchObject(
      ["c", "b", "a"].map((InstanceType) => ({ LaunchTemplateAndOverrides: { Overrides: { InstanceType } } })),
    );
  });

  test("answers missing capacity inside, and again to the same token", () => {
    const cloud = givenCloud();
    cloud.faults.noCapacity = ({ purchase, zone }) => purchase === "spot" || zone === "eu-west-1b";
    const answer = cloud.answer("EC2", "CreateFleet", fleetInput);
    expect(answer).toMatchObject({
      Instances: [{ SubnetId: "subnet-a", InstanceIds: ["i-00000000000000001", "i-00000000000000002"] }],
      Errors: [
        {
          Lifecycle: "on-demand",
          ErrorCode: "InsufficientInstanceCapacity",
          LaunchTemplateAndOverrides: { Overrides: { SubnetId: "subnet-b" } },
        },
        { Lifecycle: "spot", ErrorCode: "InsufficientInstanceCapacity" },
        { Lifecycle: "spot", ErrorCode: "InsufficientInstanceCapacity" },
      ],
    });
    cloud.faults.noCapacity = () => false;
    expect(cloud.answer("EC2", "CreateFleet", fleetInput)).toEqual(answer);
    expect(cloud.rows()).toHaveLength(2);
  });

  test.each([
    [
      "another request under the token",
      { ...fleetInput, TargetCapacitySpecification: { TotalTargetCapacity: 4 } },
      "IdempotentParameterMismatch 400",
    ],
    [
      "an unknown template name",
      withTemplate({ LaunchTemplateName: "nope" }),
      "InvalidLaunchTemplateName.NotFoundException 400",
    ],
    ["an unknown template id", withTemplate({ LaunchTemplateId: "lt-0" }), "InvalidLaunchTemplateId.NotFound 400"],
    ["a token too long", { ...fleetInput, ClientToken: "x".repeat(65) }, "InvalidParameterValue 400"],
    ["a fleet that is not instant", { ...fleetInput, Type: "maintain" }, "InvalidParameterValue 400"],
    ["a dry run", { ...fleetInput, DryRun: true }, "DryRunOperation 412"],
  ])("refuses %s", (_, input, expected) => {
    const cloud = givenCloud();
    cloud.answer("EC2", "CreateFleet", fleetInput);
    expect(refusal(cloud, "EC2", "CreateFleet", input)).toBe(expected);
    expect(cloud.rows()).toHaveLength(3);
  });
});

describe("RunInstances", () => {
  const input = {
    MinCount: 2,
    MaxCount: 3,
    LaunchTemplate: { LaunchTemplateId: "lt-00000000000000001" },
    ClientToken: "run-1",
  };

  test("launches as many as there is room for, at least MinCount", () => {
    const cloud = givenCloud();
    let roomCount = 2;
    cloud.faults.noCapacity = () => roomCount-- <= 0;
    const answer = cloud.answer("EC2", "RunInstances", input);
    expect(answer).toMatchObject({
      Instances: [{ State: { Code: 0, Name: "pending" } }, { LaunchTime: new Date(start) }],
    });
    expect(cloud.answer("EC2", "RunInstances", input)).toEqual(answer);
  });

  test("throws below MinCount, launches none, and remembers that", () => {
    const cloud = givenCloud();
    let roomCount = 1;
    cloud.faults.noCapacity = () => roomCount-- <= 0;
    expect(refusal(cloud, "EC2", "RunInstances", input)).toBe("InsufficientInstanceCapacity 500");
    cloud.faults.noCapacity = () => false;
    expect(refusal(cloud, "EC2", "RunInstances", input)).toBe("InsufficientInstanceCapacity 500");
    expect(cloud.rows()).toEqual([]);
  });
});

interface Described {
  readonly Reservations: readonly {
    readonly Instances: readonly { readonly InstanceId: string; readonly State: object }[];
  }[];
  readonly NextToken?: string;
}
const described = (cloud: Cloud, input: object): Described =>
  cloud.answer("EC2", "DescribeInstances", input) as Described;
const idsOf = ({ Reservations }: Described) =>
  Reservations.flatMap(({ Instances }) => Instances.map(({ InstanceId }) => InstanceId));

describe("DescribeInstances", () => {
  test("pages through all, each once", () => {
    const cloud = givenCloud();
    const ids = cloud.seedServing(12, {});
    const first = described(cloud, { MaxResults: 5 });
    const second = described(cloud, { MaxResults: 5, NextToken: first.NextToken });
    const third = described(cloud, { MaxResults: 5, NextToken: second.NextToken });
    expect([first, second, third].map((page) => idsOf(page).length)).toEqual([5, 5, 2]);
    expect([first, second, third].flatMap(idsOf)).toEqual(ids);
    expect(third.NextToken).toBeUndefined();
  });

  test("pages even unasked when there are more than a page holds", () => {
    const cloud = givenCloud({ faults: { ...calmFaults(), pageSizeMax: 2 } });
    cloud.seedServing(3, {});
    expect(idsOf(described(cloud, {}))).toHaveLength(2);
    expect(described(cloud, {}).NextToken).toBeDefined();
  });

  test("filters by tag and state; terminated ones stay for an hour", () => {
    const cloud = givenCloud();
    const [id = ""] = cloud.seedServing(1, { fleet: "shop" });
    cloud.seedServing(1, { fleet: "blog" });
    cloud.terminate([id]);
    cloud.advanceTo(atSecond(20));
    const filter = (...states: string[]) => ({
      Filters: [
        { Name: "tag:fleet", Values: ["shop"] },
        { Name: "instance-state-name", Values: states },
      ],
    });
    expect(idsOf(described(cloud, filter("running", "pending")))).toEqual([]);
    expect(idsOf(described(cloud, filter("terminated")))).toEqual([id]);
    expect(idsOf(described(cloud, { Filters: [{ Name: "tag-key", Values: ["fleet"] }] }))).toHaveLength(2);
    cloud.advanceTo(atMinute(60));
    expect(idsOf(described(cloud, filter("terminated")))).toEqual([]);
  });

  test("an id that is unknown or not visible yet is not found", () => {
    const cloud = givenCloud({ faults: { ...calmFaults(), visibilityLagMs: 10_000 } });
    cloud.launch({ onDemandCount: 1, spotCount: 0, countMin: 1, pools: [], tags: {}, token: "" });
    const input = { InstanceIds: ["i-00000000000000001"] };
    expect(refusal(cloud, "EC2", "DescribeInstances", input)).toBe("InvalidInstanceID.NotFound 400");
    cloud.advanceTo(atSecond(10));
    expect(idsOf(described(cloud, input))).toEqual(input.InstanceIds);
  });

  test("a stale read shows an older truth", () => {
    const cloud = givenCloud();
    const [id = ""] = cloud.seedServing(1, {});
    cloud.advanceTo(atSecond(10));
    cloud.terminate([id]);
    cloud.faults.staleReadsMs = 5_000;
    expect(described(cloud, {}).Reservations[0]?.Instances[0]?.State).toEqual({ Code: 16, Name: "running" });
    cloud.advanceTo(atSecond(15));
    expect(described(cloud, {}).Reservations[0]?.Instances[0]?.State).toEqual({ Code: 32, Name: "shutting-down" });
  });

  test.each([
    ["an unknown filter", { Filters: [{ Name: "vpc-id", Values: ["v"] }] }, "InvalidParameterValue 400"],
    ["ids with pages", { InstanceIds: ["i-1"], MaxResults: 5 }, "InvalidParameterCombination 400"],
    ["a made-up token", { NextToken: "x" }, "InvalidNextToken 400"],
  ])("refuses %s", (_, input, expected) => {
    const cloud = givenCloud();
    cloud.seedServing(1, {});
    expect(refusal(cloud, "EC2", "DescribeInstances", input)).toBe(expected);
  });
});

test("TerminateInstances tells the change of each, and terminates none when one is unknown", () => {
  const cloud = givenCloud();
  const [id = ""] = cloud.seedServing(1, {});
  expect(refusal(cloud, "EC2", "TerminateInstances", { InstanceIds: [id, "i-0"] })).toBe(
    "InvalidInstanceID.NotFound 400",
  );
  expect(cloud.answer("EC2", "TerminateInstances", { InstanceIds: [id] })).toEqual({
    TerminatingInstances: [
      {
        InstanceId: id,
        PreviousState: { Code: 16, Name: "running" },
        CurrentState: { Code: 32, Name: "shutting-down" },
      },
    ],
  });
});

test("CreateTags adds and replaces", () => {
  const cloud = givenCloud();
  const [id = ""] = cloud.seedServing(1, { a: "1", b: "1" });
  cloud.answer("EC2", "CreateTags", {
    Resources: [id],
    Tags: [
      { Key: "b", Value: "2" },
      { Key: "c", Value: "3" },
    ],
  });
  expect(cloud.describe(start)[0]?.tags).toEqual({ a: "1", b: "2", c: "3" });
  expect(refusal(cloud, "EC2", "CreateTags", { Resources: ["i-0"], Tags: [] })).toBe("InvalidInstanceID.NotFound 400");
});

const elb = "ElasticLoadBalancingV2";
const groupOf = (cloud: Cloud): { TargetGroupArn: string; LoadBalancerArns: string[] } => {
  const found = cloud.answer(elb, "DescribeTargetGroups", { Names: ["shop-web"] });
  return (found as { TargetGroups: [{ TargetGroupArn: string; LoadBalancerArns: string[] }] }).TargetGroups[0];
};

describe("the load balancer", () => {
  test("knows its target group by name and by ARN, and no other", () => {
    const cloud = givenCloud({ plant: { ...plant, drainSeconds: 90 } });
    const { TargetGroupArn } = groupOf(cloud);
    expect(cloud.answer(elb, "DescribeTargetGroups", { TargetGroupArns: [TargetGroupArn] })).toMatchObject({
      TargetGroups: [{ TargetGroupName: "shop-web", TargetType: "instance" }],
    });
    expect(refusal(cloud, elb, "DescribeTargetGroups", { Names: ["other"] })).toBe("TargetGroupNotFoundException 400");
    expect(refusal(cloud, elb, "DescribeTargetHealth", { TargetGroupArn: "arn:x" })).toBe(
      "TargetGroupNotFoundException 400",
    );
    expect(cloud.answer(elb, "DescribeTargetGroupAttributes", { TargetGroupArn })).toEqual({
      Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "90" }],
    });
  });

  test("describes each state with its reason; one that shuts down is unused, and then not listed", () => {
    const cloud = givenCloud();
    const { TargetGroupArn } = groupOf(cloud);
    const [healthy = "", unhealthy = "", draining = "", ended = ""] = cloud.seedServing(4, {});
    cloud.launch({ onDemandCount: 1, spotCount: 0, countMin: 1, pools: [], tags: {}, token: "" });
    cloud.advanceTo(atSecond(30));
    const booting = "i-00000000000000005";
    cloud.answer(elb, "RegisterTargets", { TargetGroupArn, Targets: [{ Id: booting }, { Id: healthy }] });
    cloud.answer(elb, "DeregisterTargets", { TargetGroupArn, Targets: [{ Id: draining }, { Id: "i-0" }] });
    cloud.faults.unhealthy.add(unhealthy);
    cloud.terminate([ended]);
    const health = (input = {}) => {
      const answer = cloud.answer(elb, "DescribeTargetHealth", { TargetGroupArn, ...input });
      type Descriptions = {
        TargetHealthDescriptions: { Target: { Id: string }; TargetHealth: { State: string; Reason?: string } }[];
      };
      return (answer as Descriptions).TargetHealthDescriptions.map(
        ({ Target, TargetHealth }) => `${Target.Id.slice(-1)} ${TargetHealth.State} ${TargetHealth.Reason ?? ""}`,
      );
    };
    expect(health()).toEqual([
      "1 healthy ",
      "2 unhealthy Target.FailedHealthChecks",
      "3 draining Target.DeregistrationInProgress",
      "4 unused Target.InvalidState",
      "5 initial Elb.InitialHealthChecking",
    ]);
    cloud.advanceTo(atSecond(90));
    expect(health({ Targets: [{ Id: draining }, { Id: ended }, { Id: healthy }] })).toEqual([
      "3 unused Target.NotRegistered",
      "4 unused Target.NotRegistered",
      "1 healthy ",
    ]);
    expect(health()).toHaveLength(3);
  });

  test("registers none when one does not run", () => {
    const cloud = givenCloud();
    const { TargetGroupArn } = groupOf(cloud);
    const [id = ""] = cloud.seedServing(1, {});
    cloud.deregister([id]);
    cloud.advanceTo(atSecond(60));
    const Targets = [{ Id: id }, { Id: "i-0" }];
    expect(refusal(cloud, elb, "RegisterTargets", { TargetGroupArn, Targets })).toBe("InvalidTargetException 400");
    expect(cloud.describe(cloud.now)[0]?.target.kind).toBe("unregistered");
  });
});

describe("GetMetricData", () => {
  const LoadBalancer = { Name: "LoadBalancer", Value: "app/shop/1f2e3d4c5b6a7980" };
  const TargetGroup = { Name: "TargetGroup", Value: "targetgroup/shop-web/0a1b2c3d4e5f6071" };
  const query = (
    name: string,
    Stat: string,
    Dimensions: object[] = [LoadBalancer, TargetGroup],
    Namespace = "AWS/ApplicationELB",
  ) => ({
    Id: `${name.toLowerCase()}_${Stat.toLowerCase()}`,
    MetricStat: { Metric: { Namespace, MetricName: name, Dimensions }, Period: 60, Stat },
  });
  interface Answer {
    readonly MetricDataResults: readonly { Id: string; Timestamps: Date[]; Values: number[]; StatusCode: string }[];
    readonly NextToken?: string;
  }
  const asked = (cloud: Cloud, MetricDataQueries: object[], changed: object = {}) =>
    cloud.answer("CloudWatch", "GetMetricData", {
      MetricDataQueries,
      StartTime: new Date(start),
      EndTime: new Date(cloud.now),
      ...changed,
    }) as Answer;
  const given = (load = 1500) => {
    const cloud = givenCloud({ traffic: { load: (at) => load + (at - start) / 60_000, filled: () => false } });
    cloud.seedServing(1, {});
    for (let minute = 0; minute < 5; minute++) {
      cloud.advanceTo(atMinute(minute));
      cloud.closeMinute(cloud.now);
    }
    return cloud;
  };

  test("newest first unless asked otherwise, at the start of each minute", () => {
    const cloud = given();
    const [newestFirst] = asked(cloud, [query("RequestCount", "Sum")]).MetricDataResults;
    expect(newestFirst?.Values).toEqual([1502, 1501, 1500]);
    expect(newestFirst?.Timestamps[0]).toEqual(new Date(atMinute(2)));
    const [oldestFirst] = asked(cloud, [query("RequestCount", "Sum")], {
      ScanBy: "TimestampAscending",
    }).MetricDataResults;
    expect(oldestFirst?.Values).toEqual([1500, 1501, 1502]);
  });

  test.each([
    ["hosts", query("HealthyHostCount", "Average"), [1, 1, 1]],
    ["seconds, not milliseconds", query("TargetResponseTime", "p95"), [5, 5, 5]],
    ["what the load balancer turned away", query("HTTPCode_ELB_5XX_Count", "Sum", [LoadBalancer]), [502, 501, 500]],
    ["silence of the targets' errors", query("HTTPCode_Target_5XX_Count", "Sum"), []],
    ["silence of rejections", query("RejectedConnectionCount", "Sum", [LoadBalancer]), []],
    [
      "percent",
      query("CPUUtilization", "Average", [{ Name: "InstanceId", Value: "i-00000000000000001" }], "AWS/EC2"),
      [100, 100, 100],
    ],
    [
      "nothing for another load balancer",
      query("RequestCount", "Sum", [{ Name: "LoadBalancer", Value: "app/x/1" }]),
      [],
    ],
    ["nothing for dimensions the metric lacks", query("HealthyHostCount", "Average", [LoadBalancer]), []],
    [
      "nothing for an unknown instance",
      query("CPUUtilization", "Average", [{ Name: "InstanceId", Value: "i-0" }], "AWS/EC2"),
      [],
    ],
  ])("%s", (_, asking, values) => {
    const [result] = asked(given(), [asking]).MetricDataResults;
    expect(result?.Values.map((value) => Math.round(value * 1e6) / 1e6)).toEqual(values);
  });

  test("the start is rounded down to its minute, the end is excluded", () => {
    const window = { StartTime: new Date(atSecond(59)), EndTime: new Date(atMinute(2)) };
    expect(asked(given(), [query("RequestCount", "Sum")], window).MetricDataResults[0]?.Values).toEqual([1501, 1500]);
  });

  test("an instance that does not serve yet idles", () => {
    const cloud = given();
    cloud.launch({ onDemandCount: 1, spotCount: 0, countMin: 1, pools: [], tags: {}, token: "" });
    for (const minute of [5, 6, 7, 8]) {
      cloud.advanceTo(atMinute(minute));
      if (minute === 6) cloud.register(["i-00000000000000002"]);
      cloud.closeMinute(cloud.now);
    }
    cloud.advanceTo(atMinute(10));
    const Dimensions = [{ Name: "InstanceId", Value: "i-00000000000000002" }];
    const [result] = asked(cloud, [query("CPUUtilization", "Average", Dimensions, "AWS/EC2")]).MetricDataResults;
    expect(result?.Values).toEqual([75.4, 75.35, 75.3, 0, 0].map((percent) => expect.closeTo(percent, 6)));
  });

  test("a page that holds just all is the last", () => {
    const answer = asked(given(), [query("RequestCount", "Sum")], { MaxDatapoints: 3 });
    expect(answer.MetricDataResults[0]?.StatusCode).toBe("Complete");
    expect(answer.NextToken).toBeUndefined();
  });

  test("pages by points, over all queries in a row", () => {
    const cloud = given();
    const queries = [query("RequestCount", "Sum"), query("HealthyHostCount", "Average")];
    const first = asked(cloud, queries, { MaxDatapoints: 4 });
    const second = asked(cloud, queries, { MaxDatapoints: 4, NextToken: first.NextToken });
    const shape = ({ MetricDataResults }: Answer) =>
      MetricDataResults.map(({ Values, StatusCode }) => [Values.length, StatusCode]);
    expect(shape(first)).toEqual([
      [3, "Complete"],
      [1, "PartialData"],
    ]);
    expect(shape(second)).toEqual([
      [0, "Complete"],
      [2, "Complete"],
    ]);
    expect(second.NextToken).toBeUndefined();
  });

  test.each([
    ["math over series that are not asked for", [{ Id: "e", Expression: "a / b" }]],
    ["a query of nothing", [{ Id: "e" }]],
    ["a statistic that is not imagined", [query("RequestCount", "Average")]],
    ["another period", [{ Id: "q", MetricStat: { ...query("RequestCount", "Sum").MetricStat, Period: 300 } }]],
  ])("refuses %s rather than answer wrongly", (_, MetricDataQueries) => {
    const input = { MetricDataQueries, StartTime: new Date(start), EndTime: new Date(atMinute(3)) };
    expect(refusal(given(), "CloudWatch", "GetMetricData", input)).toBe("ValidationError 400");
  });
});

test("SQS keeps what it was given", () => {
  const cloud = givenCloud();
  cloud.answer("SQS", "SendMessage", { QueueUrl: "q", MessageBody: "a" });
  cloud.advanceTo(atSecond(5));
  const Entries = [{ Id: "1", MessageBody: "b", DelaySeconds: 30 }];
  expect(cloud.answer("SQS", "SendMessageBatch", { QueueUrl: "q", Entries })).toMatchObject({
    Successful: [{ Id: "1" }],
    Failed: [],
  });
  expect(cloud.sent).toEqual([
    { queueUrl: "q", body: "a", delaySeconds: 0, at: start },
    { queueUrl: "q", body: "b", delaySeconds: 30, at: atSecond(5) },
  ]);
  expect(refusal(cloud, "SQS", "SendMessageBatch", { QueueUrl: "q", Entries: Array(11).fill(Entries[0]) })).toBe(
    "TooManyEntriesInBatchRequest 400",
  );
});

describe("faults", () => {
  const call = ["EC2", "CreateFleet", fleetInput] as const;

  test.each([
    ["throttle", "EC2", "CreateFleet", "RequestLimitExceeded 503"],
    ["throttle", elb, "DescribeTargetGroups", "Throttling 400"],
    ["denied", "EC2", "CreateFleet", "UnauthorizedOperation 403"],
    ["denied", "CloudWatch", "GetMetricData", "AccessDenied 403"],
  ] as const)("%s of %s %s: nothing happens", (fault, service, command, expected) => {
    const cloud = givenCloud();
    cloud.faults[fault] = (asked) => asked === command;
    expect(refusal(cloud, service, command, fleetInput)).toBe(expected);
    expect(cloud.rows()).toEqual([]);
  });

  test("a refused call is not remembered under its token", () => {
    const cloud = givenCloud();
    cloud.faults.throttle = () => true;
    refusal(cloud, ...call);
    cloud.faults.throttle = () => false;
    expect(refusal(cloud, ...call)).toBe("none");
    expect(cloud.rows()).toHaveLength(3);
  });

  test.each([
    ["before", 0],
    ["after", 3],
  ] as const)("a crash %s the call leaves %d instances", (crashesIn, count) => {
    const cloud = givenCloud();
    cloud.faults.crash = (command, phase) => {
      if (command === "CreateFleet" && phase === crashesIn) throw new Error("power cut");
    };
    expect(() => cloud.answer(...call)).toThrow("power cut");
    expect(cloud.rows()).toHaveLength(count);
  });

  test("an unknown command is named", () => {
    expect(() => givenCloud().answer("EC2", "RebootInstancesCommand", {})).toThrow("EC2 RebootInstances");
    expect(refusal(givenCloud(), "Lambda", "Invoke", {})).toBe("InvalidAction 400");
  });
});
