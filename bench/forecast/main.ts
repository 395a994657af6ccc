// How good the forecast is beside five others, on traces it has not seen: `npm run bench:forecast -- --traces FOLDER`.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import type { Result } from "../../shared/core/index.ts";
import { readSplits, readTrack } from "../peers/tracks.ts";
import { type ComingReport, runComing } from "./coming/run.ts";
import { linesOf, reportOf, type TraceReport } from "./report.ts";
import { methodNames, ownName, runTrace } from "./run.ts";
import { BenchError, readTraces } from "./traces.ts";

const usage = `npm run bench:forecast -- --traces FOLDER [--quick] [--only own] [--trace ID] [--json]

  --traces FOLDER  holds splits.json, which names the traces and the windows that are scored
  --quick          a forecast every six hours, not every hour
  --trace ID       this trace only; may be repeated
  --only own       without the baselines
  --json           one object with every number`;

async function main(): Promise<void> {
  const { traces: folder, quick, only, trace: ids, json, help } = parsed();
  if (help) {
    print(usage);
    return;
  }
  if (folder === undefined) throw new BenchError(`--traces is missing\n\n${usage}`);
  if (only !== undefined && only !== "own") throw new BenchError(`--only takes own, not ${only}`);
  const all = readTraces(folder);
  const known = all.map(({ id }) => id);
  for (const id of ids ?? [])
    if (!known.includes(id)) throw new BenchError(`--trace ${id}: there are ${known.join(", ")}`);
  const methods = only === "own" ? [ownName] : methodNames;
  const reports: TraceReport[] = all
    .filter(({ id }) => ids === undefined || ids.includes(id))
    .map((trace) => {
      const onMethod = (method: string): void => void process.stderr.write(`${trace.id} ${trace.name}: ${method}\n`);
      const { id, name, shape, grid } = trace;
      return { id, name, shape, grid, results: runTrace(trace, { every: quick ? 72 : 12, methods, onMethod }) };
    });
  const coming = comingOf(folder, reports, only === "own" ? "own" : "all");
  const report = reportOf(reports, { coming, bundleKb: await bundleKb() });
  print(json ? JSON.stringify(report, null, 2) : linesOf(report).join("\n"));
}

/** Of the traces of a minute: a coarser one is held, and its next minutes are no riddle. */
function comingOf(folder: string, reports: readonly TraceReport[], only: "own" | "all"): readonly ComingReport[] {
  const splits = orFail(readSplits(folder));
  return splits
    .filter(({ id }) => reports.some((report) => report.id === id))
    .map((split) => orFail(readTrack(folder, split, "whole")))
    .filter(({ grid }) => grid === "native-minute")
    .map((track) => {
      const onMethod = (method: string): void =>
        void process.stderr.write(`${track.split.id}, the coming minutes: ${method}\n`);
      return runComing(track, { only, onMethod });
    });
}

function orFail<Found>(result: Result<Found, string>): Found {
  if (result.kind === "error") throw new BenchError(result.error);
  return result.value;
}

/** The library as it would be deployed, alone. */
async function bundleKb(): Promise<number> {
  const { bundled } = await import(new URL("../../bundle.mjs", import.meta.url).href);
  const code: string = await bundled(fileURLToPath(new URL("../../shared/forecast/index.ts", import.meta.url)));
  return gzipSync(code).length / 1_000;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

function parsed() {
  const flag = { type: "boolean" } as const;
  const text = { type: "string" } as const;
  try {
    const options = {
      traces: text,
      quick: flag,
      only: text,
      trace: { ...text, multiple: true },
      json: flag,
      help: flag,
    } as const;
    return parseArgs({ options }).values;
  } catch (cause) {
    throw new BenchError(`${(cause as Error).message}\n\n${usage}`);
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(`bench:forecast: ${error.message}\n`);
  process.exitCode = 1;
}
