// `peaks add`: an announced event beside the policy's, without a deploy; from options, or all of a calendar's.

import { Command, Option } from "commander";
import { endsAt, figuresOf, loadsOf, overlapping, type Span } from "../../shared/control/index.ts";
import type { EpochMs } from "../../shared/core/index.ts";
import type { Peak, Policy } from "../../shared/policy/index.ts";
import { minute } from "../../shared/preflight/index.ts";
import { CliError } from "../failure.ts";
import { readOrFail } from "../files.ts";
import { type Log, type LogOptions, newestOf, withLog, withLogOptions } from "../log.ts";
import { print, say } from "../output.ts";
import { loadsInFile } from "./history.ts";
import { policyOf } from "./standing.ts";
import { expected, sureness, timesOf } from "./words.ts";
import { type PeakOptions, peakOf, type Written, writtenBy } from "./written.ts";

interface Options extends LogOptions, PeakOptions {
  readonly ics?: string;
  readonly history?: string;
  readonly by: string;
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate peaks add shop spring-sale --at 2027-03-20T09:00 --time-zone Europe/Paris --expect 5x --hold 3h
  $ tidegate peaks add shop tv-spot --at 2027-04-02T18:45Z --expect 60000/min --ramp 5m --hold 20m --sure likely
  $ tidegate peaks add shop black-friday --at 2027-11-26T08:00 --time-zone Europe/Paris --like 2026-11-27 --hold 14h
  $ tidegate peaks add shop --ics marketing.ics --expect 3x

Full capacity stands at --at; the demand climbs during the --ramp before. --like takes the load of that day's same hours from the
log, or from a trace (--history). A peak of the same name that was added before is replaced. Of a calendar, each event ahead is
taken that says what to expect, by a line such as "expect: 5x" in its description, or all where --expect is given.
\`tidegate peaks check\` then tells whether it fits.`;

export const addCommand = (): Command =>
  withLogOptions(
    new Command("add")
      .description("announce an event of a fleet, or all events of a calendar")
      .argument("<fleet>", "the fleet")
      .argument("[name]", "what the log calls it: a–z, 0–9 and -")
      .option("--at <time>", "when it is there in full: 2027-03-20T09:00, or with Z or an offset")
      .option("--time-zone <zone>", "in which --at is read: Europe/Paris; UTC when not given")
      .option("--expect <load>", "how often the usual demand, 5x, or how much, 60000/min")
      .option("--like <day>", "or the load of that day's same hours: 2026-11-27")
      .option("--hold <duration>", "how long it lasts in full: 3h")
      .option("--ramp <duration>", "how long before --at the demand begins to climb; 30m when not given")
      .option("--release <duration>", "how long the capacity takes to come down; 30m when not given")
      .option("--sure <how>", "certain: stands to the end; likely: let go early when few come")
      .option("--early-below <percent>", "let go early below so much of what is expected: 50%")
      .option("--early-after <duration>", "once it has been so for so long: 20m")
      .option("--ics <file>", "take the events of a calendar")
      .option("--history <file>", "a trace to take --like's load from, not the log")
      .addOption(new Option("--by <name>", "who says so").env("USER").default("an operator"))
      .option("--json", "print the peaks as they were added"),
  )
    .addHelpText("after", examples)
    .action(add);

async function add(fleet: string, name: string | undefined, options: Options): Promise<void> {
  const now = Date.now();
  const peaks = (await writtenIn(name, options, now)).map(peakOf);
  await withLog(options, async (log) => {
    const policy = await policyOf(log, fleet);
    const standing = (await log.peaks(fleet)).map(({ peak }) => peak);
    refuse(peaks, { policy, standing, now });
    const read: Peak[] = [];
    for (const peak of peaks) read.push(await resolved(peak, { log, fleet, now, history: options.history }));
    for (const peak of read) await log.putPeak(fleet, { peak, by: options.by.slice(0, textMax), addedAt: now });
    if (options.json) return print([JSON.stringify(read, null, 2)]);
    const others = [...policy.peaks, ...standing, ...read];
    print(read.flatMap((peak) => [lineOf(fleet, peak, now), ...overlaps(peak, others)]));
  });
}

const textMax = 200;

/** The calendar's reader is loaded when there is one to read. */
async function writtenIn(name: string | undefined, options: Options, now: EpochMs): Promise<readonly Written[]> {
  const said = writtenBy(options);
  if (options.ics === undefined) {
    if (name === undefined) throw new CliError("what is it called? Give a name, or --ics with a calendar");
    return [{ ...said, name }];
  }
  if (name !== undefined || options.at !== undefined)
    throw new CliError("a calendar names its events: no name, no --at");
  const { peaksIn } = await import("./calendar.ts");
  const { timeZone = "UTC", ...otherwise } = said as { readonly timeZone?: string };
  const calendar = peaksIn(readOrFail(options.ics), { timeZone, otherwise, now });
  if (calendar.kind === "error") throw new CliError(`${options.ics}: ${calendar.error}`);
  for (const one of calendar.value.leftOut) say(`left out ${one}`);
  if (calendar.value.peaks.length === 0) throw new CliError(`${options.ics} has no event ahead to take`);
  return calendar.value.peaks;
}

/** More than a snapshot should carry. */
const aheadMax = 50;

interface Among {
  readonly policy: Policy;
  readonly standing: readonly Peak[];
  readonly now: EpochMs;
}

function refuse(peaks: readonly Peak[], { policy, standing, now }: Among): void {
  const own = policy.peaks.map(({ name }) => name);
  for (const peak of peaks) {
    if (own.includes(peak.name))
      throw new CliError(`${peak.name} is a peak of the policy: change it there, or take another name`);
    if (endsAt(peak) <= now) throw new CliError(`${peak.name} is past: it would have ended at ${minute(endsAt(peak))}`);
  }
  const added = new Set(peaks.map(({ name }) => name));
  if (added.size < peaks.length) throw new CliError("two events of one name on one day: rename one in the calendar");
  const ahead = standing.filter((peak) => endsAt(peak) > now && !added.has(peak.name)).length + peaks.length;
  if (ahead > aheadMax) throw new CliError(`${ahead} added peaks ahead; a fleet takes ${aheadMax}: cancel some first`);
}

export interface Resolving {
  readonly log: Log;
  readonly fleet: string;
  readonly now: EpochMs;
  readonly history: string | undefined;
}

/** With the figures of the day that it is to be like. */
export async function resolved(peak: Peak, { log, fleet, now, history }: Resolving): Promise<Peak> {
  if (peak.expect.kind !== "like") return peak;
  const { fromMs } = peak.expect;
  const span: Span = { from: fromMs, to: fromMs + peak.holdMs };
  // A log in virtual time may be ahead of the clock.
  const { row } = await newestOf(log, fleet);
  if (span.to > Math.max(now, row.at))
    throw new CliError(`${peak.name}: the hours it is to be like end at ${minute(span.to)}, still ahead`);
  const loads = history === undefined ? await loadsOf(log, fleet, span) : loadsInFile(history, span);
  const figures = figuresOf(loads, { fromMs, holdMs: peak.holdMs });
  if (figures.kind === "error") throw new CliError(`${figures.error}: give --history FILE, or --expect`);
  return { ...peak, expect: figures.value };
}

function lineOf(fleet: string, peak: Peak, now: EpochMs): string {
  const begun = peak.atMs - peak.rampMs <= now ? "; it has begun, the next look takes it" : "";
  return `${fleet}/${peak.name}: ${timesOf(peak)}; ${expected(peak)}, ${sureness(peak)}${begun}`;
}

const overlaps = (peak: Peak, others: readonly Peak[]): readonly string[] =>
  overlapping(peak, others).map(({ name }) => `  overlaps ${name}: at each moment the larger of the two counts`);
