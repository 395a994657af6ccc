// Which of those that drain serve again before anything is bought.
import type { Policy } from "../policy/index.ts";
import { dueIn, type Leavers } from "./leavers.ts";
import type { Staged } from "./phase.ts";
import type { Memory, Snapshot } from "./types.ts";

interface TakingBack {
  readonly staged: readonly Staged[];
  readonly shortage: number;
  readonly memory: Memory;
  readonly leavers: Leavers;
  /** Of the launch template, as the policy wants it. */
  readonly templateVersion: string;
}

/**
 * The last to leave come back first: they are the warmest. What EC2 is about to take does not, and what was drained to be renewed
 * only if without those that are being renewed there were too few.
 */
export function pickTakenBack(policy: Policy, snapshot: Snapshot, given: TakingBack): readonly string[] {
  const { staged, shortage, memory, leavers } = given;
  if (policy.drain.takeBack === "never" || shortage <= 0) return [];
  const since = new Map(memory.draining.map((entry) => [entry.id, entry.since]));
  const unfit = new Set([...memory.unhealthy.map(({ id }) => id), ...snapshot.notices.map(({ instance }) => instance)]);
  const fit = staged
    .filter(({ phase, instance }) => phase === "draining" && isOut(instance) && !unfit.has(instance.id))
    .toSorted((a, b) => sinceOf(b, since) - sinceOf(a, since) || (a.instance.id < b.instance.id ? -1 : 1));
  const isDue = dueIn(policy, snapshot.now, given.templateVersion);
  const fresh = fit.filter((one) => !isDue(one)).slice(0, shortage);
  const due = fit.filter(isDue).slice(0, Math.max(0, shortage - leavers.renewed.size - fresh.length));
  return [...fresh, ...due].map(({ instance }) => instance.id);
}

const sinceOf = ({ instance }: Staged, since: ReadonlyMap<string, number>): number => since.get(instance.id) ?? 0;

/** The load balancer's own delay may be over before the policy's: whoever is still there can be registered again. */
const isOut = ({ state, target }: Staged["instance"]): boolean =>
  state === "running" && (target.kind === "draining" || target.kind === "unregistered");
