// The number a sizing starts from.
import type { Policy } from "../policy/index.ts";
import type { Snapshot, Step } from "./types.ts";

/** The last target; a log that has none yet starts from the instances there are. */
export function currentTarget(policy: Policy, { memory, instances }: Snapshot): number {
  if (memory.target.kind === "set") return memory.target.count;
  if (instances.kind !== "seen") return policy.bounds.min;
  const own = instances.instances.filter(({ state }) => state === "running" || state === "pending").length;
  return own + instances.foreignCount;
}

/** The target of a sizing is its last step's `to`; it stands nowhere else. */
export const targetOf = (steps: readonly Step[]): number => (steps.at(-1) as Step).to;
