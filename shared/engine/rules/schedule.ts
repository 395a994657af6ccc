// A recurring floor. It is asked for one lead time early, so that it stands when its hour begins.
import type { ScheduleRule } from "../../policy/index.ts";
import type { Proposal } from "../types.ts";
import { nextStart } from "./occurrences.ts";
import { type RuleContext, standsAside, wants } from "./rule.ts";

export function schedule(rule: ScheduleRule, { snapshot: { now }, lead }: RuleContext): Proposal {
  const startsAt = nextStart(rule, now - rule.forMs);
  if (startsAt === "never") return standsAside(rule.name, { kind: "schedule-idle", next: { kind: "none" } });
  const leadMs = lead.p95Ms;
  if (startsAt - leadMs > now)
    return standsAside(rule.name, { kind: "schedule-idle", next: { kind: "at", at: startsAt } });
  return wants(rule.name, rule.min, { kind: "schedule-active", startsAt, endsAt: startsAt + rule.forMs, leadMs });
}
