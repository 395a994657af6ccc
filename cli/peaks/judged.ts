// A peak on its way beside the log: read as it was written, held against what stands there, with the figures of the day that it is to
// be like. Why it cannot be taken is a value, since of a calendar the others are.
import type { AddedPeak, CalendarEvent } from "../../shared/aws/log/index.ts";
import { endsAt, figuresOf, loadsOf, type Span } from "../../shared/control/index.ts";
import { type EpochMs, error, ok, type Result } from "../../shared/core/index.ts";
import type { Peak, Policy } from "../../shared/policy/index.ts";
import { minute } from "../../shared/preflight/index.ts";
import type { Log } from "../log.ts";
import { loadsInFile } from "./history.ts";
import { peakOf, type Writer, type Written } from "./written.ts";

export interface Candidate {
  readonly written: Written;
  readonly writer: Writer;
  readonly event?: CalendarEvent;
}

export interface Resolving {
  readonly log: Log;
  readonly fleet: string;
  readonly now: EpochMs;
  /** A trace to take a day from, not the log. */
  readonly history: string | undefined;
}
export interface Among extends Resolving {
  readonly policy: Policy;
  readonly standing: readonly AddedPeak[];
}

export interface Taken extends Candidate {
  readonly peak: Peak;
}

/** `taken` are those before it, of the same calendar. */
export async function judged(
  candidate: Candidate,
  among: Among,
  taken: readonly Taken[],
): Promise<Result<Taken, string>> {
  const parsed = peakOf(candidate.written, candidate.writer);
  if (parsed.kind === "error") return parsed;
  const refusal = refusalOf(parsed.value, among, taken);
  if (refusal !== "none") return error(`${parsed.value.name}${refusal}`);
  const peak = await resolved(parsed.value, among);
  return peak.kind === "error" ? peak : ok({ ...candidate, peak: peak.value });
}

/** More than a snapshot should carry. */
const aheadMax = 50;

function refusalOf(peak: Peak, { policy, standing, now, fleet }: Among, taken: readonly Taken[]): string {
  const { name } = peak;
  if (policy.peaks.some((own) => own.name === name))
    return " is a peak of the policy: change it there, or take another name";
  if (endsAt(peak) <= now) return ` is past: it would have ended at ${minute(endsAt(peak))}`;
  const names = new Set(taken.map((one) => one.peak.name));
  if (names.has(name)) return ": two events of one name on one day: rename one in the calendar";
  const others = standing.filter(
    (one) => endsAt(one.peak) > now && !names.has(one.peak.name) && one.peak.name !== name,
  );
  if (others.length + taken.length < aheadMax) return "none";
  return `: a fleet takes ${aheadMax} added peaks ahead, and ${fleet} has them: cancel some first`;
}

/** With the figures of the day that it is to be like. */
export async function resolved(peak: Peak, { log, fleet, now, history }: Resolving): Promise<Result<Peak, string>> {
  if (peak.expect.kind !== "like") return ok(peak);
  const { fromMs } = peak.expect;
  const span: Span = { from: fromMs, to: fromMs + peak.holdMs };
  if (history === undefined && span.to > now)
    return error(`${peak.name}: the hours it is to be like end at ${minute(span.to)}, still ahead`);
  const loads = history === undefined ? await loadsOf(log, fleet, span) : loadsInFile(history, span);
  const figures = figuresOf(loads, { fromMs, holdMs: peak.holdMs });
  if (figures.kind === "error") return error(`${peak.name}: ${figures.error}: give --history FILE, or --expect`);
  return ok({ ...peak, expect: figures.value });
}
