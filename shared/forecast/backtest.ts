// Whether the forecast deserves trust: its errors on the history's own last days beside those of two guesses that need no model.
import { daySlots } from "./grid.ts";
import type { Past } from "./past.ts";
import { type FittedBand, type Scale, scaledErrors } from "./spread.ts";
import type { Backtest, Doubt, Standing } from "./types.ts";

const hourSteps = 12;
const scoredCountMin = 48;

export function backtestOf(past: Past, fitted: readonly FittedBand[], scale: Scale): Backtest {
  const hour = fitted.filter(({ band }) => band.untilStep <= hourSteps);
  const day = fitted.filter(({ band }) => band.fromStep > 8 * hourSteps && band.untilStep <= daySlots);
  const nearest = errorRatio(past, hour, (moment) => moment);
  const further = errorRatio(past, day, (_, target) => target - daySlots);
  const covered = coverage95(hour, scale);
  const scoredCount = Math.min(nearest.count, covered.count, further.count);
  if (scoredCount < scoredCountMin) return { kind: "unmeasured", scoredCount, neededCount: scoredCountMin };
  return {
    kind: "measured",
    errorToPersistence: nearest.ratio,
    errorToYesterday: further.ratio,
    coverage95: covered.ratio,
    scoredCount,
  };
}

type Guess = (moment: number, target: number) => number;

/** The forecast's absolute errors by those of the load in another slot. Where neither errs, they are equals. */
function errorRatio({ grid, offset }: Past, fitted: readonly FittedBand[], guess: Guess) {
  let [own, others, count] = [0, 0, 0];
  for (const { trials } of fitted.map(({ fit }) => fit))
    for (let i = 0; i < trials.count; i++) {
      const [target, slot] = [trials.targets[i] ?? 0, guess(trials.moments[i] ?? 0, trials.targets[i] ?? 0)];
      if (slot < 0 || grid.isKnown[slot] === 0) continue;
      const load = grid.loads[target] ?? 0;
      own += Math.abs(load - Math.max(0, Math.exp(trials.predicted[i] ?? 0) - offset));
      others += Math.abs(load - (grid.loads[slot] ?? 0));
      count += 1;
    }
  const nothing = 1e-9 * offset * Math.max(1, count);
  return { ratio: (own + nothing) / (others + nothing), count };
}

const recentDays = 2;

/** How much of the last two days stayed under what the days before gave as the 0.95 quantile. */
function coverage95(fitted: readonly FittedBand[], scale: Scale) {
  let [covered, count] = [0, 0];
  for (const { trials } of fitted.map(({ fit }) => fit)) {
    const errors = scaledErrors(trials, scale);
    const before = errors.filter((_, i) => (trials.ages[i] ?? 0) >= recentDays).sort();
    if (before.length < scoredCountMin) continue;
    const limit = before[Math.min(before.length - 1, Math.ceil(0.95 * (before.length + 1)) - 1)] ?? 0;
    for (let i = 0; i < trials.count; i++) {
      if ((trials.ages[i] ?? 0) >= recentDays) continue;
      count += 1;
      if ((errors[i] ?? 0) <= limit + 1e-12) covered += 1;
    }
  }
  return { ratio: covered / Math.max(1, count), count };
}

/** Below a week no weekend was seen twice, nor every weekday once: measured errors 24 h ahead are then those of a naive guess. */
export const soundDaysMin = 7;
/** The last two days had that much surprise in them that the quantiles are not to be relied on. */
const coverageMin = 0.8;
/** The trials of a young history were made with even less of it: a little worse than yesterday's load is not yet worthless. */
const yesterdayMax = 1.1;

export function standingOf(knownDays: number, backtest: Backtest): Standing {
  const doubts: Doubt[] = [];
  // A few readings are always lost: a week with gaps is a week.
  if (knownDays < soundDaysMin * 0.9) doubts.push({ kind: "short-history", knownDays, neededDays: soundDaysMin });
  doubts.push(...doubtsIn(backtest));
  const [first, ...others] = doubts;
  return first === undefined ? { kind: "sound" } : { kind: "shadow", because: [first, ...others] };
}

function doubtsIn(backtest: Backtest): readonly Doubt[] {
  if (backtest.kind === "unmeasured") return [backtest];
  const doubts: Doubt[] = [];
  const { errorToPersistence, errorToYesterday, coverage95 } = backtest;
  if (errorToPersistence > 1) doubts.push({ kind: "worse-than-persistence", errorRatio: errorToPersistence });
  if (errorToYesterday > yesterdayMax)
    doubts.push({ kind: "worse-than-yesterday", errorRatio: errorToYesterday, mostRatio: yesterdayMax });
  if (coverage95 < coverageMin) doubts.push({ kind: "covers-too-little", coverage95, neededRatio: coverageMin });
  return doubts;
}
