// What a look sees of EC2, the load balancer, CloudWatch and the table, and what it says where it sees nothing.
import type { CloudWatchClient, GetMetricDataCommandInput, MetricDataResult } from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createAwsWorld, type Embedded, openMemory, putOverride, putWarm, type Table } from "../../shared/aws/index.ts";
import { readMetrics } from "../../shared/aws/metrics.ts";
import { metricWindowMs } from "../../shared/control/index.ts";
import { minuteMs, ok } from "../../shared/core/index.ts";
import { type Instance, initialMemory, type Snapshot } from "../../shared/engine/index.ts";
import type { Cloud } from "../../shared/sim/cloud/index.ts";
import { atMinute, givenCloud, launchedOne } from "../sim/cloudGiven.ts";
import { cloudPolicy, cloudWorld, freshTable, look, lookThrough } from "../support/awsFleet.ts";
import { answeredClients, atOnceReader, awsError, never, simulatedClients } from "../support/cloudClients.ts";
import { instance, noon, seen, serving, warmBy } from "../support/given.ts";

let embedded: Embedded;
let table: Table;
beforeAll(async () => {
  embedded = await openMemory();
});
afterAll(() => embedded.close());
beforeEach(() => {
  table = freshTable(embedded);
});

/** Three serving instances of the fleet, at minute five. */
function shop(): Cloud {
  const cloud = givenCloud();
  cloud.seedServing(3, { "tidegate:fleet": `${table.stage}/shop`, "tidegate:action": "shop@1/launch" });
  for (let minute = 0; minute < 5; minute++) {
    cloud.advanceTo(atMinute(minute));
    cloud.closeMinute(cloud.now);
  }
  cloud.advanceTo(atMinute(5));
  return cloud;
}
const observe = (cloud: Cloud): Promise<Snapshot> => cloudWorld(cloud, table).observe(cloudPolicy());
const instancesIn = ({ instances }: Snapshot): readonly Instance[] =>
  instances.kind === "seen" ? instances.instances : [];

describe("a look", () => {
  test("sees the fleet, its load and its log, in the order the log keeps them", async () => {
    const cloud = shop();
    const snapshot = await observe(cloud);
    expect(Object.keys(snapshot)).toEqual([
      ...[
        "now",
        "fleet",
        "birth",
        "instances",
        "signals",
        "peaks",
        "peakFindings",
        "overrides",
        "brakes",
        "notices",
        "forecast",
        "memory",
      ],
      "previous",
    ]);
    expect(snapshot).toMatchObject({
      now: atMinute(5),
      fleet: "shop",
      birth: atMinute(5),
      instances: { kind: "seen", deregistrationDelayMs: minuteMs },
      overrides: [],
      memory: initialMemory,
      previous: { kind: "none" },
    });
    expect(instancesIn(snapshot)).toHaveLength(3);
    expect(instancesIn(snapshot)[0]).toEqual({
      id: expect.stringMatching(/^i-[0-9a-f]+$/),
      zone: "eu-west-1a",
      subnet: "subnet-a",
      instanceType: "m7g.large",
      purchase: "on-demand",
      launchedAt: atMinute(-3),
      launchedBy: "shop@1/launch",
      templateVersion: "",
      isProtected: false,
      state: "running",
      target: { kind: "healthy" },
      warm: { kind: "not-started" },
    });
    expect(snapshot.signals.requests).toMatchObject({ kind: "known" });
    expect(snapshot.signals["healthy-hosts"]).toEqual({
      kind: "known",
      points: [0, 1, 2, 3].map((minute) => ({ at: atMinute(minute), value: 3 })),
    });
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
  });

  test("sees the row before, and keeps the log's birth", async () => {
    const cloud = shop();
    const world = cloudWorld(cloud, table);
    await lookThrough(cloud, world, { policy: cloudPolicy(), from: 5, to: 6 });
    cloud.advanceTo(atMinute(7));
    const snapshot = await observe(cloud);
    expect(snapshot.birth).toBe(atMinute(5));
    expect(snapshot.previous).toMatchObject({ kind: "row", generation: 2, at: atMinute(6) });
    expect(snapshot.memory.target).toEqual({ kind: "set", count: 4 });
  });

  test("sees overrides, and how far warming has come", async () => {
    const cloud = shop();
    const [first] = instancesIn(await observe(cloud));
    const override = { id: "o1", min: 9, max: 20, until: 1, by: "ana", reason: "sale" };
    await putOverride(table, "shop", override);
    await putWarm(table, "shop", { instance: first?.id ?? "", state: { kind: "done", at: atMinute(4) } });
    const warmed = cloudPolicy({ warm: warmBy() });
    const snapshot = await cloudWorld(cloud, table).observe(warmed);
    expect(snapshot.overrides).toEqual([override]);
    expect(instancesIn(snapshot).map(({ warm }) => warm.kind)).toEqual(["done", "not-started", "not-started"]);
  });

  test("reads every page, and sorts by id", async () => {
    const cloud = shop();
    cloud.faults.pageSizeMax = 1;
    const ids = instancesIn(await observe(cloud)).map(({ id }) => id);
    expect(ids).toHaveLength(3);
    expect(ids).toEqual(ids.toSorted());
  });

  test("passes over other stages, other fleets, Auto Scaling groups and the untagged", async () => {
    const cloud = shop();
    const owner = `${table.stage}/shop`;
    launchedOne(cloud);
    cloud.seedServing(1, { "tidegate:fleet": "other/shop" });
    cloud.seedServing(1, { "tidegate:fleet": `${table.stage}/shop2` });
    cloud.seedServing(1, { "tidegate:fleet": owner, "aws:autoscaling:groupName": "asg" });
    expect(instancesIn(await observe(cloud))).toHaveLength(3);
  });

  test("asks for the target group once", async () => {
    const cloud = shop();
    const asked: string[] = [];
    cloud.faults.crash = (command, phase) => void (phase === "before" && asked.push(command));
    const world = cloudWorld(cloud, table);
    for (let i = 0; i < 3; i++) await world.observe(cloudPolicy());
    expect(asked.filter((command) => command === "DescribeTargetGroups")).toHaveLength(1);
    expect(asked.filter((command) => command === "DescribeTargetHealth")).toHaveLength(3);
  });
});

