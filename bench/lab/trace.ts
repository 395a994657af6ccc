// A recorded trace as the lab's load: a minute of it is one of the loop's, and its highest minute what the machine is asked to bear.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { error, minuteMs, ok, type Result } from "../../shared/core/index.ts";
import { parseTrace, type Repair, type Trace } from "../../shared/sim/index.ts";

export interface TraceAsked {
  readonly file: string;
  readonly repair: Repair;
  /** Text of `--from` and `--span`, in the trace's minutes, and of `--peak`; "" where an option was not given. */
  readonly from: string;
  readonly span: string;
  readonly peak: string;
}
/** What stands in for an option that was not given. */
export interface TraceUsual {
  readonly spanMinutes: number;
  readonly peakPerSecond: number;
}
export interface TraceLoad {
  readonly perSecond: readonly number[];
  readonly told: string;
}

/** Far more than one machine bears. */
const peakMax = 100_000;

/** Error: every mistake of the file with its line, as `simulate` tells them; or the option that is wrong. */
export function loadOfTrace(asked: TraceAsked, usual: TraceUsual): Result<TraceLoad, string> {
  const trace = traceIn(asked);
  if (trace.kind === "error") return trace;
  const window = windowIn(trace.value, asked, usual);
  if (window.kind === "error") return window;
  const peak = numberOf("--peak", asked.peak, { usual: usual.peakPerSecond, min: 1, max: peakMax });
  return peak.kind === "error" ? peak : scaled(trace.value, window.value, peak.value);
}

function traceIn({ file, repair }: TraceAsked): Result<Trace, string> {
  const text = textOf(file);
  if (text.kind === "error") return text;
  const parsed = parseTrace(text.value, { name: basename(file), unit: "per-minute", repair });
  return parsed.kind === "ok"
    ? ok(parsed.value.trace)
    : error(parsed.error.map(({ line, message }) => `${file}:${line} ${message}`).join("\n"));
}

function textOf(file: string): Result<string, string> {
  try {
    return ok(readFileSync(file, "utf8"));
  } catch (cause) {
    return error(`cannot read ${file}: ${(cause as Error).message}`);
  }
}

interface Window {
  readonly from: number;
  readonly span: number;
}

function windowIn({ loads }: Trace, asked: TraceAsked, usual: TraceUsual): Result<Window, string> {
  const from = numberOf("--from", asked.from, { usual: 0, min: 0, max: loads.length - 1 });
  if (from.kind === "error") return from;
  const left = loads.length - from.value;
  const span = numberOf("--span", asked.span, { usual: Math.min(left, usual.spanMinutes), min: 1, max: left });
  return span.kind === "error" ? span : ok({ from: from.value, span: span.value });
}

function scaled({ name, startAt, loads }: Trace, { from, span }: Window, peak: number): Result<TraceLoad, string> {
  const perMinute = [...loads.subarray(from, from + span)];
  const highest = perMinute.reduce((most, load) => Math.max(most, load), 0);
  if (highest === 0) return error(`${name} has no request in its minutes ${from} to ${from + span - 1}`);
  const factor = (peak * 60) / highest;
  const begins = new Date(startAt + from * minuteMs).toISOString().replace(":00.000Z", "Z");
  return ok({
    perSecond: perMinute.map((load) => Math.round((load * factor) / 60)),
    told: `${name}, ${span} min from ${begins}, scaled ${Number(factor.toPrecision(3))} times: at most ${peak} requests/s`,
  });
}

interface Bounds {
  readonly usual: number;
  readonly min: number;
  readonly max: number;
}

function numberOf(flag: string, text: string, { usual, min, max }: Bounds): Result<number, string> {
  const number = text === "" ? usual : Number(text);
  return Number.isInteger(number) && number >= min && number <= max
    ? ok(number)
    : error(`${flag} takes a whole number from ${min} to ${max}, not ${text}`);
}
