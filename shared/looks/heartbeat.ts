// What the clock asks for: every fleet, in its own second; those whose alarms stand are watched until the next heartbeat.
import { type DelayedLook, lookOf, secondOf, watchCountMax } from "./look.ts";

/** `alarmed` names fleets. */
export const heartbeatLooks = (fleets: readonly string[], alarmed: ReadonlySet<string>): readonly DelayedLook[] =>
  fleets.map((fleet) => ({
    look: lookOf(fleet, { watchCount: alarmed.has(fleet) ? watchCountMax : 0 }),
    delaySeconds: secondOf(fleet, fleets.length),
  }));
