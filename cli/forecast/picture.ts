// The next hours as a picture that reads the same in colour, in plain text and in a log file.
import type { EpochMs } from "../../shared/core/index.ts";
import { chartWidth } from "../chart.ts";

export interface StepAhead {
  readonly at: EpochMs;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const height = 10;
const everyLabel = 12;

/** `█` up to the load that is passed as often as not, `▒` up to the one in twenty, `░` up to the one in a hundred. */
export function picture(steps: readonly StepAhead[], width = chartWidth()): readonly string[] {
  const columns = columnsOf(steps, width);
  const top = Math.max(1, ...columns.map(({ p99 }) => p99));
  const rows = Array.from({ length: height }, (_, index) => {
    const level = (top * (height - index - 0.5)) / height;
    const label = index % 3 === 0 ? short((top * (height - index)) / height) : "";
    return `${label.padStart(6)} ┤${columns.map((column) => cell(column, level)).join("")}`;
  });
  const times = columns.flatMap(({ at }, index) => (index % everyLabel === 0 ? [timeOf(at).padEnd(everyLabel)] : []));
  return [...rows, `        ${times.join("").trimEnd()}`, "        requests/min:  █ p50   ▒ p95   ░ p99"];
}

/** A column shows the highest step of its span. */
function columnsOf(steps: readonly StepAhead[], width: number): readonly StepAhead[] {
  const count = Math.min(width, steps.length);
  const start = (column: number): number => Math.floor((column * steps.length) / count);
  return Array.from({ length: count }, (_, column) => {
    const span = steps.slice(start(column), start(column + 1));
    const highest = span.reduce((most, next) => (next.p99 > most.p99 ? next : most));
    return { ...highest, at: span[0]?.at ?? highest.at };
  });
}

function cell({ p50, p95, p99 }: StepAhead, level: number): string {
  if (level <= p50) return "█";
  if (level <= p95) return "▒";
  return level <= p99 ? "░" : " ";
}

function short(load: number): string {
  if (load < 10_000) return String(Math.ceil(load));
  return load < 1e7 ? `${Math.ceil(load / 1e3)}k` : `${Math.ceil(load / 1e6)}M`;
}

const timeOf = (at: EpochMs): string => new Date(at).toISOString().slice(11, 16);
