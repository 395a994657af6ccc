// What the log knows of load: each decision keeps the twenty minutes that it saw.
import { type EpochMs, minuteMs } from "../core/index.ts";
import type { Span } from "./history.ts";
import type { Newest } from "./snapshot.ts";

/** Requests in each minute that is known, by its start. */
export type Loads = ReadonlyMap<EpochMs, number>;

type Logged = Omit<Extract<Newest, { readonly kind: "row" }>, "kind">;

/** The port to a log's rows. */
export interface Rows {
  newest(fleet: string): Promise<Newest>;
  rowOf(fleet: string, generation: number): Promise<Newest>;
  /** Newest first, from a generation on; reads as far as the caller walks. */
  rowsBackwards(fleet: string, from?: number): AsyncIterable<Logged>;
}

/** A minute stays in sight for so long. */
export const sightMs = 20 * minuteMs;

/** Rows of the span, oldest first; none of a fleet without a log. */
export async function rowsIn(log: Rows, fleet: string, { from, to }: Span): Promise<readonly Logged[]> {
  const rows: Logged[] = [];
  const last = await generationAt(log, fleet, to);
  if (last === "none") return rows;
  for await (const logged of log.rowsBackwards(fleet, last)) {
    if (logged.row.at < from) break;
    rows.push(logged);
  }
  return rows.reverse();
}

/** The last generation at or before `at`, by halving: a log of a year has half a million. */
async function generationAt(log: Rows, fleet: string, at: EpochMs): Promise<number | "none"> {
  const newest = await log.newest(fleet);
  if (newest.kind === "none") return newest.kind;
  if (newest.row.at <= at) return newest.row.generation;
  let [before, after] = [0, newest.row.generation];
  while (after - before > 1) {
    const between = Math.floor((before + after) / 2);
    const found = await log.rowOf(fleet, between);
    // A row that is not there any more has outlived its time.
    if (found.kind === "none" || found.row.at <= at) before = between;
    else after = between;
  }
  return before;
}

/** Of several sightings of a minute the last counts: it may have been seen before it was whole. */
export function loadsIn(rows: readonly Pick<Logged, "row">[], { from, to }: Span): Loads {
  const loads = new Map<EpochMs, number>();
  for (const { row } of rows) {
    const { requests } = row.snapshot.signals;
    if (requests?.kind !== "known") continue;
    for (const { at, value } of requests.points) if (at >= from && at < to) loads.set(at, value);
  }
  return loads;
}

/** Those that saw a minute of the span. */
export const rowsSeeing = (log: Rows, fleet: string, { from, to }: Span): Promise<readonly Logged[]> =>
  rowsIn(log, fleet, { from, to: to + sightMs });

export const loadsOf = async (log: Rows, fleet: string, span: Span): Promise<Loads> =>
  loadsIn(await rowsSeeing(log, fleet, span), span);
