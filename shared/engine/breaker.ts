// Instances that die are not bought without end: after three launches of one template version that brought nothing that serves, the
// version that last did is launched instead; where there is none, one instance at a time, ever more seldom.
import { type DurationMs, type EpochMs, minuteMs } from "../core/index.ts";
import type { Memory, Reason } from "./types.ts";

const failuresMax = 3;
const backOffMs: DurationMs = 5 * minuteMs;
const backOffMaxMs: DurationMs = 20 * minuteMs;

export type Breaker =
  | { readonly kind: "closed" }
  | { readonly kind: "last-good"; readonly failureCount: number; readonly templateVersion: string }
  /** No launch before `at`, and of one instance then. */
  | { readonly kind: "one-at"; readonly failureCount: number; readonly at: EpochMs };

/** Launches of this version in a row that brought nothing that serves. */
export const failureCountOf = (memory: Memory, templateVersion: string): number =>
  new Set(failuresOf(memory, templateVersion).map(({ requestedAt }) => requestedAt)).size;

const failuresOf = ({ templates: { failures } }: Memory, templateVersion: string) =>
  failures.filter((one) => one.templateVersion === templateVersion);

/** Of launches of this version. */
export function breakerOf(memory: Memory, templateVersion: string): Breaker {
  const { proven } = memory.templates;
  const own = failuresOf(memory, templateVersion);
  const failureCount = failureCountOf(memory, templateVersion);
  if (failureCount < failuresMax) return { kind: "closed" };
  if (proven !== "" && proven !== templateVersion) return { kind: "last-good", failureCount, templateVersion: proven };
  const newest = own.reduce((latest, { at }) => Math.max(latest, at), 0);
  const waitMs = Math.min(backOffMaxMs, backOffMs * 2 ** (failureCount - failuresMax));
  return { kind: "one-at", failureCount, at: newest + waitMs };
}

/** How many may be launched now. `isTried`: one is being tried already. */
export function roomUnder(breaker: Breaker, now: EpochMs, isTried: boolean): number {
  if (breaker.kind !== "one-at") return Number.POSITIVE_INFINITY;
  return isTried || now < breaker.at ? 0 : 1;
}

export function toldOf(breaker: Breaker, templateVersion: string): readonly Reason[] {
  if (breaker.kind === "closed") return [];
  const { failureCount } = breaker;
  return [
    {
      ...{ kind: "breaker", templateVersion, failureCount },
      instead:
        breaker.kind === "last-good"
          ? { kind: "last-good", templateVersion: breaker.templateVersion }
          : { kind: "one-at", at: breaker.at },
    },
  ];
}
