// A throttled call is asked again while its look has time, after a pause with jitter. Whoever is shortest of capacity pauses
// least: of many fleets that want the same call in the same minute, the neediest come first, without knowing of each other.
// https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
import { setTimeout } from "node:timers/promises";
import { type DurationMs, type EpochMs, type Ratio, secondMs } from "../core/index.ts";
import { failureOf } from "./outcomes.ts";

/** How a process waits. */
export interface Waiting {
  /** How long what several looks ask for alike waits for the others. */
  readonly gatherMs: DurationMs;
  wait(ms: DurationMs): Promise<void>;
  /** From 0 to 1, uniformly. */
  random(): number;
}

export interface Patience {
  readonly waiting: Waiting;
  /** The share of the capacity wanted that is missing. */
  readonly need: Ratio;
  /** No pause ends later. */
  readonly until: EpochMs;
  now(): EpochMs;
}

/** Options of a loader: what is asked for within `gatherMs` is asked for once. Without waiting, within the same turn. */
export const gathering = (waiting: Waiting | "none") => ({
  cache: false,
  ...(waiting === "none"
    ? {}
    : { batchScheduleFn: (run: () => void): void => void waiting.wait(waiting.gatherMs).then(run) }),
});

/** The waiting of a process in real time. */
export const realWaiting = (gatherMs: DurationMs): Waiting => ({
  gatherMs,
  wait: (ms) => setTimeout(ms),
  random: Math.random,
});

/** A look that begins does not read for longer: its lease is to leave time to act. */
export const readPatienceMs: DurationMs = 12 * secondMs;

/** What `send` answers. Throws what it throws; a throttling only when there is no more time, or `none` to wait with. */
export async function patiently<T>(patience: Patience | "none", send: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await send();
    } catch (thrown) {
      if (patience === "none" || failureOf(thrown).kind !== "throttled") throw thrown;
      const pauseMs = pauseAfter(attempt, patience.need) * patience.waiting.random();
      if (patience.now() + pauseMs >= patience.until) throw thrown;
      await patience.waiting.wait(pauseMs);
    }
  }
}

const firstPauseMs: DurationMs = 250;
const shortestPauseMaxMs: DurationMs = 500;
const longestPauseMaxMs: DurationMs = 6 * secondMs;

/** The longest pause before attempt `attempt` + 2: it doubles, up to what the need allows. */
export function pauseAfter(attempt: number, need: Ratio): DurationMs {
  const pauseMaxMs = longestPauseMaxMs - need * (longestPauseMaxMs - shortestPauseMaxMs);
  return Math.min(pauseMaxMs, firstPauseMs * 2 ** attempt);
}
