// What the fleet may cost. The soft limit warns and moves nothing; the hard one caps, but never under the policy's minimum, and takes
// away what there is no faster than the policy lets the fleet shrink: a limit may be a typing mistake.
import { affordable, usdPerHour } from "../purchase.ts";
import type { Reason, Step } from "../types.ts";
import { shrinking } from "./limit.ts";
import type { Stage } from "./stage.ts";

export const budget: Stage = (from, context) => {
  const { policy, current } = context;
  const { budget: limits } = policy.limits;
  const step = (to: number, reason: Reason): Step => ({ stage: "budget", from, to, reason });
  if (limits.kind === "none") return step(from, { kind: "no-budget" });
  const { softUsd, hardUsd } = limits;
  const usd = usdPerHour(policy, from, limits);
  const to = Math.max(affordable(policy, from), Math.min(from, current, shrinking(context).least));
  if (hardUsd !== "none" && usd > hardUsd) return step(to, { kind: "over-budget", usd, hardUsd });
  if (softUsd !== "none" && usd > softUsd) return step(from, { kind: "near-budget", usd, softUsd });
  return step(from, { kind: "within-budget", usd });
};
