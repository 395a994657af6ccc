// Total demand ÷ what one instance serves at the target share: it does not matter how many are serving now.
import type { DemandTargetRule } from "../../policy/index.ts";
import { partial, settled } from "../signals.ts";
import type { Point, Proposal } from "../types.ts";
import { blind, instancesFor, type RuleContext, wants } from "./rule.ts";

export function targetDemand(rule: DemandTargetRule, context: RuleContext): Proposal {
  const reading = settled(context.snapshot, rule.metric);
  if (reading.kind === "unread") return blind(context, rule.name, { metric: rule.metric, because: reading.because });
  const complete = reading.points.at(-1) as Point;
  const highest = partial(context.snapshot, rule.metric).reduce(
    (best, next) => (next.value > best.value ? next : best),
    complete,
  );
  const { at, value } = highest;
  const { perInstancePerMinute, targetRatio } = context.policy.capacity;
  const seen = highest === complete ? "settled" : "partial";
  return wants(rule.name, instancesFor(context, value), {
    kind: "demand",
    perMinute: value,
    at,
    partial: seen,
    perInstancePerMinute,
    targetRatio,
  });
}
