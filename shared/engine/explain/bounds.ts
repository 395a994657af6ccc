// What bounds the number in the end, in words: the policy's bounds, its budget, and the operator's hand.
import { unreachable } from "../../core/index.ts";
import type { Reason } from "../types.ts";
import { instant, quoted, usd, written } from "./words.ts";

type Of<K extends Reason["kind"]> = Extract<Reason, { kind: K }>;
type Budgeted = Of<"no-budget" | "within-budget" | "near-budget" | "over-budget">;

export function bounded(
  reason: Of<"within-bounds" | "capped" | "raised" | "no-override" | "overridden"> | Budgeted,
): string {
  switch (reason.kind) {
    case "within-bounds":
      return "within the bounds";
    case "capped":
      return `the maximum is ${written(reason.max)}`;
    case "raised":
      return `the minimum is ${written(reason.min)}`;
    case "no-override":
      return "no override changes it";
    case "overridden":
      return overridden(reason);
    default:
      return budgeted(reason);
  }
}

function budgeted(reason: Budgeted): string {
  switch (reason.kind) {
    case "no-budget":
      return "no budget limits it";
    case "within-budget":
      return `${usd(reason.usd)} is within the budget`;
    case "near-budget":
      return `warning: ${usd(reason.usd)} is over the soft limit of ${usd(reason.softUsd)}`;
    case "over-budget":
      return `${usd(reason.usd)} would be over the hard limit of ${usd(reason.hardUsd)}`;
    default:
      return unreachable(reason);
  }
}

function overridden({ id, bound, count, until, by, why }: Of<"overridden">): string {
  const limit = bound === "min" ? "at least" : "at most";
  return `override ${quoted(id)} by ${quoted(by)}: ${limit} ${written(count)} until ${instant(until)} (${quoted(why)})`;
}
