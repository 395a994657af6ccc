// `history unmark`: a span teaches again.
import { Command } from "commander";
import { CliError } from "../failure.ts";
import { type LogOptions, newestOf, withLog, withLogOptions } from "../log.ts";
import { print } from "../output.ts";
import { everything } from "./marked.ts";

interface Options extends LogOptions {
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate history unmark shop 2026-11-20T16:02:11.000Z

\`tidegate history marks\` lists the ids.`;

export const unmarkCommand = (): Command =>
  withLogOptions(
    new Command("unmark")
      .description("take a mark back: its span teaches again")
      .argument("<fleet>", "the fleet")
      .argument("<id>", "the mark")
      .option("--json", "print what was taken back as one object"),
  )
    .addHelpText("after", examples)
    .action(unmark);

async function unmark(fleet: string, id: string, options: Options): Promise<void> {
  await withLog(options, async (log) => {
    await newestOf(log, fleet);
    if ((await log.endMark(fleet, id)) === "none-there")
      throw new CliError(await unknown(log.marks(fleet, everything)));
    print(options.json ? [JSON.stringify({ fleet, id })] : [`${fleet}: mark ${id} is taken back`]);
  });

  async function unknown(marks: Promise<readonly { readonly id: string }[]>): Promise<string> {
    const ids = (await marks).map((one) => one.id);
    return `no mark ${id} of ${fleet}: ${ids.length === 0 ? "there are none" : `there are ${ids.join(", ")}`}`;
  }
}
