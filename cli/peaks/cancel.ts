// `peaks cancel`: takes an added peak away; the next look knows it no more.
import { Command } from "commander";
import { CliError } from "../failure.ts";
import { type LogOptions, withLog, withLogOptions } from "../log.ts";
import { print } from "../output.ts";
import { peakNamed } from "./standing.ts";

interface Options extends LogOptions {
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate peaks cancel spring-sale
  $ tidegate peaks cancel shop/spring-sale

One of the policy's is cancelled there, by a deploy. What a cancelled peak had launched goes as any surplus does.`;

export const cancelCommand = (): Command =>
  withLogOptions(
    new Command("cancel")
      .description("take an added peak away")
      .argument("<peak>", "its name, or fleet/name")
      .option("--json", "print the peak that was there"),
  )
    .addHelpText("after", examples)
    .action(cancel);

async function cancel(text: string, options: Options): Promise<void> {
  await withLog(options, async (log) => {
    const { fleet, peak, from } = await peakNamed(log, text);
    if (from === "the policy")
      throw new CliError(
        `${fleet}/${peak.name} is the policy's: take it out there and deploy; until then, tidegate override`,
      );
    await log.endPeak(fleet, peak.name);
    print([options.json ? JSON.stringify(peak) : `${fleet}/${peak.name} is cancelled: the next look knows it no more`]);
  });
}
