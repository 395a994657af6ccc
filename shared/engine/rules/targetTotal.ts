// A total of the operator's own ÷ how much of it one instance takes on: a queue's length, say. What an instance takes on is
// told as it is meant, so the capacity's target share has no part in it.
import type { TotalTargetRule } from "../../policy/index.ts";
import { highest } from "../signals.ts";
import type { Proposal } from "../types.ts";
import { blind, type RuleContext, wants } from "./rule.ts";

export function targetTotal({ name, metric, perInstance }: TotalTargetRule, context: RuleContext): Proposal {
  const reading = highest(context.snapshot, metric);
  if (reading.kind === "unread") return blind(context, name, { metric, because: reading.because });
  const { at, value } = reading.point;
  const count = Math.max(0, Math.ceil(value / perInstance - 1e-9));
  return wants(name, count, { kind: "total", value, at, partial: reading.partial, perInstance });
}
