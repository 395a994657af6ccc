// A per-instance reading to hold. It becomes demand with the count that produced it, not with the count of now.
import type { LevelTargetRule, UtilizationTargetRule } from "../../policy/index.ts";
import { servingCountAt, settled } from "../signals.ts";
import type { Point, Proposal, Reason } from "../types.ts";
import { blind, type RuleContext, wants } from "./rule.ts";

/** Of the processor: a ratio. */
export const targetUtilization = (rule: UtilizationTargetRule, context: RuleContext): Proposal =>
  held(rule, context, ({ at, value }, servingCount) => {
    const { targetRatio } = rule;
    return { level: targetRatio, reason: { kind: "utilization", ratio: value, at, servingCount, targetRatio } };
  });

/** Of any other metric, in its own unit. */
export const targetLevel = (rule: LevelTargetRule, context: RuleContext): Proposal =>
  held(rule, context, ({ at, value }, servingCount) => {
    const { level } = rule;
    return { level, reason: { kind: "level", value, at, servingCount, level } };
  });

type Hold = (point: Point, servingCount: number) => { readonly level: number; readonly reason: Reason };

function held({ name, metric }: UtilizationTargetRule | LevelTargetRule, context: RuleContext, hold: Hold): Proposal {
  const reading = settled(context.snapshot, metric);
  if (reading.kind === "unread") return blind(context, name, { metric, because: reading.because });
  const newest = reading.points.at(-1) as Point;
  const servingCount = servingCountAt(context.snapshot, newest.at);
  if (servingCount === "unknown")
    return blind(context, name, { metric, because: "no host count for the reading's minute" });
  const { level, reason } = hold(newest, servingCount);
  return wants(name, Math.max(0, Math.ceil((servingCount * newest.value) / level - 1e-9)), reason);
}
