// What a forecast is made from and what it says: plain data, so that it can be stored, sent and replayed.
import type { DurationMs, EpochMs, Ratio } from "../core/index.ts";

/** Loads on a uniform grid. What lies after `ForecastGiven.at` is not read. */
export interface History {
  /** Reading i covers [startAt + i · stepMs, startAt + (i + 1) · stepMs). */
  readonly startAt: EpochMs;
  /** Five minutes, or a whole part of them: those are averaged. */
  readonly stepMs: DurationMs;
  /** In any unit that grows with the need for instances: requests a minute, say. */
  readonly loads: Float64Array;
  /** 1 where there is no real reading, else 0; as long as `loads`. Negative and infinite loads count as missing too. */
  readonly missing: Uint8Array;
}

/** A span in which the load is known to differ. In the past its effect is taken out, in the future put in. */
export interface KnownEvent {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly effect:
    | { readonly kind: "factor"; readonly factor: number }
    /** Outages and one-offs: what was measured then teaches nothing. In the future it changes nothing. */
    | { readonly kind: "masked" };
}

/** A whole day by the site's clocks, such as 2027-12-25. */
export interface Holiday {
  readonly date: string;
}

export interface ForecastGiven {
  readonly history: History;
  /** Now. */
  readonly at: EpochMs;
  /** IANA name of the zone whose clocks the site's users live by. */
  readonly timeZone: string;
  readonly events: readonly KnownEvent[];
  readonly holidays: readonly Holiday[];
  /** Up to 48 hours. */
  readonly horizonMs: DurationMs;
}

export type Forecast = MadeForecast | { readonly kind: "abstains"; readonly because: Abstention };

/** Read it with `loadsAt` and `loadAt`. */
export interface MadeForecast {
  readonly kind: "made";
  readonly madeAt: EpochMs;
  /** Step i covers [startAt + i · stepMs, startAt + (i + 1) · stepMs); the first is the one that `madeAt` lies in. */
  readonly startAt: EpochMs;
  readonly stepMs: DurationMs;
  /** The load that is exceeded as often as not, for each step, known events included. */
  readonly medians: readonly number[];
  readonly spread: Spread;
  /** The factors of known events that `medians` contain. */
  readonly factors: readonly FactorSpan[];
  /** How much real history stands behind it, gaps taken off. */
  readonly knownDays: number;
  /** How long before `startAt` the newest reading ends. */
  readonly ageMs: DurationMs;
  readonly levelShifts: readonly LevelShift[];
  readonly backtest: Backtest;
  readonly standing: Standing;
}

/** Distances from the median on the scale log(load + offset). */
export interface Spread {
  readonly offset: number;
  /** By how far ahead a step is. */
  readonly bands: readonly SpreadBand[];
  /** What the band's distances are multiplied by, for each step: some hours are less sure than others. */
  readonly scales: readonly number[];
}

export interface SpreadBand {
  /** The band's last step, counted from 1. */
  readonly untilStep: number;
  /** A distance for each of `tableLevels`, ascending; 0 at the median. */
  readonly distances: readonly number[];
}

export interface FactorSpan {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly factor: number;
}

/** The load at least so many times higher (or lower, below 1) since `at` than it was at the same hours before. */
export interface LevelShift {
  readonly at: EpochMs;
  readonly ratio: number;
}

/** How it would have done on the history itself, on days that were left out of the fit. */
export type Backtest =
  | {
      readonly kind: "measured";
      /** Up to an hour ahead, beside “it stays as it is”. */
      readonly hour: Skill;
      /** 8 to 24 hours ahead, beside “as at this time yesterday”. */
      readonly day: Skill;
      /** Share of the last two days that stayed below the 0.95 quantile learnt from the days before, up to an hour ahead. */
      readonly coverage95: Ratio;
      readonly scoredCount: number;
    }
  | { readonly kind: "unmeasured"; readonly scoredCount: number; readonly neededCount: number };

/** The forecast's losses by those of a guess that needs no model: below 1 it is worth having. */
export interface Skill {
  /** Of mean absolute errors of the medians. */
  readonly errorRatio: number;
  /** Of pinball losses at 0.95, where the guess is given the quantile of its own errors: what instances are bought by. */
  readonly loss95Ratio: number;
}

/** In shadow a forecast is shown, and nobody should act on it. */
export type Standing =
  | { readonly kind: "sound" }
  | { readonly kind: "shadow"; readonly because: readonly [Doubt, ...Doubt[]] };

export type Doubt =
  | { readonly kind: "short-history"; readonly knownDays: number; readonly neededDays: number }
  /** The next hours are forecast as though the last ones were known. */
  | { readonly kind: "stale-history"; readonly ageMs: DurationMs; readonly maxMs: DurationMs }
  | { readonly kind: "unmeasured"; readonly scoredCount: number; readonly neededCount: number }
  | ({ readonly kind: "worse-than-persistence"; readonly mostRatio: number } & Skill)
  | ({ readonly kind: "worse-than-yesterday"; readonly mostRatio: number } & Skill)
  | { readonly kind: "covers-too-little"; readonly coverage95: Ratio; readonly neededRatio: Ratio };

export type Abstention =
  | { readonly kind: "unusable-step"; readonly stepMs: DurationMs }
  | { readonly kind: "unknown-time-zone"; readonly timeZone: string }
  | { readonly kind: "unusable-horizon"; readonly horizonMs: DurationMs; readonly maxMs: DurationMs }
  | { readonly kind: "too-little-history"; readonly knownDays: number; readonly neededDays: number }
  | { readonly kind: "stale-history"; readonly ageMs: DurationMs; readonly maxMs: DurationMs }
  | { readonly kind: "no-load"; readonly knownDays: number };
