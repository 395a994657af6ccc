// What may go wrong, in one plain object that tests and the storm change at any time. Calm is the default.
import type { DurationMs, EpochMs } from "../../core/index.ts";
import type { MetricName } from "../../engine/index.ts";
import type { Pool } from "./types.ts";

export interface Faults {
  /** Asked anew for every instance and pool, so that capacity may run out in the middle of a launch. */
  noCapacity: (pool: Pool) => boolean;
  /** Refuses the call before anything happens. Commands are named without "Command". */
  throttle: (command: string) => boolean;
  denied: (command: string) => boolean;
  /** May throw: "before" nothing has happened, "after" it has and the answer is lost. */
  crash: (command: string, phase: "before" | "after") => void;
  /** Describe calls answer as of so long ago. */
  staleReadsMs: DurationMs;
  /** How long a launch made from now on stays out of Describe. "drawn": up to two seconds, each its own. */
  visibilityLagMs: DurationMs | "drawn";
  metricGap: (metric: MetricName, minuteAt: EpochMs) => boolean;
  /** Asked when warming starts. */
  warmFails: (id: string) => boolean;
  /** Targets that fail their health check: they serve nothing while they are in here. */
  unhealthy: Set<string>;
  /** Descriptions on a page, at most; AWS's own bound by default. */
  pageSizeMax: number;
}

export const calmFaults = (): Faults => ({
  noCapacity: () => false,
  throttle: () => false,
  denied: () => false,
  crash: () => {},
  staleReadsMs: 0,
  visibilityLagMs: "drawn",
  metricGap: () => false,
  warmFails: () => false,
  unhealthy: new Set(),
  pageSizeMax: 1000,
});
