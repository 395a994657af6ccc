// Peers that size for the last visible demand and hold what they wished for a while: one shape, different numbers.
import type { DurationMs } from "../../core/index.ts";
import { currentTarget, type Sizing, type Snapshot, type Step } from "../../engine/index.ts";
import type { Policy } from "../../policy/index.ts";
import { demandOf, highestOf, neededAtTarget, withWish } from "./demand.ts";
import { sized, stays } from "./steps.ts";

export interface Wish {
  readonly current: number;
  /** What the last visible minute needs at the target. */
  readonly needed: number;
  /** The highest need of the window, this look's included. */
  readonly highest: number;
}

/** A Sizer that makes a step of the need and the window's highest; without a demand to see it stays. */
export const sizeByNeed =
  (
    windowMs: DurationMs,
    step: (wish: Wish) => Step,
    needOf: (perMinute: number, policy: Policy) => number = neededAtTarget,
  ) =>
  (policy: Policy, snapshot: Snapshot): Sizing => {
    const current = currentTarget(policy, snapshot);
    const newest = demandOf(snapshot).at(-1);
    const needed = newest === undefined ? undefined : needOf(newest.value, policy);
    const wishes = withWish(snapshot, needed, windowMs);
    const first =
      needed === undefined ? stays(current, "no metric") : step({ current, needed, highest: highestOf(wishes) });
    return sized(policy, [first], { kind: "wishes", wishes });
  };
