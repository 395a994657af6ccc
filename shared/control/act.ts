// Carries out a committed row, in the order its decision names, neighbours of one kind together.
import type { Action, Outcome } from "../engine/index.ts";
import type { Policy } from "../policy/index.ts";
import type { Row, World } from "./world.ts";

/**
 * Outcomes of all actions whose end is known. In shadow nothing is touched; past the lease no call starts. A recovery that
 * came too late has learned nothing of how the first call ended: its actions stay unfinished.
 */
export async function actInOrder(world: World, policy: Policy, row: Row): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const batch of batchesOf(row.decision.actions)) outcomes.push(...(await actOn(world, policy, { row, batch })));
  return row.decision.kind === "recovering" ? outcomes.filter(({ kind }) => kind !== "too-late") : outcomes;
}

async function actOn(
  world: World,
  policy: Policy,
  { row, batch }: { row: Row; batch: readonly Action[] },
): Promise<readonly Outcome[]> {
  if (policy.mode === "shadow") return batch.map(({ id }) => ({ kind: "withheld", action: id }));
  if (world.now() >= row.actBy) return batch.map(({ id }) => ({ kind: "too-late", action: id }));
  return await world.act(policy, row, batch);
}

function batchesOf(actions: readonly Action[]): readonly (readonly Action[])[] {
  const batches: Action[][] = [];
  for (const action of actions) {
    const last = batches.at(-1);
    if (last?.[0]?.kind === action.kind) last.push(action);
    else batches.push([action]);
  }
  return batches;
}
