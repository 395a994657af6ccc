// The share of answers within a bound, as a metric. Its name carries the bound, and is none that an operator may give.
import type { DurationMs } from "../core/index.ts";

export const withinMetric = (boundMs: DurationMs): string => `within_${boundMs}_ms`;

/** The bound that such a name carries. */
export function withinBoundOf(metric: string): DurationMs | "none" {
  const [, written] = /^within_(\d+)_ms$/.exec(metric) ?? [];
  return written === undefined ? "none" : Number(written);
}
