// The answer on stdout, everything else on stderr. Colours and wrapping are for terminals; a pipe gets plain columns.
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
  /** A column of sentences may be wrapped, down to this width; others are never. */
  readonly wrapsTo: number | "never";
}

/** The terminal's; a pipe takes any. */
const widthOfStdout = (): number | "unlimited" => (process.stdout.isTTY ? process.stdout.columns : "unlimited");

/** Lines that fit the width: a table, or where that is too narrow for one, a block of lines a row. */
export function tableOf<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width = widthOfStdout(),
): readonly string[] {
  const cells = rows.map((row) => columns.map(({ text }) => text(row)));
  const heads = columns.map(({ head }) => head);
  const natural = heads.map((head, index) => Math.max(head.length, ...cells.map((line) => line[index]?.length ?? 0)));
  if (width === "unlimited") return [heads, ...cells].map((line) => padded(line, natural));
  const widths = narrowed(natural, columns, width - gap.length * (columns.length - 1));
  return widths === "too narrow" ? blocks(heads, cells) : wrapped(heads, cells, widths);
}

const gap = "  ";

const padded = (line: readonly string[], widths: readonly number[]): string =>
  line
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join(gap)
    .trimEnd();

/** Takes a character at a time from the widest column that may still give. */
function narrowed<Row>(
  natural: readonly number[],
  columns: readonly Column<Row>[],
  room: number,
): readonly number[] | "too narrow" {
  const widths = [...natural];
  const least = columns.map(({ wrapsTo }, index) => (wrapsTo === "never" ? (natural[index] ?? 0) : wrapsTo));
  for (let excess = widths.reduce((sum, one) => sum + one, 0) - room; excess > 0; excess--) {
    const giving = widths.map((one, index) => (one > (least[index] ?? 0) ? one : 0));
    const widest = Math.max(...giving);
    if (widest === 0) return "too narrow";
    widths[giving.indexOf(widest)] = widest - 1;
  }
  return widths;
}

/** The groups of a number, `10 920`, stay on one line: cli-table3 wraps at every kind of space there is. */
const joint = "\uE000";
const joinGroups = (text: string): string => text.replace(/(?<=\d) (?=\d{3}(?!\d))/g, joint);

function wrapped(
  heads: readonly string[],
  cells: readonly (readonly string[])[],
  widths: readonly number[],
): readonly string[] {
  const table = new Table({
    head: heads.map((head) => colours.bold(head)),
    colWidths: widths.map((width, index) => (index === widths.length - 1 ? width : width + gap.length)),
    wordWrap: true,
    chars: unframed,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(...cells.map((line) => line.map(joinGroups)));
  const lines = table.toString().replaceAll(joint, " ").split("\n");
  return lines.map((line) => line.trimEnd());
}

const unframed = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
  ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
  ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: "" },
};

function blocks(heads: readonly string[], cells: readonly (readonly string[])[]): readonly string[] {
  const width = Math.max(...heads.map(({ length }) => length));
  const lineOf = (head: string, cell: string): string => `${colours.bold(head.padEnd(width))}${gap}${cell}`;
  return cells.flatMap((line, index) => [
    ...(index === 0 ? [] : [""]),
    ...line.map((cell, at) => lineOf(heads[at] ?? "", cell)),
  ]);
}
