// The real loop in real time on this machine: `npm run lab`. docs/lab.md says what it shows.
import { existsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Command } from "commander";
import { error, ok, type Result } from "../shared/core/index.ts";
import { htmlOf } from "./lab/html.ts";
import { jsonOf, type LabReport, reportOf } from "./lab/json.ts";
import { runPhase } from "./lab/phase.ts";
import { type Asked, askedOf, minutesUsual, type PhasePlan, phasesOf } from "./lab/plan.ts";
import { findHaproxy } from "./lab/proxy.ts";
import type { MinuteRecord, PhaseRun } from "./lab/records.ts";
import { peakUsual, type Settings, usual } from "./lab/settings.ts";
import { failedIn } from "./lab/tally.ts";
import { textOf } from "./lab/text.ts";
import { loadOfTrace } from "./lab/trace.ts";
import { warmByGate } from "./lab/warmer.ts";
import { progress } from "./peers/progress.ts";

interface Options {
  readonly minutes?: string;
  readonly requests?: string;
  readonly trace?: string;
  readonly from?: string;
  readonly span?: string;
  readonly peak?: string;
  readonly repair?: true;
  readonly quick?: true;
  readonly json?: string;
  readonly html: string;
  readonly haproxy?: string;
}

const examples = `
Examples:
  $ npm run lab -- --quick
  $ npm run lab -- --requests 1000000 --html lab.html --json lab.json
  $ npm run lab -- --trace requests.csv --from 1080 --span 120

A trace is CSV with the header timestamp,value[,filled], as simulate takes it. Each of its minutes is one of the loop's, its values are
scaled so that the highest is --peak, and after its last minute the first follows.

Instances are HTTP servers, the load balancer is a real HAProxy, the load comes from autocannon: all on 127.0.0.1, all gone when it ends,
also after Ctrl-C. A minute of the loop takes ${usual.minuteTakesMs / 1_000} s. Exit 1 where a measure is not met.`;

const program = new Command("lab")
  .description("the real loop on real sockets: scaling under load, kills, the first minute of new instances")
  .option("--minutes <n>", `how long the run takes (default ${minutesUsual})`)
  .option("--requests <n>", "goes on until planned scaling has been seen through with so many answers")
  .option("--trace <file>", `recorded traffic instead of the load that is built in (${usual.load.told})`)
  .option("--from <minute>", "the trace's minute to begin with, counted from its start (default 0)")
  .option("--span <minutes>", "so many of the trace's minutes (default: as many as the longest phase has)")
  .option("--peak <n>", `requests a second in its highest minute (default ${peakUsual})`)
  .option("--repair", "mend the trace's gaps, duplicates, steps back and negative values")
  .option("--quick", "about a minute: shows that it works, proves nothing")
  .option("--html <file>", "the page", "lab.html")
  .option("--json <file>", "every figure, for programs")
  .option("--haproxy <command>", "another HAProxy than the one that is installed")
  .addHelpText("after", examples)
  .action(lab);

async function lab(options: Options): Promise<void> {
  const asked = askedOf({
    minutes: options.minutes ?? "",
    requests: options.requests ?? "",
    quick: options.quick ? "quick" : "whole",
  });
  if (asked.kind === "error") return refuse(asked.error);
  const settings = settingsFor(options, asked.value);
  if (settings.kind === "error") return refuse(settings.error);
  const haproxy = findHaproxy(options.haproxy ?? "any");
  if (haproxy.kind === "error") return refuse(haproxy.error);
  const unwritable = [options.json, options.html].find((file) => file && !existsSync(dirname(file)));
  if (unwritable) return refuse(`${unwritable} cannot be written: there is no folder ${dirname(unwritable)}`);
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => interrupted.abort());
  try {
    const runs = await runAll(
      { asked: asked.value, settings: settings.value, command: haproxy.value.command },
      interrupted.signal,
    );
    write(options, { haproxy: haproxy.value.version, settings: settings.value, runs });
  } catch (failure) {
    if (!interrupted.signal.aborted) throw failure;
    process.stderr.write("lab: interrupted; nothing is left behind\n");
    process.exitCode = 130;
  }
}

function settingsFor({ trace, from, span, peak, repair }: Options, asked: Asked): Result<Settings, string> {
  const stray = [from, span, peak, repair].some((option) => option !== undefined);
  if (trace === undefined) return stray ? error("--from, --span, --peak and --repair are of a --trace") : ok(usual);
  const spanMinutes = Math.max(...phasesOf(asked, usual).map(({ minutes }) => minutes));
  const load = loadOfTrace(
    { file: trace, repair: repair ? "repair" : "refuse", from: from ?? "", span: span ?? "", peak: peak ?? "" },
    { spanMinutes, peakPerSecond: peakUsual },
  );
  return load.kind === "error" ? load : ok({ ...usual, load: { ...usual.load, ...load.value } });
}

interface Given {
  readonly asked: Asked;
  readonly settings: Settings;
  /** HAProxy's. */
  readonly command: string;
}

async function runAll({ asked, settings, command }: Given, signal: AbortSignal): Promise<readonly PhaseRun[]> {
  const plans = phasesOf(asked, settings);
  const runs: PhaseRun[] = [];
  let plannedCount = 0;
  for (const plan of plans) {
    const shown = progress();
    const isLast = plan === plans.at(-1);
    const run = await runPhase({
      ...plan,
      settings,
      warmer: warmByGate,
      command,
      answersMin: isLast ? asked.requests - plannedCount : 0,
      signal,
      onMinute: (record) => {
        if (process.stderr.isTTY || record.minute % 10 === 0)
          shown.update(Math.min(1, record.minute / plan.minutes), wordsFor(plan, record));
      },
    }).finally(() => shown.stop());
    if (plan.counts === "planned") plannedCount += run.minutes.reduce((sum, { tally }) => sum + tally.answeredCount, 0);
    runs.push(run);
  }
  return runs;
}

const wordsFor = ({ name }: PhasePlan, { perSecond, target, servingCount, tally }: MinuteRecord): string =>
  `${name}: ${perSecond} requests/s, target ${target}, ${servingCount} serving, ${failedIn(tally)} failed`;

function write({ html, json }: Options, report: LabReport): void {
  const { figures, measures } = reportOf(report);
  process.stdout.write(`load: ${report.settings.load.told}\n\n${textOf(figures, measures)}\n`);
  writeFileSync(html, htmlOf(report));
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(jsonOf(report), null, 1)}\n`);
  process.stderr.write(`${html} shows it\n`);
  if (measures.some(({ verdict }) => verdict === "not met")) process.exitCode = 1;
}

function refuse(sentence: string): void {
  process.stderr.write(`lab: ${sentence}\n`);
  process.exitCode = 1;
}

await program.parseAsync();
