// A policy's version is a hash of what it says, not of how it is written: comments, order and defaults spelt out or
// left out make no difference.
import { createHash } from "node:crypto";
import type { Limits, Policy, Renew, Warm } from "./types.ts";

/** `sha256:` and 64 hexadecimal digits. */
export const policyVersion = (policy: Policy): string =>
  `sha256:${createHash("sha256")
    .update(JSON.stringify(withoutUnused(policy), withSortedKeys))
    .digest("hex")}`;

/** What policies could not say once counts when they say it: a release alone makes no other policy of any. */
function withoutUnused({
  metrics,
  missing,
  launch,
  limits,
  peaks,
  capacity,
  warm,
  renew,
  reserve,
  ...policy
}: Policy): object {
  const { role, ...unnamed } = launch;
  const { "requests-per-target": later, ...choices } = missing;
  const { limitRatio, learn, ...written } = capacity;
  return {
    ...policy,
    capacity: learn.kind === "none" && limitRatio === limitOnce ? written : capacity,
    peaks: peaks.map(({ early, ...peak }) => (early.kind === "never" ? peak : { ...peak, early })),
    launch: role === "" ? unnamed : launch,
    warm: warmOnce(warm),
    limits: limitsOnce(limits),
    ...(renew.kind === "never" ? {} : { renew: renewOnce(renew) }),
    ...(reserve.kind === "none" ? {} : { reserve }),
    ...(Object.keys(metrics).length === 0 ? {} : { metrics }),
    missing: later.kind === "hold" ? choices : missing,
  };
}

/** What every policy had before it could say so. */
const limitOnce = 0.8;
const surgeOnce = 0.1;

const limitsOnce = ({ budget, surgeRatio, ...velocities }: Limits): object => ({
  ...velocities,
  ...(budget.kind === "none" ? {} : { budget }),
  ...(surgeRatio === surgeOnce ? {} : { surgeRatio }),
});

const renewOnce = ({ balanced, ...renew }: Extract<Renew, { kind: "renews" }>): object =>
  balanced ? renew : { ...renew, balanced };

/** Once there were paths, and the rest was as it is today where nothing is said. */
function warmOnce(warm: Warm): object {
  if (warm.kind !== "http" || warm.by !== "function") return warm;
  const { by, ...http } = warm;
  const { from, untilCount, concurrency, method, headers, cacheHeader, ...rest } = http;
  const isPlain = untilCount === 20 && concurrency === 4 && method === "GET" && cacheHeader === "none";
  if (from.kind !== "paths" || !isPlain || Object.keys(headers).length > 0) return http;
  return { ...rest, paths: from.paths };
}

const withSortedKeys = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
