// A trace's load as the log knows it.
import { basename } from "node:path";
import type { Loads, Span } from "../../shared/control/index.ts";
import { minuteMs } from "../../shared/core/index.ts";
import { parseTrace, type Trace } from "../../shared/sim/index.ts";
import { CliError } from "../failure.ts";
import { readOrFail } from "../files.ts";

/** Requests in each minute of the span, of a trace in a file. */
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
