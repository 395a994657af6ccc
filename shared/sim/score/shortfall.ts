// Requests that came when too little stood there to serve them well, or at all.
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

/** The largest shortfall of any fifteen scored minutes in a row; of all of them where there are fewer. */
export function worstShortfallPct(minutes: readonly ScoredMinute[], perInstance: number): number {
  let worst = 0;
  // Summed afresh for each window: a running sum would carry rounding from a crowd of millions into a quiet night.
  for (let end = Math.min(windowMinutes, minutes.length); end <= minutes.length; end++)
    worst = Math.max(worst, shortfallPct(minutes.slice(Math.max(0, end - windowMinutes), end), perInstance));
  return worst;
}

const windowMinutes = 15;

const shortOf = ({ load, effective }: ScoredMinute, perInstance: number): number =>
  Math.max(load - effective * perInstance, 0);
