// `override`: a manual bound that ends by itself; the hand on the wheel, which goes over every rule and the policy's own maximum.
import { Command, Option } from "commander";
import type { Override } from "../../shared/engine/index.ts";
import { CliError } from "../failure.ts";
import { type Log, type LogOptions, newestOf, withLog, withLogOptions } from "../log.ts";
import { countOption, type Ends, endOptions, endsAt } from "../options.ts";
import { type Column, print, tableOf } from "../output.ts";

interface Options extends LogOptions, Ends {
  readonly min?: number;
  readonly max?: number;
  readonly reason?: string;
  readonly by: string;
  readonly list?: true;
  readonly end?: string;
}

const examples = `
Examples:
  $ tidegate override shop --min 20 --for 2h --reason "press article at noon"
  $ tidegate override shop --max 8 --until 2027-03-20T18:00Z --reason "database migration"
  $ tidegate override shop --list
  $ tidegate override shop --end 2026-11-22T23:40:10.000Z

A fleet takes it at its next look: within a minute where something moves, within five where all is calm. Of several the
tightest holds; where they contradict each other, the floor wins.`;

export const overrideCommand = (): Command =>
  withLogOptions(
    endOptions(
      new Command("override")
        .description("bound a fleet by hand, for a while")
        .argument("<fleet>", "the fleet")
        .addOption(countOption("--min <count>", "at least so many instances"))
        .addOption(countOption("--max <count>", "at most so many instances"))
        .option("--reason <text>", "why: it is told in every decision that it changes")
        .addOption(new Option("--by <name>", "who says so").env("USER").default("an operator"))
        .option("--list", "print the overrides there are")
        .option("--end <id>", "take one away before its time"),
    ),
  )
    .addHelpText("after", examples)
    .action(override);

async function override(fleet: string, options: Options): Promise<void> {
  await withLog(options, async (log) => {
    await newestOf(log, fleet);
    if (options.list) return print(tableOf(columns, await log.overrides(fleet)));
    if (options.end !== undefined) return await end(log, fleet, options.end);
    const bound = boundOf(options);
    await log.putOverride(fleet, bound);
    print([`${fleet}: ${sides(bound)} until ${new Date(bound.until).toISOString()}; its id is ${bound.id}`]);
  });
}

/** In the engine's words: a floor of 0 and a roof of a million leave that side alone. */
const roofNone = 1_000_000;
const textMax = 200;

function boundOf({ min = 0, max = roofNone, reason = "", by, ...ends }: Options): Override {
  if (min === 0 && max === roofNone) throw new CliError("an override bounds something: give --min, --max or both");
  if (min > max) throw new CliError(`--min ${min} is more than --max ${max}`);
  if (reason.trim() === "") throw new CliError("an override wants a --reason: whoever reads the log will ask");
  const now = Date.now();
  const until = endsAt(ends, now);
  return {
    id: new Date(now).toISOString(),
    min,
    max,
    until,
    by: by.slice(0, textMax),
    reason: reason.slice(0, textMax),
  };
}

async function end(log: Log, fleet: string, id: string): Promise<void> {
  if ((await log.endOverride(fleet, id)) === "ended") return print([`${fleet}: override ${id} has ended`]);
  const ids = (await log.overrides(fleet)).map((one) => one.id);
  throw new CliError(
    `no override ${id} of ${fleet}: ${ids.length === 0 ? "there are none" : `there are ${ids.join(", ")}`}`,
  );
}

const sides = ({ min, max }: Override): string =>
  [...(min > 0 ? [`at least ${min}`] : []), ...(max < roofNone ? [`at most ${max}`] : [])].join(", ");

const columns: readonly Column<Override>[] = [
  { head: "ID", text: ({ id }) => id, wrapsTo: "never" },
  { head: "BOUND", text: sides, wrapsTo: "never" },
  { head: "UNTIL", text: ({ until }) => new Date(until).toISOString(), wrapsTo: "never" },
  { head: "STATE", text: ({ until }) => (until > Date.now() ? "in force" : "ended"), wrapsTo: "never" },
  { head: "BY", text: ({ by }) => by, wrapsTo: 8 },
  { head: "REASON", text: ({ reason }) => reason, wrapsTo: 16 },
];
