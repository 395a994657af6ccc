// What a phase of the lab leaves behind: everything that the report is made of, as plain data.
import type { DurationMs } from "../../shared/core/index.ts";
import type { WarmResult } from "../../shared/engine/index.ts";
import type { Gate } from "./policy.ts";
import { inFlightMax } from "./settings.ts";
import type { Tally } from "./tally.ts";

export interface PhaseRun {
  readonly name: string;
  readonly gate: Gate;
  readonly minutes: readonly MinuteRecord[];
  readonly decisions: readonly DecisionRecord[];
  readonly drains: readonly DrainRecord[];
  readonly kills: readonly KillRecord[];
  readonly warmings: readonly WarmResult[];
  /** Requests that were still without an answer when the phase was over. */
  readonly unansweredCount: number;
}

/** One of the loop's minutes. */
export interface MinuteRecord {
  readonly minute: number;
  /** Requests a second that were to be sent. */
  readonly perSecond: number;
  readonly tally: Tally;
  readonly target: number;
  readonly servingCount: number;
  readonly instanceCount: number;
}

/** A decision that did something. */
export interface DecisionRecord {
  readonly minute: number;
  readonly launchCount: number;
  readonly takeBackCount: number;
  readonly drainCount: number;
  readonly refusedCount: number;
}

export interface DrainRecord {
  readonly instance: string;
  /** From the order until nothing was in flight, as read four times a minute; and until it had left. */
  readonly idleAfterMs: DurationMs;
  readonly leftAfterMs: DurationMs;
}

export interface KillRecord {
  readonly minute: number;
  readonly instance: string;
  /** With the process when it was frozen, as HAProxy counts; then it was killed. */
  readonly inFlightCount: number;
  /** Connections to it that were kept open then and carried nothing. */
  readonly idleCount: number;
  /** Given to the process and never answered, by HAProxy's sums once it had left. */
  readonly cutCount: number;
}

/**
 * No kill cuts more. A connection costs one request at most: once it is closed it carries none. The process had those in flight and idle.
 * While the kernel closes them one by one, HAProxy fills each place that becomes free from its queue, over an idle one whose end it has
 * not read, or over a new one: the listening socket is closed last, and with it go as many as there are places.
 */
export const cutMaxOf = ({ inFlightCount, idleCount }: Pick<KillRecord, "inFlightCount" | "idleCount">): number =>
  inFlightCount + idleCount + inFlightMax;

/** The message that begins a minute brings the tally of the one before; the last comes with the end. */
export function withTallies(
  minutes: readonly Omit<MinuteRecord, "tally">[],
  tallies: readonly Tally[],
): readonly MinuteRecord[] {
  const last = tallies.at(-1);
  return minutes.flatMap((record, index) => {
    const tally = tallies[index + 1] ?? last;
    return tally === undefined ? [] : [{ ...record, tally }];
  });
}
