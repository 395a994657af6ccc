// What a simulated fleet's instances cost, bought as the policy buys them: what score calls paid, in dollars.
import { usdPerHour } from "../shared/engine/index.ts";
import type { Policy, Prices } from "../shared/policy/index.ts";
import { type InstanceRow, type MinuteRow, paidCounts } from "../shared/sim/index.ts";

export interface Dollars {
  /** In the scored minutes. */
  readonly usd: number;
  readonly usdPerHour: number;
  readonly pricedBy: string;
}

interface Ran {
  readonly minutes: readonly MinuteRow[];
  readonly instances: readonly InstanceRow[];
}

/** Unknown where the policy names no instance types, or one without a price. */
export function dollarsOf({ minutes, instances }: Ran, policy: Policy, { usual, of }: Prices): Dollars | "unknown" {
  if (usual === "unknown") return usual;
  const paid = paidCounts(minutes, instances);
  const usd = paid.reduce((sum, count) => sum + usdPerHour(policy, count, usual) / 60, 0);
  return { usd: cents(usd), usdPerHour: cents(usd / (paid.length / 60)), pricedBy: of };
}

const cents = (usd: number): number => Math.round(usd * 100) / 100;

export const dollarsLine = ({ usd, usdPerHour: each, pricedBy }: Dollars): string =>
  `${usd.toFixed(2)} USD for instances, ${each.toFixed(2)} an hour (prices: ${pricedBy})`;
