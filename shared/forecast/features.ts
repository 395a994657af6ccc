// What the model looks at for one step ahead of one moment: eight numbers, all differences of logarithms, 0 where nothing is known.
import { daySlots, weekSlots } from "./grid.ts";
import { baseAt, isComparable, meanIn, type Past, smoothSlots, unknown } from "./past.ts";

export const featureCount = 8;

/** What is the same for every step ahead of one moment. */
export interface Moment {
  readonly slot: number;
  /**
   * The mean surprise of the last 5 min, 15 min, 1 h, 4 h and 24 h, where a span is empty that of the next longer one; and the last
   * day against the same weekday a week before.
   */
  readonly features: readonly [number, number, number, number, number, number];
}

export function momentAt({ surprises, weekly, grid }: Past, slot: number): Moment {
  const day = meanIn(surprises, slot - daySlots + 1, slot, 0);
  const fourHours = meanIn(surprises, slot - 47, slot, day);
  const hour = meanIn(surprises, slot - 11, slot, fourHours);
  const quarter = meanIn(surprises, slot - 2, slot, hour);
  const last = meanIn(surprises, slot, slot, quarter);
  const isWeekKnown = (weekly.counts[grid.now + 1] ?? 0) >= weeklyCountMin;
  const week = isWeekKnown ? meanIn(weekly, slot - daySlots + 1, slot, 0) : 0;
  return { slot, features: [last, quarter, hour, fourHours, day, week] };
}

/** A day and a half: less of last week is chance. */
const weeklyCountMin = 1.5 * daySlots;

/** How many days before the target's the newest day is that is over at the moment, at this time of day. */
export const daysAheadOf = (moment: number, target: number): number =>
  Math.max(1, Math.ceil((target - moment) / daySlots));

/** Writes the eight features at `from`; false when no day before says anything of the target's time of day. */
export function writeFeatures(into: Float64Array, from: number, step: Step): boolean {
  const { past, moment, target } = step;
  const daysAhead = daysAheadOf(moment.slot, target);
  const base = baseAt(past, target, daysAhead);
  if (base === unknown) return false;
  into[from] = known(deviation(step, target - daysAhead * daySlots, base));
  into[from + 1] = weekdayDeviation(step, base);
  for (let i = 0; i < moment.features.length; i++) into[from + 2 + i] = moment.features[i] ?? 0;
  return true;
}

export interface Step {
  readonly past: Past;
  readonly moment: Moment;
  readonly target: number;
}

/** How far an earlier day lay from the base around this time, if it is known; nothing after the moment is looked at. */
function deviation({ past: { grid, levels }, moment, target }: Step, slot: number, base: number): number {
  if (!isComparable(grid, target, slot)) return unknown;
  const level = meanIn(levels, slot - smoothSlots, Math.min(slot + smoothSlots, moment.slot), unknown);
  return level === unknown ? unknown : level - base;
}

/** Last week's; where that is lost, the week's before. */
function weekdayDeviation(step: Step, base: number): number {
  const lastWeek = deviation(step, step.target - weekSlots, base);
  return lastWeek === unknown ? known(deviation(step, step.target - 2 * weekSlots, base)) : lastWeek;
}

const known = (value: number): number => (value === unknown ? 0 : value);
