// How many on demand, how many on spot: a base that is always on demand, then the policy's share of what is above it; and what
// that costs.
import type { Policy } from "../policy/index.ts";

interface Purchase {
  readonly launchCount: number;
  /** On-demand instances among the counted. */
  readonly onDemandCount: number;
  readonly counted: number;
  readonly spotAllowed: boolean;
}

export function split(policy: Policy, { launchCount, onDemandCount, counted, spotAllowed }: Purchase) {
  if (!spotAllowed) return { onDemandCount: launchCount, spotCount: 0 };
  const total = counted + launchCount;
  const wanted = total - spotOf(policy, total);
  const onDemand = Math.min(launchCount, Math.max(0, wanted - onDemandCount));
  return { onDemandCount: onDemand, spotCount: launchCount - onDemand };
}

/** Of so many, as the policy wants them bought. */
const spotOf = ({ launch: { purchase } }: Policy, count: number): number =>
  Math.floor(Math.max(0, count - purchase.onDemandBase) * purchase.spotShareRatio + 1e-9);

/** Dollars an hour of so many, rounded to what a sentence can tell. */
export function usdPerHour(
  policy: Policy,
  count: number,
  { onDemandUsd, spotUsd }: { readonly onDemandUsd: number; readonly spotUsd: number },
): number {
  const spot = spotOf(policy, count);
  return Math.round(((count - spot) * onDemandUsd + spot * spotUsd) * 1e4) / 1e4;
}

/** The most of `count` that the hard budget pays for; never less than the minimum, unless `count` is. */
export function affordable(policy: Policy, count: number): number {
  const { budget } = policy.limits;
  if (budget.kind === "none" || budget.hardUsd === "none") return count;
  let most = count;
  while (most > policy.bounds.min && usdPerHour(policy, most, budget) > budget.hardUsd) most--;
  return most;
}
