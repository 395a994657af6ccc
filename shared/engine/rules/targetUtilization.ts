// A per-instance reading to hold. It becomes demand with the count that produced it, not with the count of now.
import type { UtilizationTargetRule } from "../../policy/index.ts";
import { servingCountAt, settled } from "../signals.ts";
import type { Point, Proposal } from "../types.ts";
import { blind, type RuleContext, wants } from "./rule.ts";

export function targetUtilization(rule: UtilizationTargetRule, context: RuleContext): Proposal {
  const reading = settled(context.snapshot, rule.metric);
  if (reading.kind === "unread") return blind(context, rule.name, { metric: rule.metric, because: reading.because });
  const { at, value } = reading.points.at(-1) as Point;
  const servingCount = servingCountAt(context.snapshot, at);
  if (servingCount === "unknown")
    return blind(context, rule.name, { metric: rule.metric, because: "no host count for the reading's minute" });
  const count = Math.max(0, Math.ceil((servingCount * value) / rule.targetRatio - 1e-9));
  return wants(rule.name, count, {
    kind: "utilization",
    ratio: value,
    at,
    servingCount,
    targetRatio: rule.targetRatio,
  });
}
