// The traces of a folder, as its splits.json names them, in five-minute steps. They are measured on, never copied.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { minuteMs } from "../../shared/core/index.ts";
import { parseTrace, type Trace } from "../../shared/sim/index.ts";

export interface Measured {
  readonly id: string;
  readonly name: string;
  readonly shape: string;
  readonly timeZone: string;
  readonly holidays: readonly { readonly date: string }[];
  readonly startAt: number;
  readonly loads: Float64Array;
  readonly isKnown: Uint8Array;
  /** Indices of steps. */
  readonly scoreFrom: number;
  readonly scoreTo: number;
  readonly grid: "fine" | "coarser than five minutes";
}

/** What the user can mend: one line, no stack. */
export class BenchError extends Error {
  override readonly name = "BenchError";
}

interface Split {
  readonly id: string;
  readonly trace: string;
  readonly shape: string;
  readonly warmup: string;
  readonly score_from: string;
  readonly score_to: string;
  readonly time_zone?: string;
  readonly holidays?: readonly string[];
}

export function readTraces(folder: string): readonly Measured[] {
  const file = join(folder, "splits.json");
  const splits = parsedJson(file, readOrFail(file));
  if (!Array.isArray(splits) || splits.length === 0) throw new BenchError(`${file} must hold a list of traces`);
  return splits.map((split, index) => measured(folder, checked(split, `${file}, entry ${index + 1}`)));
}

function readOrFail(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new BenchError(`cannot read ${file}: ${(cause as Error).message}`);
  }
}

function parsedJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new BenchError(`${file} is no JSON: ${(cause as Error).message}`);
  }
}

function checked(split: Partial<Record<keyof Split, unknown>>, where: string): Split {
  for (const key of ["id", "trace", "shape", "warmup", "score_from", "score_to"] as const)
    if (typeof split[key] !== "string") throw new BenchError(`${where}: ${key} is missing or no text`);
  for (const key of ["warmup", "score_from", "score_to"] as const)
    if (Number.isNaN(Date.parse(split[key] as string)))
      throw new BenchError(`${where}: ${key} is no time: ${split[key]}`);
  return split as Split;
}

function measured(folder: string, split: Split): Measured {
  const file = join(folder, split.trace);
  const text = readOrFail(file);
  const parsed = parseTrace(text, { name: split.id, unit: "per-minute", repair: "refuse" });
  if (parsed.kind === "error") {
    const [{ line, message } = { line: 1, message: "unreadable" }] = parsed.error;
    throw new BenchError(`${file}:${line} ${message}`);
  }
  const steps = fiveMinutes(parsed.value.trace, Date.parse(split.warmup));
  const indexOf = (time: string): number => Math.floor((Date.parse(time) - steps.startAt) / stepMs);
  const [scoreFrom, scoreTo] = [indexOf(split.score_from), Math.min(indexOf(split.score_to), steps.loads.length)];
  if (scoreFrom < 576 || scoreTo <= scoreFrom)
    throw new BenchError(
      `${split.id}: two days from warmup to score_from are needed, and score_to after it, within ${file}`,
    );
  const grid = intervalOf(text) > stepMs ? "coarser than five minutes" : "fine";
  const { id, shape, trace: name } = split;
  const holidays = (split.holidays ?? []).map((date) => ({ date }));
  return { id, name, shape, timeZone: split.time_zone ?? "UTC", holidays, ...steps, scoreFrom, scoreTo, grid };
}

const stepMs = 5 * minuteMs;

/** Steps begin with the trace's first reading: cut anywhere else, a reading of five minutes would tell of the step after. */
function fiveMinutes({ startAt, loads, filled }: Trace, from: number) {
  const first = Math.max(0, Math.floor((from - startAt) / stepMs)) * 5;
  const length = Math.floor((loads.length - first) / 5);
  const [means, isKnown] = [new Float64Array(length), new Uint8Array(length)];
  for (let step = 0; step < length; step++) {
    let [total, count] = [0, 0];
    for (let i = first + step * 5; i < first + step * 5 + 5; i++) {
      if (filled[i] === 1) continue;
      total += loads[i] ?? 0;
      count += 1;
    }
    means[step] = count > 0 ? total / count : 0;
    isKnown[step] = count > 0 ? 1 : 0;
  }
  return { startAt: Math.floor((startAt + first * minuteMs) / stepMs) * stepMs, loads: means, isKnown };
}

/** Between the first two readings. */
function intervalOf(text: string): number {
  const [first = 0, second = 0] = text
    .split("\n", 3)
    .slice(1)
    .map((row) => Date.parse(row.split(",")[0] ?? ""));
  return second - first;
}