describe("what cannot be seen", () => {
  test("a target group that is not there is missing, with its metrics", async () => {
    const because = "TargetGroupNotFound: One or more target groups not found";
    const snapshot = await cloudWorld(shop(), table).observe(cloudPolicy({ targetGroup: "gone" }));
    expect(snapshot.instances).toEqual({ kind: "missing", how: "failed", because });
    expect(snapshot.signals.requests).toEqual({ kind: "missing", because });
  });

  test.each([
    ["DescribeInstances", "throttle", /^RequestLimitExceeded: /],
    ["DescribeInstances", "denied", /^UnauthorizedOperation: /],
    ["DescribeTargetHealth", "throttle", /^Throttling: /],
    ["DescribeTargetGroups", "denied", /^AccessDenied: /],
  ] as const)("%s: %s", async (command, fault, because) => {
    const cloud = shop();
    cloud.faults[fault] = (asked) => asked === command;
    const snapshot = await observe(cloud);
    const how = fault === "throttle" ? "throttled" : "failed";
    expect(snapshot.instances).toEqual({ kind: "missing", how, because: expect.stringMatching(because) });
    const looked = await look(cloudWorld(cloud, table), cloudPolicy());
    expect(looked).toMatchObject({ kind: "done", outcomes: [{ kind: how, because: expect.stringMatching(because) }] });
  });

  test("metrics that are refused are missing, the instances are not", async () => {
    const cloud = shop();
    cloud.faults.denied = (command) => command === "GetMetricData";
    const snapshot = await observe(cloud);
    expect(snapshot.signals.requests).toEqual({ kind: "missing", because: expect.stringMatching(/^AccessDenied: /) });
    expect(instancesIn(snapshot)).toHaveLength(3);
  });

  test("a target group that is made anew is found again after one missing look", async () => {
    const cloud = shop();
    let generation = 1;
    const clients = answeredClients((service, command, input) => {
      const given = JSON.stringify(input);
      if (command === "DescribeTargetHealth" && !given.includes(`#${generation}`))
        throw awsError("TargetGroupNotFound");
      if (command === "DescribeTargetHealth") return { TargetHealthDescriptions: [] };
      if (command === "DescribeTargetGroupAttributes" || command === "DescribeTags") return {};
      const group = { TargetGroupArn: `arn:x:targetgroup/#${generation}`, LoadBalancerArns: ["x:loadbalancer/app"] };
      return command === "DescribeTargetGroups" ? { TargetGroups: [group] } : cloud.answer(service, command, input);
    });
    const now = () => cloud.now;
    const world = createAwsWorld({
      clients,
      table,
      now,
      evaluator: () => "one",
      warmer: { kind: "none" },
      abortIn: never,
    });
    const kinds: string[] = [];
    for (const made of [1, 2, 2]) {
      generation = made;
      kinds.push((await world.observe(cloudPolicy())).instances.kind);
    }
    expect(kinds).toEqual(["seen", "missing", "seen"]);
  });

  test("a log that cannot be read throws", async () => {
    const gone = { ...table, name: "gone" };
    await expect(cloudWorld(shop(), gone).observe(cloudPolicy())).rejects.toThrow("resource not found");
  });

  test("a defect is no missing reading", async () => {
    const cloud = shop();
    cloud.faults.crash = () => {
      throw new TypeError("not a function");
    };
    await expect(observe(cloud)).rejects.toThrow("not a function");
  });
});

