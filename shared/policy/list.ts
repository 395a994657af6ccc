// Lists with a limit on their length.

import { isSeq } from "yaml";
import { error, ok } from "../core/index.ts";
import { type Fault, fault, found, itemsOf, lineOf, type Place, textAt, valueAt } from "./place.ts";
import { refuse, type Shape, unexpected } from "./shape.ts";

export interface ListOf<T> {
  readonly item: Shape<T>;
  /** In the plural: `rules`. */
  readonly noun: string;
  readonly min: 0 | 1;
  /** Fifty where nothing is said. */
  readonly max?: number;
  readonly check?: (at: Place) => readonly Fault[];
}

/** No fleet needs more of anything, and a row of the log has to hold the policy's consequences. */
const listLengthMax = 50;

export function list<T>({ item, noun, min, max = listLengthMax, check = () => [] }: ListOf<T>): Shape<readonly T[]> {
  const expects = `a list of ${min === 0 ? "at most" : `${min} to`} ${max} ${noun}`;
  return {
    expects,
    schema: { type: "array", items: item.schema, minItems: min, maxItems: max },
    read: (at) => {
      if (!isSeq(at.node)) return unexpected(at, expects);
      const count = at.node.items.length;
      if (count < min || count > max) return refuse(at, `expected ${expects}, found ${count}`);
      const readings = itemsOf(at).map(item.read);
      const faults = [...readings.flatMap((reading) => (reading.kind === "error" ? reading.error : [])), ...check(at)];
      const values = readings.flatMap((reading) => (reading.kind === "ok" ? [reading.value] : []));
      return faults.length === 0 && values.length === count ? ok(values) : error(faults);
    },
  };
}

/** What an item must not share with another, and where it says so; undefined if it does not say. */
type Identity = { readonly at: Place; readonly value: string | number } | undefined;

/** The fault of each item whose identity an earlier one has. It speaks even when the items are wrong otherwise. */
export function repeated(at: Place, identityOf: (item: Place) => Identity): readonly Fault[] {
  const seen = new Map<string | number, Place>();
  return itemsOf(at).flatMap((item) => {
    const identity = identityOf(item);
    if (identity === undefined) return [];
    const earlier = seen.get(identity.value);
    seen.set(identity.value, earlier ?? identity.at);
    if (earlier === undefined) return [];
    return [fault(identity.at, `${found(identity.at)} is already on line ${lineOf(earlier)}`)];
  });
}

/** Items that are words themselves. */
export const repeatedWords = (at: Place): readonly Fault[] => repeated(at, wordAt);

/** Items that are maps with a `name`. */
export const repeatedNames = (at: Place): readonly Fault[] =>
  repeated(at, (item) => {
    const name = valueAt(item, "name");
    return name && wordAt(name);
  });

const wordAt = (at: Place): Identity => {
  const value = textAt(at);
  return value === undefined ? undefined : { at, value };
};
