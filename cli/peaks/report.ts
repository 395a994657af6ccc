// `peaks report`: the plan against what came, from the log's rows, and what to write next time.

import { Command } from "commander";
import { endsAt, rowsIn, startsAt } from "../../shared/control/index.ts";
import { minuteMs } from "../../shared/core/index.ts";
import type { Peak, Policy } from "../../shared/policy/index.ts";
import { type Prices, pricesOf } from "../../shared/policy/index.ts";
import { minute } from "../../shared/preflight/index.ts";
import { chart, chartWidth } from "../chart.ts";
import { CliError } from "../failure.ts";
import { type LogOptions, newestOf, withLog, withLogOptions } from "../log.ts";
import { type Column, colours, print, tableOf } from "../output.ts";
import { type PriceOptions, pricedBy, pricesOption, tableIn } from "../prices.ts";
import { baselineIn, type CourseMinute, courseOf, spanOf } from "./course.ts";
import { type Lesson, lessonOf, type Totals, totalsOf } from "./lessons.ts";
import { pagesOf, peakNamed } from "./standing.ts";
import { expected, timesOf } from "./words.ts";

interface Options extends LogOptions, PriceOptions {
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate peaks report spring-sale
  $ tidegate peaks report shop/spring-sale --json | jq .totals
  $ tidegate peaks report spring-sale --prices prices.yml      by your own prices, with their date

Load, capacity and cost are those that the decisions of its time saw, from an hour before the ramp to an hour after the release.
A peak that was added is told of for 30 days; one of the policy for as long as it stands there.`;

export const reportCommand = (): Command =>
  withLogOptions(
    new Command("report")
      .description(
        "tell what became of an event: the plan against load, capacity and cost; and what to write next time",
      )
      .argument("<peak>", "its name, or fleet/name")
      .addOption(pricesOption())
      .option("--json", "print one object: totals, what to write, and every minute"),
  )
    .addHelpText("after", examples)
    .action(report);

async function report(text: string, options: Options): Promise<void> {
  const table = tableIn(options);
  await withLog(options, async (log) => {
    const standing = await peakNamed(log, text);
    const { fleet, policy, peak } = standing;
    const { row: newest } = await newestOf(log, fleet);
    if (newest.at < startsAt(peak))
      throw new CliError(`${peak.name} is still ahead at ${newest.id}: tidegate peaks check ${fleet}/${peak.name}`);
    const rows = await rowsIn(log, fleet, spanOf(peak));
    const baseline = baselineIn(rows, peak);
    if (rows.length === 0 || baseline === "unknown")
      throw new CliError(`the log has no decision of ${fleet} that ${peak.name} was part of`);
    const prices = pricesOf(pricedBy(policy, table), table);
    const course = courseOf({ policy, peak, rows, baseline, prices });
    const totals = totalsOf(policy, peak, course, baseline);
    const lesson = lessonOf(peak, course, baseline);
    const pages = pagesOf(standing).map(({ found }) => found);
    const reported = { fleet, policy, peak, course, totals, lesson, prices, pages };
    const state = newest.at < endsAt(peak) ? "on" : "over";
    print(
      options.json
        ? [JSON.stringify({ fleet, peak, state, totals, pricedBy: prices.of, lesson, pages, course }, null, 2)]
        : forPeople(reported, state),
    );
  });
}

interface Reported {
  readonly fleet: string;
  readonly policy: Policy;
  readonly peak: Peak;
  readonly course: readonly CourseMinute[];
  readonly totals: Totals;
  readonly lesson: Lesson;
  readonly prices: Prices;
  /** What came of fetching them beforehand; none where none were to be. */
  readonly pages: readonly string[];
}

const height = 12;

function forPeople(reported: Reported, state: "on" | "over"): readonly string[] {
  const { fleet, policy, peak, course, totals, lesson, prices, pages } = reported;
  const { perInstancePerMinute: takes } = policy.capacity;
  const minutes = course.flatMap(({ at, actual, serving }) =>
    actual === "unknown" || serving === "unknown" ? [] : [{ at, needed: Math.ceil(actual / takes), serving }],
  );
  return [
    colours.bold(`${fleet}/${peak.name}`) + (state === "on" ? " (not over yet)" : ""),
    `  ${timesOf(peak)}`,
    `  ${expected(peak)}`,
    "",
    chart(minutes, { width: chartWidth(), height }),
    "",
    ...tableOf(columns, rowsOf(course)),
    "",
    ...told(totals, prices),
    ...pages.map((found) => `pages     ${found}`),
    "",
    ...nextTime(peak, lesson),
  ];
}

function told(totals: Totals, { of }: Prices): readonly string[] {
  const { highest, expectedPerMinute, baselinePerMinute, usd } = totals;
  const came =
    highest === "unknown"
      ? "no minute's load is known"
      : `${Math.round(highest.perMinute)} requests/min came at most, at ${minute(highest.at)}: ${Math.round((100 * highest.perMinute) / Math.max(1, expectedPerMinute))} % of the ${Math.round(expectedPerMinute)} expected, ${(highest.perMinute / Math.max(1, baselinePerMinute)).toFixed(1)} times the ${Math.round(baselinePerMinute)} before it`;
  return [
    `load      ${came}; beyond the plan for ${totals.beyondPlanMinutes} min`,
    `capacity  ${totals.servingMost} served at most; more came than they take on for ${totals.overloadedMinutes} min; other rules wanted more for ${totals.reactionMinutes} min`,
    ...(totals.releasedMinutes > 0 ? [`release   let go early, for ${totals.releasedMinutes} min of its hold`] : []),
    `cost      ${usd === "unknown" ? "not known: a price or an hour of it is missing" : `${usd.toFixed(2)} USD from ramp to release (prices: ${of})`}`,
  ];
}

function nextTime(peak: Peak, lesson: Lesson): readonly string[] {
  switch (lesson.kind) {
    case "nothing-known":
      return ["next time: no load is known, so there is nothing to learn"];
    case "nobody-came":
      return [
        `next time: leave it out, or \`sure: likely\`: ${Math.round(lesson.perMinute)} requests/min do not stand out of the usual`,
      ];
    case "write": {
      const { expect, rampMinutes, holdMinutes, releaseMinutes, at } = lesson;
      const late = Math.round((at - peak.atMs) / minuteMs);
      const shifted = late === 0 ? "on time" : `${Math.abs(late)} min ${late > 0 ? "later" : "earlier"} than announced`;
      return [
        `next time: { name: ${peak.name}, at: …, expect: ${expect}, ramp: ${lasting(rampMinutes)}, hold: ${lasting(holdMinutes)}, release: ${lasting(releaseMinutes)} }; it stood ${shifted}`,
      ];
    }
  }
}

