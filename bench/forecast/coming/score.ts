// How well the highest load of the minutes ahead was foreseen, of one trace by one method.
import { levels } from "../conformal.ts";
import { type Foreseen, type Minutes, truthAt } from "./methods.ts";

export interface ComingScores {
  /** Twice the pinball loss by the sum of what came: at .5, .9, .95, .99. */
  readonly wql: readonly number[];
  /** Share of the truth at or under each. */
  readonly coverage: readonly number[];
  /** Mean absolute error of the median, by that of the same window a day before, and a week before. */
  readonly maseDay: number;
  readonly maseWeek: number;
  /** Mean absolute error of the median, by that of taking the load to stay as it is. */
  readonly toPersistence: number;
  /** Of the hundredth of the minutes that came highest: the share for which the 0.95 quantile reached into that hundredth. */
  readonly peakRecall: number;
  readonly minuteCount: number;
}

/** Indices of minutes; the end excluded. */
export interface Scored {
  readonly from: number;
  readonly to: number;
}

const dayMinutes = 1_440;
const peakShare = 0.01;

/** Of the minutes whose truth and whose naive forecasts are all known, so that every method and every ratio is of the same ones. */
export function comingScores(minutes: Minutes, foreseen: Foreseen, scored: Scored): ComingScores {
  const { loads } = minutes;
  const told = minutesTold(minutes, scored);
  const threshold = thresholdOf(told.map(({ truth }) => truth));
  const sums = { truth: 0, error: 0, day: 0, week: 0, stays: 0, peaks: 0, recalled: 0, count: 0 };
  const [pinball, covered] = [levels.map(() => 0), levels.map(() => 0)];
  for (const { last, truth } of told) {
    const said = foreseen(last);
    if (said === "unknown") continue;
    sums.count += 1;
    sums.truth += truth;
    sums.error += Math.abs(truth - (said[0] ?? 0));
    sums.day += Math.abs(truth - truthAt(minutes, last - dayMinutes));
    sums.week += Math.abs(truth - truthAt(minutes, last - 7 * dayMinutes));
    sums.stays += Math.abs(truth - (loads[last] ?? 0));
    levels.forEach((level, which) => {
      const over = truth - (said[which] ?? 0);
      pinball[which] = (pinball[which] ?? 0) + (over > 0 ? level * over : (level - 1) * over);
      if (over <= 0) covered[which] = (covered[which] ?? 0) + 1;
    });
    if (truth < threshold) continue;
    sums.peaks += 1;
    if ((said[levels.indexOf(0.95)] ?? 0) >= threshold) sums.recalled += 1;
  }
  return {
    wql: pinball.map((loss) => (2 * loss) / sums.truth),
    coverage: covered.map((count) => count / sums.count),
    maseDay: sums.error / sums.day,
    maseWeek: sums.error / sums.week,
    toPersistence: sums.error / sums.stays,
    peakRecall: sums.recalled / sums.peaks,
    minuteCount: sums.count,
  };
}

function minutesTold(minutes: Minutes, { from, to }: Scored) {
  const found: { readonly last: number; readonly truth: number }[] = [];
  for (let last = from; last + minutes.window.toMinute < to; last++) {
    const truth = truthAt(minutes, last);
    const others = [truthAt(minutes, last - dayMinutes), truthAt(minutes, last - 7 * dayMinutes)];
    if (minutes.isKnown[last] === 1 && ![truth, ...others].some(Number.isNaN)) found.push({ last, truth });
  }
  return found;
}

function thresholdOf(truths: readonly number[]): number {
  const sorted = Float64Array.from(truths).sort();
  return sorted[Math.floor((1 - peakShare) * sorted.length)] ?? 0;
}
