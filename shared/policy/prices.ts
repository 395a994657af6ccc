// What an instance costs: the one place where EC2's prices stand. USD an hour, Linux, us-east-1; a policy or a price file may give
// others. A face of its own, so that a Lambda that prices a plan does not carry the parser.
// https://aws.amazon.com/ec2/pricing/on-demand/
import type { Policy } from "./types.ts";

const instancePricesOf = "2026-06, us-east-1, Linux; spot taken as 45 % of on-demand";

/** USD an hour of one instance. */
export interface Price {
  readonly onDemandUsd: number;
  readonly spotUsd: number;
}

/** A `large` of each family, on demand. The other sizes are multiples of it. */
const largeUsd: Readonly<Record<string, number>> = {
  t3: 0.0832,
  t3a: 0.0752,
  t4g: 0.0672,
  m5: 0.096,
  m5a: 0.086,
  m6a: 0.0864,
  m6g: 0.077,
  m6i: 0.096,
  m7a: 0.11592,
  m7g: 0.0816,
  m7i: 0.1008,
  "m7i-flex": 0.09576,
  m8g: 0.08976,
  c5: 0.085,
  c5a: 0.077,
  c6a: 0.0765,
  c6g: 0.068,
  c6i: 0.085,
  c7a: 0.10264,
  c7g: 0.0725,
  c7i: 0.08925,
  c8g: 0.07976,
  r5: 0.126,
  r5a: 0.113,
  r6a: 0.1134,
  r6g: 0.1008,
  r6i: 0.126,
  r7a: 0.15215,
  r7g: 0.1071,
  r7i: 0.1323,
  r8g: 0.11782,
};

const sizes: Readonly<Record<string, number>> = {
  micro: 1 / 8,
  small: 1 / 4,
  medium: 1 / 2,
  large: 1,
  xlarge: 2,
  "2xlarge": 4,
  "4xlarge": 8,
  "8xlarge": 16,
  "12xlarge": 24,
  "16xlarge": 32,
  "24xlarge": 48,
};

/** General purpose volumes (gp3), USD a gigabyte and month of 730 hours: https://aws.amazon.com/ebs/pricing/ */
const gigabyteMonthUsd = 0.08;
const monthHours = 730;

export const storageUsdPerHour = (gigabytes: number): number => (gigabytes * gigabyteMonthUsd) / monthHours;

/** Spot prices move by the hour; two years of most of these families lie below this share. */
const spotRatio = 0.45;

/** The list price of a type; unknown for families and sizes that the table does not have. */
function listPrice(instanceType: string): Price | "unknown" {
  const [family = "", size = ""] = instanceType.split(".");
  const onDemandUsd = own(largeUsd, family) * own(sizes, size);
  return Number.isNaN(onDemandUsd) ? "unknown" : { onDemandUsd, spotUsd: onDemandUsd * spotRatio };
}

/** What instances cost, and who says so: the list above, or a file of the operator's. */
export interface PriceTable {
  /** Its date and region, for whoever reads the dollars. */
  readonly of: string;
  readonly priceOf: (instanceType: string) => Price | "unknown";
}

export const listPrices: PriceTable = { of: instancePricesOf, priceOf: listPrice };

const own = (table: Readonly<Record<string, number>>, key: string): number =>
  Object.hasOwn(table, key) ? (table[key] as number) : Number.NaN;

/** Of several types the dearest counts, so that a limit holds whichever of them is bought; unknown if one has no price. */
export function dearestOf(types: readonly string[], priceOf: PriceTable["priceOf"]): Price | "unknown" {
  const known = types.map(priceOf).filter((price) => price !== "unknown");
  if (known.length === 0 || known.length < types.length) return "unknown";
  const most = (of: (price: Price) => number): number => Math.max(...known.map(of));
  return { onDemandUsd: most((one) => one.onDemandUsd), spotUsd: most((one) => one.spotUsd) };
}

export interface Prices {
  /** Who says so, and when. */
  readonly of: string;
  /** Of the dearest type that the fleet may buy. */
  readonly usual: Price | "unknown";
  readonly priceOf: (instanceType: string) => Price | "unknown";
}

/** By the table, unless the policy's budget has been reckoned with prices of its own. */
export function pricesOf({ limits: { budget }, launch }: Policy, table: PriceTable): Prices {
  const listed = dearestOf(launch.instanceTypes, table.priceOf);
  const isOwn =
    budget.kind === "hourly" &&
    (listed === "unknown" || listed.onDemandUsd !== budget.onDemandUsd || listed.spotUsd !== budget.spotUsd);
  if (isOwn) return { of: "the policy's own", usual: budget, priceOf: () => budget };
  const priceOf = (type: string): Price | "unknown" => {
    const price = table.priceOf(type);
    return price === "unknown" ? listed : price;
  };
  return { of: table.of, usual: listed, priceOf };
}
