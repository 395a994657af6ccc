// `history holidays`: the days off of a calendar file, as a policy's forecast takes them.
import { Command } from "commander";
import { holidaysIn, type Rule } from "../../shared/policy/index.ts";
import { CliError } from "../failure.ts";
import { readOrFail } from "../files.ts";
import { print } from "../output.ts";
import { readPolicy, rewritePolicy } from "../policyFile.ts";
import { eachOf, withList } from "../policyText.ts";

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly json?: true;
  readonly write?: string;
}

const examples = `
Examples:
  $ tidegate history holidays france.ics
  $ tidegate history holidays france.ics --write policies/shop.yml
  $ tidegate history holidays france.ics --from 2027-01-01 --to 2027-12-31 --json

All-day events count, repeated ones too. --write puts them into every forecast rule of the policy, beside the days that stand there, and
leaves the rest of the file as it is; what is printed without it goes into the rule as it is:
  - forecast: { metric: requests, holidays: [2026-12-25, 2027-01-01] }`;

export const holidaysCommand = (): Command =>
  new Command("holidays")
    .description("the days off of a calendar file (.ics), as a policy's forecast takes them")
    .argument("<file>", "a calendar file")
    .option("--from <day>", "the first day, two weeks ago unless said otherwise")
    .option("--to <day>", "the last day, a year from now unless said otherwise")
    .option("--write <policy>", "put them into the forecast rules of this file")
    .option("--json", "print an array with one object a day")
    .addHelpText("after", examples)
    .action(holidays);

const dayMs = 86_400_000;
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

function holidays(file: string, options: Options): void {
  const from = dayGiven("--from", options.from) ?? dayOf(Date.now() - 14 * dayMs);
  const to = dayGiven("--to", options.to) ?? dayOf(Date.now() + 365 * dayMs);
  const days = holidaysIn(readOrFail(file), { from, to });
  if (days.kind === "error") throw new CliError(`${file} ${days.error}`);
  if (options.json) return void print([JSON.stringify(days.value, null, 2)]);
  if (days.value.length === 0) throw new CliError(`${file} has no all-day event from ${from} to ${to}`);
  for (const { date, name } of days.value) process.stderr.write(`${date} ${name}\n`);
  const dates = days.value.map(({ date }) => date);
  if (options.write === undefined) print([`holidays: [${dates.join(", ")}]`]);
  else writeInto(options.write, dates);
}

function writeInto(path: string, dates: readonly string[]): void {
  const missing = dates.filter((date) => readPolicy(path).rules.some((rule) => isWithout(rule, date)));
  const items = (written: readonly string[]) => [...new Set([...written, ...dates])].sort();
  rewritePolicy(path, {
    what: `holidays: [${dates.join(", ")}]`,
    to: (text) => withList(text, (policy) => eachOf(policy.get("rules"), "forecast"), { key: "holidays", items }),
    none: "has no forecast rule: holidays are for those",
    isDone: ({ rules }) => !rules.some((rule) => dates.some((date) => isWithout(rule, date))),
  });
  print([`${path}: ${missing.length} days added, ${dates.length - missing.length} were there`]);
}

const isWithout = (rule: Rule, date: string): boolean => rule.kind === "forecast" && !rule.holidays.includes(date);

function dayGiven(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(`${text}T00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(at) || dayOf(at) !== text)
    throw new CliError(`${flag} takes a day such as 2027-12-25, not ${text}`);
  return text;
}
