// What every table of the benchmark says in the same words.
import type { Given } from "./plan.ts";
import type { Geometric, Line } from "./results.ts";
import type { Entry, Track } from "./types.ts";

export interface Report {
  readonly given: Given;
  readonly tracks: readonly Track[];
  readonly entries: readonly Entry[];
}

export interface TableOf {
  readonly title: string;
  /** What to know before reading it. */
  readonly says: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const name = ({ controller, how }: Line): string => (how === "ships" ? controller : `${controller}, ${how}`);
export const written = (value: number): string => value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
export const shown = (mean: Geometric): string => (mean.kind === "none" ? "–" : written(mean.value));

export const headOf = ({ split, standing }: Track): string => (standing.kind === "counts" ? split.id : `(${split.id})`);
