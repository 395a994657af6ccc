// A row whose actions lack outcomes was left by an evaluator that died or never learned how a call ended. Its unfinished
// actions are committed again, unchanged, under their old ids, before anything new is decided.
import { minuteMs } from "../core/index.ts";
import type { Policy } from "../policy/index.ts";
import { currentTarget } from "./current.ts";
import type { Action, Decision, Outcome, Previous, Snapshot } from "./types.ts";

/** Actions of the newest row that nobody knows the end of. */
export function unfinishedActions(previous: Previous): readonly Action[] {
  if (previous.kind === "none") return [];
  const ended = new Set(previous.outcomes.map(({ action }: Outcome) => action));
  return previous.actions.filter(({ id }) => !ended.has(id));
}

/** Memory is brought up to the outcomes there are; the rest is learned from the recovery's own row. */
export function recover(
  policy: Policy,
  snapshot: Snapshot,
  given: { generation: number; memory: Snapshot["memory"] },
): Decision {
  const actions = unfinishedActions(snapshot.previous).filter((action) => isStillRight(action, snapshot));
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
  if (action.kind !== "terminate" || instances.kind === "missing") return true;
  const target = instances.instances.find(({ id }) => id === action.instance)?.target.kind;
  return target !== "healthy" && target !== "draining";
}
