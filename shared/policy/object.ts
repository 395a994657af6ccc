// Maps with known keys. Every mistake is collected: a wrong value hides neither its neighbours nor the unknown keys.

import { Document, isMap } from "yaml";
import { assert, error, ok } from "../core/index.ts";
import { type Entry, entriesOf, type Fault, fault, lineOf, missingAt, type Place, rootOf, valueAt } from "./place.ts";
import { either, type JsonSchema, type Reading, type Shape, unexpected } from "./shape.ts";
import { nearest } from "./suggest.ts";

export interface Field<T> {
  readonly presence: "required" | "optional";
  readonly schema: JsonSchema;
  readonly read: (at: Place) => Reading<T>;
  /** What stands for the key when it is not there. */
  readonly absent: (owner: Place, key: string) => Reading<T>;
}

export function required<T>(shape: Shape<T>, description: string): Field<T> {
  return {
    presence: "required",
    schema: { description, ...shape.schema },
    read: shape.read,
    absent: (owner, key) =>
      error(owner.source.state === "torn" ? [] : [fault(missingAt(owner, key), `missing, expected ${shape.expects}`)]),
  };
}

export const optional = <T>(shape: Shape<T>, description: string): Field<T | undefined> => ({
  presence: "optional",
  schema: { description, ...shape.schema },
  read: shape.read,
  absent: () => ok(undefined),
});

/** `spelling` is the default as one would write it in the YAML; it is read by the same code. */
export function defaulted<T>(shape: Shape<T>, spelling: unknown, description: string): Field<T> {
  const value = readSpelling(shape, spelling);
  return {
    presence: "optional",
    schema: { description, ...shape.schema, default: spelling },
    read: shape.read,
    absent: () => ok(value),
  };
}

/** A map all of whose keys have defaults may be left out altogether. */
export const group = <T>(shape: Shape<T>, description: string): Field<T> => defaulted(shape, {}, description);

/** Reads what the program itself has written, so a mistake in it is a broken invariant. */
export function readSpelling<T>(shape: Shape<T>, spelling: unknown): T {
  const source = { document: new Document(spelling), lineStarts: [0], state: "whole" } as const;
  const reading = shape.read(rootOf(source));
  assert(reading.kind === "ok", `the spelling ${JSON.stringify(spelling)} is ${shape.expects}`);
  return reading.value;
}

type Fields = Readonly<Record<string, Field<unknown>>>;
export type Values<F> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };
/** A rule about several keys; it sees those that could be read, so that it speaks even when others are wrong. */
export type Check<F> = (values: Partial<Values<F>>, at: Place) => readonly Fault[];

export interface ObjectOf<F> {
  readonly fields: F;
  /** Keys of which the map holds exactly one; they are optional fields. */
  readonly choice?: readonly (keyof F & string)[];
  readonly check?: Check<F>;
}

export function object<F extends Fields>({ fields, choice = [], check = () => [] }: ObjectOf<F>): Shape<Values<F>> {
  const keys = Object.keys(fields);
  const expects = `a map with ${keys.join(", ")}`;
  return {
    expects,
    schema: { ...objectSchema(fields), ...choiceSchema(choice) },
    read: (at) => {
      if (!isMap(at.node)) return unexpected(at, expects);
      const readings = readFields(fields, at);
      const keyFaults = [...strayFaults(at, keys), ...duplicateFaults(at)];
      const valueFaults = readings.flatMap(([, reading]) => (reading.kind === "error" ? reading.error : []));
      const faults = [
        ...keyFaults,
        ...choiceFaults(at, choice, keys),
        ...valueFaults,
        ...check(valuesOf(readings), at),
      ];
      // A torn text may lack what it has not come to: that is no fault of its own, and no value either.
      const isComplete = readings.every(([, reading]) => reading.kind === "ok") && isChosen(at, choice);
      return isComplete && faults.length === 0 ? ok(valuesOf(readings) as Values<F>) : error(faults);
    },
  };
}

type FieldReading = readonly [key: string, reading: Reading<unknown>];

const readFields = (fields: Fields, owner: Place): readonly FieldReading[] =>
  Object.entries(fields).map(([key, field]) => {
    const at = valueAt(owner, key);
    if (at !== undefined) return [key, field.read(at)];
    const absent = field.absent(owner, key);
    // A required key that is merely misspelt is one mistake, not two.
    const isTold = absent.kind === "error" && isMisspelt(key, owner, Object.keys(fields));
    return [key, isTold ? error([]) : absent];
  });

export const isMisspelt = (key: string, owner: Place, known: readonly string[]): boolean =>
  entriesOf(owner).some((entry) => entry.key !== undefined && nearest(entry.key, known) === key);

const valuesOf = <F>(readings: readonly FieldReading[]): Partial<Values<F>> =>
  Object.fromEntries(
    readings.flatMap(([key, reading]) => (reading.kind === "ok" ? [[key, reading.value]] : [])),
  ) as Partial<Values<F>>;

const strayFaults = (at: Place, known: readonly string[]): readonly Fault[] =>
  entriesOf(at).flatMap((entry) => strayFault(entry, known));

function strayFault({ key, keyAt }: Entry, known: readonly string[]): readonly Fault[] {
  if (key === undefined) return [fault(keyAt, `expected a plain key: ${either(known)}`)];
  if (known.includes(key)) return [];
  const meant = nearest(key, known);
  return [
    fault(
      keyAt,
      meant === undefined ? `unknown key, expected ${either(known)}` : `unknown key; did you mean \`${meant}\`?`,
    ),
  ];
}

export function duplicateFaults(owner: Place): readonly Fault[] {
  const entries = entriesOf(owner);
  return entries.flatMap(({ key, keyAt }, index) => {
    const first = entries.findIndex((entry) => entry.key === key);
    if (key === undefined || first === index) return [];
    return [fault(keyAt, `duplicate key, already given on line ${lineOf(entries[first]?.keyAt ?? keyAt)}`)];
  });
}

const objectSchema = (fields: Fields): JsonSchema => ({
  type: "object",
  additionalProperties: false,
  required: Object.keys(fields).filter((key) => fields[key]?.presence === "required"),
  properties: Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.schema])),
});

/** The fault of none or of two. An unknown key may have been meant as one, and has its own fault. */
const isChosen = (at: Place, choice: readonly string[]): boolean =>
  choice.length === 0 || entriesOf(at).some(({ key }) => key !== undefined && choice.includes(key));

function choiceFaults(at: Place, choice: readonly string[], known: readonly string[]): readonly Fault[] {
  if (choice.length === 0) return [];
  const [first, second] = entriesOf(at).filter(({ key }) => key !== undefined && choice.includes(key));
  if (second !== undefined && second.key !== first?.key) {
    return [fault(second.keyAt, `expected one of ${either(choice)}, but \`${first?.key}\` is already given`)];
  }
  const isExcused = first !== undefined || at.source.state === "torn" || strayFaults(at, known).length > 0;
  return isExcused ? [] : [fault(at, `expected one of ${either(choice)}`)];
}

const choiceSchema = (choice: readonly string[]): JsonSchema =>
  choice.length === 0 ? {} : { oneOf: choice.map((key) => ({ required: [key] })) };
