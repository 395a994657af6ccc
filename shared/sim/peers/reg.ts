// Reg: grows by reaction, shrinks by regression. W. Iqbal et al., "Adaptive resource provisioning for read intensive
// multi-tier applications in the cloud", FGCS 2011, https://doi.org/10.1016/j.future.2010.10.016.
import { type DurationMs, hourMs } from "../../core/index.ts";
import { type Count, currentTarget, type Sizing, type Snapshot, type Step } from "../../engine/index.ts";
import type { Policy } from "../../policy/index.ts";
import { demandOf, neededAtTarget, withWish } from "./demand.ts";
import { parabolaAt } from "./parabola.ts";
import { gridOf, type Peer, settingOf } from "./peer.ts";
import { moved, sized, stays } from "./steps.ts";

/** The last 60 needs, one a minute. */
const documentedWindowMs: DurationMs = hourMs;
/** Fewer needs than this make no parabola to trust. */
const needCountMin = 10;

/** A Sizer; the window is what the parabola is laid through. */
export const sizeByReg =
  (windowMs: DurationMs) =>
  (policy: Policy, snapshot: Snapshot): Sizing => {
    const current = currentTarget(policy, snapshot);
    const newest = demandOf(snapshot).at(-1);
    const needed = newest === undefined ? undefined : neededAtTarget(newest.value, policy);
    const wishes = withWish(snapshot, needed, windowMs);
    const step = needed === undefined ? stays(current, "no metric") : regressed(wishes, { current, needed });
    return sized(policy, [step], { kind: "wishes", wishes });
  };

interface Need {
  readonly current: number;
  readonly needed: number;
}

function regressed(needs: readonly Count[], { current, needed }: Need): Step {
  if (needed >= current) return moved({ from: current, to: needed, says: "the need", figures: { needed } });
  if (needs.length < needCountMin) return stays(current, "too few needs for a parabola", { needs: needs.length });
  const fitted = Math.ceil(parabolaAt(needs) - 1e-6);
  const to = Math.min(current, Math.max(needed, fitted));
  return moved({ from: current, to, says: "a parabola through the last needs", figures: { needed, fitted } });
}

export const reg: Peer = {
  kind: "research",
  about: "Reg (Iqbal et al.): grows to the need, shrinks along a parabola through the last 60 needs",
  documented: settingOf(sizeByReg, { target: "of-policy", windowMs: documentedWindowMs }),
  grid: gridOf(sizeByReg, documentedWindowMs / 3, documentedWindowMs * 2),
};
