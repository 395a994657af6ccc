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
function shiftOf({ slot, before, after }: Jump, { instantOf }: Grid): LevelShift {
  return Math.abs(after) >= Math.abs(before)
    ? { at: instantOf(slot), ratio: Math.exp(after - before) }
    : { at: instantOf(slot - weekSlots), ratio: Math.exp(before - after) };
}
