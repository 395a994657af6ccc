// What is committed in place of a decision that breaks an invariant: no actions, the target frozen where it was. What the
// newest outcomes taught is kept all the same; forgetting a launch just made would buy it twice.
import { minuteMs } from "../core/index.ts";
import type { Policy } from "../policy/index.ts";
import { check } from "./check.ts";
import { currentTarget } from "./current.ts";
import { decide, type Sizer } from "./decide.ts";
import { learn } from "./memory.ts";
import type { Decision, Snapshot } from "./types.ts";

/** The decision, or its refusal where `check` finds that it breaks an invariant. Pure, as `decide` is. */
export function decideOrRefuse(policy: Policy, snapshot: Snapshot, size: Sizer): Decision {
  const decision = decide(policy, snapshot, size);
  const violations = check(policy, snapshot, decision);
  if (violations.length === 0) return decision;
  return refuse(policy, snapshot, { violations, proposals: decision.proposals });
}

function refuse(
  policy: Policy,
  snapshot: Snapshot,
  { violations, proposals }: { violations: readonly string[]; proposals: Decision["proposals"] },
): Decision {
  const target = currentTarget(policy, snapshot);
  return {
    kind: "refused",
    proposals,
    steps: [{ stage: "refuse", from: target, to: target, reason: { kind: "frozen", violations } }],
    actions: [],
    memory: learn(snapshot),
    lookAgain: { at: snapshot.now + minuteMs, because: "moving" },
    violations,
  };
}
