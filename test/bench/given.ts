// Small tracks and made-up entries for the benchmark's own arithmetic.
import type { Entry, Split, Track } from "../../bench/peers/types.ts";
import { dayMs, minuteMs } from "../../shared/core/index.ts";
import { generateTrace, type ParsedTrace, type Score } from "../../shared/sim/index.ts";

export const startAt = Date.UTC(2027, 2, 1);

/** One day to learn from, one that is scored. */
export const split: Split = {
  id: "T1",
  file: "t1.csv",
  shape: "daily",
  warmup: startAt,
  from: startAt + dayMs,
  to: startAt + 2 * dayMs,
};

export const parsedDays = (days: number): ParsedTrace => ({
  trace: generateTrace({ shape: "plain-day", seed: 1, startAt, days }),
  intervalMs: minuteMs,
  repairs: [],
});

export const flat = (loads: readonly number[]): ParsedTrace => ({
  trace: { name: "flat", startAt, loads: Float64Array.from(loads), filled: new Uint8Array(loads.length) },
  intervalMs: minuteMs,
  repairs: [],
});

export const scoreOf = (overrides: Partial<Score> = {}): Score => ({
  badRequestsPct: 0,
  lostRequestsPct: 0,
  costX: 1,
  tauUPct: 0,
  thetaUPct: 0,
  thetaOPct: 0,
  tauOPct: 0,
  instabilityPct: 0,
  launchesPerDay: 0,
  chargedCostX: overrides.costX ?? 1,
  worst15MinShortfallPct: 0,
  ...overrides,
});

export interface EntryGiven {
  readonly id?: string;
  readonly controller?: string;
  readonly bootSeconds?: number;
  readonly start?: Entry["start"];
  readonly documented: readonly Score[];
  readonly tuned?: readonly Score[];
}

export const entryOf = ({
  id = "T1",
  controller = "hpa",
  bootSeconds = 180,
  start = "even",
  documented,
  tuned,
}: EntryGiven): Entry => ({
  id,
  bootSeconds,
  start,
  controller,
  neededX: 0.9,
  documented: { label: "as documented", scores: documented, serving: new Uint16Array() },
  tuned:
    tuned === undefined
      ? { kind: "none" }
      : { kind: "tuned", runs: { label: "as tuned", scores: tuned, serving: new Uint16Array() } },
  hindsight: { kind: "none" },
});

export const trackNamed = (id: string, overrides: Partial<Track> = {}): Track => ({
  split: { ...split, id },
  trace: parsedDays(1).trace,
  grid: "native-minute",
  standing: { kind: "counts" },
  plant: {
    capacityPerMinute: 1_000,
    sloUtilization: 0.8,
    lagSeconds: 120,
    min: 2,
    max: 400,
    boot: { nominalSeconds: 180, p50Seconds: 150, p95Seconds: 270, failureRate: 0.01 },
    cold: { seconds: 0, ratio: 1 },
    drainSeconds: 60,
  },
  ...overrides,
});
