// After a tick: whether this fleet wants to be looked at before its next heartbeat, and when.
import type { Tick } from "../control/index.ts";
import { type EpochMs, secondMs } from "../core/index.ts";
import type { Decision, Reason } from "../engine/index.ts";
import { type DelayedLook, heartbeatSeconds, type Look } from "./look.ts";

/** The chain of looks goes on from the generation just committed; whoever was superseded leaves it to the other. */
export function nextLook(look: Look, ticked: Tick, now: EpochMs): DelayedLook | "none" {
  switch (ticked.kind) {
    case "superseded":
      return "none";
    case "waiting":
      return { look, delaySeconds: secondsUntil(ticked.until, now) };
    case "done": {
      const { fleet, generation, decision } = ticked.row;
      const { at, because } = decision.lookAgain;
      const next: Look = { fleet, generation, sight: "as-needed", watchCount: Math.max(0, look.watchCount - 1) };
      if (ticked.outcomes.some(({ kind }) => kind === "throttled"))
        return { look: next, delaySeconds: throttledSeconds };
      if (because !== "heartbeat")
        return { look: { ...next, watchCount: look.watchCount }, delaySeconds: secondsUntil(at, now) };
      return isWatched(look, decision) ? { look: next, delaySeconds: watchSeconds } : "none";
    }
  }
}

/** What was refused only for coming too fast has been decided, and is due: it is not to wait for the next minute. */
const throttledSeconds = 10;

const watchSeconds = 60;

/** A high alarm may tell of what the metrics read do not show yet: until the decision stands where it can do no more. */
const isWatched = ({ watchCount }: Look, { steps }: Decision): boolean =>
  watchCount > 0 && !steps.some(({ reason: { kind } }) => atLimit.has(kind));

const atLimit: ReadonlySet<Reason["kind"]> = new Set(["capped", "over-budget", "overridden"]);

/** Never early: the look would find that its time has not come. */
const secondsUntil = (at: EpochMs, now: EpochMs): number =>
  Math.min(heartbeatSeconds, Math.max(0, Math.ceil((at - now) / secondMs)));
