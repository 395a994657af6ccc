// How Tidegate and its peers do on recorded traffic: `npm run bench -- --traces DIR`. docs/benchmark.md is what it wrote.
import { existsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Command, Option } from "commander";
import { error, ok, type Result } from "../shared/core/index.ts";
import { contestants } from "./peers/contestants.ts";
import { htmlOf } from "./peers/html.ts";
import { jsonOf } from "./peers/json.ts";
import { keptIn, keptNowhere } from "./peers/keep.ts";
import { type Given, headlineBootSeconds, tasksOf } from "./peers/plan.ts";
import { runAll } from "./peers/pool.ts";
import { progress } from "./peers/progress.ts";
import { markdownOf, textOf } from "./peers/text.ts";
import { type Extent, readSplits, readTrack } from "./peers/tracks.ts";
import type { Track } from "./peers/types.ts";
import type { Report } from "./peers/words.ts";

interface Options {
  readonly traces: string;
  readonly quick?: true;
  readonly controllers?: string;
  readonly boots?: string;
  readonly seeds?: string;
  readonly json?: string;
  readonly html?: string;
  readonly docs?: string;
  readonly keep?: string;
}

const examples = `
Examples:
  $ npm run bench -- --traces DIR --quick
  $ npm run bench -- --traces DIR --json bench.json --html bench.html --docs docs/benchmark.md --keep bench.part
  $ npm run bench -- --traces DIR --controllers tidegate,hpa,no-forecast-limit --boots 180 --seeds 1

DIR holds splits.json, which says which traces there are and what of them is scored. A full run takes hours, a quick one minutes:
one seed, the headline's boot and plant, the first week of each scored window after a week to learn from. With --keep, a run that was
stopped goes on where it was when the same command is given again.`;

const program = new Command("bench")
  .description("every trace with every controller: charged cost, and what lies behind it")
  .requiredOption("--traces <dir>", "the folder with splits.json")
  .option("--quick", "one seed, the headline's boot, a week to learn from and a week scored")
  .option("--controllers <names>", "only these, by comma")
  .option("--boots <seconds>", "nominal boots, by comma (default 90,180,360,600)")
  .option("--seeds <n>", "seeds at the headline's boot (default 5)")
  .option("--json <file>", "every figure, for programs")
  .option("--html <file>", "a page with the tables and a picture of each trace")
  .addOption(new Option("--docs <file>", "the tables as a document"))
  .option("--keep <file>", "what is done is kept there, and not done again by the same code")
  .addHelpText("after", examples)
  .action(bench);

async function bench(options: Options): Promise<void> {
  const given = givenOf(options);
  if (given.kind === "error") return refuse(given.error);
  const extent: Extent = options.quick ? "week" : "whole";
  const tracks = tracksOf(options.traces, extent);
  if (tracks.kind === "error") return refuse(tracks.error);
  const unwritable = [options.json, options.html, options.docs, options.keep].find(
    (file) => file && !existsSync(dirname(file)),
  );
  if (unwritable) return refuse(`${unwritable} cannot be written: there is no folder ${dirname(unwritable)}`);
  const kept = options.keep === undefined ? ok(keptNowhere) : keptIn(options.keep, extent);
  if (kept.kind === "error") return refuse(kept.error);
  const tasks = tasksOf(tracks.value, given.value);
  const shown = progress();
  const entries = await runAll(tasks, {
    folder: options.traces,
    extent,
    kept: kept.value,
    onDone: ({ id, controller, bootSeconds, start }, ratio) =>
      shown.update(ratio, `${id} ${controller}, boot ${bootSeconds} s${start === "even" ? "" : `, ${start}`}`),
  });
  shown.stop();
  write(options, { given: given.value, tracks: tracks.value, entries });
}

function write(options: Options, report: Report): void {
  const command = `npm run bench -- --traces DIR${options.quick ? " --quick" : ""} --docs docs/benchmark.md`;
  process.stdout.write(`${textOf(report)}\n`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(jsonOf(report), null, 1)}\n`);
  if (options.html !== undefined) writeFileSync(options.html, htmlOf(report));
  if (options.docs !== undefined) writeFileSync(options.docs, markdownOf(report, command));
}

/** All tracks, or the first thing that is wrong with one. */
function tracksOf(folder: string, extent: Extent): Result<readonly Track[], string> {
  const splits = readSplits(folder);
  if (splits.kind === "error") return splits;
  const tracks: Track[] = [];
  for (const split of splits.value) {
    const track = readTrack(folder, split, extent);
    if (track.kind === "error") return track;
    tracks.push(track.value);
  }
  return ok(tracks);
}

function givenOf({ quick, controllers, boots, seeds }: Options): Result<Given, string> {
  const names = controllers?.split(",") ?? Object.keys(contestants);
  const unknown = names.find((name) => !Object.hasOwn(contestants, name));
  if (unknown !== undefined)
    return error(
      `--controllers ${unknown}: there is none of that name; there are ${Object.keys(contestants).join(", ")}`,
    );
  const bootSeconds = numbersOf(boots ?? (quick ? `${headlineBootSeconds}` : "90,180,360,600"), bootSecondsMax);
  if (bootSeconds.length === 0)
    return error(`--boots takes seconds by comma, such as 90,180, each 1 to ${bootSecondsMax}`);
  const seedCounts = numbersOf(seeds ?? (quick ? "1" : "5"), seedsMax);
  const [seedCount] = seedCounts;
  if (seedCount === undefined || seedCounts.length > 1)
    return error(`--seeds takes a whole number from 1 to ${seedsMax}`);
  return ok({ controllers: names, bootSeconds, seedCount, depth: quick ? "pictured" : "with-hindsight" });
}

/** An hour: longer boots are typing mistakes. */
const bootSecondsMax = 3_600;
const seedsMax = 50;

/** Different whole numbers from 1 to max; empty where the text is anything else. */
function numbersOf(text: string, max: number): readonly number[] {
  const numbers = text.split(",").map(Number);
  const isRight = /^\d{1,6}(,\d{1,6})*$/.test(text) && numbers.every((number) => number >= 1 && number <= max);
  return isRight && new Set(numbers).size === numbers.length ? numbers : [];
}

function refuse(sentence: string): void {
  process.stderr.write(`bench: ${sentence}\n`);
  process.exitCode = 1;
}

await program.parseAsync();
