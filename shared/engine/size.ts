// How many: every rule proposes, the largest wish wins, and each stage may move the number and says why.
import type { Policy } from "../policy/index.ts";
import { currentTarget } from "./current.ts";
import { leadTimeOf } from "./leadTime.ts";
import { propose } from "./rules/index.ts";
import { remember, rememberedOf } from "./sizingMemory.ts";
import { anticipate } from "./stages/anticipate.ts";
import { bound, override } from "./stages/bound.ts";
import { brake } from "./stages/brake.ts";
import { budget } from "./stages/budget.ts";
import { combine } from "./stages/combine.ts";
import { limit } from "./stages/limit.ts";
import { stabilise } from "./stages/stabilise.ts";
import type { StageContext } from "./stages/stage.ts";
import type { Sizing, Snapshot } from "./types.ts";

/** Tidegate's own Sizer. */
export function sizeByRules(policy: Policy, snapshot: Snapshot): Sizing {
  const lead = leadTimeOf(policy, snapshot.memory);
  const proposals = propose({ policy, snapshot, lead });
  const context: StageContext = {
    policy,
    snapshot,
    lead,
    proposals,
    current: currentTarget(policy, snapshot),
    remembered: rememberedOf(snapshot.memory.sizing),
  };
  const combined = combine(context);
  const steps = [combined];
  for (const stage of [stabilise, limit, anticipate, bound, budget, override, brake])
    steps.push(stage((steps.at(-1) ?? combined).to, context));
  return { proposals, steps, memory: remember(context, steps) };
}
