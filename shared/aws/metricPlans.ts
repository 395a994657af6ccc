// What each metric is made of in CloudWatch: which series, and how to join them.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
import { metricWindowMs, type RawMetric } from "../control/index.ts";
import { assert, type DurationMs, type EpochMs, minuteMs, type Result, secondMs, unreachable } from "../core/index.ts";
import { type InstancesView, type MetricName, withinBoundOf } from "../engine/index.ts";
import { haproxyNamespace } from "../haproxy/index.ts";
import type { OwnMetric, OwnSeries, Policy } from "../policy/index.ts";
import type { TargetGroup } from "./loadBalancer.ts";

export interface MetricsAsked {
  readonly names: readonly string[];
  /** What those names mean that are not built in. */
  readonly own: Policy["metrics"];
  /** The error says why there is none. */
  readonly group: Result<TargetGroup, string>;
  readonly instances: InstancesView;
  /** How far back. */
  readonly windowMs: DurationMs;
  readonly now: EpochMs;
}

/** Reading the processor of every instance of a large fleet would cost more than it tells. */
const cpuInstancesMax = 4;
/** What each metric is made of: series to be read, and how to join them minute by minute. */
export interface Recipe {
  readonly series: readonly Series[];
  readonly join: "sum" | "mean" | Joint;
  /** From CloudWatch's unit to ours. */
  readonly scale: number;
}
/** CloudWatch joins them itself, by an expression in which each series goes by the id that it is asked for by. */
export interface Joint {
  readonly kind: "math";
  readonly expression: (idOf: (series: number) => string) => string;
}
export interface Series {
  readonly namespace: string;
  readonly metric: string;
  readonly stat: string;
  readonly dimensions: Readonly<Record<string, string>>;
}
export type ReadPlan = { readonly kind: "read"; readonly recipe: Recipe };
export type Plan = ReadPlan | Extract<RawMetric, { kind: "failed" }>;

/** Of a name that is built in, or the operator's own. */
export function planOf(name: string, { group, instances, now, own }: MetricsAsked): Plan {
  const owned = Object.hasOwn(own, name) ? own[name] : undefined;
  if (owned) return { kind: "read", recipe: ownRecipe(owned) };
  if (name === "cpu") return cpuPlan(instances, now);
  if (group.kind === "error") return { kind: "failed", because: group.error };
  const boundMs = withinBoundOf(name);
  if (boundMs !== "none") return withinPlan(boundMs, group.value);
  return groupPlan(name as Exclude<MetricName, "cpu">, group.value);
}

/** Of what the load balancer publishes. */
export function groupPlan(name: Exclude<MetricName, "cpu">, group: TargetGroup): Plan {
  const { loadBalancer, dimension } = group;
  if (loadBalancer.kind === "none")
    return { kind: "failed", because: `target group ${group.name} has no load balancer` };
  if (loadBalancer.kind === "haproxy") return haproxyPlan(name, loadBalancer.dimensions);
  const ofBalancer = { LoadBalancer: loadBalancer.dimension };
  const ofGroup = { TargetGroup: dimension };
  return { kind: "read", recipe: recipeOf(name, { ofBalancer, ofGroup, ofTargets: { ...ofGroup, ...ofBalancer } }) };
}

/**
 * The percentile rank of the bound, a percentage, in one series.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
function withinPlan(boundMs: DurationMs, group: TargetGroup): Plan {
  const plan = groupPlan("latency-p95", group);
  if (plan.kind === "failed") return plan;
  const stat = `PR(:${boundMs / secondMs})`;
  const series = plan.recipe.series.map((one) => ({ ...one, stat }));
  return { kind: "read", recipe: { series, join: "sum", scale: 0.01 } };
}

/** A minute's rates are counted in it; two counts in one minute are two measurements of the same. */
function haproxyPlan(name: Exclude<MetricName, "cpu">, dimensions: Series["dimensions"]): Plan {
  const metric = haproxyMetrics[name];
  if (metric === undefined) return { kind: "failed", because: `HAProxy tells no ${name}` };
  return {
    kind: "read",
    recipe: { series: [{ namespace: haproxyNamespace, metric, stat: "Average", dimensions }], join: "sum", scale: 1 },
  };
}

/** What functions/haproxy.ts counts. */
export const haproxyMetrics: Readonly<Record<string, string>> = {
  requests: "Requests",
  "requests-per-target": "RequestsPerTarget",
  "healthy-hosts": "HealthyHosts",
};

interface Dimensions {
  readonly ofBalancer: Series["dimensions"];
  readonly ofGroup: Series["dimensions"];
  readonly ofTargets: Series["dimensions"];
}

function recipeOf(metric: Exclude<MetricName, "cpu">, { ofBalancer, ofGroup, ofTargets }: Dimensions): Recipe {
  const namespace = "AWS/ApplicationELB";
  const sum = (name: string, dimensions: Series["dimensions"]): Series => ({
    namespace,
    metric: name,
    stat: "Sum",
    dimensions,
  });
  switch (metric) {
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
    case "requests-per-target":
      // Already a share: its sum over a minute is what one target got.
      return { series: [sum("RequestCountPerTarget", ofGroup)], join: "sum", scale: 1 };
    case "latency-p50":
    case "latency-p90":
    case "latency-p95":
    case "latency-p99": {
      const stat = metric.replace("latency-", "");
      return {
        series: [{ namespace, metric: "TargetResponseTime", stat, dimensions: ofTargets }],
        join: "sum",
        scale: 1_000,
      };
    }
    default:
      return unreachable(metric);
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

/** A series is read as it is; an expression asks for its series and lets CloudWatch calculate. */
function ownRecipe(metric: OwnMetric): Recipe {
  if (metric.kind === "series") return { series: [seriesOf(metric.series)], join: "sum", scale: 1 };
  const names = Object.keys(metric.using);
  const indexOf = (name: string): number => {
    assert(names.includes(name), "an expression uses the series it names");
    return names.indexOf(name);
  };
  const expression = (idOf: (series: number) => string): string =>
    metric.parts.map((part) => (part.kind === "text" ? part.text : idOf(indexOf(part.name)))).join(" ");
  return { series: Object.values(metric.using).map(seriesOf), join: { kind: "math", expression }, scale: 1 };
}

const seriesOf = ({ namespace, name, statistic, dimensions }: OwnSeries): Series => ({
  namespace,
  metric: name,
  stat: statistic,
  dimensions,
});
