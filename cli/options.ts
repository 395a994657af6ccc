// Values of options, read once. A wrong one is wrong input, not misuse: exit 1.

import { Option } from "commander";
import { type DurationMs, dayMs, hourMs, minuteMs, secondMs } from "../shared/core/index.ts";
import { CliError } from "./failure.ts";

/** `--since`, two hours unless told otherwise. */
export const sinceOption = (description: string): Option =>
  new Option("--since <duration>", description).argParser(since).default(2 * hourMs, "2h");

export const limitOption = (description: string): Option =>
  new Option("--limit <count>", description).argParser(limit).default(limitMax);

const unitsMs: Readonly<Record<string, DurationMs>> = { s: secondMs, m: minuteMs, h: hourMs, d: dayMs };

/** `30s`, `15m`, `2h`, `3d`. */
function since(text: string): DurationMs {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = unitsMs[unit];
  if (count === undefined || unitMs === undefined || Number(count) === 0)
    throw new CliError(`--since takes 30s, 15m, 2h, 3d, not ${JSON.stringify(text)}`);
  return Number(count) * unitMs;
}

/** No answer is longer. */
const limitMax = 100_000;

function limit(text: string): number {
  const count = Number(text);
  if (/^\d{1,6}$/.test(text) && count >= 1 && count <= limitMax) return count;
  throw new CliError(`--limit takes a whole number from 1 to ${limitMax}, not ${JSON.stringify(text)}`);
}
