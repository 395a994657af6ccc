// What a peak comes to, minute by minute: demand, the instances that it wants, how many of them there may be, and their price.
import { endsAt, startsAt } from "../control/index.ts";
import { type DurationMs, type EpochMs, minuteMs } from "../core/index.ts";
import { affordable, instancesFor, plannedPeak, usdPerHour } from "../engine/index.ts";
import type { Peak, Policy } from "../policy/index.ts";
import { type Price, type PriceTable, pricesOf } from "../policy/prices.ts";
import type { Usual } from "./usual.ts";

export interface Plan {
  /** 0 where it is not known. */
  readonly usualPerMinute: number;
  readonly usual: Usual;
  readonly leadMs: DurationMs;
  readonly minutes: readonly PlanMinute[];
  /** The most that it wants at once, whatever bounds and budget allow. */
  readonly height: number;
  /** What bounds and budget allow. */
  readonly most: number;
  readonly usd: number | "unknown";
  /** What one instance costs, and who says so. */
  readonly price: Price | "unknown";
  readonly pricedBy: string;
}
export interface PlanMinute {
  readonly at: EpochMs;
  readonly perMinute: number;
  /** Ordered by now, so that what the next lead time needs is there in time. */
  readonly wanted: number;
  readonly target: number;
  readonly usdPerHour: number | "unknown";
}

interface Known {
  readonly usual: Usual;
  readonly leadMs: DurationMs;
  readonly table: PriceTable;
}

export function planOf(policy: Policy, peak: Peak, { usual, leadMs, table }: Known): Plan {
  const usualPerMinute = usual.kind === "unknown" ? 0 : usual.perMinute;
  const { usual: price, of: pricedBy } = pricesOf(policy, table);
  const most = affordable(policy, policy.bounds.max);
  const usually = instancesFor({ policy }, usualPerMinute);
  const minuteAt = (at: EpochMs): PlanMinute => {
    const ahead = plannedPeak(peak, { from: at, to: at + leadMs + minuteMs }, usualPerMinute);
    const wanted = Math.max(usually, instancesFor({ policy }, ahead.perMinute));
    const target = Math.min(most, Math.max(policy.bounds.min, wanted));
    const { perMinute } = plannedPeak(peak, { from: at, to: at }, usualPerMinute);
    return {
      at,
      perMinute,
      wanted,
      target,
      usdPerHour: price === "unknown" ? price : usdPerHour(policy, target, price),
    };
  };
  const from = startsAt(peak) - leadMs - minuteMs;
  const count = Math.ceil((endsAt(peak) - from) / minuteMs);
  const minutes = Array.from({ length: count }, (_, index) => minuteAt(from + index * minuteMs));
  return {
    usualPerMinute,
    usual,
    leadMs,
    minutes,
    height: minutes.reduce((highest, { wanted }) => Math.max(highest, wanted), 0),
    most,
    usd: minutes.reduce<number | "unknown">(
      (sum, one) => (sum === "unknown" || one.usdPerHour === "unknown" ? "unknown" : sum + one.usdPerHour / 60),
      0,
    ),
    price: price === "unknown" ? price : { onDemandUsd: price.onDemandUsd, spotUsd: price.spotUsd },
    pricedBy,
  };
}
