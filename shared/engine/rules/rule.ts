// What every rule is given, and the few shapes it may answer with.

import type { Policy, RuleMetric } from "../../policy/index.ts";
import type { LeadTime, MetricName, Proposal, Reason, Snapshot } from "../types.ts";

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
export const blind = (
  { policy }: RuleContext,
  rule: string,
  missing: { metric: RuleMetric; because: string },
): Proposal => ({
  kind: "blind",
  rule,
  metric: missing.metric as MetricName,
  because: missing.because,
  choice: policy.missing[missing.metric],
});

/** Instances that `perMinute` requests need at the policy's target share. */
export function instancesFor({ policy: { capacity } }: RuleContext, perMinute: number): number {
  return Math.max(0, Math.ceil(perMinute / (capacity.perInstancePerMinute * capacity.targetRatio) - 1e-9));
}
