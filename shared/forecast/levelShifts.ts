// A large lasting change of the level, found where the ratio to the week before jumps: hours of the same weekday are compared,
// so that no weekend looks like one.
import { type Grid, weekSlots } from "./grid.ts";
import { meanIn, type Past, unknown } from "./past.ts";
import type { LevelShift } from "./types.ts";

/** At most one, the clearest: two within a fortnight cannot be told from two odd weeks. None before eight days are known. */
export function levelShiftsIn({ grid, weekly }: Past): readonly LevelShift[] {
  const hours: Hour[] = [];
  for (let slot = grid.now - weekSlots + 1; slot <= grid.now; slot += hourSlots) {
    const change = meanIn(weekly, slot, slot + hourSlots - 1, unknown);
    if (change !== unknown) hours.push({ slot, change });
  }
  const jump = clearestJump(hours);
  return jump === "none" ? [] : [shiftOf(jump, grid)];
}

const hourSlots = 12;

interface Hour {
  readonly slot: number;
  /** The logarithm of the ratio to a week before. */
  readonly change: number;
}

interface Jump {
  /** The first hour behind it. */
  readonly slot: number;
  readonly before: number;
  readonly after: number;
}

/** So many hours must stand on either side: half a day of crowd is not yet a level. */
const sideHoursMin = 18;
const leastJump = Math.log(1.3);
/** A jump must be so many times what the ratio wanders without it. */
const clearness = 3;

function clearestJump(hours: readonly Hour[]): Jump | "none" {
  let [best, bestGain]: [Jump | "none", number] = ["none", 0];
  const total = hours.reduce((sum, { change }) => sum + change, 0);
  const squares = hours.reduce((sum, { change }) => sum + change * change, 0);
  let sumBefore = 0;
  hours.forEach(({ slot, change }, count) => {
    const [before, after] = [sumBefore / Math.max(1, count), (total - sumBefore) / (hours.length - count)];
    sumBefore += change;
    if (count < sideHoursMin || hours.length - count < sideHoursMin) return;
    const between = count * before ** 2 + (hours.length - count) * after ** 2;
    const deviation = Math.sqrt(Math.max(0, squares - between) / hours.length);
    const isClear = Math.abs(after - before) >= Math.max(leastJump, clearness * deviation);
    if (isClear && between > bestGain) [best, bestGain] = [{ slot, before, after }, between];
  });
  return best;
}

/** The ratio leaves 1 when the level shifts, and returns to it a week later. */
function shiftOf({ slot, before, after }: Jump, grid: Grid): LevelShift {
  const ratio = ratioToWeekBefore(grid, slot, grid.now) / ratioToWeekBefore(grid, grid.now - weekSlots + 1, slot - 1);
  return Math.abs(after) >= Math.abs(before)
    ? { at: grid.instantOf(slot), ratio }
    : { at: grid.instantOf(slot - weekSlots), ratio: 1 / ratio };
}

/** Of the loads themselves: the logarithms are of loads with an offset, and flatter. */
function ratioToWeekBefore({ loads, isKnown }: Grid, first: number, last: number): number {
  let [now, before] = [leastSum, leastSum];
  for (let slot = first; slot <= last; slot++) {
    if (isKnown[slot] === 0 || isKnown[slot - weekSlots] !== 1) continue;
    now += loads[slot] ?? 0;
    before += loads[slot - weekSlots] ?? 0;
  }
  return now / before;
}

/** Keeps the ratio finite where a week stood still. */
const leastSum = 1e-9;
