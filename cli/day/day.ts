// The day that `npm start` plays: the shop of policies/shop.yml on the Saturday of the sale its policy announces.
import { fileURLToPath } from "node:url";
import { historyMs } from "../../shared/control/index.ts";
import { dayMs, minuteMs } from "../../shared/core/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { policyVersion } from "../../shared/policy/index.ts";
import { defaultPlant, generateTrace, type Plant, type Trace } from "../../shared/sim/index.ts";
import { readPolicy } from "../policyFile.ts";

export interface Day {
  readonly policy: Policy;
  readonly policyVersion: string;
  readonly trace: Trace;
  /** The ordinary days before it: what its forecasts learn from. */
  readonly past: Trace;
  readonly plant: Plant;
  readonly seed: number;
}

const midnight = Date.UTC(2027, 2, 20);
const seed = 1;

/** Doors open when the policy's first peak says. Caches start cold here, as they do outside. */
export function saleDay(): Day {
  const policy = readPolicy(fileURLToPath(new URL("../../policies/shop.yml", import.meta.url)));
  const opensAt = policy.peaks[0]?.atMs ?? midnight;
  const trace = generateTrace({
    shape: "sale-day",
    seed,
    startAt: midnight,
    saleAtMinute: (opensAt - midnight) / minuteMs,
  });
  const pastDays = historyMs / dayMs;
  const past = generateTrace({ shape: "plain-day", seed, startAt: midnight - historyMs, days: pastDays });
  const plant: Plant = {
    ...defaultPlant,
    capacityPerMinute: policy.capacity.perInstancePerMinute,
    min: policy.bounds.min,
    max: policy.bounds.max,
    cold: { seconds: 180, ratio: 0.4 },
  };
  return { policy, policyVersion: policyVersion(policy), trace, past, plant, seed };
}
