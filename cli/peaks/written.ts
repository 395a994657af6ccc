// A peak in an operator's words, from options or a calendar, read by the policy's own parser.
import { type Peak, parsePeak } from "../../shared/policy/index.ts";
import { CliError } from "../failure.ts";

/** By the keys of a policy's peak. */
export type Written = Readonly<Record<string, unknown>>;

export interface PeakOptions {
  readonly at?: string;
  readonly timeZone?: string;
  readonly expect?: string;
  readonly like?: string;
  readonly sure?: string;
  readonly ramp?: string;
  readonly hold?: string;
  readonly release?: string;
  readonly earlyBelow?: string;
  readonly earlyAfter?: string;
}

/** What the options say; what they leave out is not there. */
export function writtenBy(options: PeakOptions): Written {
  const { at, timeZone, sure, ramp, hold, like, expect } = options;
  if (like !== undefined && expect !== undefined) throw new CliError("--like and --expect exclude each other");
  const said = { at, timeZone, sure, ramp, hold, release: releaseOf(options), expect: like ? { like } : expect };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}

function releaseOf({ release, earlyBelow, earlyAfter }: PeakOptions): unknown {
  if (earlyBelow === undefined && earlyAfter === undefined) return release;
  const early = {
    ...(earlyBelow === undefined ? {} : { below: earlyBelow }),
    ...(earlyAfter === undefined ? {} : { after: earlyAfter }),
  };
  return { ...(release === undefined ? {} : { within: release }), early };
}

/** The peak, or a CliError with every mistake, by the option that makes it. */
export function peakOf(written: Written): Peak {
  const name = String(written.name);
  if (typeof written.hold === "string" && written.hold.startsWith("-"))
    throw new CliError(`${name}: it ends before it starts`);
  const parsed = parsePeak(written);
  if (parsed.kind === "ok") return parsed.value;
  throw new CliError(parsed.error.map((mistake) => `${name}: ${byOption(mistake)}`).join("\n"));
}

const options: Readonly<Record<string, string>> = {
  timeZone: "--time-zone",
  "expect.like": "--like",
  "release.within": "--release",
  "release.early.below": "--early-below",
  "release.early.after": "--early-after",
};

function byOption(mistake: string): string {
  const [path = "", ...message] = mistake.split(" ");
  return [options[path] ?? `--${path}`, ...message].join(" ");
}
