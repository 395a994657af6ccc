// Somebody has said stop: the target may grow and does not shrink. It goes last, since it forbids what all others may wish.
import type { Reason, Step } from "../types.ts";
import type { Stage } from "./stage.ts";

export const brake: Stage = (from, { snapshot, current }) => {
  const step = (to: number, reason: Reason): Step => ({ stage: "brake", from, to, reason });
  const [first] = snapshot.brakes;
  if (!first) return step(from, { kind: "brakes-off" });
  const { scope, since, by, reason: why } = first;
  return step(Math.max(from, current), { kind: "braked", scope, since, by, why });
};
