// The largest wish wins. A blind rule forbids shrinking, unless the policy ignores its metric and another rule still sees.
import type { Policy } from "../../policy/index.ts";
import { changeOf } from "../rules/step.ts";
import type { Proposal, Reason, Step } from "../types.ts";
import { blindBaseOf, type StageContext } from "./stage.ts";

interface Wish {
  readonly rule: string;
  readonly count: number;
}
type Blind = Extract<Proposal, { kind: "blind" }>;
type Wants = Extract<Proposal, { kind: "wants" }>;

export function combine(context: StageContext): Step {
  const { current, proposals } = context;
  const step = (to: number, reason: Reason): Step => ({ stage: "combine", from: current, to, reason });
  const holding = holdingRules(context);
  const largest = proposals
    .flatMap((proposal) => wishOf(proposal, context))
    .reduce<Wish | undefined>(larger, undefined);
  if (holding.length > 0 && (largest?.count ?? 0) <= current)
    return step(current, { kind: "blind-hold", rules: holding });
  if (largest && (largest.count >= current || mayLower(context)))
    return step(largest.count, { kind: "largest-wish", rule: largest.rule });
  if (largest) return step(current, { kind: "floor-below", ...largest });
  if (readers(context.policy).length > 0) return step(current, { kind: "no-wish", fallback: "hold" });
  return step(context.policy.bounds.min, { kind: "no-wish", fallback: "min" });
}

const larger = (best: Wish | undefined, wish: Wish): Wish => (best && best.count >= wish.count ? best : wish);

function wishOf(proposal: Proposal, context: StageContext): readonly Wish[] {
  if (proposal.kind === "stands-aside") return [];
  if (proposal.kind === "wants") return [{ rule: proposal.rule, count: proposal.count }];
  const { rule, choice } = proposal;
  if (choice.kind === "floor") return [{ rule, count: choice.count }];
  if (choice.kind !== "scale-out") return [];
  const base = blindBaseOf(rule, context);
  return [{ rule, count: base + changeOf(choice.by, base) }];
}

/** Blind rules that forbid shrinking. Where no metric rule sees anything, even an ignored one does. */
function holdingRules({ policy, proposals }: StageContext): readonly string[] {
  const blind = proposals.filter((proposal): proposal is Blind => proposal.kind === "blind");
  const holding = blind.filter(({ choice }) => choice.kind !== "ignore");
  if (holding.length > 0) return holding.map(({ rule }) => rule);
  const sightless = readers(policy).every((name) => blind.some(({ rule }) => rule === name));
  return sightless ? blind.map(({ rule }) => rule) : [];
}

/**
 * Schedules and peaks are floors: where rules read metrics and none of those wants less, a floor below lowers nothing. So is a
 * step while its threshold is exceeded: what it asks for counts from those that served then, not from those on their way.
 */
function mayLower({ policy, proposals }: StageContext): boolean {
  const reading = readers(policy);
  const wishes = proposals.filter((proposal): proposal is Wants => proposal.kind === "wants");
  if (wishes.some(({ reason }) => reason.kind === "step-breached" && reason.side === "above")) return false;
  return reading.length === 0 || wishes.some(({ rule }) => reading.includes(rule));
}

const readers = ({ rules }: Policy): readonly string[] =>
  rules.filter(({ kind }) => kind !== "schedule").map(({ name }) => name);
