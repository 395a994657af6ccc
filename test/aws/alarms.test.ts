// Which alarms a fleet's rules ask for, and what of them CloudWatch is told.
import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { describe, expect, test } from "@jest/globals";
import { alarmsOf } from "../../shared/aws/alarms/alarm.ts";
import { requestOf, saysTheSame } from "../../shared/aws/alarms/request.ts";
import { perHost } from "../../shared/aws/alarms/watched.ts";
import type { Policy, Rule, StepRule } from "../../shared/policy/index.ts";
import { givenPolicy, scheduled } from "../support/given.ts";

const dimensions = {
  kind: "alb" as const,
  group: "targetgroup/shop-web/0a1b2c3d4e5f6071",
  balancer: "app/shop/1f2e3d4c5b6a7980",
};
const ofBalancer = [{ Name: "LoadBalancer", Value: dimensions.balancer }];
const ofTargets = [{ Name: "TargetGroup", Value: dimensions.group }, ...ofBalancer];

const step = (metric: StepRule["metric"], changed: Partial<StepRule> = {}): StepRule => ({
  kind: "step",
  name: `step ${metric}`,
  metric,
  above: [
    { over: 300, add: { kind: "count", count: 1 } },
    { over: 1_000, add: { kind: "count", count: 2 } },
  ],
  below: [],
  minutes: 3,
  ...changed,
});

const requestsFor = (rules: readonly Rule[], changed: Partial<Policy> = {}) =>
  alarmsOf({ stage: "dev", policy: givenPolicy({ rules, ...changed }), dimensions }).map(requestOf);

const demand: Rule = { kind: "target-demand", name: "target requests", metric: "requests" };

describe("a high alarm", () => {
  const inARow = { EvaluationPeriods: 3, DatapointsToAlarm: 3 };
  const namespace = "AWS/ApplicationELB";
  test.each<[string, Rule, object]>([
    [
      "on the demand: an instance's planned share of its capacity, at once",
      demand,
      {
        MetricName: "RequestCountPerTarget",
        Statistic: "Sum",
        Dimensions: ofTargets.slice(0, 1),
        Threshold: 780,
        EvaluationPeriods: 1,
        DatapointsToAlarm: 1,
      },
    ],
    [
      "on a latency, in CloudWatch's seconds",
      step("latency-p95"),
      {
        MetricName: "TargetResponseTime",
        ExtendedStatistic: "p95",
        Dimensions: ofTargets,
        Threshold: 0.3,
        ...inARow,
      },
    ],
    [
      "on all requests",
      step("requests"),
      { MetricName: "RequestCount", Statistic: "Sum", Dimensions: ofTargets, Threshold: 300, ...inARow },
    ],
    [
      "on connections that the load balancer has rejected",
      step("rejected"),
      { MetricName: "RejectedConnectionCount", Statistic: "Sum", Dimensions: ofBalancer, Threshold: 300, ...inARow },
    ],
  ])("%s", (_, rule, expected) => {
    const policy = {
      capacity: { perInstancePerMinute: 1_200, targetRatio: 0.65, limitRatio: 0.8, learn: { kind: "none" } as const },
    };
    expect(requestsFor([rule], policy)).toEqual([
      {
        AlarmName: `tidegate/dev/shop/${rule.name}`,
        AlarmDescription: `Wakes Tidegate to look at fleet shop, whose rule "${rule.name}" may want more.`,
        Namespace: namespace,
        Period: 60,
        ComparisonOperator: "GreaterThanThreshold",
        TreatMissingData: "notBreaching",
        ...expected,
      },
    ]);
  });

  test("on errors counts those of the targets and of the load balancer, and a silent one as none", () => {
    const errorsOf = (Id: string, MetricName: string, Dimensions: object) => ({
      Id,
      MetricStat: { Metric: { Namespace: namespace, MetricName, Dimensions }, Period: 60, Stat: "Sum" },
      ReturnData: false,
    });
    expect(requestsFor([step("errors-5xx")])).toEqual([
      expect.objectContaining({
        Threshold: 300,
        ...inARow,
        Metrics: [
          errorsOf("targets", "HTTPCode_Target_5XX_Count", ofTargets),
          errorsOf("balancer", "HTTPCode_ELB_5XX_Count", ofBalancer),
          { Id: "watched", Expression: "FILL(targets, 0) + FILL(balancer, 0)", ReturnData: true },
        ],
      }),
    ]);
    expect(requestsFor([step("errors-5xx")])[0]).not.toHaveProperty("MetricName");
  });
});

