// Maps whose keys the operator chooses: metrics, dimensions, the series of an expression.
import { isMap } from "yaml";
import { error, ok } from "../core/index.ts";
import { duplicateFaults } from "./object.ts";
import { type Entry, entriesOf, type Fault, fault, quote } from "./place.ts";
import { refuse, type Shape, unexpected } from "./shape.ts";

export interface NamedOf<T> {
  readonly item: Shape<T>;
  /** In the plural: `metrics`. */
  readonly noun: string;
  readonly key: { readonly expects: string; readonly pattern: RegExp };
  readonly min: 0 | 1;
  readonly max: number;
}

export function named<T>({ item, noun, key, min, max }: NamedOf<T>): Shape<Readonly<Record<string, T>>> {
  const expects = `a map of ${min === 0 ? "at most" : `${min} to`} ${max} ${noun}`;
  return {
    expects,
    schema: {
      type: "object",
      propertyNames: { pattern: key.pattern.source },
      additionalProperties: item.schema,
      minProperties: min,
      maxProperties: max,
    },
    read: (at) => {
      if (!isMap(at.node)) return unexpected(at, expects);
      const entries = entriesOf(at);
      if (entries.length < min || entries.length > max)
        return refuse(at, `expected ${expects}, found ${entries.length}`);
      const readings = entries.map((entry) => [entry.key ?? "", item.read(entry.valueAt)] as const);
      const faults = [
        ...entries.flatMap((entry) => keyFaults(entry, key)),
        ...duplicateFaults(at),
        ...readings.flatMap(([, reading]) => (reading.kind === "error" ? reading.error : [])),
      ];
      const values = readings.flatMap(([name, reading]) => (reading.kind === "ok" ? [[name, reading.value]] : []));
      return faults.length === 0 && values.length === entries.length ? ok(Object.fromEntries(values)) : error(faults);
    },
  };
}

function keyFaults({ key, keyAt }: Entry, { expects, pattern }: NamedOf<unknown>["key"]): readonly Fault[] {
  if (key !== undefined && pattern.test(key)) return [];
  return [fault(keyAt, `expected ${expects}${key === undefined ? "" : `, found ${quote(key)}`}`)];
}
