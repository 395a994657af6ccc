// The history as the model sees it: on a logarithmic scale, each slot beside what the days before made likely for it.
import { daySlots, type Grid, weekSlots } from "./grid.ts";

/** All arrays run over the grid's slots. Sums are of the slots before index i, so that a span's mean costs two reads. */
export interface Past {
  readonly grid: Grid;
  /** y = log(load + offset). */
  readonly offset: number;
  readonly y: Float64Array;
  /** What is likely for a slot from the days before it: on an ordinary day, and on one of rest. */
  readonly base: Bases;
  readonly levels: Sums;
  /** y less the base of the slot's own day. */
  readonly surprises: Sums;
  /** y less what it was a week before. */
  readonly weekly: Sums;
}

export interface Bases {
  readonly ordinary: Float64Array;
  readonly rest: Float64Array;
}

export interface Sums {
  readonly totals: Float64Array;
  readonly counts: Float64Array;
}

/** At least one slot of the grid is known and above zero. */
export function pastOf(grid: Grid): Past {
  const offset = offsetOf(grid);
  const y = grid.loads.map((load) => Math.log(load + offset));
  const capped = cappedSpikes(y, grid);
  const base = basesOf(capped, grid);
  const levels = sums(capped, grid.isKnown);
  const { surprise, isSurprise } = surprises({ grid, y, base });
  const { change, isChange } = weeklyChanges(y, grid, levels);
  return { grid, offset, y, base, levels, surprises: sums(surprise, isSurprise), weekly: sums(change, isChange) };
}

/** Small loads are noisy on a logarithmic scale. The second term quietens sites that are noisy at every load. */
function offsetOf({ loads, isKnown }: Grid): number {
  let [total, count, steps, stepCount] = [0, 0, 0, 0];
  for (let i = 0; i < loads.length; i++) {
    if (isKnown[i] === 0) continue;
    total += loads[i] ?? 0;
    count += 1;
    if (i === 0 || isKnown[i - 1] === 0) continue;
    steps += Math.abs((loads[i] ?? 0) - (loads[i - 1] ?? 0));
    stepCount += 1;
  }
  return Math.max((offsetRatio * total) / count, steps / Math.max(1, stepCount));
}

const offsetRatio = 0.05;

/** A spike that one day alone has, at this time of day, teaches the others nothing: it is cut to the second-highest day. */
function cappedSpikes(y: Float64Array, { isKnown, now }: Grid): Float64Array {
  const smooth = smoothedLevels(y, isKnown, now);
  const capped = y.slice();
  for (let slot = 0; slot < daySlots; slot++) {
    let [highest, second, count] = [unknown, unknown, 0];
    for (let i = slot; i <= now; i += daySlots) {
      const level = smooth[i] ?? unknown;
      if (level === unknown) continue;
      count += 1;
      second = Math.max(second, Math.min(highest, level));
      highest = Math.max(highest, level);
    }
    const cap = second + capTolerance;
    if (count < cappedDaysMin) continue;
    for (let i = slot; i <= now; i += daySlots) capped[i] = Math.min(y[i] ?? 0, cap);
  }
  return capped;
}

function smoothedLevels(y: Float64Array, isKnown: Uint8Array, now: number): Float64Array {
  const levels = sums(y, isKnown);
  const smooth = new Float64Array(y.length).fill(unknown);
  for (let i = 0; i <= now; i++) smooth[i] = meanIn(levels, i - smoothSlots, i + smoothSlots, unknown);
  return smooth;
}

/** Half an hour. */
export const smoothSlots = 3;
const cappedDaysMin = 4;
const capTolerance = 0.1;

/** The mean of the last seven known values at a slot's time of day; of days of rest, the last four. */
function basesOf(y: Float64Array, grid: Grid): Bases {
  const ordinary = recentMeans(y, grid, { days: 7, takes: (day) => grid.isHoliday[day] === 0 });
  if (!grid.isHoliday.includes(1)) return { ordinary, rest: ordinary };
  const rest = recentMeans(y, grid, { days: 4, takes: (day) => grid.isRest[day] === 1 });
  // Without such a day a holiday is taken for an ordinary one: too many instances, not too few.
  return { ordinary, rest: rest.map((mean, i) => (mean === unknown ? (ordinary[i] ?? unknown) : mean)) };
}

