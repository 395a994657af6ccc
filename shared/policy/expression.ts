// Metric math, as far as it makes one series of those it names. Checked here, so that CloudWatch does not refuse the fleet's
// whole look for a slip in it; calculated there.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
import { error, ok, type Result } from "../core/index.ts";
import { quote } from "./place.ts";
import { either } from "./shape.ts";
import { didYouMean } from "./suggest.ts";
import type { ExpressionPart } from "./types.ts";

/** CloudWatch takes 2,048 characters, and names get longer on the way there. */
export const expressionLengthMax = 500;
const nameUseCountMax = 20;

interface Token {
  readonly kind: "number" | "word" | "sign" | "other";
  readonly text: string;
  /** From 1, as one counts. */
  readonly character: number;
}
/** What a part of an expression comes to: one number, one series, or several series. */
type Kind = "number" | "series" | "list";

/** Where the reading stands. The first mistake is the one that is told; after it everything is at its end. */
interface Cursor {
  readonly tokens: readonly Token[];
  readonly names: readonly string[];
  next: number;
  mistake: string | undefined;
}

/** Its parts, or what is wrong with it. `names` are those it may use. */
export function readExpression(text: string, names: readonly string[]): Result<readonly ExpressionPart[], string> {
  const tokens = tokensOf(text);
  const cursor: Cursor = { tokens, names, next: 0, mistake: undefined };
  const kind = operation(cursor, 0);
  if (cursor.next < tokens.length) fail(cursor, `expected an operator, found ${here(cursor)}`);
  if (kind === "list") fail(cursor, "expected one series, found several: combine them, such as SUM([a, b])");
  if (kind === "number") fail(cursor, "expected a series, found a single number: TIME_SERIES(…) makes one of it");
  const parts = partsOf(tokens, names);
  if (parts.filter((part) => part.kind === "series").length > nameUseCountMax)
    fail(cursor, `expected at most ${nameUseCountMax} uses of names`);
  return cursor.mistake === undefined ? ok(parts) : error(cursor.mistake);
}

const patterns: readonly (readonly [Token["kind"], RegExp])[] = [
  ["number", /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ["word", /[A-Za-z][A-Za-z0-9_]*/y],
  ["sign", /==|!=|<=|>=|&&|\|\||[-+*/^<>(),[\]]/y],
  ["other", /\S/uy],
];

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const found = patterns.flatMap(([kind, pattern]) => {
      pattern.lastIndex = at;
      const [match] = pattern.exec(text) ?? [];
      return match === undefined ? [] : [{ kind, text: match, character: at + 1 }];
    })[0];
    if (found) tokens.push(found);
    at += found?.text.length ?? 1;
  }
  return tokens;
}

/** Spaced always in the same way, so that how it was spaced makes no other policy of it. */
const partsOf = (tokens: readonly Token[], names: readonly string[]): readonly ExpressionPart[] =>
  tokens.map(({ kind, text }) =>
    kind === "word" && names.includes(text) ? { kind: "series", name: text } : { kind: "text", text },
  );

/** Operators from the loosest to the tightest. */
const levels: readonly (readonly string[])[] = [
  ["||", "OR"],
  ["&&", "AND"],
  ["==", "!=", "<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/"],
  ["^"],
];

function operation(cursor: Cursor, level: number): Kind {
  const operators = levels[level];
  if (operators === undefined) return signed(cursor);
  let kind = operation(cursor, level + 1);
  while (takes(cursor, operators)) kind = together([kind, operation(cursor, level + 1)]);
  return kind;
}

function together(kinds: readonly Kind[]): Kind {
  if (kinds.includes("list")) return "list";
  return kinds.includes("series") ? "series" : "number";
}

const signed = (cursor: Cursor): Kind => (takes(cursor, ["-"]) ? signed(cursor) : operand(cursor));

function operand(cursor: Cursor): Kind {
  const token = cursor.tokens[cursor.next];
  if (token?.kind === "number") return taken(cursor, "number");
  if (token?.kind === "word") return word(cursor, token);
  if (takes(cursor, ["("])) return closed(cursor, ")", operation(cursor, 0));
  if (takes(cursor, ["["])) {
    commaSeparated(cursor, () => operation(cursor, 0));
    return closed(cursor, "]", "list");
  }
  return fail(cursor, `expected a number, a name of \`using\`, a function or (, found ${here(cursor)}`);
}

