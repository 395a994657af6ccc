// An Almanac in memory: every day like the other, by night half of what it is by day.
import type { Almanac, MarkedSpan, Refreshed } from "../../shared/control/index.ts";
import { dayMs, type EpochMs, minuteMs } from "../../shared/core/index.ts";
import { initialMemory, leadTimeOf } from "../../shared/engine/index.ts";

export const load = (at: EpochMs): number => Math.round(1_000 - 500 * Math.cos((2 * Math.PI * (at % dayMs)) / dayMs));

export interface Kept extends Almanac {
  readonly kept: Refreshed[];
}
export function almanacOf(now: EpochMs, marks: readonly MarkedSpan[] = [], loadOf = load): Kept {
  const kept: Refreshed[] = [];
  return {
    kept,
    now: () => now,
    history: async (_, { from, to }) => {
      const length = Math.floor((to - from) / minuteMs);
      const all = Array.from({ length }, (_, i) => ({ at: from + i * minuteMs, value: loadOf(from + i * minuteMs) }));
      return { requests: { kind: "points", points: all }, healthyHosts: { kind: "points", points: [] } };
    },
    marks: async () => marks,
    added: async () => [],
    previous: async () => kept.at(-1)?.forecast ?? "none",
    lead: async (policy) => leadTimeOf(policy, initialMemory),
    store: async (_, made) => void kept.push(made),
  };
}
