// A policy's version is a hash of what it says, not of how it is written: comments, order and defaults spelt out or
// left out make no difference.
import { createHash } from "node:crypto";
import type { Policy } from "./types.ts";

/** `sha256:` and 64 hexadecimal digits. */
export const policyVersion = (policy: Policy): string =>
  `sha256:${createHash("sha256")
    .update(JSON.stringify(withoutUnused(policy), withSortedKeys))
    .digest("hex")}`;

/** What policies could not say once counts when they say it: a release alone makes no other policy of any. */
function withoutUnused({ metrics, missing, launch, limits, peaks, ...policy }: Policy): object {
  const { role, ...unnamed } = launch;
  const { "requests-per-target": later, ...choices } = missing;
  const { budget, ...velocities } = limits;
  return {
    ...policy,
    peaks: peaks.map(({ early, ...peak }) => (early.kind === "never" ? peak : { ...peak, early })),
    launch: role === "" ? unnamed : launch,
    limits: budget.kind === "none" ? velocities : limits,
    ...(Object.keys(metrics).length === 0 ? {} : { metrics }),
    missing: later.kind === "hold" ? choices : missing,
  };
}

const withSortedKeys = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
