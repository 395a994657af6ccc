// From a folder with splits.json to tracks. What is wrong with it is said in one sentence that tells what to do.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type DurationMs, dayMs, type EpochMs, error, minuteMs, ok, type Result } from "../../shared/core/index.ts";
import {
  autoInstanceCount,
  autoPlant,
  defaultPlant,
  type ParsedTrace,
  parseTrace,
  type Trace,
} from "../../shared/sim/index.ts";
import { standingOf } from "./standing.ts";
import type { Split, Track } from "./types.ts";

const time = z.iso.datetime().transform((text) => Date.parse(text));
const splitsFile = z
  .array(
    z.object({
      id: z.string().min(1),
      trace: z.string().min(1),
      warmup: time,
      score_from: time,
      score_to: time,
      shape: z.string().default(""),
    }),
  )
  .min(1);

const shapeOfSplits =
  'a list of { "id", "trace" (a CSV in that folder), "warmup", "score_from", "score_to" (ISO 8601 UTC), "shape" }';

export function readSplits(folder: string): Result<readonly Split[], string> {
  const path = join(folder, "splits.json");
  const text = readText(path);
  if (text.kind === "error")
    return error(`${text.error}: --traces takes a folder with a splits.json, ${shapeOfSplits}`);
  const parsed = splitsFile.safeParse(jsonOf(text.value));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return error(`${path} ${issue?.path.join(".") || "as a whole"}: ${issue?.message}; it must be ${shapeOfSplits}`);
  }
  const splits = parsed.data.map(({ id, trace, shape, warmup, score_from: from, score_to: to }) => ({
    ...{ id, file: trace, shape, warmup, from, to },
  }));
  if (new Set(splits.map(({ id }) => id)).size < splits.length) return error(`${path}: two splits share an id`);
  const wrong = splits.find(({ warmup, from, to }) => warmup > from || from >= to);
  return wrong === undefined ? ok(splits) : error(`${path} ${wrong.id}: warmup ≤ score_from < score_to must hold`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readText(path: string): Result<string, string> {
  try {
    return ok(readFileSync(path, "utf8"));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    return error(`${path} cannot be read (${code === "ENOENT" ? "there is none" : message})`);
  }
}

/** How much of each trace is run: all of it, or a week that is scored after a week to learn from. */
export type Extent = "whole" | "week";
const quickMs: DurationMs = 7 * dayMs;

/** The trace cut to the split, its plant by the whole scored window, and whether it counts. */
export function readTrack(folder: string, split: Split, extent: Extent): Result<Track, string> {
  const path = join(folder, split.file);
  const text = readText(path);
  if (text.kind === "error") return error(`${text.error}: splits.json names it as the trace of ${split.id}`);
  const parsed = parseTrace(text.value, { name: split.id, unit: "per-minute", repair: "refuse" });
  if (parsed.kind === "error") return error(`${path}:${parsed.error[0]?.line} ${parsed.error[0]?.message}`);
  return trackOf(parsed.value, split, extent);
}

export function trackOf({ trace, intervalMs }: ParsedTrace, split: Split, extent: Extent): Result<Track, string> {
  const whole = cut(trace, split.warmup, split.to);
  const plant = autoPlant({ trace: whole, scored: split, instanceCount: autoInstanceCount, base: defaultPlant });
  if (plant.kind === "error") return error(`${split.id}: ${plant.error}`);
  const run = extent === "whole" ? split : shortened(split);
  return ok({
    split: run,
    trace: cut(trace, run.warmup, run.to),
    grid: intervalMs <= minuteMs ? "native-minute" : "coarse",
    standing: standingOf(whole, split, plant.value),
    plant: plant.value,
  });
}

const shortened = (split: Split): Split => ({
  ...split,
  warmup: Math.max(split.warmup, split.from - quickMs),
  to: Math.min(split.to, split.from + quickMs),
});

/** Its minutes in [from, to), as far as it has them. */
function cut(trace: Trace, from: EpochMs, to: EpochMs): Trace {
  const first = Math.max(0, Math.ceil((from - trace.startAt) / minuteMs));
  const end = Math.max(first, Math.ceil((to - trace.startAt) / minuteMs));
  return {
    name: trace.name,
    startAt: trace.startAt + first * minuteMs,
    loads: trace.loads.subarray(first, end),
    filled: trace.filled.subarray(first, end),
  };
}
