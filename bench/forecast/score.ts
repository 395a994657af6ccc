// Sums over everything forecast of one trace by one method, up to an hour and up to a day ahead; and the scores made of them.
import { levels, type Quantiles } from "./conformal.ts";
import { geometric, mean } from "./means.ts";
import { daySteps } from "./window.ts";

export const horizons = { hour: 12, day: daySteps } as const;
export type Horizon = keyof typeof horizons;

export interface Sums {
  count: number;
  loads: number;
  absoluteErrors: number;
  readonly pinball: Float64Array;
  readonly covered: Float64Array;
}

export const emptySums = (): Sums => ({
  count: 0,
  loads: 0,
  absoluteErrors: 0,
  pinball: new Float64Array(levels.length),
  covered: new Float64Array(levels.length),
});

export function addForecast(
  sums: Sums,
  quantiles: Quantiles,
  actual: { loads: Float64Array; isKnown: Uint8Array },
): void {
  const [medians] = quantiles;
  for (let step = 0; step < actual.loads.length; step++) {
    if (actual.isKnown[step] === 0) continue;
    const load = actual.loads[step] ?? 0;
    sums.count += 1;
    sums.loads += load;
    sums.absoluteErrors += Math.abs(load - (medians?.[step] ?? 0));
    levels.forEach((level, which) => {
      const over = load - (quantiles[which]?.[step] ?? 0);
      sums.pinball[which] = (sums.pinball[which] ?? 0) + (over > 0 ? level * over : (level - 1) * over);
      if (over <= 0) sums.covered[which] = (sums.covered[which] ?? 0) + 1;
    });
  }
}

export interface Scores {
  /** Mean absolute error, by the mean absolute change from a day before. */
  readonly mase: number;
  /** Twice the pinball loss, by the sum of loads: at .5, .9, .95, .99. */
  readonly wql: readonly number[];
  /** Share of the truth that stayed at or under the quantile. */
  readonly coverage: readonly number[];
}

export const scoresOf = (sums: Sums, dayChange: number): Scores => ({
  mase: sums.absoluteErrors / sums.count / dayChange,
  wql: Array.from(sums.pinball, (loss) => (2 * loss) / sums.loads),
  coverage: Array.from(sums.covered, (covered) => covered / sums.count),
});

/** Geometric for losses, plain for coverage. */
export const meanScores = (all: readonly Scores[]): Scores => ({
  mase: geometric(all.map(({ mase }) => mase)),
  wql: levels.map((_, which) => geometric(all.map(({ wql }) => wql[which] ?? 0))),
  coverage: levels.map((_, which) => mean(all.map(({ coverage }) => coverage[which] ?? 0))),
});
