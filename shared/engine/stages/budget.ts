// What the fleet may cost. The soft limit warns and moves nothing; the hard one caps, but never under the policy's minimum.
import { affordable, usdPerHour } from "../purchase.ts";
import type { Reason, Step } from "../types.ts";
import type { Stage } from "./stage.ts";

export const budget: Stage = (from, { policy }) => {
  const { budget: limits } = policy.limits;
  const step = (to: number, reason: Reason): Step => ({ stage: "budget", from, to, reason });
  if (limits.kind === "none") return step(from, { kind: "no-budget" });
  const { softUsd, hardUsd } = limits;
  const usd = usdPerHour(policy, from, limits);
  const to = affordable(policy, from);
  if (hardUsd !== "none" && usd > hardUsd) return step(to, { kind: "over-budget", usd, hardUsd });
  if (softUsd !== "none" && usd > softUsd) return step(from, { kind: "near-budget", usd, softUsd });
  return step(from, { kind: "within-budget", usd });
};
