// Reading a forecast: any quantile of any step.
import type { EpochMs } from "../core/index.ts";
import { factorAt } from "./events.ts";
import { tableLevels } from "./spread.ts";
import type { MadeForecast, SpreadBand } from "./types.ts";

/** The load that each step stays under with the given probability, which lies between 0 and 1. Ascends with the level. */
export const loadsAt = (forecast: MadeForecast, level: number): readonly number[] =>
  forecast.medians.map((_, step) => loadOfStep(forecast, step, level));

/** The same for the step that an instant lies in. */
export function loadAt(forecast: MadeForecast, at: EpochMs, level: number): LoadAt {
  const { startAt, stepMs, medians } = forecast;
  const step = Math.floor((at - startAt) / stepMs);
  if (step >= 0 && step < medians.length) return { kind: "known", load: loadOfStep(forecast, step, level) };
  return { kind: "beyond", from: startAt, to: startAt + medians.length * stepMs };
}

export type LoadAt =
  | { readonly kind: "known"; readonly load: number }
  /** The forecast speaks of [from, to) only. */
  | { readonly kind: "beyond"; readonly from: EpochMs; readonly to: EpochMs };

function loadOfStep({ medians, startAt, stepMs, factors, spread }: MadeForecast, step: number, level: number): number {
  const factor = factorAt(factors, startAt + step * stepMs);
  const median = Math.log((medians[step] ?? 0) / factor + spread.offset);
  const band = spread.bands.find(({ untilStep }) => step < untilStep) ?? spread.bands.at(-1);
  const distance = distanceOf(band, level) * (spread.scales[step] ?? 1);
  return Math.max(0, Math.exp(median + distance) - spread.offset) * factor;
}

/** Between two levels of the table in proportion; beyond its ends, its ends. */
function distanceOf(band: SpreadBand | undefined, level: number): number {
  const distances = band?.distances ?? [];
  const above = tableLevels.findIndex((one) => one >= level);
  const [low, high] = [tableLevels[above - 1], tableLevels[above]];
  if (high === undefined) return distances.at(-1) ?? 0;
  const distance = distances[above] ?? 0;
  if (low === undefined) return distance;
  const before = distances[above - 1] ?? 0;
  // Rounding would lift a level just below the upper one above it.
  return Math.min(distance, before + ((distance - before) * (level - low)) / (high - low));
}
