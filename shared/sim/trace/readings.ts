// From CSV text to readings: one a row, in the file's order. Only what cannot be read is refused here; whether the
// readings lie on a grid is grid.ts's question.
import { type EpochMs, error, ok, type Result } from "../../core/index.ts";
import { createNotes, type TraceIssue } from "./issues.ts";
import { parseTimestamp } from "./timestamp.ts";

export interface Reading {
  readonly line: number;
  readonly at: EpochMs;
  readonly value: number;
  readonly kind: "real" | "filled";
}

/** Two months of seconds or nine years of minutes: more is a mistake, and would not fit in memory. */
export const rowCountMax = 5_000_000;
/** Far above any website. It keeps sums of loads finite. */
const valueMax = 1e12;

/** Reads `timestamp,value[,filled]` rows below a header. At least one reading, or issues. */
export function parseReadings(text: string): Result<readonly Reading[], readonly TraceIssue[]> {
  const end = text.trimEnd().length;
  let start = text.startsWith("\uFEFF") ? 1 : 0;
  if (start >= end) return issue(1, "the file is empty");
  const readings: Reading[] = [];
  const notes = createNotes();
  let columnCount = 0;
  for (let line = 1; start < end; line++) {
    if (line > rowCountMax + 1) return issue(line, `more than ${rowCountMax} rows`);
    const newline = text.indexOf("\n", start);
    const lineEnd = newline < 0 || newline > end ? end : newline;
    const fields = fieldsOf(text.slice(start, lineEnd));
    start = lineEnd + 1;
    if (line === 1) {
      const header = checkHeader(fields);
      if (header.kind === "error") return issue(1, header.error);
      columnCount = fields.length;
      continue;
    }
    const reading = parseReading(fields, columnCount, line);
    if (reading.kind === "ok") readings.push(reading.value);
    else notes.add(line, reading.error);
  }
  if (notes.count() > 0) return error(notes.list());
  return readings.length > 0 ? ok(readings) : issue(1, "there is no row below the header");
}

const issue = (line: number, message: string): Result<never, readonly TraceIssue[]> => error([{ line, message }]);

/** What `split(",")` gives, in a third of its time: rows come by the hundred thousand. */
function fieldsOf(row: string): readonly string[] {
  const fields: string[] = [];
  let from = 0;
  for (let comma = row.indexOf(","); comma >= 0; comma = row.indexOf(",", from)) {
    fields.push(row.slice(from, comma));
    from = comma + 1;
  }
  fields.push(row.slice(from));
  return fields;
}

function checkHeader(fields: readonly string[]): Result<"read", string> {
  const names = fields.map((field) => field.trim());
  const expected = "the header must be timestamp,value or timestamp,value,filled";
  for (const name of ["timestamp", "value"])
    if (!names.includes(name)) return error(`the column ${name} is missing: ${expected}`);
  const read = names.join(",");
  return read === "timestamp,value" || read === "timestamp,value,filled"
    ? ok("read")
    : error(`${expected}, not ${read}`);
}

function parseReading(fields: readonly string[], columnCount: number, line: number): Result<Reading, string> {
  const [timestamp = "", valueText = "", filledText = "0"] = fields;
  if (fields.length !== columnCount) return error(`${fields.length} fields, but the header has ${columnCount}`);
  const at = parseTimestamp(timestamp.trim());
  if (at.kind === "error") return error(`"${excerpt(timestamp)}" ${at.error}`);
  const value = parseNumber(valueText.trim());
  if (value.kind === "error") return value;
  const filled = filledText.trim();
  if (filled !== "0" && filled !== "1") return error(`filled must be 0 or 1, not "${excerpt(filled)}"`);
  return ok({ line, at: at.value, value: value.value, kind: filled === "1" ? "filled" : "real" });
}

const numberShape = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function parseNumber(text: string): Result<number, string> {
  const value = Number(text);
  if (!numberShape.test(text)) return error(`"${excerpt(text)}" is not a number`);
  return Math.abs(value) <= valueMax ? ok(value) : error(`${excerpt(text)} is beyond ${valueMax} requests`);
}

const excerptLengthMax = 40;
const excerpt = (text: string): string =>
  text.length > excerptLengthMax ? `${text.slice(0, excerptLengthMax)}…` : text;
