// One call for all who ask at about the same time, and nobody sees what another asked for.
import type { GetMetricDataCommandInput, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { expect, test } from "@jest/globals";
import { createMetricReader, type Read } from "../../shared/aws/metricReader.ts";
import { realWaiting } from "../../shared/aws/patience.ts";
import { metricWindowMs } from "../../shared/control/index.ts";
import { minuteMs } from "../../shared/core/index.ts";
import { answeredClients, atOnceReader, awsError } from "../support/cloudClients.ts";
import { noon } from "../support/given.ts";

const query = (Id: string, MetricName: string): MetricDataQuery => ({
  Id,
  MetricStat: { Metric: { Namespace: "Shop", MetricName }, Period: 60, Stat: "Sum" },
});

/** A CloudWatch whose every metric has the length of its name, each minute. */
function cloudWatch(refuses: (input: GetMetricDataCommandInput) => boolean = () => false, code = "ValidationError") {
  const asked: GetMetricDataCommandInput[] = [];
  const { metrics } = answeredClients((_service, _command, given) => {
    const input = given as GetMetricDataCommandInput;
    asked.push(input);
    if (refuses(input)) throw awsError(code);
    const minutes = Array.from({ length: 30 }, (_, index) => new Date(noon + (5 - index) * minuteMs));
    return {
      MetricDataResults: input.MetricDataQueries?.map(({ Id, MetricStat }) => ({
        Id,
        Timestamps: minutes,
        Values: minutes.map(() => MetricStat?.Metric?.MetricName?.length ?? 0),
      })),
    };
  });
  return { metrics, asked };
}

const values = (read: Read): readonly (readonly [string, number | undefined])[] =>
  [...read].map(([id, { values: points }]) => [id, [...points.values()][0]]);

test("those who ask in one turn share a call, and each gets its own under its own ids", async () => {
  const { metrics, asked } = cloudWatch();
  const reader = atOnceReader(metrics);
  const [shop, blog] = await Promise.all([
    reader({ queries: [query("a", "Load"), query("b", "Waiting")], now: noon, windowMs: metricWindowMs }),
    reader({ queries: [query("a", "Orders")], now: noon, windowMs: metricWindowMs }),
  ]);
  expect(asked).toHaveLength(1);
  expect(values(shop)).toEqual([
    ["a", 4],
    ["b", 7],
  ]);
  expect(values(blog)).toEqual([["a", 6]]);
});

test("whoever comes while the first one waits is taken along", async () => {
  const { metrics, asked } = cloudWatch();
  const reader = createMetricReader({ cloudWatch: metrics, waiting: realWaiting(30), now: () => noon });
  const first = reader({ queries: [query("a", "Load")], now: noon, windowMs: metricWindowMs });
  await new Promise((resolve) => setTimeout(resolve, 5));
  await Promise.all([first, reader({ queries: [query("a", "Load")], now: noon, windowMs: metricWindowMs })]);
  expect(asked).toHaveLength(1);
});

test("nobody sees beyond its own window, whatever another asked for", async () => {
  const { metrics, asked } = cloudWatch();
  const reader = atOnceReader(metrics);
  const now = noon + 30_000;
  const later = noon + 3 * minuteMs;
  const [early, late] = await Promise.all([
    reader({ queries: [query("a", "Load")], now, windowMs: metricWindowMs }),
    reader({ queries: [query("a", "Load")], now: later, windowMs: metricWindowMs }),
  ]);
  expect(asked[0]).toMatchObject({ StartTime: new Date(now - metricWindowMs), EndTime: new Date(later) });
  const instants = (read: Read) => [...(read.get("a")?.values.keys() ?? [])];
  expect(Math.max(...instants(early))).toBe(noon);
  expect(Math.min(...instants(early))).toBe(noon - metricWindowMs);
  expect(Math.max(...instants(late))).toBe(later - minuteMs);
});

test("an expression names its own queries, whatever they are called in the call", async () => {
  const { metrics, asked } = cloudWatch();
  const reader = atOnceReader(metrics);
  const expression = (Id: string, Expression: string): MetricDataQuery => ({ Id, Expression });
  await Promise.all([
    reader({ queries: [query("a", "Load")], now: noon, windowMs: metricWindowMs }),
    reader({
      queries: [query("a", "Busy"), query("ab", "Idle"), expression("e", "100 * a / (a + ab) + MAX(ab)")],
      now: noon,
      windowMs: metricWindowMs,
    }),
  ]);
  expect(asked[0]?.MetricDataQueries?.map(({ Expression }) => Expression).at(-1)).toBe(
    "100 * f1_a / (f1_a + f1_ab) + MAX(f1_ab)",
  );
});

test("more than one call takes are asked for in several, no fleet split", async () => {
  const { metrics, asked } = cloudWatch();
  const reader = atOnceReader(metrics);
  const many = Array.from({ length: 7 }, (_, index) => `q${index}`).map((id) => query(id, "Load"));
  await Promise.all(Array.from({ length: 100 }, () => reader({ queries: many, now: noon, windowMs: metricWindowMs })));
  expect(asked.map(({ MetricDataQueries: queries = [] }) => queries.length)).toEqual([497, 203]);
});

test("what one asks wrongly blinds it alone", async () => {
  const { metrics, asked } = cloudWatch((input) => JSON.stringify(input).includes("Wrong"));
  const reader = atOnceReader(metrics);
  const [good, bad] = await Promise.allSettled([
    reader({ queries: [query("a", "Load")], now: noon, windowMs: metricWindowMs }),
    reader({ queries: [query("a", "Wrong")], now: noon, windowMs: metricWindowMs }),
  ]);
  expect(good.status).toBe("fulfilled");
  expect(bad).toMatchObject({ status: "rejected", reason: { name: "ValidationError" } });
  expect(asked).toHaveLength(3);
});

test("a throttled call is not made worse by repeating it fleet by fleet", async () => {
  const { metrics, asked } = cloudWatch(() => true, "Throttling");
  const reader = atOnceReader(metrics);
  const asking = [1, 2, 3].map(() => reader({ queries: [query("a", "Load")], now: noon, windowMs: metricWindowMs }));
  expect((await Promise.allSettled(asking)).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(asked).toHaveLength(1);
});

test("who asks for nothing costs no call", async () => {
  const { metrics, asked } = cloudWatch();
  expect(await atOnceReader(metrics)({ queries: [], now: noon, windowMs: metricWindowMs })).toEqual(new Map());
  expect(asked).toEqual([]);
});
