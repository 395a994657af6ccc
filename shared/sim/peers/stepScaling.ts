// AWS step scaling with the steps of its documentation's example.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html
import { type DurationMs, minuteMs, type Ratio } from "../../core/index.ts";
import { currentTarget, type Sizing, type Snapshot, type Step, type UsedShare } from "../../engine/index.ts";
import type { Policy } from "../../policy/index.ts";
import { gridOf, type Peer, settingOf } from "./peer.ts";
import { moved, sized, stays } from "./steps.ts";
import { documentedInMs, pointsOf } from "./targetTracking.ts";
import { allOf, newestOf, readingsOf } from "./usedShare.ts";

/** Consecutive one-minute points past the threshold that raise the high alarm; the low one waits for the window. */
const outPoints = 3;
/** How far past the threshold each step begins, and what it changes. Inwards they are the mirror image. */
const adjustments: readonly { readonly fromRatio: Ratio; readonly change: Ratio }[] = [
  { fromRatio: 0.2, change: 0.3 },
  { fromRatio: 0.1, change: 0.1 },
  { fromRatio: 0, change: 0 },
];

/** A Sizer; the policy's target is the threshold, in the middle between growing and shrinking. */
export const sizeBySteps =
  (inMs: DurationMs) =>
  (policy: Policy, snapshot: Snapshot): Sizing => {
    const readings = readingsOf(policy, snapshot, pointsOf(inMs));
    return sized(policy, [stepped(policy, snapshot, { readings, inMs })], { kind: "readings", readings });
  };

interface Stepped {
  readonly readings: readonly UsedShare[];
  readonly inMs: DurationMs;
}

function stepped(policy: Policy, snapshot: Snapshot, { readings, inMs }: Stepped): Step {
  const current = currentTarget(policy, snapshot);
  const read = newestOf(readings, snapshot, outPoints);
  if (read.kind === "insufficient-data") return stays(current, "the alarm has too few points");
  const threshold = policy.capacity.targetRatio;
  const past = read.newest.ratio - threshold;
  const figures = { ratio: read.newest.ratio, threshold };
  const warmingCount = snapshot.memory.launching.length;
  if (allOf(readings, outPoints, (ratio) => ratio >= threshold)) {
    // The step is one of those in service; what already warms up is part of it, not on top of it.
    const inService = Math.max(0, current - warmingCount);
    const to = Math.max(current, inService + roundedChange(inService * changeAt(past)));
    return moved({ from: current, to, says: "a step out", figures });
  }
  if (!allOf(readings, inMs / minuteMs, (ratio) => ratio <= threshold)) return stays(current, "no alarm", figures);
  if (warmingCount > 0) return stays(current, "no scaling in while some warm up", { warming: warmingCount });
  const to = current - roundedChange(current * changeAt(-past));
  return moved({ from: current, to, says: "a step in", figures });
}

/** Floating point may land a hair under the step that the reading is on. */
const changeAt = (past: Ratio): Ratio => adjustments.find(({ fromRatio }) => past >= fromRatio - 1e-9)?.change ?? 0;

/** Towards zero, except that a change of less than one instance is one. */
const roundedChange = (change: number): number => (change > 0 && change < 1 ? 1 : Math.floor(change + 1e-9));

export const stepScaling: Peer = {
  kind: "product",
  about: "AWS step scaling, the documented example: threshold 50 %; +0, +10 % and +30 % from 0, 10 and 20 points over",
  documented: settingOf(sizeBySteps, { target: 0.5, windowMs: documentedInMs }),
  grid: gridOf(sizeBySteps, documentedInMs, 60 * minuteMs),
};