describe("a metric of the operator's own", () => {
  const orders = { namespace: "Shop", name: "OrdersWaiting", statistic: "Average", dimensions: { Queue: "orders" } };
  const busy = { namespace: "Shop", name: "Busy", statistic: "p90", dimensions: {} };
  const metrics: Policy["metrics"] = {
    "orders-waiting": { kind: "series", series: orders },
    "busy-share": {
      kind: "expression",
      parts: [
        { kind: "text", text: "100 * " },
        { kind: "series", name: "hosts" },
        { kind: "text", text: " / 2" },
      ],
      using: { hosts: busy },
    },
  };
  const plain = { Namespace: "Shop", MetricName: "OrdersWaiting", Statistic: "Average" };
  const queryOf = (Id: string, Metric: object, Stat: string) => ({
    Id,
    MetricStat: { Metric, Period: 60, Stat },
    ReturnData: false,
  });
  const busyQuery = queryOf("own_hosts", { Namespace: "Shop", MetricName: "Busy", Dimensions: [] }, "p90");
  const ordersQuery = queryOf(
    "total",
    { Namespace: "Shop", MetricName: "OrdersWaiting", Dimensions: [{ Name: "Queue", Value: "orders" }] },
    "Average",
  );
  const hostsQuery = queryOf(
    "hosts",
    { Namespace: "AWS/ApplicationELB", MetricName: "HealthyHostCount", Dimensions: ofTargets },
    "Average",
  );
  const result = (Expression: string) => ({ Id: "watched", Expression, ReturnData: true });

  test.each<[string, Rule, object]>([
    [
      "in a step",
      step("orders-waiting"),
      { ...plain, Dimensions: [{ Name: "Queue", Value: "orders" }], Threshold: 300 },
    ],
    [
      "in a step, as an expression",
      step("busy-share"),
      { Metrics: [busyQuery, result("100 * own_hosts / 2")], Threshold: 300, EvaluationPeriods: 3 },
    ],
    [
      "to be held",
      { kind: "target-level", name: "level", metric: "orders-waiting", level: 60 },
      { ...plain, Threshold: 60, EvaluationPeriods: 1 },
    ],
    [
      "to be shared by the healthy hosts",
      { kind: "target-total", name: "total", metric: "orders-waiting", perInstance: 100 },
      { Metrics: [ordersQuery, hostsQuery, result("total / hosts")], Threshold: 100 },
    ],
    [
      "to be shared, as an expression",
      { kind: "target-total", name: "total", metric: "busy-share", perInstance: 7 },
      { Metrics: [busyQuery, hostsQuery, result("(100 * own_hosts / 2) / hosts")], Threshold: 7 },
    ],
  ])("%s", (_, rule, expected) => {
    expect(requestsFor([rule], { metrics })).toEqual([expect.objectContaining(expected)]);
  });

  test("or a target's share of the requests, to be held", () => {
    const rule: Rule = { kind: "target-level", name: "share", metric: "requests-per-target", level: 700 };
    const share = { MetricName: "RequestCountPerTarget", Dimensions: ofTargets.slice(0, 1), Threshold: 700 };
    expect(requestsFor([rule])).toEqual([expect.objectContaining(share)]);
  });
});

test.each<[string, Rule]>([
  ["a step on CPU, whose dimensions change with the fleet", step("cpu")],
  ["a utilization", { kind: "target-utilization", name: "target cpu", metric: "cpu", targetRatio: 0.6 }],
  [
    "a step that only shrinks",
    step("requests", { above: [], below: [{ under: 10, remove: { kind: "count", count: 1 } }] }),
  ],
  ["a schedule", scheduled("0 8 * * *")],
])("no alarm for %s", (_, rule) => {
  expect(requestsFor([rule])).toEqual([]);
  expect(requestsFor([rule, demand])).toHaveLength(1);
});

describe("an alarm that stands", () => {
  const [wanted] = requestsFor([step("errors-5xx")]);
  const [plain] = requestsFor([step("latency-p95")]);
  if (!wanted || !plain) throw new Error("two rules ask for two alarms");

  test("is the same whatever CloudWatch has added to it, and in whatever order it lists", () => {
    const added: MetricAlarm = { StateValue: "ALARM", ActionsEnabled: true, AlarmArn: "arn", AlarmActions: [] };
    const { Metrics = [], Dimensions = [] } = { ...wanted, ...plain };
    expect(saysTheSame({ ...wanted, ...added, Dimensions: [], Metrics: Metrics.toReversed() }, wanted)).toBe(true);
    expect(saysTheSame({ ...plain, ...added, Metrics: [], Dimensions: Dimensions.toReversed() }, plain)).toBe(true);
  });

  test.each<[string, object]>([
    ["threshold", { Threshold: 0.4 }],
    ["statistic", { ExtendedStatistic: "p99" }],
    ["load balancer", { Dimensions: [ofTargets[0], { Name: "LoadBalancer", Value: "app/other/1" }] }],
    ["minutes", { EvaluationPeriods: 4 }],
    ["treatment of silence", { TreatMissingData: "missing" }],
    ["description", { AlarmDescription: "by hand" }],
  ])("differs by its %s", (_, changed) => {
    expect(saysTheSame({ ...plain, ...changed }, plain)).toBe(false);
  });

  test("differs by a query of its expression", () => {
    const Metrics = wanted.Metrics?.map((query) => ({ ...query, Expression: query.Expression && "targets" }));
    expect(saysTheSame({ ...wanted, Metrics: Metrics ?? [] } as never, wanted)).toBe(false);
    expect(saysTheSame({ ...wanted, Metrics: [] }, wanted)).toBe(false);
  });
});

test("behind HAProxy alarms watch what its minutes are counted as, each host's share of a total too", () => {
  const dimensions = { kind: "haproxy" as const, dimensions: { Stage: "dev", Fleet: "shop" } };
  const [high] = alarmsOf({ stage: "dev", policy: givenPolicy({ rules: [demand] }), dimensions }).map(requestOf);
  expect(high).toMatchObject({
    Namespace: "Tidegate/HAProxy",
    MetricName: "RequestsPerTarget",
    Statistic: "Average",
    Dimensions: [
      { Name: "Stage", Value: "dev" },
      { Name: "Fleet", Value: "shop" },
    ],
    Threshold: 500,
  });
  const series = { namespace: "Shop", name: "Waiting", statistic: "Sum", dimensions: {} };
  expect(perHost({ kind: "series", series }, dimensions)).toMatchObject({
    expression: "total / hosts",
    inputs: { hosts: { namespace: "Tidegate/HAProxy", name: "HealthyHosts" } },
  });
});
