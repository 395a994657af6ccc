// The table of rules: a new rule is one file, one arm of the union and one line here.
import { unreachable } from "../../core/index.ts";
import type { Rule } from "../../policy/index.ts";
import type { Proposal } from "../types.ts";
import { forecast } from "./forecast.ts";
import { found, peak } from "./peak.ts";
import type { RuleContext } from "./rule.ts";
import { saturation } from "./saturation.ts";
import { schedule } from "./schedule.ts";
import { step } from "./step.ts";
import { targetDemand } from "./targetDemand.ts";
import { targetTotal } from "./targetTotal.ts";
import { targetLevel, targetUtilization } from "./targetUtilization.ts";

/** What each rule of the policy, each peak of the snapshot, and what was found in its way, says to this snapshot. */
export const propose = (context: RuleContext): readonly Proposal[] => [
  ...context.policy.rules.map((rule) => proposalOf(rule, context)),
  ...context.snapshot.peaks.map((event) => peak(event, context)),
  ...context.snapshot.peakFindings.map(found),
  ...saturation(context),
];

function proposalOf(rule: Rule, context: RuleContext): Proposal {
  switch (rule.kind) {
    case "target-demand":
      return targetDemand(rule, context);
    case "target-utilization":
      return targetUtilization(rule, context);
    case "target-level":
      return targetLevel(rule, context);
    case "target-total":
      return targetTotal(rule, context);
    case "step":
      return step(rule, context);
    case "schedule":
      return schedule(rule, context);
    case "forecast":
      return forecast(rule, context);
    default:
      return unreachable(rule);
  }
}
