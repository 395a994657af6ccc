// The Kubernetes horizontal pod autoscaler with instances for pods.
// https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
import { type DurationMs, minuteMs, type Ratio } from "../../core/index.ts";
import { currentTarget, type Sizing, type Snapshot, type UsedShare } from "../../engine/index.ts";
import type { Policy } from "../../policy/index.ts";
import { highestOf, withWish } from "./demand.ts";
import { gridOf, type Peer, settingOf } from "./peer.ts";
import { moved, sized, stays } from "./steps.ts";
import { newestOf, readingsOf } from "./usedShare.ts";

/** It evaluates every 15 s; between two looks the metrics do not change, but each evaluation may grow on the one before. */
const evaluationsPerLook = 4;
const toleranceRatio = 0.1;
/** At most twice as many or four more, whichever is more, in 15 s. */
const growthMax = { ratio: 1, count: 4 };
const documentedWindowMs: DurationMs = 5 * minuteMs;

/** A Sizer. Down: no further than the highest recommendation of the window. */
export const sizeByHpa =
  (windowMs: DurationMs) =>
  (policy: Policy, snapshot: Snapshot): Sizing => {
    const current = currentTarget(policy, snapshot);
    const read = newestOf(readingsOf(policy, snapshot, 1), snapshot, 1);
    if (read.kind === "insufficient-data")
      return sized(policy, [stays(current, "no metric")], {
        kind: "wishes",
        wishes: withWish(snapshot, undefined, windowMs),
      });
    const before = withWish(snapshot, undefined, windowMs);
    const after = evaluated(
      { current, recommended: 0 },
      { policy, snapshot, newest: read.newest, floor: highestOf(before) },
    );
    const wishes = [...before, { at: snapshot.now, count: after.recommended }];
    const figures = { ratio: read.newest.ratio, target: policy.capacity.targetRatio, recommended: after.recommended };
    const step = moved({ from: current, to: after.current, says: "ceil(ready × ratio ÷ target)", figures });
    return sized(policy, [step], { kind: "wishes", wishes });
  };

interface Replicas {
  readonly current: number;
  /** The highest of this look's recommendations. */
  readonly recommended: number;
}
interface Metric {
  readonly policy: Policy;
  readonly snapshot: Snapshot;
  readonly newest: UsedShare;
  /** The highest recommendation of earlier looks. */
  readonly floor: number;
}

function evaluated(first: Replicas, metric: Metric): Replicas {
  const notReadyCount = metric.snapshot.memory.launching.length;
  const ready = Math.max(0, first.current - notReadyCount);
  const ratio = metric.newest.ratio / metric.policy.capacity.targetRatio;
  const { min, max } = metric.policy.bounds;
  let replicas = first;
  for (let evaluation = 0; evaluation < evaluationsPerLook; evaluation++) {
    const { current } = replicas;
    const recommended = Math.min(max, Math.max(min, recommendation({ current, ready, ratio })));
    const grown = Math.max(current * (1 + growthMax.ratio), current + growthMax.count);
    const held = Math.max(recommended, Math.min(current, metric.floor));
    replicas = { current: Math.min(held, grown), recommended: Math.max(replicas.recommended, recommended) };
  }
  return replicas;
}

/** Those not ready are left out going down; going up they count as idle, and what then lies within the tolerance stays. */
function recommendation({ current, ready, ratio }: Record<"current" | "ready" | "ratio", number>): number {
  const average: Ratio = ratio > 1 ? (ratio * ready) / Math.max(1, current) : ratio;
  if (Math.abs(1 - average) <= toleranceRatio || (ratio > 1 && average < 1)) return current;
  return Math.ceil(ratio * ready - 1e-9);
}

export const hpa: Peer = {
  kind: "product",
  about: "Kubernetes HPA: every 15 s, tolerance 0.1, down to the highest of the last 300 s",
  documented: settingOf(sizeByHpa, { target: "of-policy", windowMs: documentedWindowMs }),
  grid: gridOf(sizeByHpa, documentedWindowMs, 60 * minuteMs),
};
