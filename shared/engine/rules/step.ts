// Thresholds with a change each. The base is the serving count at the reading, so that a breach which outlasts the boot of
// what was bought for it does not buy again, and one that outlasts a drain does not put back what has left.
import type { Change, StepRule } from "../../policy/index.ts";
import { currentTarget } from "../current.ts";
import { servingCountAt, settled } from "../signals.ts";
import type { Point, Proposal, Reason } from "../types.ts";
import { blind, type RuleContext, standsAside, wants } from "./rule.ts";

export function step(rule: StepRule, context: RuleContext): Proposal {
  const reading = settled(context.snapshot, rule.metric);
  if (reading.kind === "unread") return blind(context, rule.name, { metric: rule.metric, because: reading.because });
  const newest = reading.points.at(-1) as Point;
  const breach = breachOf(rule, reading.points);
  if (!breach) return standsAside(rule.name, { kind: "step-quiet", value: newest.value });
  const servingCount = servingCountAt(context.snapshot, newest.at);
  if (servingCount === "unknown")
    return blind(context, rule.name, { metric: rule.metric, because: "no host count for the reading's minute" });
  const sign = breach.side === "above" ? 1 : -1;
  const count = Math.max(0, servingCount + sign * changeOf(breach.change, servingCount));
  const reason: Reason = { kind: "step-breached", value: newest.value, servingCount, ...breach };
  const isGone = breach.side === "below" && count > currentTarget(context.policy, context.snapshot);
  return isGone ? standsAside(rule.name, reason) : wants(rule.name, count, reason);
}

interface Breach {
  readonly side: "above" | "below";
  readonly threshold: number;
  readonly change: Change;
}

/** The highest tier over which, or the lowest under which, all of the newest minutes lie. */
function breachOf(rule: StepRule, points: readonly Point[]): Breach | undefined {
  const recent = points.slice(-rule.minutes).map(({ value }) => value);
  if (recent.length < rule.minutes) return undefined;
  const above = rule.above.findLast(({ over }) => Math.min(...recent) > over);
  if (above) return { side: "above", threshold: above.over, change: above.add };
  const below = rule.below.findLast(({ under }) => Math.max(...recent) < under);
  return below && { side: "below", threshold: below.under, change: below.remove };
}

/** At least one: a change that rounds to nothing would leave a breach unanswered for ever. */
export function changeOf(change: Change, base: number): number {
  return change.kind === "count" ? change.count : Math.max(1, Math.round(base * change.ratio));
}
