// A fleet's past out of CloudWatch: its requests, and the healthy hosts that tell a quiet minute from one that nobody measured.
import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { RawHistory, RawMetric, Span } from "../../control/index.ts";
import { type DurationMs, secondMs } from "../../core/index.ts";
import type { MetricName } from "../../engine/index.ts";
import type { TargetGroup } from "../loadBalancer.ts";
import { groupPlan } from "../metricPlans.ts";
import type { MetricReader, Read } from "../metricReader.ts";

export interface HistoryAsked {
  readonly group: TargetGroup;
  readonly span: Span;
  /** The period of the points: a minute, five, or an hour. */
  readonly stepMs: DurationMs;
}

/** Sums and means of each step. Throws what CloudWatch refuses, and where it says that a series could not be read. */
export async function readHistory(reader: MetricReader, asked: HistoryAsked): Promise<RawHistory> {
  const { from, to } = asked.span;
  const queries = [queryOf("requests", asked), queryOf("healthy-hosts", asked)];
  const read = await reader({ queries, windowMs: to - from, now: to });
  return { requests: pointsIn(read, "requests"), healthyHosts: pointsIn(read, "healthy-hosts") };
}

type Asked = Extract<MetricName, "requests" | "healthy-hosts">;
const idOf = (metric: Asked): string => metric.replaceAll("-", "_");

function queryOf(metric: Asked, { group, stepMs }: HistoryAsked): MetricDataQuery {
  const plan = groupPlan(metric, group);
  if (plan.kind === "failed") throw new Error(plan.because);
  const [series] = plan.recipe.series;
  return {
    Id: idOf(metric),
    MetricStat: {
      Metric: {
        Namespace: series?.namespace,
        MetricName: series?.metric,
        Dimensions: Object.entries(series?.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: stepMs / secondMs,
      Stat: series?.stat,
    },
  };
}

function pointsIn(read: Read, metric: Asked): RawMetric {
  const found = read.get(idOf(metric));
  if (found && found.status !== "Complete" && found.status !== "PartialData")
    throw new Error(`CloudWatch answered ${found.status} for ${metric}`);
  return { kind: "points", points: [...(found?.values ?? [])].map(([at, value]) => ({ at, value })) };
}
