// What the benchmark counts in. A track is a trace with its window; a contestant runs on it with a setting, once a seed.
import type { EpochMs } from "../../shared/core/index.ts";
import type { Plant, Score, Setting, Trace } from "../../shared/sim/index.ts";

/** A line of splits.json: what is learnt from, what is scored. */
export interface Split {
  readonly id: string;
  /** The trace's file, from the folder of splits.json. */
  readonly file: string;
  readonly shape: string;
  readonly warmup: EpochMs;
  readonly from: EpochMs;
  /** Excluded. */
  readonly to: EpochMs;
}

export interface Track {
  readonly split: Split;
  /** From the warm-up to the end of the scored window. */
  readonly trace: Trace;
  /** A trace coarser than a minute holds its values: there is nothing in it to react to within an hour. */
  readonly grid: "native-minute" | "coarse";
  readonly standing: Standing;
  /** The headline's; other boots change nothing but the boot. */
  readonly plant: Plant;
}

export type Standing = { readonly kind: "counts" } | { readonly kind: "left-out"; readonly because: string };

/**
 * How an instance that begins to serve does: `even` at its full capacity, as on the headline's plant; `cold` at 40 % of it for its first
 * 180 s of traffic; `warmed` at all of it there too, since its cache was warmed first, which took 30 to 60 s more.
 */
export type Start = "even" | "cold" | "warmed";

export interface Task {
  readonly split: Split;
  readonly bootSeconds: number;
  readonly start: Start;
  readonly controller: string;
  readonly seeds: readonly number[];
  /** Whether the minutes are kept for pictures, and the grid is also run on what is scored. */
  readonly depth: "bare" | "pictured" | "with-hindsight";
}

/** One setting on one track at one boot, by seed. */
export interface Runs {
  readonly label: string;
  readonly scores: readonly Score[];
  /** Of the first seed, minute by minute of the scored window; empty where no picture was asked for. */
  readonly serving: Uint16Array;
}

export interface Entry {
  readonly id: string;
  readonly bootSeconds: number;
  readonly start: Start;
  readonly controller: string;
  /** Σn ÷ the oracle's, on this track at this boot. */
  readonly neededX: number;
  /** As documented; Tidegate's is what ships. */
  readonly documented: Runs;
  readonly tuned: { readonly kind: "none" } | { readonly kind: "tuned"; readonly runs: Runs };
  readonly hindsight: Hindsight;
}

/** The best point of the grid on what is scored: a diagnostic, nobody's result. */
export type Hindsight =
  | { readonly kind: "none" }
  | { readonly kind: "best"; readonly label: string; readonly chargedCostX: number };

export interface Contestant {
  readonly about: string;
  readonly kind: "own" | "product" | "research" | "yardstick";
  readonly documented: Setting;
  readonly grid: readonly Setting[];
}
