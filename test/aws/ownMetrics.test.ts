// The operator's own metrics: how CloudWatch is asked for them, and what is made of its answers.
import type { GetMetricDataCommandInput, MetricDataResult } from "@aws-sdk/client-cloudwatch";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readMetrics } from "../../shared/aws/metrics.ts";
import { metricWindowMs } from "../../shared/control/index.ts";
import { minuteMs, ok } from "../../shared/core/index.ts";
import type { OwnMetric, Policy } from "../../shared/policy/index.ts";
import { ruleMetrics } from "../../shared/policy/types.ts";
import { policyWith } from "../policy/sample.ts";
import { answeredClients, atOnceReader, awsError } from "../support/cloudClients.ts";
import { noon, seen, serving } from "../support/given.ts";

const { metrics: own } = policyWith({
  metrics: `{
    orders-waiting: { namespace: Shop, name: OrdersWaiting, statistic: p90, dimensions: { Queue: orders, Stage: prod } },
    busy-share: {
      expression: "100 * b / (b + b1) + SUM([b, b1]) * 0",
      using: { b: { namespace: Shop, name: Busy, statistic: Sum }, b1: { namespace: Shop, name: Idle, statistic: Average } } } }`,
  rules: `[
    { target: { metric: orders-waiting, perInstance: 100 } }, { target: { metric: busy-share, value: 60 } } ]`,
});

const group = ok({
  name: "shop-web",
  arn: "arn",
  dimension: "targetgroup/shop-web/1",
  loadBalancer: { kind: "one", dimension: "app/shop/2" },
  deregistrationDelayMs: minuteMs,
  claimedBy: "",
} as const);
const at = (minutesAgo: number): Date => new Date(noon - minutesAgo * minuteMs);

/** What CloudWatch would get, and what is read of its answers. */
async function ask(
  names: readonly string[],
  answer: (input: GetMetricDataCommandInput) => object = () => ({ MetricDataResults: [] }),
  metrics: Policy["metrics"] = own,
) {
  const inputs: GetMetricDataCommandInput[] = [];
  const clients = answeredClients((_service, _command, input) => {
    inputs.push(input as GetMetricDataCommandInput);
    return answer(input as GetMetricDataCommandInput);
  });
  const instances = seen(...serving(2));
  const read = await readMetrics(atOnceReader(clients.metrics), {
    names,
    own: metrics,
    group,
    instances,
    windowMs: metricWindowMs,
    now: noon,
  });
  return { read, inputs, queries: inputs[0]?.MetricDataQueries ?? [] };
}
const answering =
  (...results: readonly MetricDataResult[]) =>
  () => ({ MetricDataResults: results });

describe("the request", () => {
  test("a series is asked for by its exact dimensions", async () => {
    const { queries } = await ask(["orders-waiting"]);
    expect(queries).toEqual([
      {
        Id: "f0_orders_waiting_0",
        MetricStat: {
          Metric: {
            Namespace: "Shop",
            MetricName: "OrdersWaiting",
            Dimensions: [
              { Name: "Queue", Value: "orders" },
              { Name: "Stage", Value: "prod" },
            ],
          },
          Period: 60,
          Stat: "p90",
        },
      },
    ]);
  });

  test("an expression speaks of its series by the ids of the request, and they stay with CloudWatch", async () => {
    const { queries } = await ask(["busy-share"]);
    expect(queries.map(({ Id, ReturnData, Expression }) => [Id, ReturnData, Expression])).toEqual([
      ["f0_busy_share_0", false, undefined],
      ["f0_busy_share_1", false, undefined],
      [
        "f0_busy_share_2",
        undefined,
        "100 * f0_busy_share_0 / ( f0_busy_share_0 + f0_busy_share_1 ) + SUM ( [ f0_busy_share_0 , f0_busy_share_1 ] ) * 0",
      ],
    ]);
    expect(queries.map(({ MetricStat }) => MetricStat?.Metric?.MetricName)).toEqual(["Busy", "Idle", undefined]);
  });

  test("each target's share of the requests is known by its target group alone", async () => {
    const { queries } = await ask(["requests-per-target"]);
    expect(queries[0]?.MetricStat).toMatchObject({
      Metric: {
        Namespace: "AWS/ApplicationELB",
        MetricName: "RequestCountPerTarget",
        Dimensions: [{ Name: "TargetGroup", Value: "targetgroup/shop-web/1" }],
      },
      Stat: "Sum",
    });
  });

  test("everything is asked for at once", async () => {
    const { inputs, queries } = await ask(["requests", "orders-waiting", "busy-share", "cpu"]);
    expect([inputs.length, queries.length]).toEqual([1, 1 + 1 + 3 + 2]);
  });

  test("no two queries have one id, whatever the names; and each is one that CloudWatch takes", async () => {
    const name = fc.stringMatching(/^[a-c](?:-?[0-2a]){0,4}$/);
    const using = { a: seriesOf("A"), b: seriesOf("B") };
    const metric = fc.constantFrom<OwnMetric>(
      { kind: "series", series: seriesOf("S") },
      {
        kind: "expression",
        parts: [
          { kind: "series", name: "a" },
          { kind: "text", text: "+" },
          { kind: "series", name: "b" },
        ],
        using,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.dictionary(name, metric, { maxKeys: 10, noNullPrototype: true }), async (metrics) => {
        const { queries } = await ask([...ruleMetrics, ...Object.keys(metrics)], undefined, metrics);
        const ids = queries.map(({ Id = "" }) => Id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of ids) expect(id).toMatch(/^[a-z][a-zA-Z0-9_]{0,254}$/);
      }),
    );
  });
});

