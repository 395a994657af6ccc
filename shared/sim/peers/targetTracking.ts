// AWS target tracking as its documentation describes it, in the place of our sizing.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
import { type DurationMs, minuteMs } from "../../core/index.ts";
import { currentTarget, type Sizing, type Snapshot, type Step, type UsedShare } from "../../engine/index.ts";
import type { Policy } from "../../policy/index.ts";
import { gridOf, type Peer, settingOf } from "./peer.ts";
import { moved, sized, stays } from "./steps.ts";
import { allOf, newestOf, readingsOf } from "./usedShare.ts";

/** Consecutive one-minute points above the target that raise the high alarm. */
const outPoints = 3;
/** As AWS creates it: so long must the metric lie low before anything is let go. */
export const documentedInMs: DurationMs = 15 * minuteMs;
/** The low alarm's threshold as a share of the target is not documented; 0.9 is what its alarms show. */
const lowShareRatio = 0.9;

/** A Sizer; `policy.capacity` gives the target. Nothing else of the policy's rules is read. */
export const sizeByTargetTracking =
  (inMs: DurationMs) =>
  (policy: Policy, snapshot: Snapshot): Sizing => {
    const readings = readingsOf(policy, snapshot, pointsOf(inMs));
    return sized(policy, [trackTarget(policy, snapshot, { readings, inMs })], { kind: "readings", readings });
  };

/** How many points an alarm over this window looks at. */
export const pointsOf = (inMs: DurationMs): number => Math.max(outPoints, inMs / minuteMs);

export interface Tracked {
  readonly readings: readonly UsedShare[];
  readonly inMs: DurationMs;
}

/** What the two alarms do. Warming instances are left out of the metric, count towards the target and block scaling in. */
export function trackTarget(policy: Policy, snapshot: Snapshot, { readings, inMs }: Tracked): Step {
  const current = currentTarget(policy, snapshot);
  const read = newestOf(readings, snapshot, outPoints);
  if (read.kind === "insufficient-data") return stays(current, "the alarm has too few points");
  const { targetRatio } = policy.capacity;
  const { ratio, inServiceCount } = read.newest;
  const needed = Math.ceil((inServiceCount * ratio) / targetRatio - 1e-9);
  const figures = { ratio, target: targetRatio, "in service": inServiceCount };
  if (allOf(readings, outPoints, (used) => used > targetRatio))
    return moved({ from: current, to: Math.max(current, needed), says: "alarm high", figures });
  if (!allOf(readings, inMs / minuteMs, (used) => used < lowShareRatio * targetRatio))
    return stays(current, "no alarm", figures);
  const warmingCount = snapshot.memory.launching.length;
  if (warmingCount > 0) return stays(current, "no scaling in while some warm up", { warming: warmingCount });
  return moved({ from: current, to: Math.min(current, needed), says: "alarm low", figures });
}

export const targetTracking: Peer = {
  kind: "product",
  about: "AWS target tracking: 3 of 3 points out, 15 of 15 points under 0.9 of the target in",
  documented: settingOf(sizeByTargetTracking, { target: "of-policy", windowMs: documentedInMs }),
  grid: gridOf(sizeByTargetTracking, documentedInMs, 60 * minuteMs),
};
