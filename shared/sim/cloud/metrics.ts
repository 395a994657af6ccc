// What CloudWatch knows of the target group: one value a minute, held for three hours, visible after the plant's lag.
// Requests of other minutes follow from the traffic itself, so that a fleet's history can be pulled.
import {
  type DurationMs,
  type EpochMs,
  minuteMs,
  minuteOf,
  type Ratio,
  secondMs,
  unreachable,
} from "../../core/index.ts";
import type { MetricName, Point } from "../../engine/index.ts";
import { countsAt, type Fleet, hasTargets } from "./fleet.ts";
import { phaseAt } from "./life.ts";
import type { Counts, MetricWindow } from "./types.ts";

export interface Minute {
  readonly at: EpochMs;
  readonly load: number;
  readonly serving: number;
  /** Requests a minute at 100 %, a cold instance counted with what it really serves. */
  readonly capacity: number;
  readonly targets: "registered" | "none";
}
/** The newest minutes, each at its number modulo the length. */
export type Minutes = (Minute | undefined)[];
export interface Recorder {
  readonly fleet: Fleet;
  readonly minutes: Minutes;
}

/** Three hours: longer than any window that a controller reads. */
const keptCount = 180;
/** Longest window of one question: fifteen days, as long as CloudWatch keeps minutes. */
const askedMax = 15 * 24 * 60;

const slotOf = (at: EpochMs): number => (at / minuteMs) % keptCount;

export function closeMinute({ fleet, minutes }: Recorder, at: EpochMs): Counts {
  const { plant, traffic } = fleet.options;
  const counts = countsAt(fleet, at);
  const full = counts.serving - counts.cold + counts.cold * plant.cold.ratio;
  minutes[slotOf(at)] = {
    at,
    load: traffic.load(at),
    serving: counts.serving,
    capacity: full * plant.capacityPerMinute,
    targets: hasTargets(fleet, at) ? "registered" : "none",
  };
  return counts;
}

export function points(recorder: Recorder, metric: MetricName, window: MetricWindow): readonly Point[] {
  return seriesOf(recorder.fleet, { metric, window }, (at) => readingOf(recorder, metric, at));
}

/** Of each minute that had requests. */
export const withinPoints = (recorder: Recorder, boundMs: DurationMs, window: MetricWindow): readonly Point[] =>
  seriesOf(recorder.fleet, { metric: "latency-p95", window }, (at) => {
    const minute = minuteAt(recorder.minutes, at);
    return minute !== undefined && minute.load > 0 ? value(withinRatio(minute, boundMs)) : silent;
  });

/** The ratio for one instance: load spreads evenly over those that serve, the others idle. */
export function cpuOf({ fleet, minutes }: Recorder, id: string, window: MetricWindow): readonly Point[] {
  const machine = fleet.byId.get(id);
  if (machine === undefined) return [];
  const { unhealthy } = fleet.options.faults;
  return seriesOf(fleet, { metric: "cpu", window }, (at) => {
    const minute = minuteAt(minutes, at);
    const phase = phaseAt(machine, { at, coldMs: 0, unhealthy });
    if (minute === undefined || phase === "gone") return silent;
    return value(phase === "serving" ? Math.min(1, utilization(minute)) : 0);
  });
}

interface Asked {
  readonly metric: MetricName;
  readonly window: MetricWindow;
}
function seriesOf(fleet: Fleet, asked: Asked, read: (at: EpochMs) => Reading): readonly Point[] {
  const { faults } = fleet.options;
  const { metric, window } = asked;
  const found: Point[] = [];
  for (const at of visibleMinutes(fleet, window)) {
    if (faults.metricGap(metric, at)) continue;
    const reading = read(at);
    if (reading.kind === "value") found.push({ at, value: reading.value * shareOf(fleet, metric, window.now - at) });
  }
  return found;
}

/** Ascending starts of the minutes that anything can be known of. */
export function visibleMinutes(fleet: Fleet, window: MetricWindow): readonly EpochMs[] {
  const minutes: EpochMs[] = [];
  const newest = Math.min(window.to - 1, window.now - visibleAfterMs(fleet));
  const oldest = Math.max(window.from, newest - askedMax * minuteMs);
  for (let at = Math.ceil(oldest / minuteMs) * minuteMs; at <= newest; at += minuteMs)
    if (!fleet.options.traffic.filled(at)) minutes.push(at);
  return minutes;
}

