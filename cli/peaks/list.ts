// `peaks list`: what is announced, by the policy and beside it.

import { Command } from "commander";
import { overlapping } from "../../shared/control/index.ts";
import { minute } from "../../shared/preflight/index.ts";
import { CliError } from "../failure.ts";
import { told } from "../findings.ts";
import { type Log, type LogOptions, withLog, withLogOptions } from "../log.ts";
import { type Column, print, tableOf } from "../output.ts";
import { everyPeak, pagesOf, peaksOf, type StandingPeak } from "./standing.ts";
import { expected, stateAt, sureness } from "./words.ts";

interface Options extends LogOptions {
  readonly all?: true;
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate peaks list shop
  $ tidegate peaks list --all --json | jq '.[] | select(.state == "ahead")'

Added peaks are told of for 30 days after they have ended.`;

export const listCommand = (): Command =>
  withLogOptions(
    new Command("list")
      .description("list announced events: the policy's, and those added beside it")
      .argument("[fleets...]", "fleets; or --all")
      .option("--all", "every fleet")
      .option("--json", "print an array with one object a peak"),
  )
    .addHelpText("after", examples)
    .action(list);

async function list(fleets: readonly string[], options: Options): Promise<void> {
  if ((fleets.length === 0) === (options.all === undefined))
    throw new CliError("which fleets? Name them, or say --all");
  await withLog(options, async (log) => {
    const peaks = options.all ? await everyPeak(log) : await ofEach(log, fleets);
    if (options.json) return print([JSON.stringify(peaks.map(forPrograms), null, 2)]);
    if (peaks.length === 0) return print(["no peaks: `tidegate peaks add` announces one"]);
    print([...tableOf(columns, peaks), ...overlaps(peaks), ...foundAhead(peaks)]);
  });
}

const ofEach = async (log: Log, fleets: readonly string[]): Promise<readonly StandingPeak[]> =>
  (await Promise.all([...new Set(fleets)].map((fleet) => peaksOf(log, fleet)))).flat();

const forPrograms = ({ fleet, peak, from, findings, prefetched, now }: StandingPeak): object => ({
  fleet,
  state: stateAt(peak, now),
  from,
  findings,
  ...(peak.prefetch === undefined ? {} : { prefetched }),
  ...peak,
});

/** Each pair once. */
function overlaps(peaks: readonly StandingPeak[]): readonly string[] {
  const lines = peaks.flatMap(({ fleet, peak }, index) => {
    const later = peaks.slice(index + 1).filter((other) => other.fleet === fleet);
    return overlapping(
      peak,
      later.map((other) => other.peak),
    ).map(({ name }) => `${fleet}/${peak.name} and ${name} overlap: at each moment the larger of the two counts`);
  });
  return lines.length === 0 ? [] : ["", ...lines];
}

/** Of the peaks that are near, or whose day cannot be read. */
function foundAhead(peaks: readonly StandingPeak[]): readonly string[] {
  const lines = peaks.flatMap((one) =>
    // Of its pages what stands now, not what stood within the hour.
    [...pagesOf(one), ...one.findings.filter(({ check }) => check !== "prefetch")].map(
      (finding) => `${one.fleet}/${one.peak.name}: ${finding.level}: ${told(finding)}`,
    ),
  );
  return lines.length === 0 ? [] : ["", ...lines];
}

const columns: readonly Column<StandingPeak>[] = [
  { head: "PEAK", text: ({ fleet, peak }) => `${fleet}/${peak.name}`, wrapsTo: "never" },
  { head: "STATE", text: ({ peak, now }) => stateAt(peak, now), wrapsTo: "never" },
  { head: "FULL FROM", text: ({ peak }) => minute(peak.atMs), wrapsTo: "never" },
  { head: "TO", text: ({ peak }) => minute(peak.atMs + peak.holdMs), wrapsTo: "never" },
  { head: "EXPECTED", text: ({ peak }) => expected(peak), wrapsTo: 12 },
  { head: "SURE", text: ({ peak }) => sureness(peak), wrapsTo: 8 },
  { head: "FROM", text: ({ from }) => from, wrapsTo: 8 },
];
