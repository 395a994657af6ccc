// Requests a minute, from two readings of sums that only grow.
import { type DurationMs, minuteMs } from "../core/index.ts";
import type { Slot } from "./types.ts";

export interface Rates {
  /** Of the whole backend. */
  readonly perMinute: number;
  /** By the address of who holds the slot at the later reading. */
  readonly byTarget: ReadonlyMap<string, number>;
}

/** A sum that has shrunk has started anew, with HAProxy: then all of it is new. */
export function ratesBetween(before: readonly Slot[], after: readonly Slot[], elapsedMs: DurationMs): Rates {
  const earlier = new Map(before.map((slot) => [slot.name, slot.requestsTotal]));
  const grown = after.map(({ name, address, state, requestsTotal }) => {
    const was = earlier.get(name) ?? 0;
    const count = requestsTotal >= was ? requestsTotal - was : requestsTotal;
    return { key: `${address.host}:${address.port}`, state, perMinute: (count * minuteMs) / elapsedMs };
  });
  return {
    perMinute: grown.reduce((sum, { perMinute }) => sum + perMinute, 0),
    byTarget: new Map(
      grown.flatMap(({ key, state, perMinute }) => (state.kind === "unregistered" ? [] : [[key, perMinute] as const])),
    ),
  };
}
