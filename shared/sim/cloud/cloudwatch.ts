// CloudWatch: GetMetricData for one load balancer, its target group, the instances' CPU, what applications publish, and a
// little metric math over them. Minutes only.
import { minuteMs, minuteOf, secondMs } from "../../core/index.ts";
import type { MetricName, Point } from "../../engine/index.ts";
import { balancerDimension, groupDimension } from "./elb.ts";
import { AwsError } from "./errors.ts";
import { evaluate } from "./metricMath.ts";
import { cpuOf, points, withinPoints } from "./metrics.ts";
import { offsetOf, tokenOf } from "./pages.ts";
import { publishedPoints } from "./published.ts";
import type { Site } from "./site.ts";
import type { MetricWindow } from "./types.ts";

export interface GetMetricDataInput {
  readonly MetricDataQueries: readonly Query[];
  readonly StartTime: Date;
  readonly EndTime: Date;
  readonly ScanBy?: string;
  readonly MaxDatapoints?: number;
  readonly NextToken?: string;
}
interface Query {
  readonly Id: string;
  readonly Label?: string;
  readonly MetricStat?: MetricStat;
  readonly Expression?: string;
  readonly ReturnData?: boolean;
}
interface MetricStat {
  readonly Metric: Metric;
  readonly Period: number;
  readonly Stat: string;
}
interface Metric {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
}

/** Points on a page, at most: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const pointsMax = 100_800;

export function getMetricData(site: Site, input: GetMetricDataInput): object {
  const window = { from: minuteOf(+input.StartTime), to: +input.EndTime, now: site.fleet.now };
  if (window.from >= window.to) throw invalid("The parameter StartTime must be less than the parameter EndTime.");
  const { ScanBy: order = "TimestampDescending", MaxDatapoints: limit = pointsMax } = input;
  const read = new Map(
    input.MetricDataQueries.flatMap((query) =>
      query.MetricStat ? [[query.Id, seriesOf(site, query.MetricStat, window)] as const] : [],
    ),
  );
  const series = input.MetricDataQueries.map((query) => {
    const ascending = read.get(query.Id) ?? mathOf(query, read);
    return { query, points: order === "TimestampAscending" ? ascending : ascending.toReversed() };
  }).filter(({ query }) => query.ReturnData !== false);
  return pageOfSeries(series, offsetOf(input.NextToken), Math.min(limit, pointsMax));
}

const invalid = (message: string): AwsError => new AwsError("ValidationError", message);

interface Series {
  readonly query: Query;
  readonly points: readonly Point[];
}
/** A page is so many points of all series in a row; every series is named on every page. */
function pageOfSeries(series: readonly Series[], from: number, limit: number): object {
  const to = from + limit;
  let startsAt = 0;
  const results = series.map(({ query, points }) => {
    const here = points.slice(Math.max(0, from - startsAt), Math.max(0, to - startsAt));
    startsAt += points.length;
    return {
      Id: query.Id,
      Label: query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id,
      Timestamps: here.map(({ at }) => new Date(at)),
      Values: here.map(({ value }) => value),
      StatusCode: startsAt > to ? "PartialData" : "Complete",
    };
  });
  return { MetricDataResults: results, Messages: [], ...(startsAt > to ? { NextToken: tokenOf(to) } : {}) };
}

function mathOf({ Id, Expression }: Query, read: ReadonlyMap<string, readonly Point[]>): readonly Point[] {
  if (Expression === undefined) throw invalid(`The query '${Id}' has neither MetricStat nor Expression.`);
  return evaluate(Expression, read);
}

function seriesOf(site: Site, stat: MetricStat, window: MetricWindow): readonly Point[] {
  if (stat.Period * secondMs !== minuteMs) throw invalid("A query must have a period of 60 seconds.");
  const { Namespace, MetricName, Dimensions = [] } = stat.Metric;
  const dimensions = new Map(Dimensions.map(({ Name, Value }) => [Name, Value]));
  if (Namespace === "AWS/EC2" && MetricName === "CPUUtilization") return cpuSeries(site, { stat, dimensions, window });
  if (Namespace === "AWS/ApplicationELB") return balancerSeries(site, { stat, dimensions, window });
  const named = { namespace: Namespace ?? "", name: MetricName ?? "", dimensions: Object.fromEntries(dimensions) };
  return publishedPoints(site.fleet, { ...named, statistic: stat.Stat }, window);
}

