// How badly a fleet wants what it asks for: of many that compete for the same calls, the neediest go first.
import type { Ratio } from "../core/index.ts";
import { type Decision, type Snapshot, targetOf } from "../engine/index.ts";

/** The share of the target that does not serve yet; 0 where nothing is known to be missing. */
export function needOf({ instances }: Pick<Snapshot, "instances">, { steps }: Pick<Decision, "steps">): Ratio {
  const target = targetOf(steps);
  if (instances.kind === "missing" || target <= 0) return 0;
  const servingCount =
    instances.kind === "resting"
      ? instances.serving.length
      : instances.instances.filter(({ state, target: { kind } }) => state === "running" && kind === "healthy").length;
  return Math.max(0, 1 - servingCount / target);
}
