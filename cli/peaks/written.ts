// A peak in an operator's words, from options or a calendar, read by the policy's own parser.
import { error, type Result } from "../../shared/core/index.ts";
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
  readonly prefetch?: readonly string[];
  readonly prefetchBefore?: string;
}

/** What the options say; what they leave out is not there. */
export function writtenBy(options: PeakOptions): Written {
  const { at, timeZone, sure, ramp, hold, like, expect } = options;
  if (like !== undefined && expect !== undefined) throw new CliError("--like and --expect exclude each other");
  const times = { at, timeZone, sure, ramp, hold, release: releaseOf(options) };
  const said = { ...times, expect: like ? { like } : expect, prefetch: prefetchOf(options) };
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

function prefetchOf({ prefetch: urls, prefetchBefore: before }: PeakOptions): unknown {
  if (urls === undefined && before !== undefined) throw new CliError("--prefetch-before of what? Give --prefetch, too");
  return urls === undefined ? undefined : { urls, ...(before === undefined ? {} : { before }) };
}

/** Who wrote it, and so what its keys are called. */
export type Writer = "options" | "calendar";

/** The peak, or every mistake, a line each, by what its writer knows. */
export function peakOf(written: Written, writer: Writer): Result<Peak, string> {
  const parsed = parsePeak(written);
  if (parsed.kind === "ok") return parsed;
  const isLike = typeof written.expect === "object";
  return error(parsed.error.map((mistake) => `${written.name}: ${toldBy(writer, mistake, isLike)}`).join("\n"));
}

interface Called {
  /** "" where the message alone is clear. */
  readonly keys: Readonly<Record<string, string>>;
  readonly key: (key: string) => string;
  /** Behind each mistake. */
  readonly toDo: string;
}
const called: Readonly<Record<Writer, Called>> = {
  options: {
    keys: {
      name: "",
      timeZone: "--time-zone",
      "expect.like": "--like",
      "release.within": "--release",
      "release.early.below": "--early-below",
      "release.early.after": "--early-after",
      "prefetch.urls": "--prefetch",
      "prefetch.before": "--prefetch-before",
    },
    key: (key) => `--${key}`,
    toDo: "",
  },
  calendar: {
    keys: { name: "", at: "its start", timeZone: "its time zone", hold: "its length", "expect.like": "`like`" },
    key: (key) => `\`${key}\``,
    toDo: ": correct it in the calendar",
  },
};

function toldBy(writer: Writer, mistake: string, isLike: boolean): string {
  const { keys, key, toDo } = called[writer];
  const callOf = (path: string): string => keys[path] ?? key(path);
  const [path = "", ...message] = mistake.split(" ");
  const plain = path === "expect" && isLike ? "expect.like" : path.replace(/\[\d+\]$/, "");
  const told = [callOf(plain), ...message]
    .filter((word) => word !== "")
    .join(" ")
    .replace("a map with like", callOf("expect.like"))
    .replace(/`(at|timeZone)`/g, (_, named) => callOf(named));
  return `${told}${toDo}`;
}