const seriesOf = (name: string) => ({ namespace: "Shop", name, statistic: "Sum", dimensions: {} });

describe("the answer", () => {
  test("is the series itself, or what the expression came to", async () => {
    const { read } = await ask(
      ["orders-waiting", "busy-share"],
      answering(
        { Id: "f0_orders_waiting_0", Timestamps: [at(3), at(2)], Values: [120, 130] },
        { Id: "f0_busy_share_2", Timestamps: [at(2)], Values: [75] },
      ),
    );
    expect(read).toEqual({
      "orders-waiting": {
        kind: "points",
        points: [
          { at: +at(3), value: 120 },
          { at: +at(2), value: 130 },
        ],
      },
      "busy-share": { kind: "points", points: [{ at: +at(2), value: 75 }] },
    });
  });

  test("of one that CloudWatch could not give says nothing of the others", async () => {
    const { read } = await ask(
      ["orders-waiting", "busy-share"],
      answering(
        { Id: "f0_orders_waiting_0", Timestamps: [at(2)], Values: [120] },
        { Id: "f0_busy_share_2", StatusCode: "Forbidden" },
      ),
    );
    expect(read).toMatchObject({
      "orders-waiting": { kind: "points" },
      "busy-share": { kind: "failed", because: "CloudWatch answered Forbidden" },
    });
  });

  test("needs no load balancer", async () => {
    const { metrics } = answeredClients(answering({ Id: "f0_orders_waiting_0", Timestamps: [at(2)], Values: [120] }));
    const none = { kind: "error", error: "TargetGroupNotFound: gone" } as const;
    const names = ["requests", "orders-waiting"];
    const read = await readMetrics(atOnceReader(metrics), {
      names,
      own,
      group: none,
      instances: seen(),
      windowMs: metricWindowMs,
      now: noon,
    });
    expect(read).toMatchObject({ requests: { kind: "failed" }, "orders-waiting": { kind: "points" } });
  });
});

describe("an expression that CloudWatch refuses takes the whole call with it:", () => {
  const names = ["requests", "orders-waiting", "busy-share"];
  const refusing = (code: string, status?: number) => (input: GetMetricDataCommandInput) => {
    if (input.MetricDataQueries?.some(({ Expression }) => Expression)) throw awsError(code, status);
    return { MetricDataResults: [{ Id: "f0_requests_0", Timestamps: [at(2)], Values: [600] }] };
  };

  test("the others are read again without it, and it says why it is missing", async () => {
    const { read, inputs } = await ask(names, refusing("ValidationError"));
    expect(read).toEqual({
      requests: { kind: "points", points: [{ at: +at(2), value: 600 }] },
      "orders-waiting": { kind: "points", points: [] },
      "busy-share": {
        kind: "failed",
        because: "CloudWatch refused the look's expressions: ValidationError: ValidationError it is",
      },
    });
    expect(inputs[1]?.MetricDataQueries?.map(({ Id }) => Id)).toEqual(["f0_requests_0", "f0_orders_waiting_0"]);
  });

  test("a fleet that is looked at in the same turn loses nothing by it, its own expression neither", async () => {
    const inputs: GetMetricDataCommandInput[] = [];
    const { metrics } = answeredClients((_service, _command, input) => {
      const { MetricDataQueries: queries = [] } = input as GetMetricDataCommandInput;
      inputs.push(input as GetMetricDataCommandInput);
      if (queries.some(({ Expression }) => Expression?.includes("SUM"))) throw awsError("ValidationError");
      return { MetricDataResults: queries.map(({ Id }) => ({ Id, Timestamps: [at(2)], Values: [1] })) };
    });
    const reader = atOnceReader(metrics);
    const sound: OwnMetric = {
      kind: "expression",
      parts: [{ kind: "series", name: "a" }],
      using: { a: seriesOf("A") },
    };
    const asked = { names, group, instances: seen(), windowMs: metricWindowMs, now: noon };
    const [bad, good] = await Promise.all([
      readMetrics(reader, { ...asked, own }),
      readMetrics(reader, { ...asked, own: { ...own, "busy-share": sound } }),
    ]);
    const kinds = (read: typeof bad) => names.map((name) => read[name]?.kind);
    expect([kinds(bad), kinds(good)]).toEqual([
      ["points", "points", "failed"],
      ["points", "points", "points"],
    ]);
    expect(inputs).toHaveLength(4);
  });

  test("once only", async () => {
    const { read, inputs } = await ask(names, () => {
      throw awsError("ValidationError");
    });
    expect(inputs).toHaveLength(2);
    expect(read.requests).toEqual({ kind: "failed", because: "ValidationError: ValidationError it is" });
  });

  test.each([
    ["throttled", "Throttling", 400],
    ["denied", "AccessDenied", 403],
    ["out of order", "InternalFailure", 500],
  ])("not where CloudWatch is %s, whatever was asked", async (_, code, status) => {
    const { read, inputs } = await ask(names, refusing(code, status));
    expect(inputs).toHaveLength(1);
    for (const name of names) expect(read[name]).toMatchObject({ kind: "failed", because: `${code}: ${code} it is` });
  });

  test("and not where there was none", async () => {
    const { inputs } = await ask(["requests"], () => {
      throw awsError("ValidationError");
    });
    expect(inputs).toHaveLength(1);
  });
});
