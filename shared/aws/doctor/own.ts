// What of Tidegate itself runs in an account, as serverless.yml has it.
import { type DurationMs, hourMs, minuteMs } from "../../core/index.ts";
import type { OwnFunction } from "./facts.ts";

/**
 * Within so long each of them runs at least once: the clock starts `dispatch` every five minutes and each of its looks `evaluate`,
 * and `forecast` every hour.
 */
export const runsWithin: Readonly<Record<OwnFunction, DurationMs>> = {
  dispatch: 15 * minuteMs,
  evaluate: 15 * minuteMs,
  forecast: 2 * hourMs,
};
export const ownFunctions = Object.keys(runsWithin) as readonly OwnFunction[];

/** The alarms on Tidegate itself, and what to do when one rings. */
export const ownAlarms: Readonly<Record<string, string>> = {
  "missed-looks": "read the logs of dispatch and evaluate",
  superseded: "look for what wakes the fleets so often",
  "dead-letters": 'read the log of evaluate, lines of "look failed"',
  "at-max": "raise `bounds.max` of the fleet that the log names",
  trouble:
    "`tidegate fleets` tells which fleet, and `tidegate explain` whether its launches fail or its instances are unhealthy",
  mismatch: "`tidegate fleets` tells which fleet lacks instances, and why",
  unreconciled: "read the log of reconcile",
  "stale-forecast": 'read the log of forecast, lines of "forecast failed"; `tidegate forecast` tells what stands',
  "failed-forecasts": 'read the log of forecast, lines of "forecast failed"',
};

/** Deployed with what begins warm-ups. */
export const warmingAlarm = { name: "failed-warmings", toDo: 'read the log of warming, lines of "warming failed"' };
