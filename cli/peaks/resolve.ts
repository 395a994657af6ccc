// `peaks resolve`: reads the days that the policy's peaks are to be like, and puts the figures beside the log: at once, or from a trace.
// Without it the forecast function does within the hour.
import { Command, Option } from "commander";
import { CliError } from "../failure.ts";
import { type LogOptions, withLog, withLogOptions } from "../log.ts";
import { print } from "../output.ts";
import { resolved } from "./judged.ts";
import { policyOf } from "./standing.ts";
import { expected } from "./words.ts";

interface Options extends LogOptions {
  readonly history?: string;
  readonly by: string;
}

const examples = `
Examples:
  $ tidegate peaks resolve shop                        of all peaks with \`expect: { like: … }\`, from the log
  $ tidegate peaks resolve shop --history 2026.csv     from a trace

The forecast function reads them within the hour, from the log and CloudWatch; this does it at once, or with a trace of your own.
Until then such a peak is blind: the fleet does not shrink for it, nor grow.`;

export const resolveCommand = (): Command =>
  withLogOptions(
    new Command("resolve")
      .description("read the days that a policy's peaks are to be like")
      .argument("<fleet>", "the fleet")
      .option("--history <file>", "a trace to take the load from, not the log")
      .addOption(new Option("--by <name>", "who says so").env("USER").default("an operator")),
  )
    .addHelpText("after", examples)
    .action(resolve);

async function resolve(fleet: string, { history, by, ...options }: Options): Promise<void> {
  await withLog(options, async (log) => {
    const now = await log.now(fleet);
    const { peaks } = await policyOf(log, fleet);
    const alike = peaks.filter(({ expect }) => expect.kind === "like");
    if (alike.length === 0) return print([`no peak of ${fleet}'s policy is to be like a day`]);
    for (const peak of alike) {
      const read = await resolved(peak, { log, fleet, now, history });
      if (read.kind === "error") throw new CliError(read.error);
      await log.putPeak(fleet, { peak: read.value, by, addedAt: now });
      print([`${fleet}/${peak.name}: ${expected(read.value)}`]);
    }
  });
}
