// When a peak's pages are to be fetched through its CDN, and what is known of that.
import { type DurationMs, type EpochMs, minuteMs } from "../core/index.ts";
import type { Peak, Prefetch } from "../policy/index.ts";
import { startsAt } from "./peaks.ts";

/** A peak that has pages to fetch. */
export interface Prefetching extends Peak {
  readonly prefetch: Prefetch;
}
export const hasPrefetch = (peak: Peak): peak is Prefetching => peak.prefetch !== undefined;

export const prefetchAt = (peak: Prefetching): EpochMs => startsAt(peak) - peak.prefetch.beforeMs;

/** The clock comes hourly, each time within the same quarter of an hour: what is due before the next time is asked for now. */
export const prefetchAheadMs: DurationMs = 75 * minuteMs;

/** Until the peak is there in full, late is better than not at all. */
export function prefetchDue(peak: Prefetching, now: EpochMs): "ahead" | "soon" | "due" | "late" {
  const at = prefetchAt(peak);
  if (now >= peak.atMs) return "late";
  if (now >= at) return "due";
  return at - now <= prefetchAheadMs ? "soon" : "ahead";
}

/** The same name at another time is another peak. */
export const prefetchKey = ({ name, atMs }: Pick<Peak, "name" | "atMs">): string => `${name}#${atMs}`;
