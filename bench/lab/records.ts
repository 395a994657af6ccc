// What a phase of the lab leaves behind: everything that the report is made of, as plain data.
import type { DurationMs } from "../../shared/core/index.ts";
import type { WarmResult } from "../../shared/engine/index.ts";
import type { Gate } from "./policy.ts";
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
  /** Given to the process and never answered, by HAProxy's sums once it had left. */
  readonly cutCount: number;
}
