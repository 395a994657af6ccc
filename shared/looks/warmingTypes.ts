// What taking a message about a warm-up needs, and what it comes to.
import type { Message, Table } from "../aws/index.ts";
import type { WarmCalls, WarmTarget } from "../aws/warm/index.ts";
import type { Versioned } from "../control/index.ts";
import type { EpochMs } from "../core/index.ts";

export interface Warming {
  readonly calls: WarmCalls;
  readonly table: Table;
  now(): EpochMs;
  /** Throws where a fleet has none. */
  policyOf(fleet: string): Promise<Versioned>;
  /** Sends a message that comes back through the same queue. */
  send(message: Message): Promise<void>;
  /** Who warms by HTTP, a function's name; "" where nobody does. */
  readonly warmer: string;
  /** What instances warm themselves by, a document's name; "" where there is none. */
  readonly document: string;
}

/** `failed` and `ended` are what the fleet wants to be looked at for; what `waits` comes back. */
export type WarmStep =
  | { readonly kind: "started" | "known" | "unwanted" | "ended" | "not-under-way" }
  | { readonly kind: "failed" | "waits"; readonly because: string };

/** What is wanted of an instance, and where it is reached. */
export interface Wanted<W> {
  readonly warm: W;
  readonly target: WarmTarget;
}
