// How far from the median the load may come to lie: the errors of the trials, by how far ahead and, within limits, by the level.
import type { Band } from "./bands.ts";
import type { Fit, Trials } from "./fit.ts";
import type { SpreadBand } from "./types.ts";

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

export function bandTables(fitted: readonly FittedBand[], scale: Scale, historyDays: number): readonly SpreadBand[] {
  const inflation = tailInflation(historyDays);
  const tables: SpreadBand[] = [];
  for (const { band, fit } of fitted) {
    const scaled = scaledErrors(fit.trials, scale);
    const distances =
      scaled.length >= trialCountMin
        ? tableOf(scaled, inflation)
        : (tables.at(-1)?.distances ?? []).map((distance) => distance * borrowedWidening);
    tables.push({ untilStep: band.untilStep, distances });
  }
  return tables;
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

/** How much wider than usual errors are: by the level, the hour of the day and the five minutes of the hour. */
export interface Scale {
  readonly slope: number;
  readonly pivot: number;
  /** A factor for each hour of the day, and for each twelfth of an hour. */
  readonly hours: Float64Array;
  readonly phases: Float64Array;
}

const scaleMin = 1 / 4;
const scaleMax = 4;

export const scaleAt = (scale: Scale, level: number, slot: number): number =>
  Math.min(scaleMax, Math.max(scaleMin, Math.exp(scale.slope * (level - scale.pivot)) * clockFactor(scale, slot)));

const clockFactor = ({ hours, phases }: Pick<Scale, "hours" | "phases">, slot: number): number =>
  (hours[Math.floor(slot / hourSlots) % dayHours] ?? 1) * (phases[slot % hourSlots] ?? 1);

const hourSlots = 12;
const dayHours = 24;

export function scaledErrors({ count, errors, predicted, targets }: Trials, scale: Scale): Float64Array {
  const scaled = new Float64Array(count);
  for (let i = 0; i < count; i++) scaled[i] = (errors[i] ?? 0) / scaleAt(scale, predicted[i] ?? 0, targets[i] ?? 0);
  return scaled;
}

/** From the errors of all bands together, each by the mean of its own band. */
export function scaleOf(trials: readonly Trials[]): Scale {
  const sizes = trials.map(relativeSizes);
  const hours = believedOnes(dayHours);
  const phases = believedOnes(hourSlots);
  trials.forEach(({ count, targets }, which) => {
    const own = sizes[which] ?? new Float64Array();
    for (let i = 0; i < count; i++) {
      const slot = targets[i] ?? 0;
      addTo(hours, Math.floor(slot / hourSlots) % dayHours, own[i] ?? 0);
      addTo(phases, slot % hourSlots, own[i] ?? 0);
    }
  });
  const clock = { hours: smoothed(meansOf(hours)), phases: meansOf(phases) };
  return { ...levelSlope(trials, sizes, clock), ...clock };
}

function relativeSizes({ count, errors }: Trials): Float64Array {
  const sizes = new Float64Array(count);
  let total = 0;
  for (let i = 0; i < count; i++) {
    sizes[i] = Math.abs(errors[i] ?? 0);
    total += sizes[i] ?? 0;
  }
  for (let i = 0; i < count; i++) sizes[i] = total > 0 ? ((sizes[i] ?? 0) * count) / total : 1;
  return sizes;
}

interface Groups {
  readonly totals: Float64Array;
  readonly counts: Float64Array;
}

/** A group's mean is believed to be 1 as strongly as so many errors would say it. */
const believedCount = 50;
const believedOnes = (count: number): Groups => ({
  totals: new Float64Array(count).fill(believedCount),
  counts: new Float64Array(count).fill(believedCount),
});

function addTo({ totals, counts }: Groups, group: number, size: number): void {
  totals[group] = (totals[group] ?? 0) + size;
  counts[group] = (counts[group] ?? 0) + 1;
}

const meansOf = ({ totals, counts }: Groups): Float64Array =>
  totals.map((total, group) => total / (counts[group] ?? 1));

const smoothed = (ring: Float64Array): Float64Array =>
  ring.map((value, i) => (value * 2 + (ring.at(i - 1) ?? 1) + (ring[(i + 1) % ring.length] ?? 1)) / 4);

/** The regression of the errors' logarithms on the level, all bands together, each about its own means. */
function levelSlope(trials: readonly Trials[], sizes: readonly Float64Array[], clock: Pick<Scale, "hours" | "phases">) {
  let [covariance, variance, level, count] = [0, 0, 0, 0];
  trials.forEach(({ count: tried, predicted, targets }, which) => {
    const means = { level: 0, log: 0 };
    const [logs, used] = [new Float64Array(tried), Math.ceil(tried / slopeStride)];
    for (let i = 0; i < tried; i += slopeStride) {
      logs[i] = Math.log((sizes[which]?.[i] ?? 0) / clockFactor(clock, targets[i] ?? 0) + 0.1);
      means.level += (predicted[i] ?? 0) / used;
      means.log += (logs[i] ?? 0) / used;
    }
    for (let i = 0; i < tried; i += slopeStride) {
      const away = (predicted[i] ?? 0) - means.level;
      covariance += away * ((logs[i] ?? 0) - means.log);
      variance += away * away;
    }
    level += means.level * used;
    count += used;
  });
  const slope = covariance / (variance + 0.01 * count + 1e-9);
  return { slope: Math.min(slopeMax, Math.max(slopeMin, slope)), pivot: level / Math.max(1, count) };
}

/** One number is learnt: every third error is plenty. */
const slopeStride = 3;
const slopeMin = -1;
const slopeMax = 0.5;
