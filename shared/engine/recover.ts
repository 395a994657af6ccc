// A row whose actions lack outcomes was left by an evaluator that died or never learned how a call ended. Its unfinished
// actions are committed again, unchanged, under their old ids, before anything new is decided.
import { assert, minuteMs } from "../core/index.ts";
import type { Policy } from "../policy/index.ts";
import { generationAfter } from "./converge.ts";
import { currentTarget } from "./current.ts";
import type { Action, Decision, Outcome, Previous, Snapshot } from "./types.ts";

/** Actions of the newest row that nobody knows the end of. */
export function unfinishedActions(previous: Previous): readonly Action[] {
  if (previous.kind === "none") return [];
  const ended = new Set(previous.outcomes.map(({ action }: Outcome) => action));
  return previous.actions.filter(({ id }) => !ended.has(id));
}

/**
 * So often is an action asked for again. Nothing new is decided meanwhile: a call that fails for an hour must not keep what is
 * ready out of the load balancer. What a launch given up has brought all the same is adopted as soon as it shows.
 */
const recoveriesMax = 5;

/**
 * Unfinished actions that are to be asked for again before anything else. Where all of them only take away there are none: what they
 * did shows, the next decision wants the rest of it again or not, and no drain is to hold up what is needed.
 */
export function recoverable(snapshot: Snapshot): readonly Action[] {
  const unfinished = unfinishedActions(snapshot.previous);
  if (unfinished.every(({ kind }) => takingAway.has(kind))) return [];
  return unfinished.filter(
    (action) =>
      generationAfter(snapshot.previous) - originOf(action.id) <= recoveriesMax && isStillRight(action, snapshot),
  );
}

const takingAway: ReadonlySet<Action["kind"]> = new Set(["drain", "stop", "terminate"]);

/** The generation that first decided an action, from its id: `<fleet>@<generation>/<kind>…`. */
export function originOf(action: string): number {
  const generation = Number(/@(\d+)\//.exec(action)?.[1]);
  assert(Number.isInteger(generation), `action ${action} names its generation`);
  return generation;
}

/** Memory is brought up to the outcomes there are; the rest is learned from the recovery's own row. */
export function recover(
  policy: Policy,
  snapshot: Snapshot,
  given: { generation: number; actions: readonly Action[]; memory: Snapshot["memory"] },
): Decision {
  const { actions } = given;
  const target = currentTarget(policy, snapshot);
  const reason = { kind: "recovering", generation: given.generation, unfinishedCount: actions.length } as const;
  return {
    kind: "recovering",
    proposals: [],
    steps: [{ stage: "recover", from: target, to: target, reason }],
    actions,
    memory: given.memory,
    lookAgain: { at: snapshot.now + minuteMs, because: "moving" },
    generation: given.generation,
  };
}

/** What was to be terminated without a drain may have come to serve meanwhile: the next decision has to think again. */
function isStillRight(action: Action, { instances }: Snapshot): boolean {
  if (action.kind !== "terminate" || instances.kind !== "seen") return true;
  const target = instances.instances.find(({ id }) => id === action.instance)?.target.kind;
  return target !== "healthy" && target !== "draining";
}
