// A shape says three things at once: what it expects, in words; how to read it; and its JSON Schema. So the parser,
// its messages and what editors complete cannot drift apart.

import { isMap, isScalar } from "yaml";
import { error, ok, type Result } from "../core/index.ts";
import { type Fault, fault, found, type Place, textAt } from "./place.ts";
import { didYouMean } from "./suggest.ts";

export type Reading<T> = Result<T, readonly Fault[]>;
export type JsonSchema = { readonly [keyword: string]: unknown };

export interface Shape<T> {
  /** Continues "expected …". */
  readonly expects: string;
  readonly schema: JsonSchema;
  readonly read: (at: Place) => Reading<T>;
}

export const refuse = (at: Place, message: string): Reading<never> => error([fault(at, message)]);

export const unexpected = (at: Place, expects: string): Reading<never> =>
  refuse(at, `expected ${expects}, found ${found(at)}`);

/** With the known word that it may be a slip of. */
export const unexpectedWord = (at: Place, expects: string, known: readonly string[]): Reading<never> =>
  refuse(at, `expected ${expects}, found ${found(at)}${didYouMean(textAt(at) ?? "", known)}`);

/** `a, b or c` */
export const either = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;

/** Text that matches a pattern, which also bounds its length. */
export function text({
  expects,
  pattern,
  examples,
}: {
  expects: string;
  pattern: RegExp;
  examples: readonly string[];
}): Shape<string> {
  return {
    expects,
    schema: { type: "string", pattern: pattern.source, examples },
    read: (at) => {
      const value = isScalar(at.node) ? at.node.value : undefined;
      return typeof value === "string" && pattern.test(value) ? ok(value) : unexpected(at, expects);
    },
  };
}

export function oneOf<const T extends string>(words: readonly T[]): Shape<T> {
  const expects = either(words);
  return {
    expects,
    schema: { type: "string", enum: words },
    read: (at) => {
      const known = words.find((candidate) => candidate === textAt(at));
      return known === undefined ? unexpectedWord(at, expects, words) : ok(known);
    },
  };
}

export function wholeNumber({ from, to }: { from: number; to: number }): Shape<number> {
  const expects = `a whole number from ${from} to ${to}`;
  return {
    expects,
    schema: { type: "integer", minimum: from, maximum: to },
    read: (at) => {
      const value = isScalar(at.node) ? at.node.value : undefined;
      const inRange = typeof value === "number" && Number.isInteger(value) && value >= from && value <= to;
      // Adding 0 turns −0 into 0.
      return inRange ? ok(value + 0) : unexpected(at, expects);
    },
  };
}

/** Any number but infinity: in whatever unit a metric of the operator's own may be. */
export function plainNumber({ from, to }: { from: number; to: number }): Shape<number> {
  const expects = `a number from ${from} to ${to}`;
  return {
    expects,
    schema: { type: "number", minimum: from, maximum: to },
    read: (at) => {
      const value = isScalar(at.node) ? at.node.value : undefined;
      return typeof value === "number" && value >= from && value <= to ? ok(value + 0) : unexpected(at, expects);
    },
  };
}

export const flag: Shape<boolean> = {
  expects: "true or false",
  schema: { type: "boolean" },
  read: (at) =>
    isScalar(at.node) && typeof at.node.value === "boolean" ? ok(at.node.value) : unexpected(at, "true or false"),
};

/** The same spelling, another value. */
export const convert = <A, B>(shape: Shape<A>, to: (value: A) => B): Shape<B> => ({
  ...shape,
  read: (at) => {
    const reading = shape.read(at);
    return reading.kind === "ok" ? ok(to(reading.value)) : reading;
  },
});

/** The first of several spellings that fits. */
export function firstOf<T>(shapes: readonly Shape<T>[]): Shape<T> {
  const expects = either(shapes.map((shape) => shape.expects));
  return {
    expects,
    schema: { anyOf: shapes.map((shape) => shape.schema) },
    read: (at) => {
      const fits = shapes.map((shape) => shape.read(at)).find((reading) => reading.kind === "ok");
      return fits ?? unexpected(at, expects);
    },
  };
}

/** A short spelling, or a map that says more. The mistakes inside the map are told one by one. */
export function shortOrMap<T>(short: Shape<T>, map: Shape<T>): Shape<T> {
  const expects = `${short.expects}, or ${map.expects}`;
  return {
    expects,
    schema: { anyOf: [short.schema, map.schema] },
    read: (at) => (isMap(at.node) ? map : { ...short, read: readOr(short, expects) }).read(at),
  };
}

/** Complains in `expects`' words about what is no scalar at all; a wrong word keeps the shape's own message. */
const readOr =
  <T>(short: Shape<T>, expects: string) =>
  (at: Place): Reading<T> =>
    textAt(at) === undefined ? unexpected(at, expects) : short.read(at);
