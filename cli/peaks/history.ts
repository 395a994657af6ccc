// What the log knows of load: each decision keeps the twenty minutes that it saw.
import { basename } from "node:path";
import type { LoggedRow } from "../../shared/aws/log/index.ts";
import { type DurationMs, dayMs, type EpochMs, hourMs, minuteMs, minuteOf } from "../../shared/core/index.ts";
import type { Expectation } from "../../shared/policy/index.ts";
import { parseTrace, type Trace } from "../../shared/sim/index.ts";
import { CliError } from "../failure.ts";
import { readOrFail } from "../files.ts";
import { type Log, newestOf } from "../log.ts";

export interface Span {
  readonly from: EpochMs;
  readonly to: EpochMs;
}
/** Requests in each minute that is known, by its start. */
export type Loads = ReadonlyMap<EpochMs, number>;

/** A minute stays in sight for so long. */
const sightMs = 20 * minuteMs;

/** Rows of the span, oldest first. */
export async function rowsIn(log: Log, fleet: string, { from, to }: Span): Promise<readonly LoggedRow[]> {
  const rows: LoggedRow[] = [];
  for await (const logged of log.rowsBackwards(fleet, await generationAt(log, fleet, to))) {
    if (logged.row.at < from) break;
    rows.push(logged);
  }
  return rows.reverse();
}

/** The last generation at or before `at`, by halving: a log of a year has half a million. */
async function generationAt(log: Log, fleet: string, at: EpochMs): Promise<number> {
  const { row: newest } = await newestOf(log, fleet);
  if (newest.at <= at) return newest.generation;
  let [before, after] = [0, newest.generation];
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
export function loadsIn(rows: readonly LoggedRow[], { from, to }: Span): Loads {
  const loads = new Map<EpochMs, number>();
  for (const { row } of rows) {
    const { requests } = row.snapshot.signals;
    if (requests?.kind !== "known") continue;
    for (const { at, value } of requests.points) if (at >= from && at < to) loads.set(at, value);
  }
  return loads;
}

export const loadsOf = async (log: Log, fleet: string, span: Span): Promise<Loads> =>
  loadsIn(await rowsIn(log, fleet, { from: span.from, to: span.to + sightMs }), span);

/** The same of a trace in a file. */
export function loadsInFile(path: string, { from, to }: Span): Loads {
  const parsed = parseTrace(readOrFail(path), { name: basename(path), unit: "per-minute", repair: "refuse" });
  if (parsed.kind === "error")
    throw new CliError(parsed.error.map(({ line, message }) => `${path}:${line} ${message}`).join("\n"));
  return loadsInTrace(parsed.value.trace, { from, to });
}

export function loadsInTrace({ startAt, loads, filled }: Trace, { from, to }: Span): Loads {
  const minutes = [...loads].map((value, index) => [startAt + index * minuteMs, value, filled[index]] as const);
  return new Map(
    minutes.flatMap(([at, value, isFilled]) => (at >= from && at < to && isFilled !== 1 ? [[at, value]] : [])),
  );
}

type Figures = Extract<Expectation, { kind: "figures" }>;

/** The highest minute of each quarter of an hour; of each hour where it lasts longer than a day. */
export function figuresOf(loads: Loads, { fromMs, holdMs }: { fromMs: EpochMs; holdMs: DurationMs }): Figures {
  const everyMs = holdMs > dayMs ? hourMs : hourMs / 4;
  const perMinute = Array.from({ length: Math.ceil(holdMs / everyMs) }, (_, index) => {
    const from = minuteOf(fromMs) + index * everyMs;
    const values = [...loads].flatMap(([at, value]) => (at >= from && at < from + everyMs ? [value] : []));
    if (values.length > 0) return Math.max(...values);
    throw new CliError(
      `no load is known of ${iso(from)} to ${iso(from + everyMs)}, which it is to be like: give --history FILE, or --expect`,
    );
  });
  return { kind: "figures", fromMs, everyMs, perMinute };
}

const iso = (at: EpochMs): string => `${new Date(at).toISOString().slice(0, 16)}Z`;
