// One ridge regression for each band of steps, on moments of the last week at which the future is known by now. What it says of
// how well it does is measured on days that it was not fitted to.
import type { Band } from "./bands.ts";
import { daysAheadOf, featureCount, type Moment, writeFeatures } from "./features.ts";
import { daySlots, weekSlots } from "./grid.ts";
import { baseAt, type Past } from "./past.ts";
import { addNormal, addRow, emptyNormal, type Normal, ridge } from "./ridge.ts";

export interface Fit {
  readonly coefficients: Float64Array;
  readonly trials: Trials;
}

/** What was predicted of past steps by coefficients from other days. The arrays run in parallel. */
export interface Trials {
  readonly count: number;
  readonly moments: Int32Array;
  readonly targets: Int32Array;
  /** Whole days between the target and now. */
  readonly ages: Uint8Array;
  /** On the scale log(load + offset). */
  readonly predicted: Float64Array;
  /** What came, less what was predicted. */
  readonly errors: Float64Array;
}

/** A moment an hour, seven days back. */
export const momentSlots = 12;
const daysTried = 7;

export function fitBand(past: Past, band: Band, moments: readonly Moment[]): Fit {
  const rows = rowsOf(past, band, moments);
  const byDay = normalsByDay(rows);
  const all = emptyNormal(featureCount);
  for (const normal of byDay) addNormal(all, normal, 1);
  return { coefficients: ridge(all, band.prior, band.lambda), trials: tried(rows, { all, byDay, band }) };
}

interface Rows {
  readonly count: number;
  readonly features: Float64Array;
  readonly bases: Float64Array;
  /** What came, less its base. */
  readonly outcomes: Float64Array;
  readonly moments: Int32Array;
  readonly targets: Int32Array;
  readonly ages: Uint8Array;
}

function rowsOf(past: Past, band: Band, moments: readonly Moment[]): Rows {
  const { grid, y } = past;
  const most = moments.length * band.triedCount;
  const features = new Float64Array(most * featureCount);
  const [bases, outcomes] = [new Float64Array(most), new Float64Array(most)];
  const [momentSlotsOf, targets, ages] = [new Int32Array(most), new Int32Array(most), new Uint8Array(most)];
  let count = 0;
  moments.forEach((moment, index) => {
    for (let tried = 0; tried < band.triedCount; tried++) {
      const target = moment.slot + stepTried(band, index, tried);
      if (target > grid.now || grid.isKnown[target] === 0) continue;
      if (grid.isHoliday[Math.floor(target / daySlots)] === 1) continue;
      if (!writeFeatures(features, count * featureCount, { past, moment, target })) continue;
      bases[count] = baseAt(past, target, daysAheadOf(moment.slot, target));
      outcomes[count] = (y[target] ?? 0) - (bases[count] ?? 0);
      momentSlotsOf[count] = moment.slot;
      targets[count] = target;
      ages[count] = Math.floor((grid.now - target) / daySlots);
      count += 1;
    }
  });
  return { count, features, bases, outcomes, moments: momentSlotsOf, targets, ages };
}

/** Evenly over the band, and shifted from moment to moment, so that every minute of the hour and each step has its turn. */
function stepTried({ fromStep, untilStep, triedCount }: Band, moment: number, tried: number): number {
  const length = untilStep - fromStep + 1;
  return fromStep + ((Math.floor((tried * length) / triedCount) + moment * 5) % length);
}

function normalsByDay({ count, features, outcomes, ages }: Rows): readonly Normal[] {
  const normals = Array.from({ length: daysTried + 1 }, () => emptyNormal(featureCount));
  for (let row = 0; row < count; row++) {
    const age = ages[row] ?? 0;
    const normal = normals[age];
    if (normal === undefined) continue;
    addRow(normal, features, { from: row * featureCount, y: outcomes[row] ?? 0, weight: weightOf(age) });
  }
  return normals;
}

/** Half as much for every four days that it is ago. */
const weights: readonly number[] = Array.from({ length: daysTried + 1 }, (_, ageDays) => 2 ** (-ageDays / 4));
const weightOf = (ageDays: number): number => weights[ageDays] ?? 0;

interface Sources {
  readonly all: Normal;
  readonly byDay: readonly Normal[];
  readonly band: Band;
}

function tried(rows: Rows, { all, byDay, band }: Sources): Trials {
  const withoutDay = byDay.map((day) => {
    const others = emptyNormal(featureCount);
    addNormal(others, all, 1);
    addNormal(others, day, -1);
    return ridge(others, band.prior, band.lambda);
  });
  const { count, bases, outcomes, moments, targets, ages } = rows;
  const [predicted, errors] = [new Float64Array(count), new Float64Array(count)];
  for (let row = 0; row < count; row++) {
    const deviation = product(withoutDay[ages[row] ?? 0] ?? band.prior, rows.features, row * featureCount);
    predicted[row] = (bases[row] ?? 0) + deviation;
    errors[row] = (outcomes[row] ?? 0) - deviation;
  }
  return { count, moments, targets, ages, predicted, errors };
}

export function product(coefficients: ArrayLike<number>, features: Float64Array, from: number): number {
  let sum = 0;
  for (let i = 0; i < featureCount; i++) sum += (coefficients[i] ?? 0) * (features[from + i] ?? 0);
  return sum;
}

/** The slots of the past moments that are tried, newest first. */
export const momentSlotsBefore = (now: number): readonly number[] =>
  Array.from({ length: weekSlots / momentSlots + 24 }, (_, i) => now - momentSlots * (i + 1)).filter(
    (slot) => slot >= 0,
  );
