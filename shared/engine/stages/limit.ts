// Velocity: at most a share of max(current, min) in any window, and always at least one.
import type { Velocity } from "../../policy/index.ts";
import type { Reason, Step } from "../types.ts";
import type { Stage, StageContext } from "./stage.ts";

export const limit: Stage = (from, context) => {
  const { current, policy } = context;
  const step = (to: number, reason: Reason): Step => ({ stage: "limit", from, to, reason });
  const { scaleOut, scaleIn } = policy.limits;
  if (from > current) {
    const base = Math.min(current, ...targetsWithin(context, scaleOut.windowMs));
    const most = base + Math.max(1, Math.ceil(scaleOut.ratio * Math.max(base, policy.bounds.min) - 1e-9));
    return from <= most ? step(from, within) : step(Math.max(current, most), velocity("out", base, scaleOut));
  }
  if (from < current) {
    const { base, least } = shrinking(context);
    return from >= least ? step(from, within) : step(Math.min(current, least), velocity("in", base, scaleIn));
  }
  return step(from, within);
};

/** The least that may be wanted now, and what that is a share of. */
export function shrinking({ current, policy, ...seen }: StageContext): {
  readonly base: number;
  readonly least: number;
} {
  const { ratio, windowMs } = policy.limits.scaleIn;
  const base = Math.max(current, ...targetsWithin(seen, windowMs));
  return { base, least: base - Math.max(1, Math.floor(ratio * Math.max(base, policy.bounds.min) + 1e-9)) };
}

const within: Reason = { kind: "within-velocity" };

const velocity = (direction: "out" | "in", base: number, { ratio, windowMs }: Velocity): Reason => ({
  kind: "velocity",
  direction,
  base,
  ratio,
  windowMs,
});

const targetsWithin = (
  { remembered, snapshot }: Pick<StageContext, "remembered" | "snapshot">,
  windowMs: number,
): readonly number[] => remembered.targets.filter(({ at }) => at > snapshot.now - windowMs).map(({ count }) => count);
