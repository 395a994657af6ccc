// Values of options, read once. A wrong one is wrong input, not misuse: exit 1.

import { type Command, Option } from "commander";
import { type DurationMs, dayMs, type EpochMs, hourMs, minuteMs, secondMs } from "../shared/core/index.ts";
import { CliError } from "./failure.ts";

/** `--since`, two hours unless told otherwise. */
export const sinceOption = (description: string): Option =>
  new Option("--since <duration>", description).argParser(since).default(2 * hourMs, "2h");

export const limitOption = (description: string): Option =>
  new Option("--limit <count>", description).argParser(limit).default(limitMax);

const unitsMs: Readonly<Record<string, DurationMs>> = { s: secondMs, m: minuteMs, h: hourMs, d: dayMs };

const since = (text: string): DurationMs => durationIn("--since", text);

export const durationOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((text) => durationIn(flags.split(" ")[0] ?? "", text));

/** `30s`, `15m`, `2h`, `3d`. */
function durationIn(option: string, text: string): DurationMs {
  const [, count, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const unitMs = unitsMs[unit];
  if (count === undefined || unitMs === undefined || Number(count) === 0)
    throw new CliError(`${option} takes 30s, 15m, 2h, 3d, not ${JSON.stringify(text)}`);
  return Number(count) * unitMs;
}

/** When something ends that ends by itself: one of the two is given. */
export interface Ends {
  readonly until?: EpochMs;
  readonly for?: DurationMs;
}

/** Adds --until and --for. */
export const endOptions = (command: Command): Command =>
  command
    .addOption(instantOption("--until <time>", "when it ends, with its zone: 2027-03-20T18:00Z"))
    .addOption(durationOption("--for <duration>", "how long it lasts: 30m, 2h, 3d"));

/** Nothing by hand stands for longer than this: what does belongs into the policy. */
const lastsMaxMs: DurationMs = 30 * dayMs;

export function endsAt({ until, for: lastsMs }: Ends, now: EpochMs): EpochMs {
  if ((until === undefined) === (lastsMs === undefined)) throw new CliError("when does it end? Give --for or --until");
  const end = until ?? now + (lastsMs as DurationMs);
  if (end <= now) throw new CliError(`--until ${new Date(end).toISOString()} is past`);
  if (end - now > lastsMaxMs)
    throw new CliError("it may last 30 days at most; what lasts longer belongs into the policy");
  return end;
}

export const instantOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((text) => instantIn(flags.split(" ")[0] ?? "", text));

function instantIn(option: string, text: string): EpochMs {
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text);
  const at = isInstant ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw new CliError(`${option} takes a time with its zone, 2027-03-20T18:00Z, not ${JSON.stringify(text)}`);
  return at;
}

export const countOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((text) => {
    if (/^\d{1,6}$/.test(text)) return Number(text);
    throw new CliError(`${flags.split(" ")[0]} takes a whole number from 0 to 999999, not ${JSON.stringify(text)}`);
  });

/** No answer is longer. */
const limitMax = 100_000;

function limit(text: string): number {
  const count = Number(text);
  if (/^\d{1,6}$/.test(text) && count >= 1 && count <= limitMax) return count;
  throw new CliError(`--limit takes a whole number from 1 to ${limitMax}, not ${JSON.stringify(text)}`);
}
