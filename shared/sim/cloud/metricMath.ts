// A little of CloudWatch's metric math: sums, differences, products, quotients, and SUM, AVG, MIN, MAX across series. Anything
// else is refused as CloudWatch refuses what it does not understand.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
import type { EpochMs } from "../../core/index.ts";
import type { Point } from "../../engine/index.ts";
import { AwsError } from "./errors.ts";

type Series = ReadonlyMap<EpochMs, number>;
type Value =
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "series"; readonly series: Series }
  | { readonly kind: "list"; readonly list: readonly Series[] };

interface Cursor {
  readonly text: string;
  readonly tokens: readonly string[];
  readonly given: ReadonlyMap<string, readonly Point[]>;
  next: number;
}

/** Ascending points of one series. Throws the AwsError that fails the whole call. */
export function evaluate(text: string, given: ReadonlyMap<string, readonly Point[]>): readonly Point[] {
  const cursor: Cursor = { text, tokens: text.match(/\d+(?:\.\d+)?|\w+|\S/g) ?? [], given, next: 0 };
  const value = sum(cursor);
  if (cursor.next < cursor.tokens.length || value.kind !== "series") throw refused(cursor);
  return [...value.series].map(([at, number]) => ({ at, value: number })).sort((a, b) => a.at - b.at);
}

const refused = ({ text, tokens, next }: Cursor): AwsError =>
  new AwsError("ValidationError", `Error in expression '${text}': unexpected '${tokens[next] ?? "end"}'`);

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};

const sum = (cursor: Cursor): Value => chain(cursor, ["+", "-"], product);
const product = (cursor: Cursor): Value => chain(cursor, ["*", "/"], operand);

function chain(cursor: Cursor, signs: readonly string[], tighter: (cursor: Cursor) => Value): Value {
  let left = tighter(cursor);
  for (let sign = cursor.tokens[cursor.next]; sign && signs.includes(sign); sign = cursor.tokens[cursor.next]) {
    cursor.next += 1;
    left = combined(cursor, [left, tighter(cursor)], operations[sign] as (a: number, b: number) => number);
  }
  return left;
}

/** Minute by minute where both have a value; what divides by zero has none. */
function combined(cursor: Cursor, [a, b]: readonly [Value, Value], operate: (a: number, b: number) => number): Value {
  if (a.kind === "list" || b.kind === "list") throw refused(cursor);
  if (a.kind === "number" && b.kind === "number") return { kind: "number", number: operate(a.number, b.number) };
  const minutes = a.kind === "series" ? a.series.keys() : b.kind === "series" ? b.series.keys() : [];
  const of = (value: Value, at: EpochMs): number =>
    value.kind === "number"
      ? value.number
      : value.kind === "series"
        ? (value.series.get(at) ?? Number.NaN)
        : Number.NaN;
  const values = [...minutes].map((at): [EpochMs, number] => [at, operate(of(a, at), of(b, at))]);
  return { kind: "series", series: new Map(values.filter(([, value]) => Number.isFinite(value))) };
}

function operand(cursor: Cursor): Value {
  const token = cursor.tokens[cursor.next] ?? "";
  if (/^\d/.test(token)) return taken(cursor, { kind: "number", number: Number(token) });
  if (token === "(") return inside(cursor, ")", sum);
  if (token === "[") return inside(cursor, "]", list);
  const points = cursor.given.get(token);
  if (points !== undefined)
    return taken(cursor, { kind: "series", series: new Map(points.map(({ at, value }) => [at, value])) });
  const join = across[token];
  if (join === undefined) throw refused(cursor);
  cursor.next += 1;
  const value = inside(cursor, ")", sum);
  if (value.kind !== "list") throw refused(cursor);
  return { kind: "series", series: joined(value.list, join) };
}

const taken = (cursor: Cursor, value: Value): Value => {
  cursor.next += 1;
  return value;
};

function inside(cursor: Cursor, end: ")" | "]", read: (cursor: Cursor) => Value): Value {
  const start = end === ")" ? "(" : "[";
  if (cursor.tokens[cursor.next] !== start) throw refused(cursor);
  cursor.next += 1;
  const value = read(cursor);
  if (cursor.tokens[cursor.next] !== end) throw refused(cursor);
  return taken(cursor, value);
}

function list(cursor: Cursor): Value {
  const values: Series[] = [];
  for (;;) {
    const value = sum(cursor);
    if (value.kind !== "series") throw refused(cursor);
    values.push(value.series);
    if (cursor.tokens[cursor.next] !== ",") return { kind: "list", list: values };
    cursor.next += 1;
  }
}

const across: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((total, value) => total + value, 0),
  AVG: (values) => values.reduce((total, value) => total + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

/** Of those that have a value in a minute, however few. */
function joined(series: readonly Series[], join: (values: readonly number[]) => number): Series {
  const minutes = new Set(series.flatMap((one) => [...one.keys()]));
  return new Map([...minutes].map((at) => [at, join(series.flatMap((one) => one.get(at) ?? []))]));
}
