// Need and capacity over time as a picture that reads the same in colour, in plain text and in a log file.
import type { EpochMs } from "../shared/core/index.ts";

export interface ChartMinute {
  readonly at: EpochMs;
  /** Instances that the load needs. */
  readonly needed: number;
  readonly serving: number;
}

export interface ChartOptions {
  readonly width: number;
  readonly height: number;
}

const widthMax = 96;
const labelWidth = 8;

/** As wide as the terminal allows, and no wider than reads well. */
export const chartWidth = (): number =>
  Math.max(12, Math.min(widthMax, (process.stdout.columns ?? widthMax + labelWidth) - labelWidth));

/** `█` is needed and served, `░` serves and is to spare, `▒` is needed and missing. */
export function chart(minutes: readonly ChartMinute[], { width, height }: ChartOptions): string {
  const columns = columnsOf(minutes, width);
  const top = Math.max(1, ...columns.map(({ needed, serving }) => Math.max(needed, serving)));
  const rows = Array.from({ length: height }, (_, index) => {
    const level = (top * (height - index - 0.5)) / height;
    const label = index % 3 === 0 ? String(Math.ceil((top * (height - index)) / height)) : "";
    return `${label.padStart(6)} ┤${columns.map((column) => cell(column, level)).join("")}`;
  });
  return [...rows, axis(columns), "        █ instances needed   ░ to spare   ▒ missing"].join("\n");
}

type Column = ChartMinute;

/** A column shows the minute of its span in which reserve was least: a shortage is never averaged away. */
function columnsOf(minutes: readonly ChartMinute[], width: number): readonly Column[] {
  const count = Math.min(width, minutes.length);
  const start = (column: number): number => Math.floor((column * minutes.length) / count);
  return Array.from({ length: count }, (_, column) => {
    const span = minutes.slice(start(column), start(column + 1));
    const tightest = span.reduce((worst, next) =>
      next.serving - next.needed < worst.serving - worst.needed ? next : worst,
    );
    return { ...tightest, at: span[0]?.at ?? tightest.at };
  });
}

function cell({ needed, serving }: Column, level: number): string {
  if (level <= Math.min(needed, serving)) return "█";
  if (level <= serving) return "░";
  return level <= needed ? "▒" : " ";
}

/** A time every twelve columns. */
function axis(columns: readonly Column[]): string {
  const every = 12;
  const labels = columns.flatMap(({ at }, index) => (index % every === 0 ? [timeOf(at).padEnd(every)] : []));
  return `        ${labels.join("").trimEnd()}`;
}

const timeOf = (at: EpochMs): string => new Date(at).toISOString().slice(11, 16);
