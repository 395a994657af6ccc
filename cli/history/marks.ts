// `history marks`: which spans of a fleet's past teach nothing, and why.
import { Command } from "commander";
import { historyMs, type MarkedSpan } from "../../shared/control/index.ts";
import type { EpochMs } from "../../shared/core/index.ts";
import { type LogOptions, newestOf, withLog, withLogOptions } from "../log.ts";
import { type Column, print, tableOf } from "../output.ts";
import { everything, minute } from "./marked.ts";

interface Options extends LogOptions {
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate history marks shop
  $ tidegate history marks shop --json | jq '.[].because'`;

export const marksCommand = (): Command =>
  withLogOptions(
    new Command("marks")
      .description("list the spans of a fleet's past that teach nothing")
      .argument("<fleet>", "the fleet")
      .option("--json", "print an array with one object a mark"),
  )
    .addHelpText("after", examples)
    .action(marks);

async function marks(fleet: string, options: Options): Promise<void> {
  await withLog(options, async (log) => {
    await newestOf(log, fleet);
    const all = await log.marks(fleet, everything);
    if (options.json) return print([JSON.stringify(all, null, 2)]);
    if (all.length === 0) return print([`${fleet} has no marks: all of its history teaches`]);
    print(tableOf(columns, all));
  });
}

function stateOf({ from, to }: MarkedSpan, now: EpochMs): string {
  if (from > now) return "ahead";
  return to > now - historyMs ? "in sight" : "past";
}

const columns: readonly Column<MarkedSpan>[] = [
  { head: "ID", text: ({ id }) => id, wrapsTo: "never" },
  { head: "FROM", text: ({ from }) => minute(from), wrapsTo: "never" },
  { head: "TO", text: ({ to }) => minute(to), wrapsTo: "never" },
  { head: "STATE", text: (mark) => stateOf(mark, Date.now()), wrapsTo: "never" },
  { head: "BY", text: ({ by }) => by, wrapsTo: 8 },
  { head: "BECAUSE", text: ({ because }) => because, wrapsTo: 16 },
];
