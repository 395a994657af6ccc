// A look: the wish that one fleet be looked at. It is all that travels from one function to another.
import { createHash } from "node:crypto";
import type { Message } from "../shared/aws/index.ts";

export interface Look {
  readonly fleet: string;
  /** The look is wanted only while this is the newest generation of the fleet's log. */
  readonly generation: number | "any";
}
export interface DelayedLook {
  readonly look: Look;
  /** Whole seconds, at most `heartbeatSeconds`. */
  readonly delaySeconds: number;
}

/** As often as the Scheduler sends a heartbeat: whatever is due later need not be sent. SQS would delay up to 900 s. */
export const heartbeatSeconds = 300;

export const messageOf = ({ look: { fleet, generation }, delaySeconds }: DelayedLook): Message => ({
  about: fleet,
  body: JSON.stringify({ fleet, generation }),
  delaySeconds,
});

/** Throws an Error that quotes the message when it is no look. */
export function parseLook(message: string): Look {
  const { fleet, generation } = fieldsOf(message);
  if (typeof fleet !== "string" || fleet === "") throw noLook(message);
  if (generation === "any" || (typeof generation === "number" && Number.isSafeInteger(generation)))
    return { fleet, generation };
  throw noLook(message);
}

function fieldsOf(message: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(message));
  } catch {
    throw noLook(message);
  }
}

const quotedMax = 200;
const noLook = (message: string): Error =>
  new Error(`this message is no look at a fleet: ${message.slice(0, quotedMax)}`);

/** A fleet's own second of the heartbeat, so that thousands of fleets do not come at once. Always the same. */
export function secondOf(fleet: string): number {
  return createHash("sha256").update(fleet).digest().readUInt32BE() % heartbeatSeconds;
}
