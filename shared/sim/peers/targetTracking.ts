// AWS target tracking as its documentation describes it, in the place of our sizing.
// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
import { minuteMs } from "../../core/index.ts";
import { currentTarget, type Point, type Reason, type Sizing, type Snapshot, type Step } from "../../engine/index.ts";
import type { Policy } from "../../policy/index.ts";

export interface TargetTrackingSettings {
  /** Consecutive one-minute points above the target that raise the high alarm. */
  readonly outPoints: number;
  /** Consecutive one-minute points below the low threshold that raise the low alarm. */
  readonly inPoints: number;
  /** The low alarm's threshold as a share of the target. */
  readonly lowShareRatio: number;
}

/** What AWS creates: 3 points out, 15 points in; the share is not documented, 0.9 is what its alarms show. */
export const documentedTargetTracking: TargetTrackingSettings = { outPoints: 3, inPoints: 15, lowShareRatio: 0.9 };

/** A Sizer; `policy.capacity` gives the target. Nothing else of the policy's rules is read. */
export const targetTracking =
  (settings: TargetTrackingSettings) =>
  (policy: Policy, snapshot: Snapshot): Sizing => {
    const current = currentTarget(policy, snapshot);
    const alarmed = alarm(policy, snapshot, { current, settings });
    return { proposals: [], steps: [alarmed, bounded(alarmed.to, policy)], memory: { kind: "none" } };
  };

/** One minute's share of capacity used, by the hosts that were in service then. */
interface Reading {
  readonly at: number;
  readonly ratio: number;
  readonly inServiceCount: number;
}
interface Given {
  readonly current: number;
  readonly settings: TargetTrackingSettings;
}

function alarm(policy: Policy, snapshot: Snapshot, { current, settings }: Given): Step {
  const { targetRatio } = policy.capacity;
  const readings = newestRun(readingsOf(policy, snapshot));
  const high = readings.slice(-settings.outPoints);
  const newest = readings.at(-1);
  if (!newest || high.length < settings.outPoints || snapshot.now - newest.at > staleMs)
    return stay(current, { kind: "alarm-insufficient-data" });
  const needed = Math.ceil((newest.inServiceCount * newest.ratio) / targetRatio - 1e-9);
  if (high.every(({ ratio }) => ratio > targetRatio)) {
    const { ratio, inServiceCount } = newest;
    const reason: Reason = { kind: "alarm-high", ratio, targetRatio, pointCount: settings.outPoints, inServiceCount };
    return { stage: "scale-out", from: current, to: Math.max(current, needed), reason };
  }
  const thresholdRatio = settings.lowShareRatio * targetRatio;
  const low = readings.slice(-settings.inPoints);
  if (low.length < settings.inPoints || !low.every(({ ratio }) => ratio < thresholdRatio))
    return stay(current, { kind: "alarm-quiet", pointCount: readings.length });
  const warmingCount = snapshot.memory.launching.length;
  if (warmingCount > 0) return stay(current, { kind: "scale-in-blocked", warmingCount });
  const reason: Reason = { kind: "alarm-low", ratio: newest.ratio, thresholdRatio, pointCount: settings.inPoints };
  return { stage: "scale-in", from: current, to: Math.min(current, needed), reason };
}

/** An alarm without a point for this long has insufficient data. */
const staleMs = 5 * minuteMs;

const stay = (current: number, reason: Reason): Step => ({ stage: "scale-in", from: current, to: current, reason });

function bounded(from: number, { bounds: { min, max } }: Policy): Step {
  if (from > max) return { stage: "bound", from, to: max, reason: { kind: "capped", max } };
  if (from < min) return { stage: "bound", from, to: min, reason: { kind: "raised", min } };
  return { stage: "bound", from, to: from, reason: { kind: "within-bounds" } };
}

function readingsOf({ capacity }: Policy, { signals }: Snapshot): readonly Reading[] {
  const { requests } = signals;
  const hosts = signals["healthy-hosts"];
  if (requests?.kind !== "known" || hosts?.kind !== "known") return [];
  const inService = new Map(hosts.points.map(({ at, value }) => [at, value]));
  return requests.points.flatMap(({ at, value }: Point) => {
    const inServiceCount = inService.get(at) ?? 0;
    if (inServiceCount === 0) return [];
    return [{ at, ratio: value / (inServiceCount * capacity.perInstancePerMinute), inServiceCount }];
  });
}

/** The newest points without a gap: a missing one breaks an alarm's row. */
function newestRun(readings: readonly Reading[]): readonly Reading[] {
  const breakAt = readings.findLastIndex(
    ({ at }, index) => index > 0 && at - (readings[index - 1] as Reading).at !== minuteMs,
  );
  return breakAt === -1 ? readings : readings.slice(breakAt);
}
