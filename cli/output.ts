// The answer on stdout, everything else on stderr. Colours, borders and wrapping are for terminals; a pipe gets plain columns.
import Table from "cli-table3";
import picocolors from "picocolors";

export const print = (lines: readonly string[]): void => {
  if (lines.length > 0) process.stdout.write(`${lines.join("\n")}\n`);
};

export const say = (message: string): void => void process.stderr.write(`tidegate: ${message}\n`);

/** Colours only on a terminal; NO_COLOR and TERM=dumb are heeded. */
export const colours = picocolors.createColors(process.stdout.isTTY === true && picocolors.isColorSupported);

export interface Column<Row> {
  readonly head: string;
  readonly text: (row: Row) => string;
  /** What gives way, and how far, when the terminal is too narrow. */
  readonly widthMin: number;
}

/** `width` is the terminal's, or `unlimited` for a pipe. */
export function tableOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly string[] {
  return process.stdout.isTTY ? bordered(columns, rows, process.stdout.columns) : plain(columns, rows);
}

function plain<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly string[] {
  const cells = [columns.map(({ head }) => head), ...rows.map((row) => columns.map(({ text }) => text(row)))];
  const widths = widthsOf(cells);
  return cells.map((line) =>
    line
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Borders and padding of cli-table3 take this much of each column, and one more in front. */
const columnFrame = 3;

function bordered<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): readonly string[] {
  const cells = rows.map((row) => columns.map(({ text }) => text(row)));
  const natural = widthsOf([columns.map(({ head }) => head), ...cells]);
  const room = width - columns.length * columnFrame - 1;
  const widths = narrowed(
    natural,
    columns.map(({ widthMin }) => widthMin),
    room,
  );
  const table = new Table({
    head: columns.map(({ head }) => colours.bold(head)),
    colWidths: widths.map((one) => one + 2),
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  table.push(...cells);
  return table.toString().split("\n");
}

const widthsOf = (cells: readonly (readonly string[])[]): number[] =>
  (cells[0] ?? []).map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));

/** Takes a character at a time from the widest column that may still give. */
function narrowed(widths: readonly number[], least: readonly number[], room: number): readonly number[] {
  const left = [...widths];
  for (let excess = left.reduce((sum, one) => sum + one, 0) - room; excess > 0; excess--) {
    const giving = left.map((one, index) => (one > (least[index] ?? 0) ? one : 0));
    const widest = giving.indexOf(Math.max(...giving));
    if (giving[widest] === 0) break;
    left[widest] = (left[widest] ?? 0) - 1;
  }
  return left;
}
