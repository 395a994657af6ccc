// The Almanac for real: history out of CloudWatch, what was made before and what comes of it in the table.
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import {
  type Almanac,
  type Days,
  finestStep,
  type Loads,
  loadsOf,
  minutesOf,
  type RawHistory,
  type RawMetric,
  type Span,
} from "../../control/index.ts";
import { type DurationMs, type EpochMs, minuteMs, minuteOf } from "../../core/index.ts";
import { initialMemory, leadTimeOf, settledAgeMs } from "../../engine/index.ts";
import type { Policy } from "../../policy/index.ts";
import { haproxyGroup } from "../haproxy.ts";
import type { TargetGroup } from "../loadBalancer.ts";
import { marksOf, putAhead, putForecast } from "../log/forecasts.ts";
import { putPeak } from "../log/peaks.ts";
import { logRows } from "../log/rows.ts";
import { type Standing, standingOf } from "../log/standing.ts";
import type { Table } from "../log/table.ts";
import { createMetricReader, type MetricReader } from "../metricReader.ts";
import type { Waiting } from "../patience.ts";
import { readHistory } from "./read.ts";

export interface AwsAlmanacOptions {
  readonly metrics: CloudWatchClient;
  readonly table: Table;
  now(): EpochMs;
  readonly waiting: Waiting | "none";
}

/**
 * One-minute points of two metrics for two weeks are 40,320. An answer holds 100,800: two fleets fill a page, and a third would make
 * a second page of every call. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
const queriesTogether = 4;

/** Fleets whose histories are asked for at about the same time share calls. */
export function createAwsAlmanac({ metrics, table, now, waiting }: AwsAlmanacOptions): Almanac & Days {
  const reader = createMetricReader({ cloudWatch: metrics, waiting, now }, queriesTogether);
  const standing = onceAtATime((fleet) => standingOf(table, fleet));
  return {
    now,
    history: async (policy, span) =>
      history({ reader, group: groupIn(policy, table, await standing(policy.fleet)) }, span),
    marks: ({ fleet }, span) => marksOf(table, fleet, span),
    previous: async ({ fleet }) => (await standing(fleet)).forecast,
    lead: async (policy) => {
      const { newest } = await standing(policy.fleet);
      return leadTimeOf(policy, newest.kind === "row" ? newest.row.decision.memory : initialMemory);
    },
    store: async ({ fleet }, { forecast, ahead }) => {
      await putForecast(table, fleet, forecast);
      await putAhead(table, fleet, ahead);
    },
    added: async ({ fleet }) => (await standing(fleet)).peaks,
    logged: ({ fleet }, span) => loadsOf(logRows(table), fleet, span),
    measured: async (policy, span) =>
      measured({ reader, group: groupIn(policy, table, await standing(policy.fleet)) }, span, now()),
    keep: ({ fleet }, peak) => putPeak(table, fleet, { peak, by: "tidegate", addedAt: now() }),
  };
}

/** Whoever asks while the same is being read gets the same. */
function onceAtATime<Found>(read: (fleet: string) => Promise<Found>): (fleet: string) => Promise<Found> {
  const underWay = new Map<string, Promise<Found>>();
  return (fleet) => {
    const found = underWay.get(fleet) ?? read(fleet).finally(() => underWay.delete(fleet));
    underWay.set(fleet, found);
    return found;
  };
}

interface From {
  readonly reader: MetricReader;
  readonly group: TargetGroup;
}

/** CloudWatch keeps minutes for fifteen days. The newest two are still being counted. */
async function history({ reader, group }: From, { from, to }: Span): Promise<RawHistory> {
  const settled = { from, to: minuteOf(to) - settledAgeMs + minuteMs };
  return await readHistory(reader, { group, span: settled, stepMs: minuteMs });
}

/** Nothing of what is older than CloudWatch keeps. It wants longer spans to begin and end on a step. */
async function measured({ reader, group }: From, { from, to }: Span, now: EpochMs): Promise<Loads> {
  const stepMs = finestStep(now - from);
  if (stepMs === "none") return new Map();
  const span = { from: Math.floor(from / stepMs) * stepMs, to: Math.ceil(to / stepMs) * stepMs };
  const { requests, healthyHosts } = await readHistory(reader, { group, span, stepMs });
  return new Map([...quiet(healthyHosts, stepMs), ...minutesOf(pointsIn(requests), stepMs)]);
}

const pointsIn = (metric: RawMetric) => (metric.kind === "points" ? metric.points : []);

/** Hosts were counted: where no request was, none came. */
const quiet = (hosts: RawMetric, stepMs: DurationMs): Loads =>
  minutesOf(
    pointsIn(hosts).flatMap(({ at, value }) => (value > 0 ? [{ at, value: 0 }] : [])),
    stepMs,
  );

/** As reconcile has written it down, or a look. */
function groupIn({ fleet, targetGroup }: Policy, { stage }: Table, { group }: Standing): TargetGroup {
  if (typeof targetGroup !== "string") return haproxyGroup({ fleet, targetGroup }, stage);
  if (group !== "none" && group.spelled === targetGroup) return group.group;
  throw new Error(
    `nobody has found target group ${targetGroup} with a load balancer yet: a whole look or reconcile does`,
  );
}
