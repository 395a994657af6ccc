// No call starts once the lease has run out, and one under way is given up then: a successor may act from that instant.
import type { DurationMs, EpochMs } from "../core/index.ts";
import type { Action, Outcome } from "../engine/index.ts";
import { type Failure, failureOf, refused } from "./outcomes.ts";
import { type Patience, patiently } from "./patience.ts";

/** Aborts in so many milliseconds from now. */
export type AbortIn = (leftMs: DurationMs) => AbortSignal;

export interface Lease {
  now(): EpochMs;
  readonly actBy: EpochMs;
  readonly abortIn: AbortIn;
  readonly patience: Patience | "none";
}

export interface SendOptions {
  readonly abortSignal: AbortSignal;
}

export type Ended<T> =
  | { readonly kind: "answered"; readonly answer: T }
  | { readonly kind: "too-late" }
  | { readonly kind: "refused"; readonly failure: Failure };

/** One call within the lease, its end as a value. */
export async function call<T>(lease: Lease, send: (options: SendOptions) => Promise<T>): Promise<Ended<T>> {
  const leftMs = (): DurationMs => lease.actBy - lease.now();
  if (leftMs() <= 0) return { kind: "too-late" };
  try {
    const answer = await patiently(lease.patience, () => send({ abortSignal: lease.abortIn(leftMs()) }));
    return { kind: "answered", answer };
  } catch (thrown) {
    return { kind: "refused", failure: failureOf(thrown) };
  }
}

/** The outcome of an action whose call did not succeed. None when its end is unknown: the next look recovers it. */
export function unsuccessful(action: Action, ended: Exclude<Ended<never>, { kind: "answered" }>): readonly Outcome[] {
  if (ended.kind === "too-late") return [{ kind: "too-late", action: action.id }];
  return ended.failure.kind === "unanswered" ? [] : [refused(action, ended.failure)];
}