function word(cursor: Cursor, { text, character }: Token): Kind {
  const isCall = cursor.tokens[cursor.next + 1]?.text === "(";
  if (isCall || several.includes(text)) return call(cursor, text);
  if (cursor.names.includes(text)) return taken(cursor, "series");
  const slip = didYouMean(text, cursor.names) || `; \`using\` names ${either(cursor.names) || "nothing"}`;
  return fail(cursor, `unknown name ${quote(text)} at character ${character}${slip}`);
}

/** They give several series, or such as the policy does not name. */
const several: readonly string[] = [
  "ANOMALY_DETECTION_BAND",
  "DB_PERF_INSIGHTS",
  "INSIGHT_RULE_METRIC",
  "LAMBDA",
  "METRICS",
  "REMOVE_EMPTY",
  "SEARCH",
  "SELECT",
  "SERVICE_QUOTA",
  "SLICE",
  "SORT",
];

interface MathFunction {
  /** How many arguments, least and most. */
  readonly takes: readonly [number, number];
  readonly gives: (given: readonly Kind[]) => Kind;
}
const ofEach: MathFunction = { takes: [1, 1], gives: together };
/** Across the series of a list, minute by minute; of one series a single number. */
const across: MathFunction = { takes: [1, 1], gives: ([of]) => (of === "list" ? "series" : "number") };
const number: MathFunction = { takes: [1, 1], gives: () => "number" };
const functions: ReadonlyMap<string, MathFunction> = new Map([
  ...["ABS", "CEIL", "FLOOR", "LOG", "LOG10"].map((name) => [name, ofEach] as const),
  ...["DIFF", "DIFF_TIME", "RATE", "RUNNING_SUM"].map((name) => [name, ofEach] as const),
  ...["EPOCH", "MINUTE", "HOUR", "DAY", "DATE", "MONTH", "YEAR"].map((name) => [name, ofEach] as const),
  ...["AVG", "MAX", "MIN", "STDDEV", "SUM", "FIRST", "LAST"].map((name) => [name, across] as const),
  ...["DATAPOINT_COUNT", "METRIC_COUNT", "PERIOD"].map((name) => [name, number] as const),
  ["FILL", { takes: [2, 2], gives: ([of = "number"]) => of }],
  ["IF", { takes: [2, 3], gives: together }],
  ["TIME_SERIES", { takes: [1, 1], gives: () => "series" }],
]);

function call(cursor: Cursor, name: string): Kind {
  if (several.includes(name))
    return fail(cursor, `\`${name}\` gives several series, or ones that \`using\` does not name; a rule reads one`);
  const known = functions.get(name);
  if (known === undefined)
    return fail(cursor, `unknown function ${quote(name)}${didYouMean(name, [...functions.keys()])}`);
  cursor.next += 2;
  const given = commaSeparated(cursor, (index) => argument(cursor, name, index));
  const [least, most] = known.takes;
  if (given.length < least || given.length > most)
    fail(
      cursor,
      `expected ${least === most ? least : `${least} to ${most}`} arguments of ${name}, found ${given.length}`,
    );
  return closed(cursor, ")", known.gives(given));
}

/** FILL alone takes words in the place of a number. */
const argument = (cursor: Cursor, name: string, index: number): Kind =>
  name === "FILL" && index === 1 && takes(cursor, ["LINEAR", "REPEAT"]) ? "number" : operation(cursor, 0);

function commaSeparated(cursor: Cursor, read: (index: number) => Kind): readonly Kind[] {
  const kinds = [read(0)];
  while (takes(cursor, [","])) kinds.push(read(kinds.length));
  return kinds;
}

const taken = (cursor: Cursor, kind: Kind): Kind => {
  cursor.next += 1;
  return kind;
};

function takes(cursor: Cursor, texts: readonly string[]): boolean {
  const isNext = texts.includes(cursor.tokens[cursor.next]?.text ?? "");
  if (isNext) cursor.next += 1;
  return isNext;
}

const closed = (cursor: Cursor, bracket: ")" | "]", kind: Kind): Kind =>
  takes(cursor, [bracket]) ? kind : fail(cursor, `expected ${bracket}, found ${here(cursor)}`);

function here({ tokens, next }: Cursor): string {
  const token = tokens[next];
  return token ? `${quote(token.text)} at character ${token.character}` : "its end";
}

function fail(cursor: Cursor, mistake: string): Kind {
  cursor.mistake ??= mistake;
  cursor.next = cursor.tokens.length;
  return "series";
}
