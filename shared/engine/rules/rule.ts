// What every rule is given, and the few shapes it may answer with.
import { assert, type Ratio } from "../../core/index.ts";
import type { Policy } from "../../policy/index.ts";
import type { LeadTime, Proposal, Reason, Snapshot } from "../types.ts";

export interface RuleContext {
  readonly policy: Policy;
  readonly snapshot: Snapshot;
  readonly lead: LeadTime;
}

export const wants = (rule: string, count: number, reason: Reason): Proposal => ({
  kind: "wants",
  rule,
  count,
  reason,
});

export const standsAside = (rule: string, reason: Reason): Proposal => ({ kind: "stands-aside", rule, reason });

/** The rule cannot see; the policy says what that means for this metric. */
export function blind(
  { policy }: RuleContext,
  rule: string,
  { metric, because }: { readonly metric: string; readonly because: string },
): Proposal {
  const choice = policy.missing[metric];
  assert(choice !== undefined, "a policy chooses for every metric that its rules read");
  return { kind: "blind", rule, metric, because, choice };
}

/** Instances that `perMinute` requests need at the policy's target share. */
export const instancesFor = (context: Pick<RuleContext, "policy">, perMinute: number): number =>
  instancesUsedTo(context, perMinute, context.policy.capacity.targetRatio);

/** Instances that `perMinute` requests fill up to the limit. */
export const instancesFilledBy = (context: Pick<RuleContext, "policy">, perMinute: number): number =>
  instancesUsedTo(context, perMinute, context.policy.capacity.limitRatio);

const instancesUsedTo = (
  { policy: { capacity } }: Pick<RuleContext, "policy">,
  perMinute: number,
  ratio: Ratio,
): number => Math.max(0, Math.ceil(perMinute / (capacity.perInstancePerMinute * ratio) - 1e-9));
