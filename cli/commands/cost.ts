// `cost`: what so many fleets use and cost, calm and busy, counted by running the deployed code over imagined ones.
import { Command } from "commander";
import {
  type Bill,
  type CostReport,
  costOf,
  type FleetCost,
  type Met,
  messageCount,
  type OnMinute,
  type Spread,
  totalOf,
  warmMemoryMb,
} from "../../shared/costs/index.ts";
import { CliError } from "../failure.ts";
import { countOption } from "../options.ts";
import { type Column, colours, print, tableOf } from "../output.ts";
import { progress } from "../progress.ts";

interface Options {
  readonly fleets: number;
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate cost --fleets 100
  $ tidegate cost --fleets 1000 --json | jq .calm.bill

Nothing is asked of AWS: the code that is deployed looks after so many imagined fleets in virtual time, and every call that it
makes is counted. A thousand fleets take half a minute, ten thousand three.`;

const fleetsMax = 20_000;

export const costCommand = (): Command =>
  new Command("cost")
    .description("what so many fleets cost in a month, which calls they make, and which of AWS's limits they meet")
    .addOption(countOption("--fleets <count>", "how many fleets one account has").default(1))
    .option("--json", "print one object with every number")
    .addHelpText("after", examples)
    .action(cost);

async function cost({ fleets, json }: Options): Promise<void> {
  if (fleets < 1 || fleets > fleetsMax)
    throw new CliError(`--fleets takes a number from 1 to ${fleetsMax}, not ${fleets}`);
  const report = await withProgress((onStep) => costOf(fleets, onStep));
  print(json ? [JSON.stringify(report, null, 2)] : forPeople(report));
}

/** A bar for each step, one after the other. */
async function withProgress(count: (onStep: (what: string) => OnMinute) => Promise<CostReport>): Promise<CostReport> {
  let bar = progress("counting");
  try {
    return await count((what) => {
      bar.stop();
      bar = progress(`counting: ${what}`);
      return (done, total) => bar.update(done, total);
    });
  } finally {
    bar.stop();
  }
}

const forPeople = (report: CostReport): readonly string[] => [
  colours.bold(
    `${report.fleetCount} ${report.fleetCount === 1 ? "fleet" : "fleets"}, each with one alarm and three metrics, one of them the CPU of its instances`,
  ),
  `prices of ${report.prices.of}`,
  "",
  ...usesOf(report),
  "",
  ...tableOf(billColumns, billRows(report)),
  "",
  ...forecastsOf(report.forecasting),
  ...warmUpsOf(report.warming),
  ...haproxyOf(report.haproxy),
  "",
  `The account's own share, whatever the number of fleets: ${usd(totalOf(report.account))} a month: ${spelled(report.account)}`,
  `All fleets calm: ${usd(totalOf(report.calm.bill) * report.fleetCount + totalOf(report.account))} a month`,
  "",
  ...looksOf(report),
  "",
  ...tableOf(limitColumns, report.limits),
];

interface Row {
  readonly what: string;
  readonly calm: string;
  readonly busy: string;
}
const columns = (head: string): readonly Column<Row>[] => [
  { head, text: ({ what }) => what, wrapsTo: "never" },
  { head: "calm", text: ({ calm }) => calm.padStart(7), wrapsTo: "never" },
  { head: "busy", text: ({ busy }) => busy.padStart(7), wrapsTo: "never" },
];
const billColumns = columns("a fleet and month, USD");

const uses: readonly (readonly [string, (cost: FleetCost) => number])[] = [
  ["looks", ({ usage }) => (usage.looks ?? 0) / 60],
  ["calls to EC2 and the load balancer", ({ ec2CallsPerMinute }) => ec2CallsPerMinute],
  ["calls to CloudWatch, DynamoDB, SQS", ({ otherCallsPerMinute }) => otherCallsPerMinute],
  ["metrics read", ({ usage }) => (usage.metrics ?? 0) / 60],
  ["DynamoDB read units", ({ usage }) => (usage["read units"] ?? 0) / 60],
  ["DynamoDB write units", ({ usage }) => (usage["write units"] ?? 0) / 60],
  ["Lambda ms", ({ usage }) => (usage["lambda ms"] ?? 0) / 60],
];

