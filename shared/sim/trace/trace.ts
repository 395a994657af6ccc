// Traffic to replay: one load a minute. Whatever grid and unit a file has, nothing behind this door sees it.
import { type DurationMs, type EpochMs, ok, type Result } from "../../core/index.ts";
import { layOnGrid, type Repair } from "./grid.ts";
import type { TraceIssue } from "./issues.ts";
import { parseReadings } from "./readings.ts";
import { resample, type Unit } from "./resample.ts";

export type { Repair } from "./grid.ts";
export type { TraceIssue } from "./issues.ts";
export type { Unit } from "./resample.ts";

export interface Trace {
  readonly name: string;
  /** The first minute's start; minute i starts i minutes later. */
  readonly startAt: EpochMs;
  /** Requests a minute, one for each minute. */
  readonly loads: Float64Array;
  /** 1 where the load is not a real reading, else 0; as long as `loads`. */
  readonly filled: Uint8Array;
}

export interface TraceOptions {
  readonly name: string;
  readonly unit: Unit;
  readonly repair: Repair;
}

export interface ParsedTrace {
  readonly trace: Trace;
  /** Of the file's own grid, before it was laid on minutes. */
  readonly intervalMs: DurationMs;
  /** One sentence for each thing mended, with its line; empty unless `repair` asked for it. */
  readonly repairs: readonly string[];
}

/**
 * Reads CSV with the header `timestamp,value[,filled]` on a uniform grid of 1 s to 1 h. The grid is checked on the
 * timestamps as they stand; then they are floored to the minute. Errors: every mistake with its line, at most 20, then
 * how many more. `repair` mends gaps (the value before held, filled), duplicates (the first kept), steps back (sorted)
 * and negative values (the value before, filled); what cannot be read or lies off the grid stays an error.
 */
export function parseTrace(text: string, options: TraceOptions): Result<ParsedTrace, readonly TraceIssue[]> {
  const readings = parseReadings(text);
  if (readings.kind === "error") return readings;
  const grid = layOnGrid(readings.value, options.repair);
  if (grid.kind === "error") return grid;
  const repairs = grid.value.repairs.map(({ line, message }) => `line ${line}: ${message}`);
  return ok({ trace: resample(grid.value, options), intervalMs: grid.value.intervalMs, repairs });
}
