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

/**
 * Of several, the tightest; where they contradict each other, the floor wins, since too many is safer than too few. Under the policy's
 * minimum nobody goes.
 */
export const override: Stage = (from, { snapshot, policy }) => {
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
  if (floor && from < floor.min) return step(floor.min, overridden(floor, "min", floor.min));
  const most = Math.max(roof?.max ?? 0, policy.bounds.min);
  if (roof && floor && from > most)
    return floor.min > most
      ? step(floor.min, overridden(floor, "min", floor.min))
      : step(most, overridden(roof, "max", most));
  return step(from, { kind: "no-override" });
};

const overridden = ({ id, until, by, reason }: Override, side: "min" | "max", count: number): Reason => ({
  kind: "overridden",
  id,
  bound: side,
  count,
  until,
  by,
  why: reason,
});
