// `history mark`: an outage, an incident, a one-off. What was measured then is no sign of what will be.
import { Command, Option } from "commander";
import { historyMs, type MarkedSpan } from "../../shared/control/index.ts";
import { type DurationMs, dayMs, type EpochMs } from "../../shared/core/index.ts";
import { CliError } from "../failure.ts";
import { type LogOptions, newestOf, withLog, withLogOptions } from "../log.ts";
import { instantOption } from "../options.ts";
import { print } from "../output.ts";
import { spanned } from "./marked.ts";

interface Options extends LogOptions {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly because: string;
  readonly by: string;
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate history mark shop --from 2026-11-20T14:00Z --to 2026-11-20T15:30Z --because "the payment was down"
  $ tidegate history mark shop --from 2026-11-27T06:00Z --to 2026-11-28T00:00Z --because "a newsletter that nobody announced"

The next refresh of the forecast, four hours away at most, learns as if nothing had been measured in that span, takes back what forecasts
were found to have lost then, and \`tidegate history pull\` writes it as filled. Nothing is deleted: \`tidegate history unmark\` takes it back.
Peaks need no mark: they teach nothing while they stand, in the policy or beside it.`;

export const markCommand = (): Command =>
  withLogOptions(
    new Command("mark")
      .description("say that a span of a fleet's past teaches nothing")
      .argument("<fleet>", "the fleet")
      .addOption(instantOption("--from <time>", "its begin, with its zone: 2026-11-20T14:00Z").makeOptionMandatory())
      .addOption(instantOption("--to <time>", "its end, exclusive").makeOptionMandatory())
      .requiredOption("--because <text>", "what happened")
      .addOption(new Option("--by <name>", "who says so").env("USER").default("an operator"))
      .option("--json", "print the mark as one object"),
  )
    .addHelpText("after", examples)
    .action(mark);

async function mark(fleet: string, options: Options): Promise<void> {
  const marked = markOf(options, Date.now());
  await withLog(options, async (log) => {
    await newestOf(log, fleet);
    await log.putMark(fleet, marked);
    print(
      options.json
        ? [JSON.stringify({ fleet, ...marked })]
        : [`${fleet}: ${spanned(marked)} teaches nothing; its id is ${marked.id}`],
    );
  });
}

const textMax = 200;
/** A longer one is more likely a slip: what is left of two weeks teaches little. */
const lengthMaxMs: DurationMs = 10 * dayMs;
const aheadMaxMs: DurationMs = 365 * dayMs;

function markOf({ from, to, because, by }: Options, now: EpochMs): MarkedSpan {
  if (from >= to) throw new CliError("--from is not before --to");
  if (because.trim() === "") throw new CliError("a mark wants a --because: whoever meets it will ask");
  if (to - from > lengthMaxMs) throw new CliError("a mark spans ten days at most: forecasts learn from fourteen");
  if (to <= now - historyMs)
    throw new CliError(
      "it is over for more than fourteen days: forecasts look back no further, and need no mark of it",
    );
  if (to > now + aheadMaxMs)
    throw new CliError(`${spanned({ from, to })} is more than a year ahead: is the year right?`);
  return { id: new Date(now).toISOString(), from, to, because: because.slice(0, textMax), by: by.slice(0, textMax) };
}
