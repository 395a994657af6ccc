// Whether the forecast deserves trust: its errors on the history's own last days beside those of two guesses that need no model.
import { type DurationMs, hourMs } from "../core/index.ts";
import type { Band } from "./bands.ts";
import type { Trials } from "./fit.ts";
import { daySlots } from "./grid.ts";
import type { Past } from "./past.ts";
import { type FittedBand, type Scale, scaleAt, scaledErrors } from "./spread.ts";
import type { Backtest, Doubt, Skill, Standing } from "./types.ts";

const hourSteps = 12;
const scoredCountMin = 48;

export function backtestOf(past: Past, fitted: readonly FittedBand[], scale: Scale): Backtest {
  const hour = trialsOf(fitted, ({ untilStep }) => untilStep <= hourSteps);
  const day = trialsOf(fitted, ({ fromStep, untilStep }) => fromStep > 8 * hourSteps && untilStep <= daySlots);
  const nearest = skillOf(past, hour, { scale, guess: (moment) => moment });
  const further = skillOf(past, day, { scale, guess: (_, target) => target - daySlots });
  const covered = coverage95(hour, scale);
  const scoredCount = Math.min(nearest.count, covered.count, further.count);
  if (scoredCount < scoredCountMin) return { kind: "unmeasured", scoredCount, neededCount: scoredCountMin };
  return { kind: "measured", hour: nearest.skill, day: further.skill, coverage95: covered.ratio, scoredCount };
}

const trialsOf = (fitted: readonly FittedBand[], isAsked: (band: Band) => boolean): readonly Trials[] =>
  fitted.filter(({ band }) => isAsked(band)).map(({ fit }) => fit.trials);

interface Rival {
  readonly scale: Scale;
  /** The slot whose load is taken for the target's. */
  readonly guess: (moment: number, target: number) => number;
}

function skillOf(past: Past, trials: readonly Trials[], { scale, guess }: Rival): { skill: Skill; count: number } {
  const [own, rival] = [emptyLosses(), emptyLosses()];
  for (const trial of trials) {
    const guessed = guesses(past, trial, guess);
    const { predicted, targets, count } = trial;
    const widths = new Float64Array(count);
    for (let i = 0; i < count; i += 2) widths[i] = scaleAt(scale, predicted[i] ?? 0, targets[i] ?? 0);
    addLosses(own, past, { ...trial, ...guessed, medians: predicted, widths });
    addLosses(rival, past, { ...trial, ...guessed });
  }
  // Where neither errs, they are equals.
  const nothing = 1e-9 * past.offset * Math.max(1, own.count);
  const errorRatio = (own.error + nothing) / (rival.error + nothing);
  return { count: own.count, skill: { errorRatio, loss95Ratio: (own.loss95 + nothing) / (rival.loss95 + nothing) } };
}

/** What is said of each target, on the scale of logarithms; rows that the guess knows nothing of are not used for either side. */
interface Said {
  readonly count: number;
  readonly targets: Int32Array;
  readonly medians: Float64Array;
  readonly widths: Float64Array;
  readonly isUsed: Uint8Array;
}

function guesses({ grid, y }: Past, { count, moments, targets }: Trials, guess: Rival["guess"]) {
  const medians = new Float64Array(count);
  const isUsed = new Uint8Array(count);
  // Every other one is enough to measure by, and half the time.
  for (let i = 0; i < count; i += 2) {
    const slot = guess(moments[i] ?? 0, targets[i] ?? 0);
    medians[i] = y[slot] ?? 0;
    isUsed[i] = grid.isKnown[slot] ?? 0;
  }
  return { medians, isUsed, widths: new Float64Array(count).fill(1) };
}

interface Losses {
  error: number;
  loss95: number;
  count: number;
}

const emptyLosses = (): Losses => ({ error: 0, loss95: 0, count: 0 });

/** Each side is given the 0.95 quantile of its own errors on these very rows. */
function addLosses(into: Losses, { grid, y, offset }: Past, { count, targets, medians, widths, isUsed }: Said): void {
  const distances = new Float64Array(count);
  let usedCount = 0;
  for (let i = 0; i < count; i++)
    if (isUsed[i] === 1) distances[usedCount++] = ((y[targets[i] ?? 0] ?? 0) - (medians[i] ?? 0)) / (widths[i] ?? 1);
  const distance95 = quantile95(distances.subarray(0, usedCount));
  for (let i = 0; i < count; i++) {
    if (isUsed[i] === 0) continue;
    const [load, median] = [grid.loads[targets[i] ?? 0] ?? 0, medians[i] ?? 0];
    const over = load - (Math.exp(median + distance95 * (widths[i] ?? 1)) - offset);
    into.error += Math.abs(load - Math.max(0, Math.exp(median) - offset));
    into.loss95 += over > 0 ? 0.95 * over : -0.05 * over;
    into.count += 1;
  }
}

/** With the next rank up, as split conformal prediction asks for. Sorts in place. */
function quantile95(values: Float64Array): number {
  const sorted = values.sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(0.95 * (sorted.length + 1)) - 1)] ?? 0;
}

const recentDays = 2;

/** How much of the last two days stayed under what the days before gave as the 0.95 quantile. */
function coverage95(trials: readonly Trials[], scale: Scale) {
  let [covered, count] = [0, 0];
  for (const trial of trials) {
    const errors = scaledErrors(trial, scale);
    const before = errors.filter((_, i) => (trial.ages[i] ?? 0) >= recentDays);
    if (before.length < scoredCountMin) continue;
    const limit = quantile95(before);
    for (let i = 0; i < trial.count; i++) {
      if ((trial.ages[i] ?? 0) >= recentDays) continue;
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
/** The trials of a young history were made with even less of it: a little worse than a guess is not yet worthless. */
const mostRatio = 1.05;

/** What happened in the last hour is half of what is known of the next. */
const soundAgeMaxMs = hourMs;

interface Judged {
  readonly knownDays: number;
  readonly ageMs: DurationMs;
  readonly backtest: Backtest;
}

export function standingOf({ knownDays, ageMs, backtest }: Judged): Standing {
  const doubts: Doubt[] = [];
  if (ageMs > soundAgeMaxMs) doubts.push({ kind: "stale-history", ageMs, maxMs: soundAgeMaxMs });
  // A few readings are always lost: a week with gaps is a week.
  if (knownDays < soundDaysMin * 0.9) doubts.push({ kind: "short-history", knownDays, neededDays: soundDaysMin });
  doubts.push(...doubtsIn(backtest));
  const [first, ...others] = doubts;
  return first === undefined ? { kind: "sound" } : { kind: "shadow", because: [first, ...others] };
}

function doubtsIn(backtest: Backtest): readonly Doubt[] {
  if (backtest.kind === "unmeasured") return [backtest];
  const doubts: Doubt[] = [];
  const { hour, day, coverage95 } = backtest;
  if (hour.loss95Ratio > mostRatio) doubts.push({ kind: "worse-than-persistence", ...hour, mostRatio });
  if (day.loss95Ratio > mostRatio) doubts.push({ kind: "worse-than-yesterday", ...day, mostRatio });
  if (coverage95 < coverageMin) doubts.push({ kind: "covers-too-little", coverage95, neededRatio: coverageMin });
  return doubts;
}
