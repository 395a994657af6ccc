// A saturated fleet is asked for more than it answers: what it counts understates the demand. Instances as full as they may be, while
// answers are late or refused, are taken to have a quarter more waiting.
import type { Policy } from "../../policy/index.ts";
import { servingCountAt, settled, settledAt } from "../signals.ts";
import type { Point, Proposal } from "../types.ts";
import { instancesFilledBy, type RuleContext, wants } from "./rule.ts";

const moreRatio = 0.25;
/** Load never spreads quite evenly: the fullest instances reach the limit before the mean does. */
const fullFrom = 0.9;

export function saturation(context: RuleContext): readonly Proposal[] {
  const { policy, snapshot } = context;
  const reading = settled(snapshot, "requests");
  if (reading.kind === "unread") return [];
  const { at, value } = reading.points.at(-1) as Point;
  const hosts = servingCountAt(snapshot, at);
  const { perInstancePerMinute, limitRatio } = policy.capacity;
  if (hosts === "unknown" || value < fullFrom * hosts * perInstancePerMinute * limitRatio) return [];
  const [metric] = troubled(policy, context, at);
  if (metric === undefined) return [];
  const perMinute = value * (1 + moreRatio);
  const count = instancesFilledBy(context, perMinute);
  return [wants("saturation", count, { kind: "saturated", metric, perMinute: value, moreRatio, servingCount: hosts })];
}

/** What tells of it: the metrics of step rules, where their lowest threshold is passed in that minute. */
const troubled = ({ rules }: Policy, { snapshot }: RuleContext, at: number): readonly string[] =>
  rules.flatMap((rule) => {
    const [lowest] = rule.kind === "step" && tells(rule.metric) ? rule.above : [];
    if (rule.kind !== "step" || lowest === undefined) return [];
    const value = settledAt(snapshot, rule.metric, at);
    return value !== "unknown" && value > lowest.over ? [rule.metric] : [];
  });

const tells = (metric: string): boolean => /^(latency|errors-5xx|rejected)/.test(metric);