interface Asked {
  readonly stat: MetricStat;
  readonly dimensions: ReadonlyMap<string, string>;
  readonly window: MetricWindow;
}

function cpuSeries(site: Site, { stat, dimensions, window }: Asked): readonly Point[] {
  if (stat.Stat !== "Average") throw unknownStat(stat);
  const id = dimensions.get("InstanceId");
  if (id === undefined || dimensions.size !== 1) return [];
  return cpuOf(site, id, window).map(({ at, value }) => ({ at, value: value * 100 }));
}

const unknownStat = ({ Stat, Metric: { MetricName } }: MetricStat): AwsError =>
  invalid(`The statistic '${Stat}' of ${MetricName} is not imagined here.`);

type Scope = "balancer" | "group" | "group alone";
/**
 * Which metric has which dimensions, and what of it is imagined here.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
interface BalancerMetric {
  readonly scopes: readonly Scope[];
  readonly stats: Readonly<Record<string, MetricName | "silent">>;
  /** AWS's unit in ours. */
  readonly unit: number;
}
const either: readonly Scope[] = ["balancer", "group"];
const balancerMetrics: ReadonlyMap<string, BalancerMetric> = new Map<string, BalancerMetric>([
  ["RequestCount", { scopes: either, stats: { Sum: "requests" }, unit: 1 }],
  ["RequestCountPerTarget", { scopes: ["group", "group alone"], stats: { Sum: "requests-per-target" }, unit: 1 }],
  [
    "HealthyHostCount",
    { scopes: ["group"], stats: sameFor(["Average", "Minimum", "Maximum"], "healthy-hosts"), unit: 1 },
  ],
  [
    "TargetResponseTime",
    {
      scopes: either,
      stats: { p50: "latency-p50", p90: "latency-p90", p95: "latency-p95", p99: "latency-p99" },
      unit: secondMs,
    },
  ],
  // What exceeds the capacity is turned away by the load balancer; the targets themselves do not fail.
  ["HTTPCode_ELB_5XX_Count", { scopes: ["balancer"], stats: { Sum: "errors-5xx" }, unit: 1 }],
  ["HTTPCode_Target_5XX_Count", { scopes: either, stats: { Sum: "silent" }, unit: 1 }],
  ["RejectedConnectionCount", { scopes: ["balancer"], stats: { Sum: "rejected" }, unit: 1 }],
]);

function sameFor(stats: readonly string[], metric: MetricName): Readonly<Record<string, MetricName>> {
  return Object.fromEntries(stats.map((stat) => [stat, metric]));
}

function balancerSeries(site: Site, { stat, dimensions, window }: Asked): readonly Point[] {
  const known = balancerMetrics.get(stat.Metric.MetricName ?? "");
  const scope = scopeOf(site, dimensions);
  if (known === undefined || scope === "other" || !known.scopes.includes(scope)) return [];
  const rank = /^PR\(:([\d.]+)\)$/.exec(stat.Stat);
  if (rank !== null && stat.Metric.MetricName === "TargetResponseTime")
    return withinPoints(site, Number(rank[1]) * secondMs, window).map(({ at, value }) => ({ at, value: value * 100 }));
  const metric = known.stats[stat.Stat];
  if (metric === undefined) throw unknownStat(stat);
  if (metric === "silent") return [];
  return points(site, metric, window).map(({ at, value }) => ({ at, value: value / known.unit }));
}

/** A metric is known by its exact dimensions; any others have no points. */
function scopeOf({ fleet }: Site, dimensions: ReadonlyMap<string, string>): Scope | "other" {
  const isGroup = dimensions.get("TargetGroup") === groupDimension(fleet);
  if (isGroup && dimensions.size === 1) return "group alone";
  if (dimensions.get("LoadBalancer") !== balancerDimension(fleet)) return "other";
  if (dimensions.size === 1) return "balancer";
  return dimensions.size === 2 && isGroup ? "group" : "other";
}
