// Lays readings on the uniform grid they claim, or says line by line why they do not lie on one. Repairing is the same
// walk over sorted readings: what was an error is then mended and told.
import { type DurationMs, type EpochMs, error, hourMs, minuteMs, ok, type Result, secondMs } from "../../core/index.ts";
import { createNotes, type TraceIssue } from "./issues.ts";
import { type Reading, rowCountMax } from "./readings.ts";

export type Repair = "refuse" | "repair";

/** Readings in order of time, no two at once, none negative, all a whole number of intervals apart. */
export interface Grid {
  readonly intervalMs: DurationMs;
  /** At least one. Where repaired, rows may be missing between two readings. */
  readonly readings: readonly Reading[];
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  readonly repairs: readonly TraceIssue[];
}

export function layOnGrid(given: readonly Reading[], repair: Repair): Result<Grid, readonly TraceIssue[]> {
  const mendable = createNotes();
  const broken = createNotes();
  const findings: Findings = {
    refuse: (line, fact) => broken.add(line, fact),
    mend: (line, fact, remedy) => mendable.add(line, repair === "repair" ? `${fact}: ${remedy}` : fact),
  };
  const ordered = repair === "repair" ? inOrder(given, findings) : given;
  const interval = commonInterval(ordered);
  const readings = walk(ordered, interval, findings);
  if (repair === "refuse" && mendable.count() > 0) return error(byLine([...mendable.list(), ...broken.list()]));
  const [first, last] = [readings.at(0), readings.at(-1)];
  if (interval.kind === "unknown" || first === undefined || last === undefined) return tooFew(given);
  checkInterval(interval, findings);
  if (last.at - first.at > rowCountMax * minuteMs) broken.add(last.line, `more than ${rowCountMax} minutes`);
  if (broken.count() > 0) return error(broken.list());
  const repairs = byLine(mendable.list());
  return ok({ intervalMs: interval.ms, readings, firstAt: first.at, lastAt: last.at, repairs });
}

interface Findings {
  /** What nobody can put right. */
  refuse(line: number, fact: string): void;
  /** What a repair puts right, and how. */
  mend(line: number, fact: string, remedy: string): void;
}

/** By time; the sort is stable, so where times are equal the file's order stays. Each reading that stood behind a later one is told. */
function inOrder(readings: readonly Reading[], { mend }: Findings): readonly Reading[] {
  let latest = Number.NEGATIVE_INFINITY;
  let isOrdered = true;
  for (const { line, at } of readings) {
    if (at < latest) {
      mend(line, `a step back to ${stamp(at)}`, "sorted");
      isOrdered = false;
    }
    latest = Math.max(latest, at);
  }
  return isOrdered ? readings : readings.toSorted((a, b) => a.at - b.at);
}

type Interval =
  | { readonly kind: "known"; readonly ms: DurationMs; readonly line: number }
  | { readonly kind: "unknown" };

/**
 * The commonest forward step, the shorter of two equally common, with the line where it first shows: one gap or one
 * stray row must not bend the grid.
 */
function commonInterval(readings: readonly Reading[]): Interval {
  const steps = new Map<DurationMs, { readonly line: number; count: number }>();
  let latest = readings[0]?.at ?? 0;
  for (const { at, line } of readings) {
    const seen = steps.get(at - latest);
    if (seen !== undefined) seen.count += 1;
    else if (at > latest) steps.set(at - latest, { line, count: 1 });
    latest = Math.max(latest, at);
  }
  const [common] = [...steps].toSorted(([aMs, a], [bMs, b]) => b.count - a.count || aMs - bMs);
  return common === undefined ? { kind: "unknown" } : { kind: "known", ms: common[0], line: common[1].line };
}

/** Keeps the readings that stand on the grid, a negative one with the value before, and tells what it met. */
function walk(readings: readonly Reading[], interval: Interval, findings: Findings): readonly Reading[] {
  const kept: Reading[] = [];
  let previous: Reading | undefined;
  for (const reading of readings) {
    if (previous !== undefined && !isForward(previous, reading, findings)) continue;
    if (previous !== undefined && interval.kind === "known" && reading.at - previous.at !== interval.ms)
      noteStray(previous, reading, { ...findings, intervalMs: interval.ms });
    previous = reading.value >= 0 ? reading : heldInstead(reading, previous, findings);
    if (previous !== undefined) kept.push(previous);
  }
  return kept;
}

function isForward(previous: Reading, { line, at }: Reading, { mend }: Findings): boolean {
  if (at < previous.at) mend(line, `a step back to ${stamp(at)}`, "sorted");
  if (at === previous.at) mend(line, `${stamp(at)} stands already on line ${previous.line}`, "the first is kept");
  return at > previous.at;
}

function noteStray(
  previous: Reading,
  { line, at }: Reading,
  given: Findings & { readonly intervalMs: DurationMs },
): void {
  const { intervalMs, mend, refuse } = given;
  const stepMs = at - previous.at;
  const missingCount = stepMs / intervalMs - 1;
  if (Number.isInteger(missingCount))
    mend(line, `a gap of ${missingCount} rows before ${stamp(at)}`, "the value before is held and counts as filled");
  else refuse(line, `${stamp(at)} comes ${spell(stepMs)} after the row before, off the grid of ${spell(intervalMs)}`);
}

/** The value before, filled. A negative start has none before: it is left out and the trace starts later. */
function heldInstead({ line, at, value }: Reading, previous: Reading | undefined, { mend }: Findings) {
  const remedy = previous === undefined ? "left out" : "the value before is held and counts as filled";
  mend(line, `the value ${value} is negative`, remedy);
  return previous && ({ line, at, value: previous.value, kind: "filled" } satisfies Reading);
}

function checkInterval({ ms, line }: { readonly ms: DurationMs; readonly line: number }, { refuse }: Findings): void {
  if (ms < secondMs || ms > hourMs) refuse(line, `a step of ${spell(ms)}: the grid must be of 1 s to 1 h`);
  else if (ms % minuteMs !== 0 && minuteMs % ms !== 0)
    refuse(line, `a step of ${spell(ms)} is neither whole minutes nor a part that divides a minute evenly`);
}

function tooFew(readings: readonly Reading[]): Result<never, readonly TraceIssue[]> {
  const message = "one timestamp with a usable value does not tell the interval: two are needed";
  return error([{ line: readings.at(-1)?.line ?? 1, message }]);
}

const byLine = (issues: readonly TraceIssue[]): readonly TraceIssue[] => issues.toSorted((a, b) => a.line - b.line);

const stamp = (at: EpochMs): string => new Date(at).toISOString().replace(".000Z", "Z");
const spell = (ms: DurationMs): string => (ms % minuteMs === 0 ? `${ms / minuteMs} min` : `${ms / secondMs} s`);
