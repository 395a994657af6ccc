// The hours in which a policy lets well instances be replaced.
import type { EpochMs } from "../core/index.ts";
import type { Hours } from "../policy/index.ts";
import { nextStart } from "./rules/occurrences.ts";

/** None named: at any hour. */
export const isWithin = (during: readonly Hours[], now: EpochMs): boolean =>
  during.length === 0 ||
  during.some((hours) => {
    const startsAt = nextStart(hours, now - hours.forMs);
    return startsAt !== "never" && startsAt <= now;
  });
