// How many on demand, how many on spot: a base that is always on demand, then the policy's share of what is above it.
import type { Policy } from "../policy/index.ts";

interface Purchase {
  readonly launchCount: number;
  /** On-demand instances among the counted. */
  readonly onDemandCount: number;
  readonly counted: number;
  readonly spotAllowed: boolean;
}

export function split(
  { launch: { purchase } }: Policy,
  { launchCount, onDemandCount, counted, spotAllowed }: Purchase,
) {
  if (!spotAllowed) return { onDemandCount: launchCount, spotCount: 0 };
  const total = counted + launchCount;
  const above = Math.max(0, total - purchase.onDemandBase);
  const wanted = total - Math.floor(above * purchase.spotShareRatio + 1e-9);
  const onDemand = Math.min(launchCount, Math.max(0, wanted - onDemandCount));
  return { onDemandCount: onDemand, spotCount: launchCount - onDemand };
}
