// The wish that one fleet's forecast be looked after, as it travels through the queue.
import type { Message } from "../aws/index.ts";
import { slotOf } from "./look.ts";

/** As long as SQS delays a message, and short of the hour in which the next ones come. */
export const refreshSpreadSeconds = 900;
/** A batch of the queue. */
const fleetsAtOnce = 10;

/** One a fleet, spread out by name: an account's GetMetricData gives so many points a second, and looks want theirs. */
export function refreshMessages(fleets: readonly string[]): readonly Message[] {
  const slotCount = Math.min(refreshSpreadSeconds, Math.max(1, Math.ceil(fleets.length / fleetsAtOnce)));
  return fleets.map((fleet) => ({
    about: fleet,
    body: JSON.stringify({ fleet }),
    delaySeconds: Math.floor((slotOf(fleet, slotCount) * refreshSpreadSeconds) / slotCount),
  }));
}

/** The fleet. Throws an Error that quotes the message when it names none. */
export function parseRefresh(message: string): string {
  const fleet = fleetIn(message);
  if (typeof fleet === "string" && fleet !== "") return fleet;
  throw new Error(`this message names no fleet: ${message.slice(0, quotedMax)}`);
}
const quotedMax = 200;

function fleetIn(message: string): unknown {
  try {
    return Object(JSON.parse(message)).fleet;
  } catch {
    return "";
  }
}
