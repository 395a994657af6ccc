// How far from the median the load may come to lie: the errors of the trials, by how far ahead and, within limits, by the level.
import type { Band } from "./bands.ts";
import type { Fit, Trials } from "./fit.ts";
import type { Spread, SpreadBand } from "./types.ts";

/** The levels whose distances are kept; others are read between them. */
export const tableLevels: readonly number[] = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.965, 0.975, 0.985,
  0.99, 0.995, 0.999,
];

export interface FittedBand {
  readonly band: Band;
  readonly fit: Fit;
}

/** Fewer errors than this make no table: the nearer band's is taken, widened. */
export const trialCountMin = 48;
const borrowedWidening = 1.4;

export function spreadOf(
  fitted: readonly FittedBand[],
  { offset, historyDays }: { offset: number; historyDays: number },
): Spread {
  const { slope, pivot } = levelSlope(fitted.map(({ fit }) => fit.trials));
  const inflation = tailInflation(historyDays);
  const tables: SpreadBand[] = [];
  for (const { band, fit } of fitted) {
    const scaled = scaledErrors(fit.trials, { slope, pivot });
    const distances =
      scaled.length >= trialCountMin
        ? tableOf(scaled, inflation)
        : (tables.at(-1)?.distances ?? []).map((distance) => distance * borrowedWidening);
    tables.push({ untilStep: band.untilStep, distances });
  }
  return { offset, slope, pivot, bands: tables };
}

/** Share of the way from a level to the extreme that is gone further. What was measured in a week has seen no rare thing. */
const tailInflation = (historyDays: number): number => (historyDays >= 13 ? 0.1 : historyDays >= 7 ? 0.2 : 0.35);

function tableOf(errors: Float64Array, inflation: number): readonly number[] {
  const sorted = errors.sort();
  return tableLevels.map((level) => {
    if (level === 0.5) return 0;
    const value = quantile(sorted, level > 0.5 ? level + inflation * (1 - level) : level - inflation * level);
    return level > 0.5 ? Math.max(0, value) : Math.min(0, value);
  });
}

/** Of ascending values, with the next rank up: what split conformal prediction asks for. */
function quantile(sorted: Float64Array, level: number): number {
  const rank = Math.min(sorted.length - 1, Math.max(0, level * (sorted.length + 1) - 1));
  const below = Math.floor(rank);
  const low = sorted[below] ?? 0;
  return low + (rank - below) * ((sorted[Math.min(below + 1, sorted.length - 1)] ?? low) - low);
}

export type LevelScale = Pick<Spread, "slope" | "pivot">;
export const scaleLimits = { least: 1 / 3, most: 3 };

/** How much wider than at the pivot errors are at a level. */
export const scaleAt = ({ slope, pivot }: LevelScale, level: number): number =>
  Math.min(scaleLimits.most, Math.max(scaleLimits.least, Math.exp(slope * (level - pivot))));

export function scaledErrors({ count, errors, predicted }: Trials, scale: LevelScale): Float64Array {
  const scaled = new Float64Array(count);
  for (let i = 0; i < count; i++) scaled[i] = (errors[i] ?? 0) / scaleAt(scale, predicted[i] ?? 0);
  return scaled;
}

/** The regression of the errors' logarithms on the level, all bands together, each about its own means. */
function levelSlope(trials: readonly Trials[]): LevelScale {
  let [covariance, variance, level, count] = [0, 0, 0, 0];
  for (const trial of trials) {
    const means = meansOf(trial);
    for (let i = 0; i < trial.count; i++) {
      const away = (trial.predicted[i] ?? 0) - means.level;
      covariance += away * (logSize(trial.errors[i] ?? 0, means.size) - means.logSize);
      variance += away * away;
    }
    level += means.level * trial.count;
    count += trial.count;
  }
  const slope = covariance / (variance + 0.01 * count + 1e-9);
  return { slope: Math.min(slopeMax, Math.max(slopeMin, slope)), pivot: level / Math.max(1, count) };
}

const slopeMin = -1;
const slopeMax = 0.5;

/** An error of nothing has no logarithm: a tenth of the mean is added to each. */
const logSize = (error: number, mean: number): number => Math.log(Math.abs(error) + 0.1 * mean + 1e-9);

function meansOf({ count, predicted, errors }: Trials) {
  let [level, size] = [0, 0];
  for (let i = 0; i < count; i++) {
    level += predicted[i] ?? 0;
    size += Math.abs(errors[i] ?? 0);
  }
  const meanSize = size / Math.max(1, count);
  let logs = 0;
  for (let i = 0; i < count; i++) logs += logSize(errors[i] ?? 0, meanSize);
  return { level: level / Math.max(1, count), size: meanSize, logSize: logs / Math.max(1, count) };
}
