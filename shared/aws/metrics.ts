// CloudWatch: every metric of a fleet's look in one GetMetricData, by minutes.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { RawMetric, RawMetrics } from "../control/index.ts";
import { type EpochMs, minuteMs } from "../core/index.ts";
import { type MetricsAsked, type Plan, planOf, type ReadPlan, type Recipe, type Series } from "./metricPlans.ts";
import type { MetricReader, Read } from "./metricReader.ts";
import { failureOf } from "./outcomes.ts";

/** Never throws for what CloudWatch or the network does: a metric that cannot be read is failed, because. */
export async function readMetrics(reader: MetricReader, asked: MetricsAsked): Promise<RawMetrics> {
  const plans = asked.names.map((name) => [name, planOf(name, asked)] as const);
  const first = await readPlans(reader, plans, asked);
  if (first.request === "sound" || !plans.some(([, plan]) => mayBeRefused(plan))) return first.metrics;
  const plain = plans.map(([name, plan]) => [name, mayBeRefused(plan) ? refusedMath(first.because) : plan] as const);
  return (await readPlans(reader, plain, asked)).metrics;
}

type Plans = readonly (readonly [name: string, plan: Plan])[];
/** A request that is refused for what it asks is refused as a whole: one bad expression takes every metric with it. */
type Attempt = { readonly metrics: RawMetrics } & (
  | { readonly request: "sound" }
  | { readonly request: "refused"; readonly because: string }
);

async function readPlans(reader: MetricReader, plans: Plans, { now, windowMs }: MetricsAsked): Promise<Attempt> {
  try {
    const read = await reader({ queries: plans.flatMap(([name, plan]) => queriesOf(name, plan)), windowMs, now });
    return { request: "sound", metrics: answersTo(plans, (name, plan) => joined(name, plan, read)) };
  } catch (thrown) {
    const failure = failureOf(thrown);
    const { because } = failure;
    const metrics = answersTo(plans, () => ({ kind: "failed", because }));
    const isRefused = failure.kind === "failed" && failure.fault === "client";
    return isRefused ? { request: "refused", metrics, because } : { request: "sound", metrics };
  }
}

const answersTo = (plans: Plans, answer: (name: string, plan: ReadPlan) => RawMetric): RawMetrics =>
  Object.fromEntries(plans.map(([name, plan]) => [name, plan.kind === "read" ? answer(name, plan) : plan]));

/** An expression, or a percentile rank: CloudWatch may refuse what is written in either. */
const mayBeRefused = (plan: Plan): boolean =>
  plan.kind === "read" && (typeof plan.recipe.join === "object" || plan.recipe.series.some(isRank));

const isRank = ({ stat }: Series): boolean => stat.startsWith("PR(");
const refusedMath = (because: string): Plan => ({
  kind: "failed",
  because: `CloudWatch refused the look's expressions: ${because}`,
});

function queriesOf(name: string, plan: Plan): readonly MetricDataQuery[] {
  if (plan.kind === "failed") return [];
  const { series, join } = plan.recipe;
  const stats = series.map(({ namespace, metric, stat, dimensions }, index) => ({
    Id: queryId(name, index),
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metric,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: minuteMs / 1_000,
      Stat: stat,
    },
  }));
  if (typeof join === "string") return stats;
  const Expression = join.expression((index) => queryId(name, index));
  return [...stats.map((query) => ({ ...query, ReturnData: false })), { Id: queryId(name, series.length), Expression }];
}

/**
 * CloudWatch wants a small letter first, then letters, digits and underscores. The number behind the last underscore is the
 * series', so that no two names make the same id.
 */
const queryId = (name: string, index: number): string => `${name.replaceAll("-", "_")}_${index}`;

/** Of metric math only the result comes back. */
const readIds = (name: string, { series, join }: Recipe): readonly string[] =>
  typeof join === "string" ? series.map((_, index) => queryId(name, index)) : [queryId(name, series.length)];

function joined(name: string, { recipe }: ReadPlan, read: Read): RawMetric {
  const series = readIds(name, recipe).map((id) => read.get(id));
  const broken = series.find((one) => one && one.status !== "Complete" && one.status !== "PartialData");
  if (broken) return { kind: "failed", because: `CloudWatch answered ${broken.status}` };
  const byMinute = new Map<EpochMs, number[]>();
  for (const one of series)
    for (const [at, value] of one?.values ?? []) byMinute.set(at, [...(byMinute.get(at) ?? []), value]);
  const points = [...byMinute]
    .sort(([a], [b]) => a - b)
    .map(([at, values]) => {
      const sum = values.reduce((total, value) => total + value, 0);
      return { at, value: (recipe.join === "mean" ? sum / values.length : sum) * recipe.scale };
    });
  return { kind: "points", points };
}
