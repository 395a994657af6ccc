// Quantiles for a method that has none: the errors of its own forecasts of the last seven days, by how far ahead they looked.
import { daySteps, horizonSteps } from "./window.ts";

export const levels = [0.5, 0.9, 0.95, 0.99] as const;
/** One array of loads for each of `levels`. */
export type Quantiles = readonly Float64Array[];

export interface PastForecast {
  /** Index of the first step ahead in the trace. */
  readonly origin: number;
  readonly medians: Float64Array;
}

export interface Truth {
  readonly loads: Float64Array;
  readonly isKnown: Uint8Array;
  readonly offset: number;
}

/** The last step of each band, and how many steps lie between two whose errors are looked at. */
const bands = [
  { until: 3, every: 1 },
  { until: 12, every: 1 },
  { until: 36, every: 2 },
  { until: 96, every: 5 },
  { until: horizonSteps, every: 12 },
];

/** Distances on log(load + offset); `past` holds the method's earlier forecasts, oldest first. */
export function quantilesAround(
  medians: Float64Array,
  past: readonly PastForecast[],
  given: Truth & { now: number },
): Quantiles {
  const tables = bands.map(({ until, every }, index) =>
    distances(past, { ...given, from: bands[index - 1]?.until ?? 0, until, every }),
  );
  return levels.map((level, which) =>
    medians.map((median, step) => {
      const table = tables[bands.findIndex(({ until }) => step < until)] ?? [];
      const moved = Math.exp(Math.log(median + given.offset) + (table[which] ?? 0)) - given.offset;
      return level === 0.5 ? median : Math.max(0, moved);
    }),
  );
}

interface Asked extends Truth {
  readonly now: number;
  readonly from: number;
  readonly until: number;
  readonly every: number;
}

function distances(past: readonly PastForecast[], asked: Asked): readonly number[] {
  const { loads, isKnown, offset, now, from, until, every } = asked;
  const errors: number[] = [];
  for (const { origin, medians } of past) {
    if (origin < now - 7 * daySteps) continue;
    // From forecast to forecast other steps, so that all have their turn.
    for (let step = from + ((origin / 12) % every); step < until && origin + step < now; step += every)
      if (isKnown[origin + step] === 1)
        errors.push(Math.log((loads[origin + step] ?? 0) + offset) - Math.log((medians[step] ?? 0) + offset));
  }
  const sorted = Float64Array.from(errors).sort();
  return levels.map((level) => sorted[Math.min(sorted.length - 1, Math.ceil(level * (sorted.length + 1)) - 1)] ?? 0);
}
