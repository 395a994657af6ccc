// CloudWatch: every metric of a fleet's look in one GetMetricData, by minutes.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { metricWindowMs, type RawMetric, type RawMetrics } from "../control/index.ts";
import { type EpochMs, minuteMs, type Result } from "../core/index.ts";
import type { InstancesView, MetricName } from "../engine/index.ts";
import type { TargetGroup } from "./loadBalancer.ts";
import type { MetricReader, Read } from "./metricReader.ts";
import { failureOf } from "./outcomes.ts";

export interface MetricsAsked {
  readonly names: readonly MetricName[];
  /** The error says why there is none. */
  readonly group: Result<TargetGroup, string>;
  readonly instances: InstancesView;
  readonly now: EpochMs;
}

/** Reading the processor of every instance of a large fleet would cost more than it tells. */
const cpuInstancesMax = 10;

/** What each metric is made of: series to be read, and how to join them minute by minute. */
interface Recipe {
  readonly series: readonly Series[];
  readonly join: "sum" | "mean";
  /** From CloudWatch's unit to ours. */
  readonly scale: number;
}
interface Series {
  readonly namespace: "AWS/ApplicationELB" | "AWS/EC2";
  readonly metric: string;
  readonly stat: string;
  readonly dimensions: Readonly<Record<string, string>>;
}
type Plan = { readonly kind: "read"; readonly recipe: Recipe } | Extract<RawMetric, { kind: "failed" }>;

/** Never throws for what CloudWatch or the network does: a metric that cannot be read is failed, because. */
export async function readMetrics(reader: MetricReader, asked: MetricsAsked): Promise<RawMetrics> {
  const plans = asked.names.map((name) => [name, planOf(name, asked)] as const);
  try {
    const queries = plans.flatMap(([name, plan]) => queriesOf(name, plan));
    const read = await reader({ queries, now: asked.now });
    return Object.fromEntries(
      plans.map(([name, plan]) => [name, plan.kind === "read" ? joined(name, plan, read) : plan]),
    );
  } catch (thrown) {
    const failed = { kind: "failed", because: failureOf(thrown).because } as const;
    return Object.fromEntries(plans.map(([name, plan]) => [name, plan.kind === "read" ? failed : plan]));
  }
}

function planOf(name: MetricName, { group, instances, now }: MetricsAsked): Plan {
  if (name === "cpu") return cpuPlan(instances, now);
  if (group.kind === "error") return { kind: "failed", because: group.error };
  const { loadBalancer, dimension } = group.value;
  if (loadBalancer.kind === "none")
    return { kind: "failed", because: `target group ${group.value.name} has no load balancer` };
  const ofBalancer = { LoadBalancer: loadBalancer.dimension };
  return { kind: "read", recipe: recipeOf(name, { ofBalancer, ofTargets: { TargetGroup: dimension, ...ofBalancer } }) };
}

interface Dimensions {
  readonly ofBalancer: Series["dimensions"];
  readonly ofTargets: Series["dimensions"];
}

function recipeOf(name: Exclude<MetricName, "cpu">, { ofBalancer, ofTargets }: Dimensions): Recipe {
  const namespace = "AWS/ApplicationELB";
  const sum = (metric: string, dimensions: Series["dimensions"]): Series => ({
    namespace,
    metric,
    stat: "Sum",
    dimensions,
  });
  switch (name) {
    case "requests":
      return { series: [sum("RequestCount", ofTargets)], join: "sum", scale: 1 };
    case "errors-5xx":
      return {
        series: [sum("HTTPCode_Target_5XX_Count", ofTargets), sum("HTTPCode_ELB_5XX_Count", ofBalancer)],
        join: "sum",
        scale: 1,
      };
    case "rejected":
      return { series: [sum("RejectedConnectionCount", ofBalancer)], join: "sum", scale: 1 };
    case "healthy-hosts":
      return {
        series: [{ namespace, metric: "HealthyHostCount", stat: "Average", dimensions: ofTargets }],
        join: "sum",
        scale: 1,
      };
    default: {
      const stat = name.replace("latency-", "");
      return {
        series: [{ namespace, metric: "TargetResponseTime", stat, dimensions: ofTargets }],
        join: "sum",
        scale: 1_000,
      };
    }
  }
}

/**
 * Of instances that take traffic, and took it all through the window: one that was still booting in a minute says nothing of
 * that minute's load. Where all are younger, the oldest are asked.
 */
function cpuPlan(view: InstancesView, now: EpochMs): Plan {
  if (view.kind === "missing") return { kind: "failed", because: view.because };
  if (view.kind === "resting") return witnessPlan(view.serving, now);
  const serving = view.instances
    .filter(({ state, target }) => state === "running" && (target.kind === "healthy" || target.kind === "unhealthy"))
    .toSorted((a, b) => a.launchedAt - b.launchedAt);
  const [oldest] = serving;
  if (!oldest) return { kind: "failed", because: "no running instance is registered" };
  const settled = serving.filter(({ launchedAt }) => launchedAt <= Math.max(oldest.launchedAt, now - metricWindowMs));
  return processorsOf(settled.slice(0, cpuInstancesMax).map(({ id }) => id));
}

/** A fleet at rest asks one of its instances, another one each time: what it says is looked into before anything moves. */
function witnessPlan(serving: readonly string[], now: EpochMs): Plan {
  const witness = serving[Math.floor(now / witnessTurnMs) % serving.length];
  return witness === undefined
    ? { kind: "failed", because: "no running instance is registered" }
    : processorsOf([witness]);
}
/** A heartbeat. */
const witnessTurnMs = 5 * minuteMs;

function processorsOf(ids: readonly string[]): Plan {
  const series = ids.map(
    (id): Series => ({
      namespace: "AWS/EC2",
      metric: "CPUUtilization",
      stat: "Average",
      dimensions: { InstanceId: id },
    }),
  );
  return { kind: "read", recipe: { series, join: "mean", scale: 0.01 } };
}

function queriesOf(name: MetricName, plan: Plan): readonly MetricDataQuery[] {
  if (plan.kind === "failed") return [];
  return plan.recipe.series.map(({ namespace, metric, stat, dimensions }, index) => ({
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
}

/** CloudWatch wants a small letter first, then letters, digits and underscores. */
const queryId = (name: MetricName, index: number): string => `${name.replaceAll("-", "_")}_${index}`;

function joined(name: MetricName, { recipe }: Extract<Plan, { kind: "read" }>, read: Read): RawMetric {
  const series = recipe.series.map((_, index) => read.get(queryId(name, index)));
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
