// The usual demand before a peak: that of the same hour of the week, as the log last saw it when nothing was on.
import {
  endsAt,
  loadsIn,
  type MarkedSpan,
  type Rows,
  rowsIn,
  rowsSeeing,
  type Span,
  sightMs,
  startsAt,
} from "../control/index.ts";
import { dayMs, hourMs, minuteMs } from "../core/index.ts";
import type { Peak } from "../policy/index.ts";
import { minute } from "./words.ts";

export type Usual =
  /** `from` says in words where it is from. */
  | { readonly kind: "known"; readonly perMinute: number; readonly from: string }
  | { readonly kind: "unknown"; readonly because: string };

/** The port to a log, and to what is marked in it. */
export interface Past extends Rows {
  /** Those that reach into the span. */
  marks(fleet: string, span: Span): Promise<readonly MarkedSpan[]>;
}

const weekMs = 7 * dayMs;
/** What was usual a season ago is not any more. */
const weeksMax = 8;

/**
 * The mean of the hour before the ramp, whole weeks earlier: of the last week in which it had minutes that no peak stood in and no mark
 * reaches into. Where the log has no such hour at all, what the newest decision saw; where it has, and something was on in each, unknown.
 */
export async function usualOf(log: Past, fleet: string, peak: Peak): Promise<Usual> {
  const newest = await log.newest(fleet);
  if (newest.kind === "none") return { kind: "unknown", because: "the log has no decision" };
  const { row } = newest;
  const marks = await log.marks(fleet, { from: row.at - (weeksMax + 1) * weekMs, to: row.at });
  const passedOver: string[] = [];
  const measured = (from: string, { loads, passed }: Seen): Usual | "none" => {
    if (loads.length > 0) return { kind: "known", perMinute: mean(loads), from };
    if (passed.length > 0) passedOver.push(`${from} is no measure (${passed.join(", ")})`);
    return "none";
  };
  for (const to of likeHours(peak, row)) {
    const span = { from: to - hourMs, to };
    const usual = measured(`the hour before ${minute(to)}`, usualIn(await rowsSeeing(log, fleet, span), marks, span));
    if (usual !== "none") return usual;
  }
  const lately = { from: row.at - sightMs, to: row.at };
  if (passedOver.length === 0) {
    const rows = await rowsIn(log, fleet, lately);
    const usual = measured(`the newest decision, ${row.id}`, usualIn([...rows, newest], marks, lately));
    if (usual !== "none") return usual;
  }
  return { kind: "unknown", because: inOneLine(passedOver) };
}

/** The ends of those hours, the last one first, as far as the log goes back. */
function likeHours(peak: Peak, { at, snapshot: { birth } }: Row): readonly number[] {
  const weeks = Math.max(0, Math.ceil((startsAt(peak) - at) / weekMs));
  return Array.from({ length: weeksMax }, (_, earlier) => startsAt(peak) - (weeks + earlier) * weekMs).filter(
    (to) => to > birth,
  );
}

type Logged = Awaited<ReturnType<typeof rowsSeeing>>[number];
type Row = Logged["row"];

interface Seen {
  /** Requests in each minute in which nothing was on. */
  readonly loads: readonly number[];
  /** What was on in the others. */
  readonly passed: readonly string[];
}

function usualIn(rows: readonly Logged[], marks: readonly MarkedSpan[], span: Span): Seen {
  const seen = [...loadsIn(rows, span)];
  const unusual = [...peaksIn(rows), ...marks.map(({ because, ...rest }) => ({ ...rest, what: `marked: ${because}` }))];
  const isIn = (at: number, { from, to }: Span): boolean => at + minuteMs > from && at < to;
  return {
    loads: seen.flatMap(([at, value]) => (unusual.some((one) => isIn(at, one)) ? [] : [value])),
    passed: [...new Set(unusual.filter((one) => seen.some(([at]) => isIn(at, one))).map(({ what }) => what))],
  };
}

/** As the decisions of that time knew them, whatever has become of them since. */
const peaksIn = (rows: readonly Logged[]): readonly (Span & { readonly what: string })[] =>
  rows
    .flatMap(({ row }) => row.snapshot.peaks)
    .map((peak) => ({ from: startsAt(peak), to: endsAt(peak), what: `${peak.name} stood` }));

/** A finding is a line. */
const reasonsMax = 3;
const inOneLine = (reasons: readonly string[]): string =>
  reasons.length === 0 ? "the log has no load of such an hour" : reasons.slice(0, reasonsMax).join(", ");

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