const usesOf = ({ calm, busy }: CostReport): readonly string[] =>
  tableOf(
    columns("a fleet and minute"),
    uses.map(([what, of]) => ({ what, calm: of(calm).toFixed(2), busy: of(busy).toFixed(2) })),
  );

function billRows({ calm, busy }: CostReport): readonly Row[] {
  const lines = calm.bill.map(({ what, usd: of }, index) => ({
    what,
    calm: of.toFixed(3),
    busy: (busy.bill[index]?.usd ?? 0).toFixed(3),
  }));
  return [...lines, { what: "together", calm: totalOf(calm.bill).toFixed(2), busy: totalOf(busy.bill).toFixed(2) }];
}

function forecastsOf({ made, bill }: CostReport["forecasting"]): readonly string[] {
  const count = (key: string): string => (made[key] ?? 0).toFixed(1);
  return [
    `A rule that forecasts adds ${usd(totalOf(bill))} a month to a calm fleet: ${spelled(bill.filter((line) => line.usd >= 0.0005))}`,
    `  One forecast, made every four hours: ${count("CloudWatch GetMetricData")} calls to CloudWatch for ${count("metrics")} metrics, ${count("DynamoDB PutItem")} puts of ${count("write units")} units, ${Math.round(made["lambda ms"] ?? 0)} ms of Lambda`,
  ];
}

function warmUpsOf({ warmUpCount, made, each, bill, account }: CostReport["warming"]): readonly string[] {
  const count = (key: string): string => (made[key] ?? 0).toFixed(1);
  const seconds = Math.round((made["warm ms"] ?? 0) / 1_000);
  return [
    `A policy that warms adds ${usd(totalOf(bill))} a month to a busy fleet: ${spelled(bill)}`,
    `  One warm-up, of ${warmUpCount.toFixed(1)} an hour: ${seconds} s of warm at ${warmMemoryMb} MB, from when the instance runs until it is warm, ${messageCount(made).toFixed(1)} messages, ${count("DynamoDB PutItem")} puts, ${Math.round(made["warming ms"] ?? 0)} ms of warming: ${totalOf(each).toFixed(5)} USD`,
    `  Once for all fleets that warm, ${usd(totalOf(account))} a month: ${spelled(account)}`,
  ];
}

const haproxyOf = ({ calm, busy, account }: CostReport["haproxy"]): readonly string[] => [
  `A fleet behind HAProxy costs ${usd(totalOf(calm))} a month more, a busy one ${usd(totalOf(busy))}: ${spelled(busy)}`,
  `  Once for all of them, ${usd(totalOf(account))} a month: ${spelled(account)}`,
];

const spelled = (bill: Bill): string =>
  bill.map(({ what, usd: of }) => `${what} ${of < 0.01 ? of.toFixed(3) : of.toFixed(2)}`).join(", ");
const usd = (amount: number): string => `${amount.toFixed(2)} USD`;

function looksOf({ waits, ramp }: CostReport): readonly string[] {
  return [
    `Looks at calm fleets begin ${spread(waits.begun)} after they are due, and end ${spread(waits.ended)} after.`,
    `A minute in which ${ramp.fleetCount} of them ramp together, with the limits below raised where they have to be: launched`,
    `  ${spread(ramp.launched)} after the alarm, ${(100 * ramp.withinMinuteRatio).toFixed(0)} % within the minute;`,
    `  the neediest tenth ${spread(ramp.neediest)}, the least needy ${spread(ramp.leastNeedy)};`,
    `  ${ramp.throttledCount} calls were throttled and asked again, ${ramp.invocationsMost} evaluators ran at once.`,
  ];
}

const spread = ({ median, longest }: Spread): string =>
  median === longest ? seconds(median) : `${seconds(median)} (median) to ${seconds(longest)}`;
const seconds = (ms: number | "never"): string => (ms === "never" ? "never" : `${(ms / 1_000).toFixed(1)} s`);

const limitColumns: readonly Column<Met>[] = [
  { head: "limit of AWS, first met first", text: ({ limit }) => limit, wrapsTo: "never" },
  { head: "by default", text: ({ is }) => is, wrapsTo: "never" },
  {
    head: "is enough for",
    text: ({ enoughFor }) => (enoughFor === "any" ? "any number" : `${enoughFor} fleets`),
    wrapsTo: "never",
  },
  { head: "to be raised to", text: ({ raiseTo }) => (raiseTo === "nothing" ? "" : raiseTo), wrapsTo: "never" },
];
