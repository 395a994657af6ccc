// `peaks add`: an announced event beside the policy's, without a deploy; from options, or all of a calendar's.

import { Command, Option } from "commander";
import { overlapping, startsAt } from "../../shared/control/index.ts";
import { type Peak, secondOf } from "../../shared/policy/index.ts";
import { checkExpected, minute, usualOf } from "../../shared/preflight/index.ts";
import { CliError } from "../failure.ts";
import { told } from "../findings.ts";
import { type Log, type LogOptions, withLog, withLogOptions } from "../log.ts";
import { print, say } from "../output.ts";
import { type Among, judged, type Taken } from "./judged.ts";
import { policyOf } from "./standing.ts";
import { expected, sureness, timesOf } from "./words.ts";
import { type PeakOptions, type Written, writtenBy } from "./written.ts";

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
  $ tidegate peaks add shop --ics https://calendar.example.com/marketing.ics --expect 3x      by cron, too
  $ tidegate peaks add shop sale --at 2027-03-20T09:00Z --expect 5x --hold 3h --prefetch https://www.example.com/sale

Full capacity stands at --at; the demand climbs during the --ramp before. --like takes the load of that day's same hours from the
log, or from a trace (--history). A peak of the same name that was added before is replaced. Of a calendar, each event ahead is
taken that says what to expect, by a line such as "expect: 5x" in its description, or all where --expect is given. Read again,
what has moved in it moves; what is gone from it is told, and stands until \`tidegate peaks cancel\`.
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
      .option("--prefetch <urls...>", "pages to fetch through the CDN before the ramp, once")
      .option("--prefetch-before <duration>", "how long before the ramp; 30m when not given")
      .option("--ics <source>", "take the events of a calendar: a file, or an https address")
      .option("--history <file>", "a trace to take --like's load from, not the log")
      .addOption(new Option("--by <name>", "who says so").env("USER").default("an operator"))
      .option("--json", "print the peaks as they were added"),
  )
    .addHelpText("after", examples)
    .action(add);

async function add(fleet: string, name: string | undefined, options: Options): Promise<void> {
  const asked = askedIn(name, options);
  await withLog(options, async (log) => {
    const [policy, now, standing] = [await policyOf(log, fleet), await log.now(fleet), await log.peaks(fleet)];
    const among: Among = { log, fleet, now, policy, standing, history: options.history };
    const taken = asked.kind === "calendar" ? await takenOf(asked, among) : [await single(asked.written, among)];
    for (const { peak, event } of taken)
      await log.putPeak(fleet, {
        peak,
        by: options.by.slice(0, textMax),
        addedAt: now,
        ...(event === undefined ? {} : { event }),
      });
    for (const { peak } of taken) await warn(log, fleet, peak);
    const peaks = taken.map(({ peak }) => peak);
    if (options.json) return print([JSON.stringify(peaks, null, 2)]);
    const others = [...policy.peaks, ...standing.map(({ peak }) => peak), ...peaks];
    print(taken.flatMap((each) => [lineOf(each, among), ...twice(each), ...overlaps(each.peak, others)]));
  });
}

const textMax = 200;

type Asked =
  | { readonly kind: "one"; readonly written: Written }
  | { readonly kind: "calendar"; readonly source: string; readonly said: Written };

function askedIn(name: string | undefined, options: Options): Asked {
  const said = writtenBy(options);
  if (options.ics === undefined) {
    if (name === undefined) throw new CliError("what is it called? Give a name, or --ics with a calendar");
    return { kind: "one", written: { ...said, name } };
  }
  if (name !== undefined || options.at !== undefined)
    throw new CliError("a calendar names its events: no name, no --at");
  return { kind: "calendar", source: options.ics, said };
}

/** The calendar's reader is loaded when there is one to read. */
async function takenOf(
  { source, said }: Extract<Asked, { kind: "calendar" }>,
  among: Among,
): Promise<readonly Taken[]> {
  const { takenFrom } = await import("./fromCalendar.ts");
  return await takenFrom(source, said, among);
}

async function single(written: Written, among: Among): Promise<Taken> {
  const judgement = await judged({ written, writer: "options" }, among, []);
  if (judgement.kind === "error") throw new CliError(judgement.error);
  return judgement.value;
}

/** Of one that changes nothing, where it is known what is usual. */
async function warn(log: Log, fleet: string, peak: Peak): Promise<void> {
  if (peak.expect.kind === "factor") return;
  const found = checkExpected(peak, await usualOf(log, fleet, peak));
  for (const finding of found) say(`${fleet}/${peak.name}: ${told(finding)}`);
}

function lineOf({ peak }: Taken, { fleet, now, standing }: Among): string {
  const before = standing.find((one) => one.peak.name === peak.name)?.peak;
  const begun = startsAt(peak) <= now ? "; it has begun, the next look takes it" : "";
  return `${fleet}/${peak.name}: ${timesOf(peak)}; ${expected(peak)}, ${sureness(peak)}${since(peak, before)}${begun}`;
}

/** Against the one of its name that it replaces. */
function since(peak: Peak, before: Peak | undefined): string {
  if (before === undefined) return "";
  if (JSON.stringify(before) === JSON.stringify(peak)) return "; as before";
  return before.atMs === peak.atMs ? "; changed" : `; moved from ${minute(before.atMs)}`;
}

/** Of a local time on the night that the clocks go back. */
function twice({ written: { at, timeZone }, peak }: Taken): readonly string[] {
  const second = isLocal(at) && typeof timeZone === "string" ? secondOf(at, timeZone) : "none";
  if (second === "none") return [];
  const [time, of] = [String(at).slice(11), [peak.atMs, second].map((instant) => minute(instant).slice(11))];
  return [`  ${time} comes twice that night in ${timeZone}; the first, ${of[0]}, is taken; the second is ${of[1]}`];
}

const isLocal = (at: unknown): at is string => typeof at === "string" && /T[\d:]+$/.test(at);

const overlaps = (peak: Peak, others: readonly Peak[]): readonly string[] =>
  overlapping(peak, others).map(({ name }) => `  overlaps ${name}: at each moment the larger of the two counts`);
