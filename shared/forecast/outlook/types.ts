// The near future, minute by minute: what may be asked of a fleet between the look that orders an instance and the one that could
// order the next. A model is made from two weeks of one-minute history; whoever looks reads it with the last minutes.
import type { DurationMs, EpochMs } from "../../core/index.ts";
import type { History, Holiday } from "../types.ts";

export interface OutlookGiven {
  /** Steps of one minute. */
  readonly history: History;
  /** Now: what began after `at` is not read. */
  readonly at: EpochMs;
  /** IANA name of the zone whose clocks the site's users live by. */
  readonly timeZone: string;
  /** Days that are like days of rest, of the history and of what comes. */
  readonly holidays: readonly Holiday[];
  readonly lead: Lead;
}

/** Request to serving, as the fleet's own launches have shown it. */
export interface Lead {
  readonly p50Ms: DurationMs;
  readonly p95Ms: DurationMs;
}

/**
 * What a window of the coming minutes is asked for. An instance ordered now serves from `buy` on; one let go now is missing from
 * `serve` on; one that is wanted again within `keep` was not worth letting go; what the next half hour expects is not let go at all.
 */
export type WindowRole = "buy" | "serve" | "keep" | "half-hour";

/** Minutes after the newest one that is known, both included. */
export interface Window {
  readonly role: WindowRole;
  readonly fromMinute: number;
  readonly toMinute: number;
}

export type OutlookModel =
  | MadeOutlookModel
  | { readonly kind: "abstains"; readonly knownMinutes: number; readonly neededMinutes: number };

/** Plain numbers; logarithms are those of load + offset. */
export interface MadeOutlookModel {
  readonly kind: "made";
  readonly madeAt: EpochMs;
  /** Nothing is known beyond: see `validMs`. */
  readonly until: EpochMs;
  readonly offset: number;
  /** The highest minute of the history. */
  readonly highestLoad: number;
  readonly knownDays: number;
  /** Whether the days before are in it; a younger site's last hours alone are not. */
  readonly season: "daily" | "none";
  /** The usual level at the minutes from `usualFrom` on. */
  readonly usualFrom: EpochMs;
  readonly usual: readonly number[];
  /** By how much a minute's level differs from the last hour's before it counts as excited. */
  readonly excitedFrom: number;
  /** The `outlookLevels` of the release that made it. */
  readonly levels: readonly number[];
  readonly windows: readonly WindowModel[];
}

export interface WindowModel extends Window {
  /** What is expected of the window if the last minutes are as usual, for each newest known minute from `expectedFrom` on. */
  readonly expectedFrom: EpochMs;
  readonly expected: readonly number[];
  /** What the mean departures from the usual of the last minutes add: one for each of `departureMinutes`. */
  readonly weights: readonly number[];
  readonly calm: Tails;
  readonly excited: Tails;
}

/** Distances from what is expected, one for each of the model's levels: of every minute alike, or of each minute of the hour. */
export type Tails =
  | { readonly kind: "alike"; readonly distances: readonly number[] }
  | { readonly kind: "by-minute"; readonly distances: readonly (readonly number[])[] };

/** What the engine is told: for each window the highest load that is not passed with a probability of each of the model's levels. */
export type Outlook =
  | {
      readonly kind: "seen";
      /** The newest minute that is known. */
      readonly at: EpochMs;
      readonly windows: readonly WindowLoads[];
    }
  | { readonly kind: "blind"; readonly because: string };

export interface WindowLoads {
  readonly role: WindowRole;
  readonly from: EpochMs;
  /** Where its last minute ends. */
  readonly to: EpochMs;
  /** Requests a minute. */
  readonly loads: readonly number[];
}
