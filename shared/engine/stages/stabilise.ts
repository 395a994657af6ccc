// A wish counts against the target only when every wish of its window was on the same side: noise moves nothing.
import type { Count, Reason, Step } from "../types.ts";
import type { Stage, StageContext } from "./stage.ts";

export const stabilise: Stage = (from, context) => {
  const { current, policy, remembered, snapshot } = context;
  const { scaleOutMs, scaleInMs } = policy.stabilization;
  const step = (to: number, reason: Reason): Step => ({ stage: "stabilise", from, to, reason });
  if (from < current) {
    const highest = extreme(wishesWithin(context, scaleInMs), (a, b) => b.count > a.count);
    if (!highest || highest.count <= from) return step(from, { kind: "stable" });
    return step(Math.min(current, highest.count), {
      kind: "recent-wish",
      side: "above",
      ...highest,
      windowMs: scaleInMs,
    });
  }
  if (from > current) {
    const since = snapshot.now - scaleOutMs;
    const lowest = extreme(
      remembered.wishes.filter(({ at }) => at > since),
      (a, b) => b.count < a.count,
    );
    if (!lowest || lowest.count >= from) return step(from, { kind: "stable" });
    return step(Math.max(current, lowest.count), {
      kind: "recent-wish",
      side: "below",
      ...lowest,
      windowMs: scaleOutMs,
    });
  }
  return step(from, { kind: "stable" });
};

/** A log younger than the window takes the count it was born with for a wish: it has not seen what that was for. */
function wishesWithin({ remembered, snapshot, current }: StageContext, windowMs: number): readonly Count[] {
  const since = snapshot.now - windowMs;
  const wishes = remembered.wishes.filter(({ at }) => at > since);
  return snapshot.birth > since ? [{ at: snapshot.birth, count: current }, ...wishes] : wishes;
}

const extreme = (counts: readonly Count[], isBeyond: (best: Count, next: Count) => boolean): Count | undefined =>
  counts.reduce<Count | undefined>((best, next) => (best && !isBeyond(best, next) ? best : next), undefined);
