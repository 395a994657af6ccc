// After a tick: whether this fleet wants to be looked at before its next heartbeat, and when.
import type { Tick } from "../shared/control/index.ts";
import { type EpochMs, secondMs } from "../shared/core/index.ts";
import { type DelayedLook, heartbeatSeconds, type Look } from "./looks.ts";

/** The chain of looks goes on from the generation just committed; whoever was superseded leaves it to the other. */
export function nextLook(look: Look, ticked: Tick, now: EpochMs): DelayedLook | "none" {
  switch (ticked.kind) {
    case "superseded":
      return "none";
    case "waiting":
      return { look, delaySeconds: secondsUntil(ticked.until, now) };
    case "done": {
      const { fleet, generation, decision } = ticked.row;
      if (decision.lookAgain.because === "heartbeat") return "none";
      return { look: { fleet, generation }, delaySeconds: secondsUntil(decision.lookAgain.at, now) };
    }
  }
}

/** Never early: the look would find that its time has not come. */
const secondsUntil = (at: EpochMs, now: EpochMs): number =>
  Math.min(heartbeatSeconds, Math.max(0, Math.ceil((at - now) / secondMs)));
