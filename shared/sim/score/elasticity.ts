// s counts instances whole here, cold ones too: these metrics are about their number, the shortfalls about what they serve.
// The SPEC research group's elasticity metrics: how far, how long and how restlessly supply misses demand.
// N. Herbst et al., "Ready for Rain? A View from SPEC Research on the Future of Cloud Metrics", SPEC RG 2016,
// https://arxiv.org/abs/1604.03470.
import { minuteMs } from "../../core/index.ts";
import type { ScoredMinute } from "./demand.ts";

export interface Elasticity {
  /** θ_U = 100 ÷ T · Σ max(n − s, 0) ÷ n: instances missing, relative to those needed. */
  readonly thetaUPct: number;
  /** θ_O = 100 ÷ T · Σ max(s − n, 0) ÷ n: instances too many, likewise. */
  readonly thetaOPct: number;
  /** τ_U: the share of minutes with s < n. */
  readonly tauUPct: number;
  /** τ_O: the share of minutes with s > n. */
  readonly tauOPct: number;
  /**
   * The share of steps from one scored minute to the next in time in which the signs of Δn and Δs differ; 0 where there is
   * no such step.
   */
  readonly instabilityPct: number;
}

/** In percent, over at least one minute. */
export function elasticity(minutes: readonly ScoredMinute[]): Elasticity {
  const sums = { under: 0, over: 0, underMinutes: 0, overMinutes: 0, steps: 0, unstable: 0 };
  let before: ScoredMinute | undefined;
  for (const minute of minutes) {
    const { needed, serving } = minute;
    sums.under += Math.max(needed - serving, 0) / needed;
    sums.over += Math.max(serving - needed, 0) / needed;
    if (serving < needed) sums.underMinutes += 1;
    if (serving > needed) sums.overMinutes += 1;
    if (before !== undefined && minute.t - before.t === minuteMs) {
      sums.steps += 1;
      if (Math.sign(needed - before.needed) !== Math.sign(minute.serving - before.serving)) sums.unstable += 1;
    }
    before = minute;
  }
  return {
    thetaUPct: (100 * sums.under) / minutes.length,
    thetaOPct: (100 * sums.over) / minutes.length,
    tauUPct: (100 * sums.underMinutes) / minutes.length,
    tauOPct: (100 * sums.overMinutes) / minutes.length,
    instabilityPct: sums.steps > 0 ? (100 * sums.unstable) / sums.steps : 0,
  };
}
