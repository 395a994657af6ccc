// How long a launch takes until it serves, measured from the fleet's own launches.
import type { Policy } from "../policy/index.ts";
import type { LeadTime, Memory } from "./types.ts";

/** Fewer launches than this say little about a p95; the policy's assumption stands until then. */
const launchCountMin = 5;

/** Request → serving, in ms: nearest-rank p50 and p95 of the newest launches, or the policy's `leadTime`. */
export function leadTimeOf(policy: Policy, memory: Memory): LeadTime {
  const assumed = policy.launch.leadTimeMs;
  if (memory.launches.length < launchCountMin) return { p50Ms: assumed, p95Ms: assumed, launchCount: 0 };
  const sorted = Float64Array.from(memory.launches, ({ servingMs }) => servingMs).sort();
  const rank = (quantile: number): number => sorted[Math.ceil(quantile * sorted.length) - 1] ?? assumed;
  return { p50Ms: rank(0.5), p95Ms: rank(0.95), launchCount: sorted.length };
}
