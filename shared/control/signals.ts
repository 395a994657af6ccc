// Raw metric points in, known or missing out. Missing is not zero, and zero may look missing: a load balancer publishes
// nothing for a minute without requests, but it still counts its healthy hosts.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
import { type DurationMs, type EpochMs, minuteMs, minuteOf } from "../core/index.ts";
import {
  metricsWhereFull,
  type Point,
  type Signal,
  type Snapshot,
  serviceMetrics,
  settledAgeMs,
} from "../engine/index.ts";
import type { Policy } from "../policy/index.ts";
import type { Newest } from "./snapshot.ts";

/** What came back for one metric: its points, ascending and one a minute, or why there are none. */
export type RawMetric =
  | { readonly kind: "points"; readonly points: readonly Point[] }
  | { readonly kind: "failed"; readonly because: string };
/** By name: built in, or the operator's own. */
export type RawMetrics = Readonly<Record<string, RawMetric>>;

/** How far back metrics are read: the longest peer rule needs 15 points behind a lag of two minutes. */
export const metricWindowMs: DurationMs = 20 * minuteMs;
/** A newest point older than this is no reading of now. */
export const staleAfterMs: DurationMs = 6 * minuteMs;

/** Of the operator's own nobody knows what their silence means: they are missing then. */
const silentWhenZero: readonly string[] = ["requests", "requests-per-target", "errors-5xx", "rejected"];

/**
 * The metrics a fleet's look reads: those its rules name, demand for peaks, the healthy hosts that tell zero from missing, and, where
 * the look before found the fleet full, what tells of answers that are late or refused.
 */
export function metricsOf(policy: Policy, newest: Newest): readonly string[] {
  const named = policy.rules.flatMap((rule) => (rule.kind === "schedule" ? [] : [rule.metric]));
  const learned = policy.capacity.learn.kind === "none" ? [] : ["cpu"];
  const full =
    newest.kind === "none" ? [] : metricsWhereFull(policy, newest.row.snapshot, newest.row.decision.memory.capacity);
  return [...new Set(["requests", "healthy-hosts", ...named, ...learned, ...serviceMetrics(policy), ...full])];
}

/** Turns each raw metric into known or missing as seen at `now`. */
export function signalsOf(raw: RawMetrics, now: EpochMs): Snapshot["signals"] {
  const hosts = raw["healthy-hosts"];
  const alive = hosts?.kind === "points" ? hosts.points : [];
  return Object.fromEntries(
    Object.entries(raw).map(([name, metric]) => [
      name,
      signalOf(metric, silentWhenZero.includes(name) ? alive : [], now),
    ]),
  );
}

function signalOf(metric: RawMetric, alive: readonly Point[], now: EpochMs): Signal {
  if (metric.kind === "failed") return { kind: "missing", because: metric.because };
  // A forecast reads further back than a row has to keep.
  const points = withZeros(metric.points, alive, now).filter(({ at }) => at >= now - metricWindowMs - minuteMs);
  const newest = points.at(-1);
  if (!newest) return { kind: "missing", because: "no points" };
  const ageMs = now - newest.at - minuteMs;
  if (ageMs > staleAfterMs)
    return { kind: "missing", because: `newest point is ${Math.round(ageMs / minuteMs)} min old` };
  return { kind: "known", points };
}

/** A settled minute in which hosts were counted but requests were not had none. */
function withZeros(points: readonly Point[], alive: readonly Point[], now: EpochMs): readonly Point[] {
  const settledBefore = minuteOf(now) - settledAgeMs;
  const isSilent = ({ at }: Point): boolean => at <= settledBefore && !points.some((point) => point.at === at);
  const zeros = alive.filter(isSilent).map(({ at }) => ({ at, value: 0 }));
  return zeros.length === 0 ? points : [...points, ...zeros].sort((a, b) => a.at - b.at);
}