const visibleAfterMs = ({ options: { newestMinute, plant } }: Fleet): number =>
  newestMinute.kind === "partial" ? Math.min(minuteMs, plant.lagSeconds * secondMs) : plant.lagSeconds * secondMs;

/** A minute still being collected shows a share of its sums; averages and counts of hosts show at full height. */
function shareOf(fleet: Fleet, metric: MetricName, ageMs: number): number {
  const { newestMinute } = fleet.options;
  return newestMinute.kind === "partial" && sums.includes(metric) && isPartial(fleet, ageMs) ? newestMinute.ratio : 1;
}
const sums: readonly MetricName[] = ["requests", "requests-per-target", "errors-5xx", "rejected"];

export const isPartial = ({ options: { plant } }: Fleet, ageMs: number): boolean => ageMs < plant.lagSeconds * secondMs;

/** ALB publishes no point for a minute without requests, and none for a count that is zero. */
type Reading = { readonly kind: "silent" } | { readonly kind: "value"; readonly value: number };
const silent: Reading = { kind: "silent" };
const value = (number: number): Reading => ({ kind: "value", value: number });
const positive = (number: number): Reading => (number > 0 ? value(number) : silent);

function readingOf({ fleet, minutes }: Recorder, metric: MetricName, at: EpochMs): Reading {
  const minute = minuteAt(minutes, at);
  if (minute !== undefined) return readMinute(minute, metric);
  return metric === "requests" && isHistory(minutes, fleet, at) ? positive(fleet.options.traffic.load(at)) : silent;
}

function minuteAt(minutes: Minutes, at: EpochMs): Minute | undefined {
  const minute = minutes[slotOf(at)];
  return minute?.at === at ? minute : undefined;
}

/** Before the start, or pushed out by a newer minute. One that was skipped has no metrics. */
const isHistory = (minutes: Minutes, fleet: Fleet, at: EpochMs): boolean =>
  at < minuteOf(fleet.options.startAt) || (minutes[slotOf(at)]?.at ?? at) > at;

function readMinute(minute: Minute, metric: MetricName): Reading {
  switch (metric) {
    case "requests":
      return positive(minute.load);
    case "requests-per-target":
      return minute.serving > 0 ? positive(minute.load / minute.serving) : silent;
    case "healthy-hosts":
      return minute.targets === "registered" ? value(minute.serving) : silent;
    case "cpu":
      return minute.serving > 0 ? value(Math.min(1, utilization(minute))) : silent;
    case "latency-p50":
    case "latency-p90":
    case "latency-p95":
    case "latency-p99":
      return minute.load > 0 ? value(latencyMs(minute, metric)) : silent;
    case "errors-5xx":
      return positive(minute.load - minute.capacity);
    case "rejected":
      return silent;
    default:
      return unreachable(metric);
  }
}

const utilization = ({ load, capacity }: Minute): number => (capacity > 0 ? load / capacity : load > 0 ? 1 : 0);

/**
 * Of a single queue: p95 is 100 ms when idle and grows with 1 ÷ (1 − u), up to fiftyfold at 98 % and above. The other
 * percentiles are fixed multiples of it. A shape to react to, not a model of anyone's application.
 */
const latencyMs = (minute: Minute, percentile: keyof typeof percentileRatios): number =>
  (percentileRatios[percentile] * 100) / (1 - Math.min(utilization(minute), 0.98));
/** The share of answers within the bound: between the percentiles it rises evenly, and all are within three times p95. */
function withinRatio(minute: Minute, boundMs: DurationMs): Ratio {
  const ratio = boundMs / latencyMs(minute, "latency-p95");
  const above = shares.findIndex(([upTo]) => ratio < upTo);
  if (above < 0) return 1;
  const [[from, low], [to, high]] = [shares[above - 1], shares[above]] as [Share, Share];
  return low + ((ratio - from) / (to - from)) * (high - low);
}
/** Of p95: the latency, and the share of answers that take no longer. */
type Share = readonly [ratio: number, share: Ratio];

const percentileRatios = { "latency-p50": 0.5, "latency-p90": 0.8, "latency-p95": 1, "latency-p99": 1.5 } as const;
const shares: readonly Share[] = [
  [0, 0],
  [percentileRatios["latency-p50"], 0.5],
  [percentileRatios["latency-p90"], 0.9],
  [percentileRatios["latency-p95"], 0.95],
  [percentileRatios["latency-p99"], 0.99],
  [3, 1],
];
