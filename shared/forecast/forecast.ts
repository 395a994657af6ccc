// History in, forecast out. The method is a ridge regression on seasonal lags with split conformal quantiles: docs/forecast.md.
import { dayMs, type EpochMs, hourMs } from "../core/index.ts";
import { backtestOf, standingOf } from "./backtest.ts";
import { bands, stepsMax } from "./bands.ts";
import { factorAt, factorsIn } from "./events.ts";
import { daysAheadOf, featureCount, type Moment, momentAt, writeFeatures } from "./features.ts";
import { fitBand, momentSlotsBefore, product } from "./fit.ts";
import { daySlots, type Grid, historyDaysMax, layOnLocalClock, stepMs, stepStartOf } from "./grid.ts";
import { levelShiftsIn } from "./levelShifts.ts";
import { offsetSpans } from "./localClock.ts";
import { baseAt, type Past, pastOf } from "./past.ts";
import { bandTables, type FittedBand, scaleAt, scaleOf } from "./spread.ts";
import type { Abstention, Forecast, ForecastGiven } from "./types.ts";

/**
 * Loads of the next `given.horizonMs` as quantiles, a step each five minutes, from what was measured before `given.at`: at most the
 * last fourteen days. Deterministic; throws nothing: what it cannot do, it abstains from and says why.
 */
export function forecastOf(given: ForecastGiven): Forecast {
  const startAt = stepStartOf(given.at);
  const refused = refusalOf(given);
  if (refused !== "usable") return { kind: "abstains", because: refused };
  const spans = offsetSpans(given.timeZone, startAt - historyDaysMax * dayMs, startAt + given.horizonMs);
  if (spans.kind === "error")
    return { kind: "abstains", because: { kind: "unknown-time-zone", timeZone: given.timeZone } };
  const grid = layOnLocalClock(given, spans.value);
  const poor = povertyOf(grid);
  return poor === "enough" ? madeFrom(given, grid) : { kind: "abstains", because: poor };
}

function madeFrom({ at, events, horizonMs }: ForecastGiven, grid: Grid): Forecast {
  const startAt = stepStartOf(at);
  const knownDays = knownDaysOf(grid);
  const past = pastOf(grid);
  const moments = momentSlotsBefore(grid.now).map((slot) => momentAt(past, slot));
  const fitted = bands.map((band) => ({ band, fit: fitBand(past, band, moments) }));
  const triedCount = fitted[0]?.fit.trials.count ?? 0;
  if (triedCount < triedCountMin)
    return { kind: "abstains", because: { kind: "too-little-history", knownDays, neededDays } };
  const scale = scaleOf(fitted.map(({ fit }) => fit.trials));
  const backtest = backtestOf(past, fitted, scale);
  const levels = levelsAhead(past, fitted);
  const factors = factorsIn(events, startAt, startAt + horizonMs);
  return {
    kind: "made",
    madeAt: at,
    startAt,
    stepMs,
    medians: Array.from(
      levels,
      (level, step) => Math.max(0, Math.exp(level) - past.offset) * factorAt(factors, startAt + step * stepMs),
    ),
    spread: {
      offset: past.offset,
      bands: bandTables(fitted, scale, knownDays),
      scales: Array.from(levels, (level, step) => scaleAt(scale, level, grid.targets[step] ?? 0)),
    },
    factors,
    knownDays,
    levelShifts: levelShiftsIn(past),
    backtest,
    standing: standingOf(knownDays, backtest),
  };
}

const horizonMaxMs = stepsMax * stepMs;

function refusalOf({ history, at, horizonMs }: ForecastGiven): Abstention | "usable" {
  const { stepMs: readingMs } = history;
  if (!(readingMs > 0 && stepMs % readingMs === 0)) return { kind: "unusable-step", stepMs: readingMs };
  if (!(horizonMs >= stepMs && horizonMs <= horizonMaxMs))
    return { kind: "unusable-horizon", horizonMs, maxMs: horizonMaxMs };
  if (!isInstant(at) || !isInstant(history.startAt)) return { kind: "too-little-history", knownDays: 0, neededDays };
  return "usable";
}

/** Beyond these no calendar knows the day. */
const isInstant = (at: EpochMs): boolean => Math.abs(at) < 8e15;

/** One day to learn from and one to try it on. */
const neededDays = 2;
const triedCountMin = 24;
/** A site that has not been measured for so long may be another by now. */
const ageMaxMs = 6 * hourMs;

function povertyOf(grid: Grid): Abstention | "enough" {
  const knownDays = knownDaysOf(grid);
  if (knownDays < neededDays * 0.9) return { kind: "too-little-history", knownDays, neededDays };
  const ageMs = (grid.now - grid.isKnown.lastIndexOf(1)) * stepMs;
  if (ageMs > ageMaxMs) return { kind: "stale-history", ageMs, maxMs: ageMaxMs };
  return grid.loads.some((load) => load > leastLoad) ? "enough" : { kind: "no-load", knownDays };
}

/** Smaller loads are no loads, and would leave the range of numbers. */
const leastLoad = 1e-9;

const knownDaysOf = ({ isKnown }: Grid): number => isKnown.reduce((count, one) => count + one, 0) / daySlots;

/** log(load + offset) of each step, as likely to be exceeded as not. */
function levelsAhead(past: Past, fitted: readonly FittedBand[]): Float64Array {
  const moment = momentAt(past, past.grid.now);
  return Float64Array.from(past.grid.targets, (target, index) => {
    const { fit } = fitted.find(({ band }) => index < band.untilStep) ?? (fitted.at(-1) as FittedBand);
    return levelAt(past, moment, { target, coefficients: fit.coefficients });
  });
}

function levelAt(
  past: Past,
  moment: Moment,
  { target, coefficients }: { target: number; coefficients: Float64Array },
): number {
  const features = new Float64Array(featureCount);
  const daysAhead = daysAheadOf(moment.slot, target);
  if (!writeFeatures(features, 0, { past, moment, target })) return usualLevel(past);
  return baseAt(past, target, daysAhead) + product(coefficients, features, 0);
}

/** For a time of day that was never measured. */
const usualLevel = ({ levels }: Past): number => (levels.totals.at(-1) ?? 0) / Math.max(1, levels.counts.at(-1) ?? 0);
