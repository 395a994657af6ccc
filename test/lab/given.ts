// A phase's records, small and by hand.
import type { MinuteRecord, PhaseRun } from "../../bench/lab/records.ts";
import { createTallying, type Failure } from "../../bench/lab/tally.ts";

export interface GivenMinute {
  readonly fresh?: readonly number[];
  readonly settled?: readonly number[];
  readonly failed?: readonly Failure[];
}

export function minuteOf(minute: number, { fresh = [], settled = [], failed = [] }: GivenMinute): MinuteRecord {
  const tallying = createTallying();
  tallying.next(minute);
  for (const ms of fresh) tallying.answered(ms, "fresh");
  for (const ms of settled) tallying.answered(ms, "settled");
  for (const why of failed) tallying.failed(why);
  return { minute, perSecond: 800, target: 3, servingCount: 2, instanceCount: 4, tally: tallying.next(minute + 1) };
}

export const phase = (changed: Partial<PhaseRun>): PhaseRun => ({
  name: "planned",
  gate: "with-gate",
  minutes: [],
  decisions: [],
  drains: [],
  kills: [],
  warmings: [],
  unansweredCount: 0,
  ...changed,
});

export const times = (count: number, ms: number): readonly number[] => Array.from({ length: count }, () => ms);
