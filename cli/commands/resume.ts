// `resume`: takes away what `stop` has put there.
import { Command } from "commander";
import { brakedBy, namedBrake } from "../brakes.ts";
import { type LogOptions, withLog, withLogOptions } from "../log.ts";
import { print, say } from "../output.ts";

interface Options extends LogOptions {
  readonly all?: true;
}

const examples = `
Examples:
  $ tidegate resume --all
  $ tidegate resume shop

A brake on all fleets and one on a single fleet are two: each is taken away as it was put there. Exit 1 where none stood.`;

export const resumeCommand = (): Command =>
  withLogOptions(
    new Command("resume")
      .description("let terminations go on that stop has halted")
      .argument("[fleets...]", "fleets to resume; or --all")
      .option("--all", "the brake on every fleet of the stage"),
  )
    .addHelpText("after", examples)
    .action(resume);

async function resume(fleets: readonly string[], options: Options): Promise<void> {
  const brakes = brakedBy(fleets, options);
  await withLog(options, async (log) => {
    for (const braked of brakes) {
      const lifted = await log.liftBrake(braked);
      if (lifted === "lifted") print([`resumed: ${namedBrake(braked)}, from its next look on`]);
      else {
        process.exitCode = 1;
        say(`${namedBrake(braked)} was not stopped; ${await standing(log)}`);
      }
    }
  });
}

async function standing(log: Parameters<Parameters<typeof withLog>[1]>[0]): Promise<string> {
  const names = [...(await log.brakes()).keys()].map((name) => (name === "*" ? "--all" : name));
  return names.length === 0 ? "nothing is" : `what is: ${names.join(", ")}`;
}
