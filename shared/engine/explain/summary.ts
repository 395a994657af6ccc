// A decision on one line of the log: what was wanted, by which rule, what stopped it, what was done about it.
import { targetOf } from "../current.ts";
import type { Action, ActionKind, Decision, Snapshot, Step, ToldOutcome } from "../types.ts";
import { becauseOf } from "./reason.ts";
import { quoted, written } from "./words.ts";

/** "-" where there is nothing to tell. */
export interface Summary {
  /** The largest wish, before any stage. */
  readonly wanted: number | "-";
  /** The rule whose wish that was. */
  readonly by: string;
  readonly from: number;
  readonly to: number;
  /** The last stage that took the number away from the wish, and why. */
  readonly stoppedBy: string;
  /** `launch 3, drain 1` */
  readonly acted: string;
  /** Outcomes other than done, actions whose end is not known, and what the decision warns of. */
  readonly problems: string;
}

export function summaryOf(decision: Decision, snapshot: Snapshot, outcomes: readonly ToldOutcome[]): Summary {
  const wish = wishOf(decision);
  const stop = stopOf(decision, wish);
  return {
    wanted: wish === "none" ? "-" : wish.count,
    by: wish === "none" ? "-" : wish.rule,
    from: (decision.steps[0] as Step).from,
    to: targetOf(decision.steps),
    stoppedBy: stop === "none" ? "-" : `${stop.stage}: ${becauseOf(stop.reason, "unknown")}`,
    acted: acted(decision.actions),
    problems:
      [seenNothing(snapshot), ...problemsOf(decision.actions, outcomes), ...warningsOf(decision)]
        .filter((one) => one !== "")
        .join(", ") || "-",
  };
}

interface Wish {
  readonly rule: string;
  readonly count: number;
}

/** The wish that won; where blindness kept all from winning, or a row decided nothing new, the largest there was. */
function wishOf({ steps, proposals }: Decision): Wish | "none" {
  const [first] = steps;
  if (first?.reason.kind === "largest-wish") return { rule: first.reason.rule, count: first.to };
  return proposals
    .filter((proposal) => proposal.kind === "wants")
    .reduce<Wish | "none">((best, next) => (best !== "none" && best.count >= next.count ? best : next), "none");
}

function stopOf({ steps }: Decision, wish: Wish | "none"): Step | "none" {
  const first = steps[0] as Step;
  if (first.reason.kind === "recovering" || first.reason.kind === "frozen") return first;
  if (wish === "none") return first.reason.kind === "blind-hold" ? first : "none";
  if (targetOf(steps) === wish.count) return "none";
  const distance = (count: number): number => Math.abs(count - wish.count);
  const away = steps.filter(({ from, to }, index) => distance(to) > (index === 0 ? 0 : distance(from)));
  return away.at(-1) ?? "none";
}

const acted = (actions: readonly Action[]): string =>
  tallied(actions.map((action) => ({ name: action.kind, count: sizeOf(action) })))
    .map(({ name, count }) => `${name} ${written(count)}`)
    .join(", ") || "-";

const sizeOf = (action: Action): number => (action.kind === "launch" ? action.onDemandCount + action.spotCount : 1);

const seenNothing = ({ instances }: Snapshot): string => (instances.kind === "missing" ? "instances not seen" : "");

function problemsOf(actions: readonly Action[], outcomes: readonly ToldOutcome[]): readonly string[] {
  const kinds = new Map<string, ActionKind>(actions.map(({ id, kind }) => [id, kind]));
  const ended = new Set(outcomes.map(({ action }) => action));
  const bad = outcomes.filter((outcome) => !isGood(outcome));
  const problems = tallied([
    ...bad.map((outcome) => ({ name: `${kinds.get(outcome.action) ?? "action"} ${endOf(outcome)}`, count: 1 })),
    ...actions.filter(({ id }) => !ended.has(id)).map(({ kind }) => ({ name: `${kind} of unknown end`, count: 1 })),
  ]);
  return problems.map(({ name, count }) => (count === 1 ? name : `${name} ×${written(count)}`));
}

/** A warm-up that was begun and failed, failed. */
const endOf = (outcome: ToldOutcome): string => (outcome.kind === "warmed" ? outcome.end.kind : outcome.kind);
const isGood = (outcome: ToldOutcome): boolean => ["done", "fell-back"].includes(endOf(outcome));

/** In full they stand in the wishes and steps. */
function warningsOf({ proposals, steps }: Decision): readonly string[] {
  const told = proposals.flatMap(({ rule, ...proposal }) => {
    if (proposal.kind !== "stands-aside") return [];
    const { reason } = proposal;
    if (reason.kind === "peak-beyond") return [`${quoted(rule)} beyond bounds or budget`];
    if (reason.kind === "outage") return ["most are unhealthy"];
    if (reason.kind === "breaker") return [`launches of version ${reason.templateVersion} fail`];
    if (reason.kind === "peak-finding") return [`${quoted(rule)}: ${reason.finding.check}`];
    return reason.kind === "peak-unread" ? [`${quoted(rule)} not read yet`] : [];
  });
  return [...told, ...(steps.some(({ reason }) => reason.kind === "near-budget") ? ["over the soft budget"] : [])];
}

interface Tally {
  readonly name: string;
  readonly count: number;
}

/** Counts of a name added up, in the order the names first come in. */
function tallied(entries: readonly Tally[]): readonly Tally[] {
  const counts = new Map<string, number>();
  for (const { name, count } of entries) counts.set(name, (counts.get(name) ?? 0) + count);
  return [...counts].map(([name, count]) => ({ name, count }));
}
