// Which limit of AWS is met at which size, and what has to be raised for a size.
import { refreshSpreadSeconds } from "../looks/index.ts";
import { counts, historyPoints, type Limit, limits } from "./quotas.ts";
import type { Usage } from "./usage.ts";

/** The share of all fleets that ramps in one minute, in the minute that is looked at. */
export const rampShare = 0.2;

/** The calls of one ramping fleet in the minute in which there are most of them, and of a calm one in a minute. */
export interface Demand {
  readonly ramping: Usage;
  readonly calm: Usage;
  /** Of one fleet's forecast, made once. */
  readonly forecast: Usage;
}

export interface Met {
  readonly limit: string;
  readonly is: string;
  /** Fleets up to which it is enough; `any` where it is never met. */
  readonly enoughFor: number | "any";
  /** What it has to be for so many fleets; `nothing` where it is enough. */
  readonly raiseTo: string | "nothing";
}

const callsOf = ({ calls }: Limit, usage: Usage): number => calls.reduce((sum, call) => sum + (usage[call] ?? 0), 0);

/** What comes in the minute of a ramp, for each fleet that there is. */
const perFleet = (limit: Limit, { ramping, calm }: Demand): number =>
  rampShare * callsOf(limit, ramping) + (1 - rampShare) * callsOf(limit, calm);

const inOneMinute = ({ burst, perSecond }: Limit): number => burst + 60 * perSecond;

/** Nearer to it, whoever is refused and asks again is in the way of the next. */
const enoughShare = 0.8;
/** What is asked of AWS at all is asked with room to spare. */
const raisedShare = 0.5;

/** By how much a limit has to be multiplied, its bucket too; 1 where it is enough. */
export const raisedFor =
  (fleetCount: number, demand: Demand) =>
  (limit: Limit): number => {
    const usedRatio = (fleetCount * perFleet(limit, demand)) / inOneMinute(limit);
    return usedRatio <= enoughShare ? 1 : usedRatio / raisedShare;
  };

/** The first to be met comes first. */
export function limitsMet(fleetCount: number, demand: Demand): readonly Met[] {
  const rates = limits.map((limit): Met => {
    const each = perFleet(limit, demand);
    const raised = raisedFor(fleetCount, demand)(limit);
    return {
      limit: limit.name,
      is: `${limit.perSecond}/s, ${limit.burst} at once`,
      enoughFor: each > 0 ? Math.floor((enoughShare * inOneMinute(limit)) / each) : "any",
      raiseTo:
        raised > 1 ? `${Math.ceil(raised * limit.perSecond)}/s, ${Math.ceil(raised * limit.burst)} at once` : "nothing",
    };
  });
  const things = counts.map(
    ({ name, most, perFleet: each }): Met => ({
      limit: name,
      is: `${most}`,
      enoughFor: Math.floor(most / each),
      raiseTo: fleetCount * each > most ? `${Math.ceil(fleetCount * each)}` : "nothing",
    }),
  );
  return [...rates, forecastsMet(fleetCount, demand), ...things].toSorted((a, b) => sizeOf(a) - sizeOf(b));
}

/** Where every fleet forecasts: those that were deployed together fall due together, and the clock spreads them. */
function forecastsMet(fleetCount: number, { forecast }: Demand): Met {
  const { name, perSecond, points } = historyPoints;
  const each = (forecast[points] ?? 0) / refreshSpreadSeconds;
  const enoughFor = each > 0 ? Math.floor((enoughShare * perSecond) / each) : "any";
  const isMet = enoughFor !== "any" && fleetCount > enoughFor;
  return {
    limit: name,
    is: `${perSecond}/s`,
    enoughFor,
    raiseTo: isMet ? `${Math.ceil((fleetCount * each) / raisedShare)}/s` : "nothing",
  };
}

const sizeOf = ({ enoughFor }: Met): number => (enoughFor === "any" ? Number.POSITIVE_INFINITY : enoughFor);