describe("metrics", () => {
  const group = {
    name: "shop-web",
    arn: "arn",
    dimension: "targetgroup/shop-web/1",
    loadBalancer: { kind: "one", dimension: "app/shop/2" },
    deregistrationDelayMs: minuteMs,
    claimedBy: "",
  } as const;
  const asked = {
    names: [],
    own: {},
    group: ok(group),
    instances: seen(),
    windowMs: metricWindowMs,
    now: noon,
  } as const;
  const readerOf = (client: CloudWatchClient) => atOnceReader(client);
  const at = (minutesAgo: number): Date => new Date(noon - minutesAgo * minuteMs);

  function metricsClient(results: (input: GetMetricDataCommandInput) => object) {
    const inputs: GetMetricDataCommandInput[] = [];
    const { metrics } = answeredClients((_service, _command, input) => {
      inputs.push(input as GetMetricDataCommandInput);
      return results(input as GetMetricDataCommandInput);
    });
    return { metrics, inputs };
  }
  const always = (...results: readonly MetricDataResult[]) => metricsClient(() => ({ MetricDataResults: results }));

  test("are all asked for at once, by the minute, for twenty minutes, ascending", async () => {
    const { metrics, inputs } = always();
    const names = ["requests", "healthy-hosts", "cpu", "latency-p99", "errors-5xx", "rejected"] as const;
    await readMetrics(readerOf(metrics), { ...asked, names, instances: seen(...serving(1)) });
    expect(inputs).toHaveLength(1);
    const [input] = inputs;
    expect(input).toMatchObject({ StartTime: new Date(noon - metricWindowMs), EndTime: new Date(noon) });
    expect(input?.ScanBy).toBe("TimestampAscending");
    const targets = "TargetGroup=targetgroup/shop-web/1 LoadBalancer=app/shop/2";
    expect(
      input?.MetricDataQueries?.map(({ Id, MetricStat: stat }) => {
        const dimensions = stat?.Metric?.Dimensions?.map(({ Name, Value }) => `${Name}=${Value}`).join(" ");
        return [Id, stat?.Metric?.Namespace, stat?.Metric?.MetricName, stat?.Stat, stat?.Period, dimensions].join("|");
      }),
    ).toEqual([
      `f0_requests_0|AWS/ApplicationELB|RequestCount|Sum|60|${targets}`,
      `f0_healthy_hosts_0|AWS/ApplicationELB|HealthyHostCount|Average|60|${targets}`,
      "f0_cpu_0|AWS/EC2|CPUUtilization|Average|60|InstanceId=i-1",
      `f0_latency_p99_0|AWS/ApplicationELB|TargetResponseTime|p99|60|${targets}`,
      `f0_errors_5xx_0|AWS/ApplicationELB|HTTPCode_Target_5XX_Count|Sum|60|${targets}`,
      "f0_errors_5xx_1|AWS/ApplicationELB|HTTPCode_ELB_5XX_Count|Sum|60|LoadBalancer=app/shop/2",
      "f0_rejected_0|AWS/ApplicationELB|RejectedConnectionCount|Sum|60|LoadBalancer=app/shop/2",
    ]);
  });

  test("errors of targets and of the load balancer add up, minute by minute", async () => {
    const { metrics } = always(
      { Id: "f0_errors_5xx_0", Timestamps: [at(3), at(2)], Values: [1, 2] },
      { Id: "f0_errors_5xx_1", Timestamps: [at(4), at(2)], Values: [10, 20] },
    );
    const { "errors-5xx": errors } = await readMetrics(readerOf(metrics), { ...asked, names: ["errors-5xx"] });
    expect(errors).toEqual({
      kind: "points",
      points: [
        { at: +at(4), value: 10 },
        { at: +at(3), value: 1 },
        { at: +at(2), value: 22 },
      ],
    });
  });

  test("latency is in milliseconds", async () => {
    const { metrics } = always({ Id: "f0_latency_p95_0", Timestamps: [at(2)], Values: [0.25] });
    const read = await readMetrics(readerOf(metrics), { ...asked, names: ["latency-p95"] });
    expect(read["latency-p95"]).toEqual({ kind: "points", points: [{ at: +at(2), value: 250 }] });
  });

  test("the share of answers within a bound is the bound's percentile rank", async () => {
    const { metrics, inputs } = always({ Id: "f0_within_400_ms_0", Timestamps: [at(2)], Values: [99.5] });
    const read = await readMetrics(readerOf(metrics), { ...asked, names: ["within_400_ms"] });
    expect(read).toEqual({ within_400_ms: { kind: "points", points: [{ at: +at(2), value: 0.995 }] } });
    expect(inputs[0]?.MetricDataQueries?.[0]?.MetricStat).toMatchObject({
      Metric: { MetricName: "TargetResponseTime" },
      Stat: "PR(:0.4)",
    });
  });

  test("cpu is the mean ratio of four instances that take traffic", async () => {
    const { metrics, inputs } = metricsClient(({ MetricDataQueries: queries = [] }) => ({
      MetricDataResults: queries.map(({ Id }, index) => ({ Id, Timestamps: [at(2)], Values: [index < 2 ? 20 : 60] })),
    }));
    const view = seen(
      instance("i-booting", { state: "pending", target: { kind: "unregistered" } }),
      instance("i-fresh", { target: { kind: "initial" } }),
      ...serving(12),
    );
    const read = await readMetrics(readerOf(metrics), { ...asked, names: ["cpu"], instances: view });
    expect(read.cpu).toEqual({ kind: "points", points: [{ at: +at(2), value: 0.4 }] });
    expect(JSON.stringify(inputs)).not.toMatch(/i-booting|i-fresh/);
  });

  test.each([
    ["is that of instances that served all through the window", [30, 21, 20, 19.9, 5], ["i-1", "i-2", "i-3"]],
    ["is that of the oldest, where all are younger", [5, 7, 6, 7], ["i-2", "i-4"]],
  ])("cpu %s", async (_name, ages, expected) => {
    const { metrics, inputs } = metricsClient(() => ({ MetricDataResults: [] }));
    const view = seen(...ages.map((age, index) => instance(`i-${index + 1}`, { launchedAt: noon - age * minuteMs })));
    await readMetrics(readerOf(metrics), { ...asked, now: noon, names: ["cpu"], instances: view });
    expect(JSON.stringify(inputs).match(/i-\d/g)).toEqual(expected);
  });

  test("come from all pages", async () => {
    const { metrics } = metricsClient(({ NextToken }) =>
      NextToken
        ? { MetricDataResults: [{ Id: "f0_requests_0", StatusCode: "Complete", Timestamps: [at(2)], Values: [2] }] }
        : {
            MetricDataResults: [{ Id: "f0_requests_0", StatusCode: "PartialData", Timestamps: [at(3)], Values: [1] }],
            NextToken: "more",
          },
    );
    const { requests } = await readMetrics(readerOf(metrics), { ...asked, names: ["requests"] });
    expect(requests).toMatchObject({ points: [{ value: 1 }, { value: 2 }] });
  });

  test.each([
    ["InternalError inside a 200", ok(group), "CloudWatch answered InternalError"],
    [
      "no load balancer",
      ok({ ...group, loadBalancer: { kind: "none" } as const }),
      "target group shop-web has no load balancer",
    ],
    ["no target group", { kind: "error", error: "TargetGroupNotFound: gone" } as const, "TargetGroupNotFound: gone"],
  ])("say why they failed: %s", async (_name, given, because) => {
    const { metrics } = always({ Id: "f0_requests_0", StatusCode: "InternalError" });
    const { requests } = await readMetrics(readerOf(metrics), { ...asked, names: ["requests"], group: given });
    expect(requests).toEqual({ kind: "failed", because });
  });

  test("of cpu need an instance that takes traffic", async () => {
    const { metrics, inputs } = always();
    const { cpu } = await readMetrics(readerOf(metrics), { ...asked, names: ["cpu"] });
    expect(cpu).toEqual({ kind: "failed", because: "no running instance is registered" });
    expect(inputs).toEqual([]);
  });

  test("are read from the imagined cloud as the simulator reads them", async () => {
    const cloud = shop();
    const names = [
      "requests",
      "healthy-hosts",
      "cpu",
      "latency-p50",
      "latency-p95",
      "errors-5xx",
      "requests-per-target",
    ] as const;
    const { instances } = await observe(cloud);
    const dimension = "targetgroup/shop-web/0a1b2c3d4e5f6071";
    const loadBalancer = { kind: "one", dimension: "app/shop/1f2e3d4c5b6a7980" } as const;
    const read = await readMetrics(readerOf(simulatedClients(cloud).metrics), {
      ...{ names, own: {}, instances, windowMs: metricWindowMs, now: cloud.now },
      group: ok({ ...group, dimension, loadBalancer }),
    });
    for (const name of names) {
      const window = { from: cloud.now - metricWindowMs, to: cloud.now, now: cloud.now };
      const points = cloud.points(name, window).map((point) => ({ ...point, value: expect.closeTo(point.value, 9) }));
      expect([name, read[name]]).toEqual([name, { kind: "points", points }]);
    }
  });
});
