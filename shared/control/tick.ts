// observe → decide → commit → act → record, for one fleet: the same loop in Lambda, CLI and simulator.
import { BrokenInvariant, type EpochMs } from "../core/index.ts";
import {
  type Decision,
  decideOrRefuse,
  generationAfter,
  type Outcome,
  type Sizer,
  type Snapshot,
  unfinishedActions,
} from "../engine/index.ts";
import type { Policy } from "../policy/index.ts";
import { actInOrder } from "./act.ts";
import { needOf } from "./need.ts";
import { isStirred } from "./rest.ts";
import { engineVersion } from "./version.ts";
import { leaseMs, type Row, type Versioned, type World } from "./world.ts";

export type Tick =
  | { readonly kind: "done"; readonly row: Row; readonly outcomes: readonly Outcome[] }
  /** Another evaluator committed this generation first. */
  | { readonly kind: "superseded"; readonly row: Row }
  /** Another evaluator's lease still runs and it has not recorded: nothing may be decided before `until`. */
  | { readonly kind: "waiting"; readonly until: EpochMs };

/** One look at one fleet. Throws BrokenInvariant after the refusal is in the log. */
export async function tick(world: World, versioned: Versioned, size: Sizer): Promise<Tick> {
  const { policy } = versioned;
  const glance = await world.glance(versioned);
  const until = leaseOfAnother(glance);
  if (until > glance.now) return { kind: "waiting", until };
  const { snapshot, decision } = await decideUpon(world, glance, { policy, size });
  const row = rowOf(versioned, snapshot, decision);
  if ((await world.commit(policy, row)) === "superseded") return { kind: "superseded", row };
  if (decision.kind === "refused") throw new BrokenInvariant(`${row.id}: ${decision.violations.join("; ")}`);
  const outcomes = [...unseen(row), ...(await actInOrder(world, policy, row))];
  if (outcomes.length > 0) await world.record(row, outcomes);
  return { kind: "done", row, outcomes };
}

interface Asked {
  readonly policy: Policy;
  readonly size: Sizer;
}

/** What a glance has stirred is looked at whole, and decided again. */
async function decideUpon(
  world: World,
  glance: Snapshot,
  { policy, size }: Asked,
): Promise<{ readonly snapshot: Snapshot; readonly decision: Decision }> {
  const decision = decideOrRefuse(policy, glance, size);
  if (!isStirred(glance, decision)) return { snapshot: glance, decision };
  const snapshot = await world.lookCloser(policy, glance, needOf(glance, decision));
  return { snapshot, decision: decideOrRefuse(policy, snapshot, size) };
}

/** A fleet that could not be looked at has no action to fail; its reading's failure is the outcome that the log shows. */
function unseen({ id, snapshot: { instances } }: Row): readonly Outcome[] {
  return instances.kind !== "missing"
    ? []
    : [{ kind: instances.how, action: `${id}/observe`, because: instances.because }];
}

/** Until when the evaluator of the newest row may still be acting; 0 once its outcomes are all recorded. */
function leaseOfAnother({ previous }: Snapshot): EpochMs {
  return previous.kind === "row" && unfinishedActions(previous).length > 0 ? previous.actBy : 0;
}

function rowOf({ policy, policyVersion }: Versioned, snapshot: Snapshot, decision: Decision): Row {
  const generation = generationAfter(snapshot.previous);
  return {
    id: `${policy.fleet}@${generation}`,
    fleet: policy.fleet,
    generation,
    at: snapshot.now,
    actBy: snapshot.now + leaseMs,
    engineVersion,
    policyVersion,
    snapshot,
    decision,
  };
}