/** As a policy is written: `3h20m`. */
const lasting = (minutes: number): string => {
  const [hours, left] = [Math.floor(minutes / 60), minutes % 60];
  return `${hours > 0 ? `${hours}h` : ""}${left > 0 || hours === 0 ? `${left}m` : ""}`;
};

const rowsMax = 16;

function rowsOf(course: readonly CourseMinute[]): readonly CourseMinute[] {
  const every = Math.max(1, Math.ceil((course.length - 1) / (rowsMax - 1)));
  return course.filter((_, index) => index % every === 0 || index === course.length - 1);
}

const rounded = (value: number | "unknown"): string => (value === "unknown" ? "?" : `${Math.round(value)}`);

const columns: readonly Column<CourseMinute>[] = [
  { head: "AT", text: ({ at }) => minute(at), wrapsTo: "never" },
  { head: "PLANNED", text: ({ planned }) => rounded(planned), wrapsTo: "never" },
  { head: "CAME", text: ({ actual }) => rounded(actual), wrapsTo: "never" },
  { head: "TARGET", text: ({ target }) => `${target}`, wrapsTo: "never" },
  { head: "SERVING", text: ({ serving }) => rounded(serving), wrapsTo: "never" },
  {
    head: "USD/H",
    text: ({ usdPerHour }) => (usdPerHour === "unknown" ? "?" : usdPerHour.toFixed(2)),
    wrapsTo: "never",
  },
  { head: "BY", text: ({ by }) => by, wrapsTo: 8 },
];
