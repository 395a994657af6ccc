// The main path: what is known in, a decision with all its reasons out. Nothing is awaited, nothing is touched.
import type { Policy } from "../policy/index.ts";
import { learnCapacity, withCapacity } from "./capacity.ts";
import { converge } from "./converge.ts";
import { targetOf } from "./current.ts";
import { isWaiting, lookAgain } from "./lookAgain.ts";
import { learn } from "./memory.ts";
import { recover, recoverable } from "./recover.ts";
import { apart } from "./reserve.ts";
import type { Decision, Memory, Proposal, Reason, Sizing, Snapshot } from "./types.ts";

/** A way of sizing: ours, or a peer's in a comparison. Converge, check and World are the same for all. */
export type Sizer = (policy: Policy, snapshot: Snapshot) => Sizing;

/** Decides for one fleet at one instant. The same policy, snapshot and sizer give the same decision, to the byte. */
export function decide(policy: Policy, snapshot: Snapshot, size: Sizer): Decision {
  const memory = learn(snapshot);
  const { previous } = snapshot;
  const actions = recoverable(snapshot);
  if (previous.kind === "row" && actions.length > 0)
    return recover(policy, snapshot, { generation: previous.generation, actions, memory });
  return decideAnew(policy, { ...snapshot, memory }, size);
}

/** `memory` is already brought up to this look. */
function decideAnew(written: Policy, whole: Snapshot, size: Sizer): Decision {
  const snapshot: Snapshot = { ...whole, instances: apart(whole, whole.memory).fleet };
  const memory: Memory = { ...snapshot.memory, capacity: learnCapacity(written, snapshot) };
  const policy = withCapacity(written, memory.capacity);
  const sizing = size(policy, snapshot);
  const target = targetOf(sizing.steps);
  const { actions, calm, servingCount, told } = converge(policy, whole, {
    ...{ memory, target },
    mayShrink: isWaiting(sizing) || sizing.steps.some(({ reason }) => reason.kind === "blind-hold"),
  });
  return {
    kind: "decided",
    proposals: [...sizing.proposals, ...told.map(asTold)],
    steps: sizing.steps,
    actions,
    memory: {
      ...memory,
      target: remembered(snapshot, target),
      sizing: sizing.memory,
      unmet: unmet(snapshot, { servingCount, target }),
    },
    lookAgain: lookAgain(policy, snapshot, { sizing, calm }),
  };
}

/** None of these is a wish: they say what is done, or not, with those that are there. */
const asTold = (reason: Reason): Proposal => ({ kind: "stands-aside", rule: "instances", reason });

/** A log that begins without sight of its instances has none: a target made of nothing would drain the fleet once it is seen. */
function remembered({ instances, memory }: Snapshot, count: number): Memory["target"] {
  return instances.kind === "missing" && memory.target.kind === "none" ? memory.target : { kind: "set", count };
}

/** What was not seen is not known to be met: it stays as it was. */
function unmet(
  { now, memory, instances }: Snapshot,
  { servingCount, target }: { servingCount: number; target: number },
): Memory["unmet"] {
  if (instances.kind === "missing") return memory.unmet;
  if (servingCount === target) return { kind: "none" };
  return memory.unmet.kind === "since" ? memory.unmet : { kind: "since", at: now };
}
