// Total demand ÷ what one instance serves at the target share: it does not matter how many are serving now.
import type { DemandTargetRule } from "../../policy/index.ts";
import { highest } from "../signals.ts";
import type { Proposal } from "../types.ts";
import { blind, instancesFor, type RuleContext, wants } from "./rule.ts";

export function targetDemand(rule: DemandTargetRule, context: RuleContext): Proposal {
  const reading = highest(context.snapshot, rule.metric);
  if (reading.kind === "unread") return blind(context, rule.name, { metric: rule.metric, because: reading.because });
  const { at, value } = reading.point;
  const { perInstancePerMinute, targetRatio } = context.policy.capacity;
  return wants(rule.name, instancesFor(context, value), {
    kind: "demand",
    perMinute: value,
    at,
    partial: reading.partial,
    perInstancePerMinute,
    targetRatio,
  });
}
