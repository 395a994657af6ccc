// The score of a run. It follows from the minutes and instances alone, so that anybody can reckon it again.
import { assert, dayMs, minuteMs } from "../../core/index.ts";
import type { Plant } from "../plant.ts";
import { type ScoredMinute, scoredMinutes } from "./demand.ts";
import { elasticity } from "./elasticity.ts";
import { oracleInstanceMinutes } from "./oracle.ts";
import { paidInstanceMinutes } from "./paid.ts";
import { shortfallPct, worstShortfallPct } from "./shortfall.ts";
import type { InstanceRow, MinuteRow, Score } from "./types.ts";

export interface ScoreGiven {
  readonly plant: Plant;
  /** Every minute of the run, one after the other, at least one of them scored. */
  readonly minutes: readonly MinuteRow[];
  readonly instances: readonly InstanceRow[];
}

/**
 * d is a minute's load, s what serves in effect (cold instances in part), n what d needs at u_slo, all over the scored
 * minutes. Bad requests are those beyond s · C · u_slo, lost ones those beyond s · C. Cost is what was paid over what the
 * clairvoyant oracle pays; charged cost adds every miss beyond one in a thousand 300-fold, in the currency of cost.
 * θ, τ and instability are Herbst et al.'s (elasticity.ts).
 */
export function score({ plant, minutes, instances }: ScoreGiven): Score {
  const scored = scoredMinutes(minutes, plant);
  assert(scored.length > 0, "a run to score has a scored minute");
  const sloCapacity = plant.capacityPerMinute * plant.sloUtilization;
  const badRequestsPct = shortfallPct(scored, sloCapacity);
  const oracle = oracleInstanceMinutes(minutes, plant);
  const costX = paidInstanceMinutes(minutes, instances) / oracle;
  return rounded({
    badRequestsPct,
    lostRequestsPct: shortfallPct(scored, plant.capacityPerMinute),
    costX,
    ...elasticity(scored),
    launchesPerDay: launchesPerDay(scored, instances),
    chargedCostX: chargedCostX({ costX, badRequestsPct, neededX: neededInstanceMinutes(scored) / oracle }),
    worst15MinShortfallPct: worstShortfallPct(scored, sloCapacity),
  });
}

/** What was asked for: 99.9 %. */
export const budgetPct = 0.1;

export interface Charged {
  readonly costX: number;
  readonly badRequestsPct: number;
  /** Σn ÷ what the oracle pays. */
  readonly neededX: number;
}

/** One percent of misses beyond the budget is worth three times what was needed: each is billed 300-fold. */
export const chargedCostX = ({ costX, badRequestsPct, neededX }: Charged): number =>
  costX + 3 * neededX * Math.max(0, badRequestsPct - budgetPct);

/** Σn ÷ what the oracle pays, over the scored minutes: the same for whoever runs on them. */
export const neededX = (minutes: readonly MinuteRow[], plant: Plant): number =>
  neededInstanceMinutes(scoredMinutes(minutes, plant)) / oracleInstanceMinutes(minutes, plant);

/** Σn. */
const neededInstanceMinutes = (scored: readonly ScoredMinute[]): number =>
  scored.reduce((sum, { needed }) => sum + needed, 0);

/**
 * Launches from the first scored minute to the end of the last, those in unscored minutes between included, for each day
 * of scored minutes. What was launched before, such as the first fleet, does not count.
 */
function launchesPerDay(scored: readonly ScoredMinute[], instances: readonly InstanceRow[]): number {
  const from = scored[0]?.t ?? 0;
  const to = (scored.at(-1)?.t ?? 0) + minuteMs;
  const launches = instances.filter(({ launchedAt }) => launchedAt >= from && launchedAt < to);
  return launches.length / ((scored.length * minuteMs) / dayMs);
}

const decimals = 1e6;

/** In the order of the interface. */
const rounded = (exact: Score): Score => {
  const round = (value: number): number => Math.round(value * decimals) / decimals;
  return {
    badRequestsPct: round(exact.badRequestsPct),
    lostRequestsPct: round(exact.lostRequestsPct),
    costX: round(exact.costX),
    tauUPct: round(exact.tauUPct),
    thetaUPct: round(exact.thetaUPct),
    thetaOPct: round(exact.thetaOPct),
    tauOPct: round(exact.tauOPct),
    instabilityPct: round(exact.instabilityPct),
    launchesPerDay: round(exact.launchesPerDay),
    chargedCostX: round(exact.chargedCostX),
    worst15MinShortfallPct: round(exact.worst15MinShortfallPct),
  };
};
