// One way of deciding, run on traffic: its score, and how much it did.
import type { Row } from "../shared/control/index.ts";
import { type Sizer, targetOf } from "../shared/engine/index.ts";
import { type Policy, type Prices, policyVersion } from "../shared/policy/index.ts";
import { type Plant, type Score, type ScoredWindow, score, simulate, type Trace } from "../shared/sim/index.ts";
import { type Dollars, dollarsOf } from "./dollars.ts";
import { progress } from "./progress.ts";

export interface Rehearsed {
  readonly policyVersion: string;
  readonly score: Score;
  readonly actions: Actions;
  readonly dollars: Dollars | "unknown";
}

/** In the scored window. */
export interface Actions {
  /** Looks after which another number was aimed at. */
  readonly targetChanges: number;
  readonly launched: number;
  readonly drained: number;
  readonly terminated: number;
}

export interface RehearsalGiven {
  readonly policy: Policy;
  readonly size: Sizer;
  readonly trace: Trace;
  readonly scored: ScoredWindow;
  readonly plant: Plant;
  readonly seed: number;
  readonly prices: Prices;
}

export async function rehearse(name: string, given: RehearsalGiven): Promise<Rehearsed> {
  const version = policyVersion(given.policy);
  const counts = { targetChanges: 0, launched: 0, drained: 0, terminated: 0 };
  const bar = progress(`simulating ${name}`);
  const run = await simulate({
    ...given,
    policyVersion: version,
    onMinute: bar.update,
    onRow: (row) => {
      if (row.at >= given.scored.from) count(row, counts);
    },
  });
  bar.stop();
  return {
    policyVersion: version,
    score: score({ plant: given.plant, ...run }),
    actions: counts,
    dollars: dollarsOf(run, given.policy, given.prices),
  };
}

function count({ decision, snapshot }: Row, counts: { -readonly [K in keyof Actions]: number }): void {
  const before = snapshot.memory.target;
  if (before.kind === "set" && before.count !== targetOf(decision.steps)) counts.targetChanges += 1;
  for (const action of decision.actions) {
    if (action.kind === "launch") counts.launched += action.onDemandCount + action.spotCount;
    if (action.kind === "drain") counts.drained += 1;
    if (action.kind === "terminate") counts.terminated += 1;
  }
}
