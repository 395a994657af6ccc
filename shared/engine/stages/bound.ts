// The policy's bounds, then the operator's: an override is the hand on the wheel and goes last, until it expires.
import type { Override, Reason, Step } from "../types.ts";
import type { Stage } from "./stage.ts";

export const bound: Stage = (from, { policy }) => {
  const { min, max } = policy.bounds;
  const step = (to: number, reason: Reason): Step => ({ stage: "bound", from, to, reason });
  if (from > max) return step(max, { kind: "capped", max });
  if (from < min) return step(min, { kind: "raised", min });
  return step(from, { kind: "within-bounds" });
};

/** Of several, the tightest; where they contradict each other, the floor wins, since too many is safer than too few. */
export const override: Stage = (from, { snapshot }) => {
  const step = (to: number, reason: Reason): Step => ({ stage: "override", from, to, reason });
  const live = snapshot.overrides.filter(({ until }) => until > snapshot.now);
  const floor = live.reduce<Override | undefined>(
    (best, next) => (best && best.min >= next.min ? best : next),
    undefined,
  );
  const roof = live.reduce<Override | undefined>(
    (best, next) => (best && best.max <= next.max ? best : next),
    undefined,
  );
  if (floor && from < floor.min) return step(floor.min, overridden(floor, "min"));
  if (roof && floor && from > roof.max)
    return floor.min > roof.max ? step(floor.min, overridden(floor, "min")) : step(roof.max, overridden(roof, "max"));
  return step(from, { kind: "no-override" });
};

const overridden = ({ id, min, max, until, by, reason }: Override, side: "min" | "max"): Reason => ({
  kind: "overridden",
  id,
  bound: side,
  count: side === "min" ? min : max,
  until,
  by,
  why: reason,
});
