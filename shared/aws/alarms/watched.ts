// What an alarm watches: a rule's metric as CloudWatch keeps it.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
import { haproxyNamespace } from "../../haproxy/index.ts";
import type { OwnMetric, OwnSeries } from "../../policy/index.ts";
import { haproxyMetrics } from "../metricPlans.ts";

export type Watched =
  | { readonly kind: "series"; readonly series: OwnSeries }
  | {
      readonly kind: "expression";
      readonly expression: string;
      /** By the name that the expression calls them. */
      readonly inputs: Readonly<Record<string, OwnSeries>>;
    };

/** How CloudWatch knows a fleet's target group and its load balancer: `targetgroup/…` and `app/…`. */
export type Dimensions =
  | { readonly kind: "alb"; readonly group: string; readonly balancer: string }
  | { readonly kind: "haproxy"; readonly dimensions: OwnSeries["dimensions"] };

export interface Reading {
  readonly watched: Watched;
  /** From CloudWatch's unit to ours. */
  readonly scale: number;
}

/** None for a fleet's CPU: its dimensions are the instances, which come and go. */
export function readingOf(metric: string, of: Dimensions): Reading | "none" {
  if (of.kind === "haproxy") return haproxyReading(metric, of.dimensions);
  const { group, balancer } = of;
  const ofBalancer = { LoadBalancer: balancer };
  const ofTargets = { TargetGroup: group, ...ofBalancer };
  switch (metric) {
    case "cpu":
      return "none";
    case "requests":
      return { watched: one("RequestCount", "Sum", ofTargets), scale: 1 };
    case "requests-per-target":
      return { watched: one("RequestCountPerTarget", "Sum", { TargetGroup: group }), scale: 1 };
    case "rejected":
      return { watched: one("RejectedConnectionCount", "Sum", ofBalancer), scale: 1 };
    case "errors-5xx":
      return { watched: errors(ofTargets, ofBalancer), scale: 1 };
    default:
      return { watched: one("TargetResponseTime", metric.replace("latency-", ""), ofTargets), scale: 1_000 };
  }
}

function haproxyReading(metric: string, dimensions: OwnSeries["dimensions"]): Reading | "none" {
  const name = haproxyMetrics[metric];
  return name === undefined ? "none" : { watched: { kind: "series", series: ofHaproxy(name, dimensions) }, scale: 1 };
}

const ofHaproxy = (name: string, dimensions: OwnSeries["dimensions"]): OwnSeries => ({
  namespace: haproxyNamespace,
  name,
  statistic: "Average",
  dimensions,
});

const one = (name: string, statistic: string, dimensions: OwnSeries["dimensions"]): Watched => ({
  kind: "series",
  series: ofElb(name, statistic, dimensions),
});

const ofElb = (name: string, statistic: string, dimensions: OwnSeries["dimensions"]): OwnSeries => ({
  namespace: "AWS/ApplicationELB",
  name,
  statistic,
  dimensions,
});

/** A minute without errors of one sort has no point of it, and must not hide those of the other. */
const errors = (ofTargets: OwnSeries["dimensions"], ofBalancer: OwnSeries["dimensions"]): Watched => ({
  kind: "expression",
  expression: "FILL(targets, 0) + FILL(balancer, 0)",
  inputs: {
    targets: ofElb("HTTPCode_Target_5XX_Count", "Sum", ofTargets),
    balancer: ofElb("HTTPCode_ELB_5XX_Count", "Sum", ofBalancer),
  },
});

/** A metric of the operator's own. */
export function ownWatched(metric: OwnMetric): Watched {
  if (metric.kind === "series") return metric;
  const text = metric.parts.map((part) => (part.kind === "series" ? ownId(part.name) : part.text));
  const inputs = Object.entries(metric.using).map(([name, series]) => [ownId(name), series] as const);
  return { kind: "expression", expression: text.join(""), inputs: Object.fromEntries(inputs) };
}

/** Apart from our own names, such as `hosts`. */
const ownId = (name: string): string => `own_${name}`;

/** Each healthy host's share of a total: an alarm's threshold is fixed, the number of hosts is not. */
export function perHost(metric: OwnMetric, of: Dimensions): Watched {
  const total = ownWatched(metric);
  const hosts =
    of.kind === "haproxy"
      ? ofHaproxy("HealthyHosts", of.dimensions)
      : ofElb("HealthyHostCount", "Average", { TargetGroup: of.group, LoadBalancer: of.balancer });
  if (total.kind === "series")
    return { kind: "expression", expression: "total / hosts", inputs: { total: total.series, hosts } };
  return { kind: "expression", expression: `(${total.expression}) / hosts`, inputs: { ...total.inputs, hosts } };
}
