// `start`: the main job on an embedded default. `npm start` runs it.
import { once } from "node:events";
import { Command } from "commander";
import { openEmbedded } from "../../shared/aws/index.ts";
import type { MinuteRow } from "../../shared/sim/index.ts";
import { saleDay } from "../day/day.ts";
import { play } from "../day/play.ts";
import { summary, whatNext } from "../day/summary.ts";
import { worthReading } from "../day/worthReading.ts";
import { CliError } from "../failure.ts";
import { progress } from "../progress.ts";

interface Options {
  readonly keep?: true;
  readonly folder: string;
}

const examples = `
Examples:
  $ npm start
  $ npm start -- --keep      serve the log on until Ctrl-C

The day is played in virtual time: real decisions, real SDK clients over a simulated cloud, the log in an embedded DynamoDB
in .tidegate/. An earlier run's log in that folder is replaced; any other folder is left alone.`;

export const startCommand = (): Command =>
  new Command("start")
    .description("play one sale day of policies/shop.yml from end to end, and sum it up")
    .option("--keep", "go on serving the log on 127.0.0.1 until Ctrl-C")
    .option("--folder <folder>", "where the embedded database lives", ".tidegate")
    .addHelpText("after", examples)
    .action(start);

async function start({ keep, folder }: Options): Promise<void> {
  const day = saleDay();
  const embedded = await openEmbedded(folder, { mode: "start-over" });
  if (embedded.kind === "error") throw new CliError(embedded.error);
  try {
    process.stdout.write(
      `${day.policy.fleet}: one sale day, ${new Date(day.trace.startAt).toISOString().slice(0, 10)}, in virtual time\n`,
    );
    const bar = progress("playing the day", lines);
    const played = await play(day, embedded.value.table, (minute, doneCount) =>
      bar.update(doneCount, day.trace.loads.length, minute),
    );
    bar.stop();
    const first = worthReading(played.looks, 1)[0]?.look.row.id ?? `${day.policy.fleet}@1`;
    process.stdout.write(`\n${await summary(day, played)}\n\n${whatNext(first)}\n`);
    if (keep) await untilInterrupted(embedded.value.endpoint);
  } finally {
    await embedded.value.close();
  }
}

/** Where no bar can be drawn: a line for every three hours of the day. */
const lines = ({ t, load, serving, target }: MinuteRow): string =>
  t % (180 * 60_000) === 0
    ? `${new Date(t).toISOString().slice(11, 16)}  ${Math.round(load)} requests/min, ${serving} serving, target ${target}`
    : "";

async function untilInterrupted(endpoint: string): Promise<void> {
  process.stdout.write(`\nServing the log on ${endpoint} until Ctrl-C; --local finds it.\n`);
  const stay = setInterval(() => {}, 60_000);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  clearInterval(stay);
}
