// Forecasts on the virtual clock: the same refresh that is deployed, fed by the simulated cloud's metrics.
import { type Almanac, isForecast, type Row, refresh, refreshDueAt, type StoredForecast } from "../control/index.ts";
import { hourMs } from "../core/index.ts";
import { initialMemory, leadTimeOf, type MetricName } from "../engine/index.ts";
import type { Policy } from "../policy/index.ts";
import type { Cloud } from "./cloud/index.ts";

/** A site too young for a forecast is asked again so often. */
const retryMs = hourMs / 2;

export interface SimAlmanac {
  newest(): StoredForecast | "none";
  /** Makes the forecast anew when it is time. */
  keep(policy: Policy): Promise<void>;
}

/** `newestRow` is the fleet's: its memory has the measured lead times. */
export function createSimAlmanac(cloud: Cloud, newestRow: () => Row | "none"): SimAlmanac {
  let stored: StoredForecast | "none" = "none";
  let nextAt = 0;
  const almanac: Almanac = {
    now: () => cloud.now,
    history: async (_, { from, to }) => {
      const points = (metric: MetricName) =>
        ({ kind: "points", points: cloud.points(metric, { from, to, now: to }) }) as const;
      return { requests: points("requests"), healthyHosts: points("healthy-hosts") };
    },
    marks: async () => [],
    added: async () => [],
    previous: async () => stored,
    lead: async (policy) => {
      const row = newestRow();
      return leadTimeOf(policy, row === "none" ? initialMemory : row.decision.memory);
    },
    store: async (_, { forecast }) => {
      stored = forecast;
    },
  };
  return {
    newest: () => stored,
    keep: async (policy) => {
      if (isForecast(policy) && cloud.now >= nextAt) {
        await refresh(almanac, policy);
        nextAt = Math.max(refreshDueAt(stored), cloud.now + retryMs);
      }
    },
  };
}
