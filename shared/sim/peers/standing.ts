// Fleets that do not follow the traffic: the highest load ever seen, and a number that somebody once chose.
import { minuteMs } from "../../core/index.ts";
import { currentTarget, type Sizing, type Snapshot } from "../../engine/index.ts";
import type { Policy } from "../../policy/index.ts";
import { sizeByNeed } from "./held.ts";
import { type Peer, settingOf } from "./peer.ts";
import { moved, sized } from "./steps.ts";

/** A Sizer that never lets go: ready for the highest minute it has seen. */
export const sizeByHighest = sizeByNeed(minuteMs, ({ current, needed }) =>
  moved({ from: current, to: Math.max(current, needed), says: "the highest seen so far", figures: { needed } }),
);

/** A Sizer: a tenth of the policy's maximum at 60 %, as the automatic plant is built; fewer the fuller they may run. */
export function sizeConstant(policy: Policy, snapshot: Snapshot): Sizing {
  const { bounds, capacity } = policy;
  const to = Math.ceil(((bounds.max / 10) * 0.6) / capacity.targetRatio - 1e-9);
  const figures = { maximum: bounds.max, target: capacity.targetRatio };
  return sized(policy, [moved({ from: currentTarget(policy, snapshot), to, says: "constant", figures })], {
    kind: "none",
  });
}

const standing = (about: string, size: typeof sizeConstant, targets: readonly number[]): Peer => ({
  kind: "yardstick",
  about,
  documented: { label: "the policy's target", size },
  grid: targets.map((target) => ({
    ...settingOf(() => size, { target, windowMs: 0 }),
    label: `${Math.round(100 * target)} %`,
  })),
});

export const staticPeak = standing(
  "Static peak: enough for the highest minute seen so far, never fewer",
  sizeByHighest,
  [0.8, 0.7, 0.6, 0.5, 0.4],
);

export const constant = standing(
  "A constant fleet, nobody's product: what the plant's p99.9 minute needs at the target",
  sizeConstant,
  [2.4, 1.6, 1.2, 1, 0.8, 0.7, 0.6, 0.5],
);