interface Days {
  readonly days: number;
  readonly takes: (day: number) => boolean;
}

function recentMeans(y: Float64Array, { isKnown }: Grid, { days, takes }: Days): Float64Array {
  const means = new Float64Array(y.length).fill(unknown);
  const recent = new Float64Array(days);
  const isTaken = Array.from({ length: y.length / daySlots }, (_, day) => takes(day));
  for (let slot = 0; slot < daySlots; slot++) {
    let [total, count] = [0, 0];
    for (let day = 0, i = slot; i < y.length; day++, i += daySlots) {
      if (count > 0) means[i] = total / Math.min(count, days);
      if (isKnown[i] === 0 || isTaken[day] !== true) continue;
      const value = y[i] ?? 0;
      total += value - (count >= days ? (recent[count % days] ?? 0) : 0);
      recent[count % days] = value;
      count += 1;
    }
  }
  return means;
}

/** Marks a slot of an array of numbers that nothing is known of; no logarithm of a load comes near it. */
export const unknown = -1e9;

function surprises({ grid, y, base }: Pick<Past, "grid" | "y" | "base">) {
  const surprise = new Float64Array(y.length);
  const isSurprise = new Uint8Array(y.length);
  for (let i = 0; i <= grid.now; i++) {
    const likely = baseAt({ grid, base }, i, 1);
    if (grid.isKnown[i] === 0 || likely === unknown) continue;
    surprise[i] = (y[i] ?? 0) - likely;
    isSurprise[i] = 1;
  }
  return { surprise, isSurprise };
}

/** What was likely for a slot as seen from so many days before: `unknown` if nothing. */
export function baseAt({ grid, base }: Pick<Past, "grid" | "base">, slot: number, daysAhead: number): number {
  const isHoliday = grid.isHoliday[Math.floor(slot / daySlots)] === 1;
  return (isHoliday ? base.rest : base.ordinary)[slot - (daysAhead - 1) * daySlots] ?? unknown;
}

function weeklyChanges(y: Float64Array, grid: Grid, levels: Sums) {
  const change = new Float64Array(y.length);
  const isChange = new Uint8Array(y.length);
  for (let i = weekSlots; i <= grid.now; i++) {
    if (grid.isKnown[i] === 0 || !isComparable(grid, i, i - weekSlots)) continue;
    const before = meanIn(levels, i - weekSlots - smoothSlots, i - weekSlots + smoothSlots, unknown);
    if (before === unknown) continue;
    change[i] = (y[i] ?? 0) - before;
    isChange[i] = 1;
  }
  return { change, isChange };
}

/** A holiday tells nothing of an ordinary day, nor the other way round. */
export const isComparable = ({ isHoliday }: Grid, a: number, b: number): boolean =>
  isHoliday[Math.floor(a / daySlots)] === isHoliday[Math.floor(b / daySlots)];

function sums(values: Float64Array, isCounted: Uint8Array): Sums {
  const totals = new Float64Array(values.length + 1);
  const counts = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) {
    totals[i + 1] = (totals[i] ?? 0) + (isCounted[i] === 1 ? (values[i] ?? 0) : 0);
    counts[i + 1] = (counts[i] ?? 0) + (isCounted[i] ?? 0);
  }
  return { totals, counts };
}

/** The mean over the slots from `first` to `last`, both included; `otherwise` if none is counted. */
export function meanIn({ totals, counts }: Sums, first: number, last: number, otherwise: number): number {
  const [from, to] = [Math.max(0, first), Math.min(last + 1, totals.length - 1)];
  if (to <= from) return otherwise;
  const count = (counts[to] ?? 0) - (counts[from] ?? 0);
  return count > 0 ? ((totals[to] ?? 0) - (totals[from] ?? 0)) / count : otherwise;
}
