// The lab's size and shape: how far time is compressed, what an instance is, what the load does.
import { type DurationMs, type EpochMs, minuteMs } from "../../shared/core/index.ts";

export interface Settings {
  /** What a minute of the loop takes in the lab. */
  readonly minuteTakesMs: DurationMs;
  readonly instance: InstanceSettings;
  readonly load: LoadSettings;
  readonly min: number;
  readonly max: number;
  /** What the policy takes an instance for, in requests a second of the lab. */
  readonly perInstancePerSecond: number;
}

export interface InstanceSettings {
  /** From its start until it listens. */
  readonly bootMs: DurationMs;
  /** So many requests are worked on at once; the others wait in the instance. */
  readonly workerCount: number;
  readonly keyCount: number;
  /** Shortest and longest time for a key, the first time and after. */
  readonly coldMs: readonly [number, number];
  readonly warmMs: readonly [number, number];
}

export interface LoadSettings {
  readonly connectionCount: number;
  /** Requests a second, one for each of the loop's minutes; after the last the first follows. */
  readonly perSecond: readonly number[];
  /** In words. */
  readonly told: string;
}

/** Requests a second that load, HAProxy and instances bear together on two cores. */
export const peakUsual = 2_100;

export const usual: Settings = {
  minuteTakesMs: 1_500,
  instance: { bootMs: 900, workerCount: 2, keyCount: 24, coldMs: [100, 200], warmMs: [2, 5] },
  load: { connectionCount: 128, ...triangle({ lowest: 700, highest: peakUsual, periodMinutes: 18 }) },
  min: 2,
  max: 16,
  perInstancePerSecond: 400,
};

/** Requests that HAProxy gives to one server at once. */
export const inFlightMax = 16;
/** Slots beyond the fleet's maximum: replacements and those that drain have theirs at the same time. */
export const slotCountFor = ({ max }: Settings): number => max * 2 + 4;

export const pathsOf = ({ keyCount }: InstanceSettings): readonly string[] =>
  Array.from({ length: keyCount }, (_, key) => `/key/${key}`);

interface Triangle {
  /** Requests a second. */
  readonly lowest: number;
  readonly highest: number;
  /** From one trough to the next, in compressed minutes. */
  readonly periodMinutes: number;
}

/** The load that is built in: it scales out and in once a period. */
export function triangle({ lowest, highest, periodMinutes }: Triangle): Pick<LoadSettings, "perSecond" | "told"> {
  const perSecond = Array.from({ length: periodMinutes }, (_, minute) => {
    const place = minute / periodMinutes;
    const height = place < 0.5 ? place * 2 : 2 - place * 2;
    return Math.round(lowest + height * (highest - lowest));
  });
  return { perSecond, told: `from ${lowest} to ${highest} requests/s and back in ${periodMinutes} min` };
}

/** Requests a second in that minute. */
export const loadAt = ({ perSecond }: LoadSettings, minute: number): number =>
  perSecond[minute % perSecond.length] ?? 0;

/** Noon of a day that means nothing: the lab's clock begins there. */
export const beginsAt: EpochMs = Date.UTC(2027, 2, 1, 12);

export interface Clock {
  /** The loop's time: it runs so many times faster. */
  now(): EpochMs;
  /** Milliseconds of the lab for milliseconds of the loop. */
  taking(loopMs: DurationMs): DurationMs;
}

/** `elapsedMs` is the lab's own clock, from the start. */
export const compressed = (minuteTakesMs: DurationMs, elapsedMs: () => DurationMs): Clock => ({
  now: () => beginsAt + Math.round((elapsedMs() * minuteMs) / minuteTakesMs),
  taking: (loopMs) => (loopMs * minuteTakesMs) / minuteMs,
});
