// Why a forecast of two days is not made, or not to be acted on, in halves of sentences.
import { hourMs, unreachable } from "../../shared/core/index.ts";
import type { Abstention, Doubt } from "../../shared/forecast/index.ts";

const days = (count: number): string => `${count.toFixed(1)} days`;
const hours = (ms: number): string => `${(ms / hourMs).toFixed(1)} hours`;
const ratio = (number: number): string => number.toFixed(2);

export function doubtful(doubt: Doubt): string {
  switch (doubt.kind) {
    case "short-history":
      return `${days(doubt.knownDays)} of history are known, and weekdays take ${days(doubt.neededDays)}`;
    case "stale-history":
      return `the newest reading is ${hours(doubt.ageMs)} old`;
    case "unmeasured":
      return `only ${doubt.scoredCount} of ${doubt.neededCount} tries could be scored`;
    case "worse-than-persistence":
      return `an hour ahead its losses are ${ratio(doubt.loss95Ratio)} times those of taking the load to stay as it is`;
    case "worse-than-yesterday":
      return `a day ahead its losses are ${ratio(doubt.loss95Ratio)} times those of repeating yesterday`;
    case "covers-too-little":
      return `${Math.round(100 * doubt.coverage95)} % of the last two days stayed under its p95`;
    default:
      return unreachable(doubt);
  }
}

export function abstaining(because: Abstention): string {
  switch (because.kind) {
    case "too-little-history":
      return `${days(because.knownDays)} of history are known, and it takes ${days(because.neededDays)}`;
    case "stale-history":
      return `the newest reading is ${hours(because.ageMs)} old`;
    case "no-load":
      return "there were no requests";
    case "unknown-time-zone":
      return `there is no time zone ${because.timeZone}`;
    case "unusable-step":
    case "unusable-horizon":
      return "it was asked for in steps, or a length, that it has not";
    default:
      return unreachable(because);
  }
}
