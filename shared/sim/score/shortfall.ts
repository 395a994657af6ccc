// Requests that came when too little stood there to serve them well, or at all.
import { minuteMs } from "../../core/index.ts";
import type { ScoredMinute } from "./demand.ts";

/**
 * 100 · Σ max(d − s · perInstance, 0) ÷ Σ d, in percent; 0 where nobody asked for anything. With C · u_slo an instance
 * these are the bad requests, with C the lost ones.
 */
export function shortfallPct(minutes: readonly ScoredMinute[], perInstance: number): number {
  let short = 0;
  let load = 0;
  for (const minute of minutes) {
    short += shortOf(minute, perInstance);
    load += minute.load;
  }
  return load > 0 ? (100 * short) / load : 0;
}

/** The largest shortfall of any quarter of an hour on the clock, minutes that are not scored left out; of all where it is shorter. */
export function worstShortfallPct(minutes: readonly ScoredMinute[], perInstance: number): number {
  let worst = 0;
  let from = 0;
  const firstEnd = Math.min((minutes[0]?.t ?? 0) + windowMs, (minutes.at(-1)?.t ?? 0) + minuteMs);
  // Summed afresh for each window: a running sum would carry rounding from a crowd of millions into a quiet night.
  for (const [index, { t }] of minutes.entries()) {
    while ((minutes[from]?.t ?? t) <= t - windowMs) from += 1;
    if (t + minuteMs >= firstEnd) worst = Math.max(worst, shortfallPct(minutes.slice(from, index + 1), perInstance));
  }
  return worst;
}

const windowMs = 15 * minuteMs;

const shortOf = ({ load, effective }: ScoredMinute, perInstance: number): number =>
  Math.max(load - effective * perInstance, 0);
