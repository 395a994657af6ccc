// The steps of a peer's sizing: what its rule made of the number, then the bounds that hold for everybody.
import type { Reason, Sizing, SizingMemory, Step } from "../../engine/index.ts";
import type { Policy } from "../../policy/index.ts";

export interface Move {
  readonly from: number;
  readonly to: number;
  readonly says: string;
  readonly figures: Readonly<Record<string, number>>;
}

export function moved({ from, to, says, figures }: Move): Step {
  const reason: Reason = { kind: "peer-rule", says, figures };
  return { stage: to > from ? "scale-out" : "scale-in", from, to, reason };
}

/** It stays, because. */
export const stays = (at: number, says: string, figures: Move["figures"] = {}): Step =>
  moved({ from: at, to: at, says, figures });

/** A sizing of these steps, bounded. */
export function sized(policy: Policy, steps: readonly [Step, ...Step[]], memory: SizingMemory): Sizing {
  const last = steps.at(-1) ?? steps[0];
  return { proposals: [], steps: [...steps, bounded(last.to, policy)], memory };
}

function bounded(from: number, { bounds: { min, max } }: Policy): Step {
  if (from > max) return { stage: "bound", from, to: max, reason: { kind: "capped", max } };
  if (from < min) return { stage: "bound", from, to: min, reason: { kind: "raised", min } };
  return { stage: "bound", from, to: from, reason: { kind: "within-bounds" } };
}
