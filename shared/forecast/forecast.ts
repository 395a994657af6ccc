// History in, forecast out. The method is a ridge regression on seasonal lags with split conformal quantiles: docs/forecast.md.
import { type DurationMs, dayMs, type EpochMs, hourMs } from "../core/index.ts";
import { backtestOf, standingOf } from "./backtest.ts";
import { bands, stepsMax } from "./bands.ts";
import { factorAt, factorsIn } from "./events.ts";
import { daysAheadOf, featureCount, momentAt, type Step, writeFeatures } from "./features.ts";
import { fitBand, momentSlotsBefore, product } from "./fit.ts";
import { daySlots, type Grid, historyDaysMax, layOnLocalClock, stepMs, stepStartOf } from "./grid.ts";
import { levelShiftsIn } from "./levelShifts.ts";
import { offsetSpans } from "./localClock.ts";
import { baseAt, type Past, pastOf } from "./past.ts";
import { bandTables, type FittedBand, type Scale, scaleAt, scaleOf } from "./spread.ts";
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
  const [knownDays, ageMs] = [knownDaysOf(grid), ageOf(grid)];
  const past = pastOf(grid);
  const moments = momentSlotsBefore(grid.now).map((slot) => momentAt(past, slot));
  const fitted = bands.map((band) => ({ band, fit: fitBand(past, band, moments) }));
  const triedCount = fitted[0]?.fit.trials.count ?? 0;
  if (triedCount < triedCountMin)
    return { kind: "abstains", because: { kind: "too-little-history", knownDays, neededDays } };
  const scale = scaleOf(fitted.map(({ fit }) => fit.trials));
  const backtest = backtestOf(past, fitted, scale);
  const steps = stepsAhead(past, { fitted, scale, startAt });
  const factors = factorsIn(events, startAt, startAt + horizonMs);
  return {
    kind: "made",
    madeAt: at,
    startAt,
    stepMs,
    medians: steps.map(({ median, at }) => median * factorAt(factors, at)),
    spread: {
      offset: past.offset,
      bands: bandTables(fitted, scale, knownDays),
      scales: steps.map(({ width }) => width),
    },
    factors,
    knownDays,
    ageMs,
    levelShifts: levelShiftsIn(past),
    backtest,
    standing: standingOf({ knownDays, ageMs, backtest }),
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
  const ageMs = ageOf(grid);
  if (ageMs > ageMaxMs) return { kind: "stale-history", ageMs, maxMs: ageMaxMs };
  return grid.loads.some((load) => load > leastLoad) ? "enough" : { kind: "no-load", knownDays };
}

const ageOf = ({ now, isKnown }: Grid): DurationMs => (now - isKnown.lastIndexOf(1)) * stepMs;

/** Smaller loads are no loads, and would leave the range of numbers. */
const leastLoad = 1e-9;

function knownDaysOf({ isKnown }: Grid): number {
  let count = 0;
  for (const one of isKnown) count += one;
  return count / daySlots;
}

interface StepAhead {
  readonly at: EpochMs;
  /** As likely to be exceeded as not, on a day without events. */
  readonly median: number;
  readonly width: number;
}

interface Learnt {
  readonly fitted: readonly FittedBand[];
  readonly scale: Scale;
  readonly startAt: EpochMs;
}

function stepsAhead(past: Past, { fitted, scale, startAt }: Learnt): readonly StepAhead[] {
  const { targets, now } = past.grid;
  const moment = momentAt(past, now);
  const features = new Float64Array(featureCount);
  const steps: StepAhead[] = [];
  for (let index = 0; index < targets.length; index++) {
    const target = targets[index] ?? now;
    const { fit } = fitted.find(({ band }) => index < band.untilStep) ?? (fitted.at(-1) as FittedBand);
    const level = levelAt({ past, moment, target }, fit.coefficients, features);
    const median = Math.max(0, Math.exp(level) - past.offset);
    steps.push({ at: startAt + index * stepMs, median, width: scaleAt(scale, level, target) });
  }
  return steps;
}

/** log(load + offset); the features are written into `features`. */
function levelAt(step: Step, coefficients: Float64Array, features: Float64Array): number {
  const { past, moment, target } = step;
  if (!writeFeatures(features, 0, step)) return usualLevel(past);
  return baseAt(past, target, daysAheadOf(moment.slot, target)) + product(coefficients, features, 0);
}

/** For a time of day that was never measured. */
const usualLevel = ({ levels }: Past): number => (levels.totals.at(-1) ?? 0) / Math.max(1, levels.counts.at(-1) ?? 0);
