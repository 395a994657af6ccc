// How far a window's load may lie above what is expected of it. After calm minutes the tails are others than in a burst; and where
// bursts come at certain minutes of the hour, each minute of the hour has its own.
import { minuteMs } from "../../core/index.ts";
import type { Tails } from "./types.ts";

/** Ascending; a new model has a distance for each, and an outlook a load. The lowest are for whoever lets many requests be late. */
export const outlookLevels: readonly number[] = [0.05, 0.2, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.9975];

/** One try of the past: by how much it was missed, from where it was seen, and for which minute of the hour. */
export interface Tries {
  readonly errors: Float64Array;
  readonly excitements: Float64Array;
  readonly minutesOfHour: Uint8Array;
}

export const hourMinutes = 60;
export const minuteOfHour = (at: number): number => Math.floor(at / minuteMs) % hourMinutes;

/** Four times the ordinary swing, and a tenth at least. */
export function excitedFromOf(excitements: Float64Array): number {
  const swings = excitements.map(Math.abs).sort();
  return Math.max(0.1, 4 * (swings[Math.floor(swings.length / 2)] ?? 0));
}

/** Fewer tries of a kind than this say nothing of its tail. */
const triesMin = { pooled: 60, calm: 60, excited: 20 } as const;
/** The hour has a pattern when its minutes' tails differ by so much of a tail. */
const patternMin = 0.45;

export function tailsOf(tries: Tries, excitedFrom: number): { readonly calm: Tails; readonly excited: Tails } {
  const all = sorted(tries, () => true);
  const pooled = (isExcited: boolean): Float64Array => {
    const errors = sorted(tries, (i) => isExcited === (tries.excitements[i] ?? 0) > excitedFrom);
    return errors.length >= triesMin.pooled ? errors : all;
  };
  const [calm, excited] = [pooled(false), pooled(true)];
  const calmMinutes = byMinute(tries, (i) => (tries.excitements[i] ?? 0) <= excitedFrom);
  if (!hasPattern(calmMinutes, calm)) return { calm: alike(calm), excited: alike(excited) };
  const excitedMinutes = byMinute(tries, (i) => (tries.excitements[i] ?? 0) > excitedFrom);
  return {
    calm: eachMinute(calmMinutes, { min: triesMin.calm, otherwise: calm }),
    excited: eachMinute(excitedMinutes, { min: triesMin.excited, otherwise: excited }),
  };
}

const distancesOf = (errors: Float64Array): readonly number[] =>
  outlookLevels.map((level) => Math.round(quantileOf(errors, level) * 1e4) / 1e4);
const alike = (errors: Float64Array): Tails => ({ kind: "alike", distances: distancesOf(errors) });
const eachMinute = (
  minutes: readonly Float64Array[],
  { min, otherwise }: { min: number; otherwise: Float64Array },
): Tails => ({
  kind: "by-minute",
  distances: minutes.map((errors) => distancesOf(errors.length >= min ? errors : otherwise)),
});

/** How far the minutes' 0.95 quantiles lie from the pooled one, as a share of the pooled tail's width. */
function hasPattern(minutes: readonly Float64Array[], pooled: Float64Array): boolean {
  if (minutes.some((errors) => errors.length < triesMin.calm)) return false;
  const [high, middle] = [quantileOf(pooled, 0.95), quantileOf(pooled, 0.5)];
  const square = minutes.reduce((sum, errors) => sum + (quantileOf(errors, 0.95) - high) ** 2, 0) / hourMinutes;
  return Math.sqrt(square) > patternMin * (high - middle + 1e-9);
}

const byMinute = (tries: Tries, takes: (i: number) => boolean): readonly Float64Array[] =>
  Array.from({ length: hourMinutes }, (_, minute) =>
    sorted(tries, (i) => tries.minutesOfHour[i] === minute && takes(i)),
  );

function sorted({ errors }: Tries, takes: (i: number) => boolean): Float64Array {
  const taken: number[] = [];
  for (let i = 0; i < errors.length; i++) if (takes(i)) taken.push(errors[i] ?? 0);
  return Float64Array.from(taken).sort();
}

/** Between the two nearest ranks of n + 1; 0 of none. */
export function quantileOf(ascending: Float64Array, level: number): number {
  const rank = level * (ascending.length + 1) - 1;
  const below = Math.min(ascending.length - 1, Math.max(0, Math.floor(rank)));
  const above = Math.min(ascending.length - 1, below + 1);
  const share = Math.min(1, Math.max(0, rank - below));
  return (ascending[below] ?? 0) + share * ((ascending[above] ?? 0) - (ascending[below] ?? 0));
}
