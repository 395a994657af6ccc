// `forecast FLEET`: what stands now, made when and from what, whether it is acted on, and what the next hours may bring.
import { Command } from "commander";
import { historyMs, isForecast, peaksAt, startsAt } from "../../shared/control/index.ts";
import { hourMs } from "../../shared/core/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { CliError } from "../failure.ts";
import { picture, type StepAhead } from "../forecast/picture.ts";
import { forPrograms, type StandingForecast, sentences, stepsAhead } from "../forecast/standing.ts";
import { minute } from "../history/marked.ts";
import { type Log, type LogOptions, newestOf, withLog, withLogOptions } from "../log.ts";
import { countOption } from "../options.ts";
import { type Column, print, tableOf } from "../output.ts";

interface Options extends LogOptions {
  readonly hours: number;
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate forecast shop
  $ tidegate forecast shop --hours 48
  $ tidegate forecast shop --json | jq '.steps[0]'

It is made anew every four hours, of a site younger than three days every hour, out of fourteen days of its own traffic.
\`tidegate history mark\` takes outages and one-offs out of what it learns from; peaks are by themselves.`;

export const forecastCommand = (): Command =>
  withLogOptions(
    new Command("forecast")
      .description("tell what a fleet's next hours are expected to bring, and whether that is acted on")
      .argument("<fleet>", "the fleet")
      .addOption(countOption("--hours <count>", "how far ahead, 48 at most").default(12))
      .option("--json", "print one object with every step there is"),
  )
    .addHelpText("after", examples)
    .action(forecast);

async function forecast(fleet: string, options: Options): Promise<void> {
  const { hours, json } = options;
  if (hours < 1 || hours > hoursMax) throw new CliError(`--hours takes a number from 1 to ${hoursMax}, not ${hours}`);
  await withLog(options, async (log) => {
    const standing = await standingIn(log, fleet, options);
    if (json) return print([JSON.stringify(forPrograms(fleet, standing), null, 2)]);
    const steps = stepsAhead(standing).filter(({ at }) => at < standing.now + hours * hourMs);
    print([...sentences(fleet, standing), ...(steps.length === 0 ? [] : ["", ...picture(steps), "", ...table(steps)])]);
  });
}

const hoursMax = 48;

/** A local log is in virtual time: its now is its newest row's. */
async function standingIn(log: Log, fleet: string, { local }: Options): Promise<StandingForecast> {
  const { row } = await newestOf(log, fleet);
  const now = local === undefined ? Date.now() : row.at;
  const span = { from: now - historyMs, to: now };
  const [{ forecast, peaks: added }, ahead, marks, policy] = await Promise.all([
    log.standing(fleet),
    log.ahead(fleet),
    log.marks(fleet, span),
    log.policyOf(fleet, row.policyVersion),
  ]);
  if (forecast === "none") throw new CliError(whyNone(fleet, policy, local));
  const peaks = peaksAt(policy === "none" ? { peaks: [] } : policy, added, span.from);
  return { now, forecast, ahead, marks, peaks: peaks.filter((peak) => startsAt(peak) < now) };
}

function whyNone(fleet: string, policy: Policy | "none", local: Options["local"]): string {
  if (policy !== "none" && !isForecast(policy))
    return `${fleet} has no forecast: its policy has no rule that asks for one, such as \`- forecast: { metric: requests, mode: shadow }\``;
  return local === undefined
    ? `${fleet} has no forecast yet: the first is made within the hour after a deploy; the log of the function forecast tells why not`
    : `${fleet} has no forecast in this log: \`npm start\` makes one with its first decision; run it again`;
}

const rowsMax = 13;

/** Evenly spread. */
function table(steps: readonly StepAhead[]): readonly string[] {
  const every = Math.max(1, Math.ceil(steps.length / (rowsMax - 1)));
  return tableOf(
    columns,
    steps.filter((_, index) => index % every === 0),
  );
}

const load = (value: number): string => `${Math.round(value)}`;
const columns: readonly Column<StepAhead>[] = [
  { head: "AT", text: ({ at }) => minute(at), wrapsTo: "never" },
  { head: "P50", text: ({ p50 }) => load(p50), wrapsTo: "never" },
  { head: "P95", text: ({ p95 }) => load(p95), wrapsTo: "never" },
  { head: "P99", text: ({ p99 }) => load(p99), wrapsTo: "never" },
];
