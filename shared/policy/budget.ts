// `limits.budget`: dollars an hour, and what an instance costs: the price table is resolved into the policy here.
import { named } from "./named.ts";
import { defaulted, object, optional, required } from "./object.ts";
import { type Fault, fault, keyAt, type Place, valueAt } from "./place.ts";
import { dearestOf, listPrices, type Price } from "./prices.ts";
import { type Range, usdPerHour } from "./quantity.ts";
import { convert, type Shape } from "./shape.ts";
import type { Budget, Launch } from "./types.ts";

export interface WrittenBudget {
  readonly softUsd: number | "none";
  readonly hardUsd: number | "none";
  readonly prices: Readonly<Record<string, Price>>;
}

const limit: Range = { from: 0.01, to: 100_000 };
export const priceRange: Range = { from: 0.0001, to: 1_000 };

const price: Shape<Price> = convert(
  object({
    fields: {
      onDemand: required(usdPerHour(priceRange), "One instance, on demand."),
      spot: required(usdPerHour(priceRange), "One instance, on the spot market."),
    },
  }),
  ({ onDemand, spot }) => ({ onDemandUsd: onDemand, spotUsd: spot }),
);

export const instanceType = {
  expects: "an instance type such as m7g.large",
  pattern: /^[a-z0-9-]{2,20}\.[a-z0-9-]{2,20}$/,
};
const prices = named({ item: price, noun: "prices", key: instanceType, min: 0, max: 50 });

export const budget: Shape<WrittenBudget> = convert(
  object({
    fields: {
      soft: optional(usdPerHour(limit), "Beyond it every decision warns."),
      hard: optional(usdPerHour(limit), "Beyond it the fleet does not grow; `bounds.min` stands all the same."),
      prices: defaulted(prices, {}, "By instance type, where the table of Tidegate has none or another."),
    },
    check: ({ soft, hard }, at) => {
      if (valueAt(at, "soft") === undefined && valueAt(at, "hard") === undefined)
        return [fault(at, "expected `soft`, `hard` or both, such as { soft: 9 USD/h, hard: 14 USD/h }")];
      if (soft === undefined || hard === undefined || soft <= hard) return [];
      return [fault(valueAt(at, "soft") ?? at, `expected at most hard, which is ${hard} USD/h, found ${soft} USD/h`)];
    },
  }),
  ({ soft, hard, prices: given }): WrittenBudget => ({
    softUsd: soft ?? "none",
    hardUsd: hard ?? "none",
    prices: given,
  }),
);

/** A price for every type that may be bought: which one it will be is EC2's choice. */
export function priceFaults(written: WrittenBudget, { instanceTypes }: Launch, root: Place): readonly Fault[] {
  const limits = valueAt(root, "limits") ?? root;
  const at = keyAt(limits, "budget");
  if (instanceTypes.length === 0)
    return [fault(at, "expected `launch.instanceTypes`: a budget has to know what an instance costs")];
  const unknown = instanceTypes.filter((type) => priceOf(type, written.prices) === "unknown");
  return unknown.map((type) =>
    fault(
      at,
      `no price of ${type} is known: give it as \`prices: { ${type}: { onDemand: 0.10 USD/h, spot: 0.04 USD/h } }\``,
    ),
  );
}

const priceOf = (type: string, given: WrittenBudget["prices"]): Price | "unknown" =>
  given[type] ?? listPrices.priceOf(type);

export function budgetOf(written: WrittenBudget | undefined, { instanceTypes }: Launch): Budget {
  if (written === undefined) return { kind: "none" };
  const dearest = dearestOf(instanceTypes, (type) => priceOf(type, written.prices));
  if (dearest === "unknown") return { kind: "none" };
  const { softUsd, hardUsd } = written;
  return { kind: "hourly", softUsd, hardUsd, ...dearest };
}
