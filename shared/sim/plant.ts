// The plant is the physics that every controller meets alike: what an instance serves, how long it boots and drains,
// when a minute's metrics become visible.
import { z } from "zod";
import { type EpochMs, error, minuteMs, ok, type Ratio, type Result } from "../core/index.ts";
import type { Trace } from "./trace/trace.ts";

export interface Plant {
  /** Requests a minute that one instance serves at 100 %. */
  readonly capacityPerMinute: number;
  /** The share of it up to which the latency objective holds. */
  readonly sloUtilization: Ratio;
  /** Minute t's metrics become visible this long after t. */
  readonly lagSeconds: number;
  readonly min: number;
  readonly max: number;
  readonly boot: {
    /** What the oracle pays for a launch. Real ones follow a lognormal with this median and 95th percentile. */
    readonly nominalSeconds: number;
    readonly p50Seconds: number;
    readonly p95Seconds: number;
    readonly failureRate: Ratio;
  };
  /** For its first seconds of traffic an unwarmed instance serves this share of its capacity. */
  readonly cold: { readonly seconds: number; readonly ratio: Ratio };
  readonly drainSeconds: number;
}

export const defaultPlant: Plant = {
  capacityPerMinute: 1000,
  sloUtilization: 0.8,
  lagSeconds: 120,
  min: 2,
  max: 400,
  boot: { nominalSeconds: 180, p50Seconds: 150, p95Seconds: 270, failureRate: 0.01 },
  cold: { seconds: 0, ratio: 1 },
  drainSeconds: 60,
};

/**
 * A plant file's JSON, merged on the default plant; what it leaves out stays. A nominal boot without percentiles scales
 * the default's. Errors: one sentence a mistake, unknown keys included.
 */
export function parsePlant(json: unknown): Result<Plant, readonly string[]> {
  const parsed = plantFile.safeParse(json);
  if (!parsed.success) return error(parsed.error.issues.map(sentenceOf));
  const { boot: bootGiven, cold: coldGiven, ...rest } = parsed.data;
  const plant = {
    ...defaultPlant,
    ...given(rest),
    boot: { ...bootOf(bootGiven?.nominalSeconds ?? defaultPlant.boot.nominalSeconds), ...given(bootGiven ?? {}) },
    cold: { ...defaultPlant.cold, ...given(coldGiven ?? {}) },
  };
  const contradictions = [
    ...(plant.min > plant.max ? [`min: ${plant.min} is more than max, ${plant.max}`] : []),
    ...(plant.boot.p50Seconds > plant.boot.p95Seconds
      ? [`boot.p50Seconds: ${plant.boot.p50Seconds} is more than boot.p95Seconds, ${plant.boot.p95Seconds}`]
      : []),
  ];
  return contradictions.length > 0 ? error(contradictions) : ok(plant);
}

/** A day: longer boots, drains and lags are typing mistakes. */
const secondsMax = 86_400;
const instanceCountMax = 100_000;
const seconds = z.number().min(0).max(secondsMax);
const bootSeconds = z.number().min(1).max(secondsMax);
const ratio = z.number().min(0).max(1);
const instanceCount = z.int().min(1).max(instanceCountMax);

const plantFile = z.strictObject({
  capacityPerMinute: z.number().positive().optional(),
  sloUtilization: z.number().positive().max(1).optional(),
  lagSeconds: seconds.optional(),
  min: instanceCount.optional(),
  max: instanceCount.optional(),
  boot: z
    .strictObject({
      nominalSeconds: bootSeconds.optional(),
      p50Seconds: bootSeconds.optional(),
      p95Seconds: bootSeconds.optional(),
      failureRate: ratio.optional(),
    })
    .optional(),
  cold: z.strictObject({ seconds: seconds.optional(), ratio: ratio.optional() }).optional(),
  drainSeconds: seconds.optional(),
});

const sentenceOf = ({ path, message }: z.core.$ZodIssue): string => `${path.join(".") || "plant"}: ${message}`;

const bootOf = (nominalSeconds: number): Plant["boot"] => ({
  nominalSeconds,
  p50Seconds: (nominalSeconds * 150) / 180,
  p95Seconds: (nominalSeconds * 270) / 180,
  failureRate: defaultPlant.boot.failureRate,
});

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Drops the keys that were left out, so that spreading them does not wipe out what stands below. */
const given = <T extends object>(fields: T): Given<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<T>;

export type PlantOption =
  | { readonly kind: "auto"; readonly instanceCount: number }
  | { readonly kind: "file"; readonly path: string };

/** What `--plant` says: `auto`, `auto:N`, or else a file's path. */
export function parsePlantOption(text: string): Result<PlantOption, string> {
  if (text === "auto") return ok({ kind: "auto", instanceCount: autoInstanceCount });
  if (!text.startsWith("auto:")) return ok({ kind: "file", path: text });
  const instanceCount = Number(text.slice("auto:".length));
  return /^auto:\d+$/.test(text) && instanceCount >= 1 && instanceCount * 10 <= instanceCountMax
    ? ok({ kind: "auto", instanceCount })
    : error(`"${text}": N in auto:N must be a whole number from 1 to ${instanceCountMax / 10}`);
}

/** How many instances the trace's peak needs, unless told otherwise. */
export const autoInstanceCount = 40;

export interface ScoredWindow {
  readonly from: EpochMs;
  /** Excluded. */
  readonly to: EpochMs;
}

export interface AutoPlantGiven {
  readonly trace: Trace;
  readonly scored: ScoredWindow;
  readonly instanceCount: number;
  readonly base: Plant;
}

/**
 * The base plant with its capacity, min and max set so that the nearest-rank p99.9 of the scored, unfilled minutes needs
 * `instanceCount` instances at 60 %. Error: no such minute, or no load in them.
 */
export function autoPlant({ trace, scored, instanceCount, base }: AutoPlantGiven): Result<Plant, string> {
  const loads = trace.loads
    .filter((_, i) => trace.filled[i] === 0 && isWithin(trace.startAt + i * minuteMs, scored))
    .toSorted();
  // Nearest rank: the ⌈0.999·count⌉-th smallest. In whole numbers, since 0.999 · count may land a hair above a rank.
  const peak = loads.at(Math.ceil((loads.length * 999) / 1000) - 1) ?? 0;
  if (loads.length === 0) return error("the scored window has no minute with a real reading to set the capacity by");
  if (peak <= 0) return error("the scored window has no load to set the capacity by");
  return ok({ ...base, capacityPerMinute: peak / (0.6 * instanceCount), min: 2, max: 10 * instanceCount });
}

const isWithin = (at: EpochMs, { from, to }: ScoredWindow): boolean => at >= from && at < to;
