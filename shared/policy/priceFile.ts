// A price file: what instances cost on a day, in a region, by whoever's contract. It stands in for the list that ships.
import type { Result } from "../core/index.ts";
import { instanceType, priceRange } from "./budget.ts";
import type { Issue } from "./issue.ts";
import { named } from "./named.ts";
import { defaulted, object, optional, required } from "./object.ts";
import { parseAs } from "./parse.ts";
import { type Fault, fault, keyAt, type Place, valueAt } from "./place.ts";
import type { PriceTable } from "./prices.ts";
import { plainUsd } from "./quantity.ts";
import { convert, type Shape, text } from "./shape.ts";

const date = text({
  expects: "the day, or month, that the prices are of, such as 2026-11-02",
  pattern: /^\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?$/,
  examples: ["2026-11-02"],
});
const region = text({ expects: "a region such as eu-west-1", pattern: /^[a-z0-9-]{2,30}$/, examples: ["eu-west-1"] });

/** Those of the fleets that there are; all of EC2's hundreds are nobody's. */
const typeCountMax = 100;
const pricesOf = (min: 0 | 1) =>
  named({ item: plainUsd(priceRange), noun: "prices", key: instanceType, min, max: typeCountMax });

const prices = object({
  fields: {
    date: required(date, "When the prices were so."),
    region: optional(region, "Where; only told."),
    onDemand: required(pricesOf(1), "USD an hour of one instance, by its type."),
    spot: defaulted(pricesOf(0), {}, "On the spot market; a type left out is reckoned at its price on demand."),
  },
  check: ({ onDemand, spot }, at) => (onDemand && spot ? spotAlone(onDemand, spot, at) : []),
});

/** A fleet buys on demand where spot is not to be had. */
const spotAlone = (
  onDemand: Readonly<Record<string, number>>,
  spot: Readonly<Record<string, number>>,
  at: Place,
): readonly Fault[] =>
  Object.keys(spot)
    .filter((type) => !Object.hasOwn(onDemand, type))
    .map((type) =>
      fault(keyAt(valueAt(at, "spot") ?? at, type), `expected a price of ${type} under \`onDemand\`, too`),
    );

const tableIn = (file: string): Shape<PriceTable> =>
  convert(prices, ({ date, region, onDemand, spot }) => ({
    of: [file, date, ...(region === undefined ? [] : [region])].join(", "),
    priceOf: (type) => {
      const [onDemandUsd, spotUsd] = [own(onDemand, type), own(spot, type)];
      return onDemandUsd === undefined ? "unknown" : { onDemandUsd, spotUsd: spotUsd ?? onDemandUsd };
    },
  }));

const own = (table: Readonly<Record<string, number>>, type: string): number | undefined =>
  Object.hasOwn(table, type) ? table[type] : undefined;

/** YAML or JSON → the table, or all of its mistakes. `file` names it, in the mistakes and beside the dollars. */
export const parsePrices = (text: string, file: string): Result<PriceTable, readonly Issue[]> =>
  parseAs(tableIn(file), text, file);
