// Rows and outcomes as small as they come, for tests of what keeps them and what carries them out.
import type { Row } from "../../shared/control/index.ts";
import { minuteMs, secondMs } from "../../shared/core/index.ts";
import {
  type Action,
  type Decision,
  type Instance,
  initialMemory,
  type Outcome,
  type Previous,
} from "../../shared/engine/index.ts";
import { givenSnapshot, noon, seen } from "./given.ts";

export interface RowGiven {
  readonly actions?: readonly Action[];
  readonly instances?: readonly Instance[];
  readonly kind?: "decided" | "recovering";
  /** Swells the row. */
  readonly padding?: string;
}

/** The row of a generation, so many minutes after noon, as decided upon the one before it. */
export function rowOfGeneration(generation: number, given: RowGiven = {}): Row {
  const at = noon + generation * minuteMs;
  const { instances, padding } = given;
  const view = instances
    ? seen(...instances)
    : ({ kind: "missing", how: "failed", because: padding ?? "not asked" } as const);
  return {
    id: `shop@${generation}`,
    fleet: "shop",
    generation,
    at,
    actBy: at + 20 * secondMs,
    engineVersion: "1",
    policyVersion: "sha256:00",
    snapshot: givenSnapshot({ now: at, birth: noon, instances: view, previous: previousOf(generation, at) }),
    decision: decisionOf(given),
  };
}

const previousOf = (generation: number, at: number): Previous =>
  generation === 1
    ? { kind: "none" }
    : {
        kind: "row",
        generation: generation - 1,
        at: at - minuteMs,
        actBy: at - 40 * secondMs,
        actions: [],
        outcomes: [],
      };

function decisionOf({ actions = [], kind = "decided" }: RowGiven): Decision {
  const body = {
    proposals: [],
    steps: [{ stage: "bound", from: 2, to: 2, reason: { kind: "within-bounds" } }],
    actions,
    memory: initialMemory,
    lookAgain: { at: noon, because: "heartbeat" },
  } as const;
  return kind === "decided" ? { kind, ...body } : { kind, ...body, generation: 1 };
}

export const doneOf = (action: string, ...instances: readonly string[]): Outcome => ({
  kind: "done",
  action,
  instances,
});
