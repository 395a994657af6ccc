// How badly a fleet wants what it asks for: of many that compete for the same calls, the neediest go first.
import type { Ratio } from "../core/index.ts";
import { type Decision, type Snapshot, targetOf } from "../engine/index.ts";

type Decided = Pick<Decision, "proposals" | "steps">;

/** The share of what is wanted that does not serve yet; 0 where nothing is known to be missing. */
export function needOf({ instances }: Pick<Snapshot, "instances">, decision: Decided): Ratio {
  const wanted = wantedBy(decision);
  if (instances.kind === "missing" || wanted <= 0) return 0;
  const servingCount =
    instances.kind === "resting"
      ? instances.serving.length
      : instances.instances.filter(({ state, target: { kind } }) => state === "running" && kind === "healthy").length;
  return Math.max(0, 1 - servingCount / wanted);
}

/** The largest wish of all rules, whatever bounds and limits leave of it; what there is where none wishes. */
export const wantedBy = ({ proposals, steps }: Decided): number =>
  Math.max(...proposals.flatMap((proposal) => (proposal.kind === "wants" ? [proposal.count] : [])), targetOf(steps));
