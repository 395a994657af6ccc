// `stop`: from the next look on nothing is drained or terminated, of all fleets or of some, until `resume`. No deploy.
import { Command, Option } from "commander";
import type { Braked } from "../../shared/aws/log/index.ts";
import { brakedBy, namedBrake } from "../brakes.ts";
import { CliError } from "../failure.ts";
import { type LogOptions, withLog, withLogOptions } from "../log.ts";
import { print } from "../output.ts";

interface Options extends LogOptions {
  readonly all?: true;
  readonly reason: string;
  readonly by: string;
}

const examples = `
Examples:
  $ tidegate stop --all --reason "incident 7: targets flap"
  $ tidegate stop shop web --reason "migration"
  $ tidegate resume --all                         takes the brake away again

A fleet takes it at its next look: within a minute where something moves, within five where all is calm. Fleets still grow,
and what is launched is registered. Who stopped it, when and why stands in every decision meanwhile (tidegate explain).`;

export const stopCommand = (): Command =>
  withLogOptions(
    new Command("stop")
      .description("halt terminations at the next look, without a deploy, until resume")
      .argument("[fleets...]", "fleets to stop; or --all")
      .option("--all", "every fleet of the stage, those deployed later too")
      .requiredOption("--reason <text>", "why: it is told in every decision meanwhile")
      .addOption(new Option("--by <name>", "who says so").env("USER").default("an operator")),
  )
    .addHelpText("after", examples)
    .action(stop);

const textMax = 200;

async function stop(fleets: readonly string[], options: Options): Promise<void> {
  const { reason, by } = options;
  if (reason.trim() === "") throw new CliError("--reason is empty: say why, whoever finds the fleets stopped will ask");
  if (reason.length > textMax)
    throw new CliError(`--reason has ${reason.length} characters, at most ${textMax} are kept`);
  const brakes = brakedBy(fleets, options);
  await withLog(options, async (log) => {
    await expectKnown(await log.fleets(), brakes);
    for (const braked of brakes) await log.putBrake(braked, { since: Date.now(), by: by.slice(0, textMax), reason });
    print(brakes.map((braked) => `stopped: ${namedBrake(braked)} drains and terminates nothing until resumed`));
  });
}

/** A brake on a misspelt fleet would hold nothing. */
async function expectKnown(known: readonly string[], brakes: readonly Braked[]): Promise<void> {
  const unknown = brakes.flatMap((braked) =>
    braked.kind === "fleet" && !known.includes(braked.fleet) ? [braked.fleet] : [],
  );
  if (unknown.length === 0) return;
  const others = known.length === 0 ? "no fleet has decided anything yet" : `the fleets are ${known.join(", ")}`;
  throw new CliError(`no decision of ${unknown.join(", ")}: ${others}; --all stops every fleet`);
}
