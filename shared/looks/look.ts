// A look: the wish that one fleet be looked at. It is all that travels from one function to another.
import { createHash } from "node:crypto";
import type { Message } from "../aws/index.ts";
import { type EpochMs, secondMs } from "../core/index.ts";

export interface Look {
  readonly fleet: string;
  /** The look is wanted only while this is the newest generation of the fleet's log. */
  readonly generation: number | "any";
  /** Whole where an instance's own event has asked: a glance may not show yet what happened to it. */
  readonly sight: "as-needed" | "whole";
  /** So many looks, a minute apart, are to follow while an alarm may still stand. */
  readonly watchCount: number;
}
export interface DelayedLook {
  readonly look: Look;
  /** Whole seconds, at most `heartbeatSeconds`. */
  readonly delaySeconds: number;
}

/** As often as the Scheduler sends a heartbeat: whatever is due later need not be sent. SQS would delay up to 900 s. */
export const heartbeatSeconds = 300;
/** The next heartbeat asks which alarms still stand. */
export const watchCountMax = 4;

/** Nothing but what is asked. */
export const lookOf = (fleet: string, asked: Partial<Look> = {}): Look => ({
  fleet,
  generation: "any",
  sight: "as-needed",
  watchCount: 0,
  ...asked,
});

export const messageOf = ({ look, delaySeconds }: DelayedLook): Message => ({
  about: look.fleet,
  body: JSON.stringify(look),
  delaySeconds,
});

/** Throws an Error that quotes the message when it is no look. */
export function parseLook(message: string): Look {
  const { fleet, generation, sight, watchCount } = fieldsOf(message);
  if (typeof fleet !== "string" || fleet === "") throw noLook(message);
  if (generation !== "any" && !isCount(generation)) throw noLook(message);
  if (sight !== "as-needed" && sight !== "whole") throw noLook(message);
  if (!isCount(watchCount) || watchCount > watchCountMax) throw noLook(message);
  return { fleet, generation, sight, watchCount };
}

/**
 * Five minutes after it was due at the latest, every fleet has been looked at by a later heartbeat. The queue itself keeps it
 * longer, so that one that fails can be tried three times and then be kept where it is found.
 */
export const hasExpired = (sentAt: EpochMs, now: EpochMs): boolean => now - sentAt > 2 * heartbeatSeconds * secondMs;

/** An older version's messages, still on their way while a new one is deployed, know neither of these. */
const plainly = { sight: "as-needed", watchCount: 0 };

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

function fieldsOf(message: string): Readonly<Record<string, unknown>> {
  try {
    return { ...plainly, ...Object(JSON.parse(message)) };
  } catch {
    throw noLook(message);
  }
}

const quotedMax = 200;
const noLook = (message: string): Error =>
  new Error(`this message is no look at a fleet: ${message.slice(0, quotedMax)}`);

/** So many fleets come at once: enough to share what a batch shares, few enough for the functions that run at once. */
const fleetsAtOnce = 50;

/** A fleet's own second of the heartbeat, the same as that of some fifty others, and always the same. */
export function secondOf(fleet: string, fleetCount: number): number {
  const slotCount = Math.min(heartbeatSeconds, Math.max(1, Math.ceil(fleetCount / fleetsAtOnce)));
  return Math.floor((slotOf(fleet, slotCount) * heartbeatSeconds) / slotCount);
}

export const slotOf = (fleet: string, slotCount: number): number =>
  createHash("sha256").update(fleet).digest().readUInt32BE() % slotCount;
