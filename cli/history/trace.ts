// A history on a grid, and as the CSV that `simulate --trace` reads.
import type { MarkedSpan, RawHistory, Span } from "../../shared/control/index.ts";
import { type DurationMs, type EpochMs, minuteMs } from "../../shared/core/index.ts";

export type Reading =
  | { readonly kind: "known"; readonly at: EpochMs; readonly perMinute: number }
  /** Counted, in a span that somebody has marked: no sign of what will be. */
  | { readonly kind: "marked"; readonly at: EpochMs; readonly perMinute: number }
  /** Nobody counted: no host was healthy, or CloudWatch has nothing of it. */
  | { readonly kind: "missing"; readonly at: EpochMs };

/** One for each step of the span, which begins and ends on one. A step in which hosts were counted and requests were not had none. */
export function readingsOf({ requests, healthyHosts }: RawHistory, span: Span, stepMs: DurationMs): readonly Reading[] {
  const sums = byStart(requests);
  const hosts = byStart(healthyHosts);
  return Array.from({ length: Math.round((span.to - span.from) / stepMs) }, (_, index): Reading => {
    const at = span.from + index * stepMs;
    const sum = sums.get(at) ?? ((hosts.get(at) ?? 0) > 0 ? 0 : undefined);
    return sum === undefined ? { kind: "missing", at } : { kind: "known", at, perMinute: (sum * minuteMs) / stepMs };
  });
}

/** A step that a mark reaches into is marked as a whole. */
export const withMarks = (
  readings: readonly Reading[],
  marks: readonly Pick<MarkedSpan, "from" | "to">[],
  stepMs: DurationMs,
): readonly Reading[] =>
  readings.map((one) => {
    const isMarked = marks.some(({ from, to }) => one.at < to && one.at + stepMs > from);
    return one.kind === "known" && isMarked ? { ...one, kind: "marked" } : one;
  });

const byStart = (metric: RawHistory["requests"]): ReadonlyMap<EpochMs, number> =>
  new Map(metric.kind === "points" ? metric.points.map(({ at, value }) => [at, value]) : []);

/**
 * A step that is missing repeats the value before it, and a marked one keeps its own; both say that they are no reading, so that
 * `simulate` neither scores them nor shows them to anybody.
 */
export function csvOf(readings: readonly Reading[]): string {
  let last = readings.find((one) => one.kind === "known")?.perMinute ?? 0;
  const lines = readings.map((one) => {
    if (one.kind === "known") last = one.perMinute;
    const value = one.kind === "marked" ? one.perMinute : last;
    return `${iso(one.at)},${Number(value.toFixed(3))},${one.kind === "known" ? 0 : 1}`;
  });
  return `${["timestamp,value,filled", ...lines].join("\n")}\n`;
}

const iso = (at: EpochMs): string => new Date(at).toISOString().replace(".000Z", "Z");
