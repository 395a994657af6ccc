// Traffic out of a seed, for those who have no trace at hand: a web shop's day with two humps, and what can befall it.
// The same seed gives the same bytes, and all shapes share the seed's plain days underneath.
import { assert, dayMs, type EpochMs, minuteMs, minuteOf } from "../../core/index.ts";
import { createRandom, type Random } from "../random.ts";
import type { Trace } from "./trace.ts";

export const traceShapes = ["plain-day", "flash-crowd", "sale-day"] as const;
export type TraceShape = (typeof traceShapes)[number];

export interface GeneratorOptions {
  readonly shape: TraceShape;
  readonly seed: number;
  /** Floored to the minute. */
  readonly startAt: EpochMs;
  /** How long the trace is; 1 by default. Crowd and sale come on the last day. */
  readonly days?: number;
  /** When the sale opens, in minutes after the last day's midnight (UTC); 540, nine o'clock, by default. */
  readonly saleAtMinute?: number;
}

const dayMinutes = dayMs / minuteMs;
/** Ten years, as long as a trace may be. */
const dayCountMax = 3650;

/** Requests a minute: about 6,000 at night and 20,000 in the evening of a weekday; a sale or a crowd multiplies that. */
export function generateTrace({ shape, seed, startAt, days = 1, saleAtMinute = 540 }: GeneratorOptions): Trace {
  assert(Number.isInteger(days) && days >= 1 && days <= dayCountMax, `a trace has 1 to ${dayCountMax} whole days`);
  const start = minuteOf(startAt);
  const random = createRandom(seed);
  const lastMidnight = Math.floor((start + days * dayMs - minuteMs) / dayMs) * dayMs;
  const surge = surges[shape]({ random: random.fork("crowd"), lastMidnight, saleAtMinute });
  const wander = wandering(random.fork("wander"));
  const today = dayToDay(random.fork("days"), { startAt: start, days });
  const grain = random.fork("grain");
  const loads = Float64Array.from({ length: days * dayMinutes }, (_, i) => {
    const at = start + i * minuteMs;
    const mean = usualLoad(at) * today(at) * wander() * surge(at);
    return Math.max(0, Math.round(mean + grainDeviation * Math.sqrt(mean) * grain.normal()));
  });
  return { name: `${shape}-${seed}`, startAt: start, loads, filled: new Uint8Array(loads.length) };
}

/** Multiplies the usual load. */
type Surge = (at: EpochMs) => number;

interface SurgeGiven {
  readonly random: Random;
  readonly lastMidnight: EpochMs;
  readonly saleAtMinute: number;
}

const surges: Readonly<Record<TraceShape, (given: SurgeGiven) => Surge>> = {
  "plain-day": () => () => 1,
  "flash-crowd": flashCrowd,
  "sale-day": saleDay,
};

/** Somewhere between 08:00 and 20:00: four to six times the usual within 3 to 5 minutes, nearly gone after an hour. */
function flashCrowd({ random, lastMidnight }: SurgeGiven): Surge {
  const startAt = lastMidnight + Math.floor(480 + 720 * random.uniform()) * minuteMs;
  const extra = 3 + 2 * random.uniform();
  const riseMinutes = 3 + 2 * random.uniform();
  const decayMinutes = 20;
  return (at) => {
    const minutes = (at - startAt) / minuteMs;
    if (minutes < 0) return 1;
    if (minutes < riseMinutes) return 1 + (extra * (minutes + 1)) / (riseMinutes + 1);
    return 1 + extra * Math.exp(-(minutes - riseMinutes) / decayMinutes);
  };
}

/** Half an hour's climb to five times the usual, three hours that sag to about three times, an hour's release. */
function saleDay({ lastMidnight, saleAtMinute }: SurgeGiven): Surge {
  const [climb, hold, release] = [30, 180, 60];
  const [extraAtFirst, extraAtLast] = [4, 2.2];
  return (at) => {
    const minutes = (at - lastMidnight) / minuteMs - saleAtMinute;
    if (minutes < 0 || minutes >= climb + hold + release) return 1;
    if (minutes < climb) return 1 + (extraAtFirst * (minutes + 1)) / climb;
    const heldMinutes = minutes - climb;
    if (heldMinutes < hold) return 1 + extraAtFirst + ((extraAtLast - extraAtFirst) * heldMinutes) / hold;
    return 1 + extraAtLast * (1 - (heldMinutes - hold) / release);
  };
}

/** The day's curve at this minute, times the weekday's factor. */
function usualLoad(at: EpochMs): number {
  const day = Math.floor(at / dayMs);
  const minute = (at - day * dayMs) / minuteMs;
  // 1970-01-01 was a Thursday, the fifth day of a week that starts on Sunday.
  const weekday = (((day + 4) % 7) + 7) % 7;
  const curve = 6_000 + 10_500 * hump(minute, 14.5 * 60, 160) + 13_000 * hump(minute, 20.5 * 60, 130);
  return curve * (weekdayFactors[weekday] ?? 1);
}

const weekdayFactors = [0.87, 1, 1.02, 1.02, 1.01, 0.98, 0.9];

function hump(minute: number, centre: number, width: number): number {
  const away = Math.abs(minute - centre);
  const distance = Math.min(away, dayMinutes - away) / width;
  return Math.exp(-(distance ** 2) / 2);
}

/** Counts scatter wider than Poisson's √n: users come with several requests each. */
const grainDeviation = 2;

/** One day is a few percent busier than the next. */
function dayToDay(random: Random, { startAt, days }: { readonly startAt: EpochMs; readonly days: number }) {
  const firstDay = Math.floor(startAt / dayMs);
  // A trace that starts within a day ends within another.
  const factors = Array.from({ length: days + 1 }, () => Math.exp(0.03 * random.normal()));
  return (at: EpochMs): number => factors[Math.floor(at / dayMs) - firstDay] ?? 1;
}

/** Slow noise around 1: AR(1) with a memory of half an hour and a deviation of 3 %. */
function wandering(random: Random): () => number {
  const memory = Math.exp(-1 / 30);
  const deviation = 0.03;
  let state = random.normal();
  return () => {
    state = memory * state + Math.sqrt(1 - memory ** 2) * random.normal();
    return Math.exp(deviation * state);
  };
}
