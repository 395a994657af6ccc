// What a simulation leaves behind, minute by minute and instance by instance, and the score that follows from it.
import type { EpochMs } from "../../core/index.ts";

export interface MinuteRow {
  /** The minute's start. Rows follow each other minute by minute. */
  readonly t: EpochMs;
  /** Requests in this minute. */
  readonly load: number;
  readonly target: number;
  /** Instances that serve the whole minute, cold ones included. */
  readonly serving: number;
  readonly cold: number;
  readonly booting: number;
  readonly warming: number;
  readonly draining: number;
  /** False before and after the scored window and where the load is no real reading. */
  readonly scored: boolean;
}

/** Null is the written form of "not within this run". */
export interface InstanceRow {
  readonly id: string;
  readonly launchedAt: EpochMs;
  readonly servingAt: EpochMs | null;
  /** Its cache was full when it began to serve, or by now when it never served. */
  readonly warmed: boolean;
  /** When it was deregistered: it stopped serving, or was cancelled before it began. */
  readonly drainingAt: EpochMs | null;
  readonly terminatedAt: EpochMs | null;
  /** It ended by itself at its boot's p95. */
  readonly failed: boolean;
  /** Times in reserve, in which nothing is paid but its volume; left out where there were none. */
  readonly stopped?: readonly { readonly from: EpochMs; readonly to: EpochMs | null }[];
}

/** Percentages from 0 to 100, rounded to six decimals. score.ts says how each is reckoned. */
export interface Score {
  readonly badRequestsPct: number;
  readonly lostRequestsPct: number;
  /** Paid instance-minutes ÷ the oracle's. */
  readonly costX: number;
  readonly tauUPct: number;
  readonly thetaUPct: number;
  readonly thetaOPct: number;
  readonly tauOPct: number;
  readonly instabilityPct: number;
  readonly launchesPerDay: number;
  readonly chargedCostX: number;
  readonly worst15MinShortfallPct: number;
}
