// A throttled call is asked again while its look has time, after a pause with jitter. Whoever is shortest of capacity pauses
// least: of many fleets that want the same call in the same minute, the neediest come first, without knowing of each other.
// https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
import { setTimeout } from "node:timers/promises";
import DataLoader from "dataloader";
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

/** Between those of one process who want the same calls at once. */
const turnMs: DurationMs = 250;

/** Waits for the turn of such a need among those of this process who ask at about the same time: the neediest go at once. */
export function createTurns(waiting: Waiting): (need: Ratio) => Promise<void> {
  const loader = new DataLoader(async (needs: readonly Ratio[]) => ranksOf(needs), gathering(waiting));
  return async (need) => {
    const rank = await loader.load(need);
    if (rank > 0) await waiting.wait(rank * turnMs);
  };
}

/** 0 for the largest; whoever is as needy as another comes in the order of asking. */
function ranksOf(needs: readonly Ratio[]): number[] {
  const sorted = needs.map((need, index) => ({ need, index })).toSorted((a, b) => b.need - a.need || a.index - b.index);
  const ranks = needs.map(() => 0);
  for (const [rank, { index }] of sorted.entries()) ranks[index] = rank;
  return ranks;
}

/** A look that begins does not read for longer: its lease is to leave time to act. */
export const readPatienceMs: DurationMs = 16 * secondMs;

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

/** For who needs all it wants: half a second at most. For who needs next to nothing: from one second to eight. */
const pauseMs = { first: 200, most: 500 };
const idlePauseMs = { first: 1_000, most: 8_000 };

/** The longest pause before attempt `attempt` + 2: it doubles. First and longest both fall with the square of the need. */
export function pauseAfter(attempt: number, need: Ratio): DurationMs {
  const idle = (1 - need) ** 2;
  const first = pauseMs.first + idle * (idlePauseMs.first - pauseMs.first);
  const most = pauseMs.most + idle * (idlePauseMs.most - pauseMs.most);
  return Math.min(most, first * 2 ** attempt);
}
