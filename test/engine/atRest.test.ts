// A glance at a fleet at rest: it is calm as long as its hosts are all counted and no other number is wanted.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../shared/core/index.ts";
import { decide, type Signal, type Snapshot, sizeByRules } from "../../shared/engine/index.ts";
import {
  aiming,
  givenPolicy,
  givenSnapshot,
  noon,
  points,
  settledAt,
  settledPoints,
  silent,
} from "../support/given.ts";

const resting: Snapshot["instances"] = {
  kind: "resting",
  since: noon - 30 * minuteMs,
  serving: ["i-1", "i-2", "i-3", "i-4"],
  foreignCount: 1,
};
const glance = (perMinute: number, hosts: Signal, instances = resting): Snapshot =>
  givenSnapshot({
    instances,
    memory: aiming(5),
    signals: { requests: settledPoints(perMinute), "healthy-hosts": hosts },
  });

test.each<[string, number, Signal, "heartbeat" | "moving"]>([
  ["calm", 2_500, settledPoints(5), "heartbeat"],
  ["more is wanted", 2_600, settledPoints(5), "moving"],
  ["less is wanted", 1_900, settledPoints(5), "moving"],
  ["a host is missing", 2_500, settledPoints(5, 4), "moving"],
  ["a host too many", 2_500, settledPoints(6), "moving"],
  ["the newest whole minute counts", 2_500, settledPoints(4, 5), "heartbeat"],
  ["a young minute that misses one is news", 2_500, points([5, 5, 4], settledAt + minuteMs), "moving"],
  ["hosts that nobody counted are not known to be there", 2_500, silent, "moving"],
])("%s", (_, perMinute, hosts, because) => {
  const decision = decide(givenPolicy(), glance(perMinute, hosts), sizeByRules);
  expect(decision.actions).toEqual([]);
  expect(decision.lookAgain.because).toBe(because);
});

test("since when too few serve is remembered until enough do", () => {
  const short = decide(givenPolicy(), glance(2_600, settledPoints(5)), sizeByRules).memory;
  expect(short.unmet).toEqual({ kind: "since", at: noon });
  const later = { ...glance(2_600, settledPoints(5)), now: noon + minuteMs, memory: short };
  expect(decide(givenPolicy(), later, sizeByRules).memory.unmet).toEqual({ kind: "since", at: noon });
  const unseen = { ...later, instances: { kind: "missing", how: "failed", because: "throttled" } as const };
  expect(decide(givenPolicy(), unseen, sizeByRules).memory.unmet).toEqual({ kind: "since", at: noon });
  const met = { ...later, signals: glance(2_500, settledPoints(5)).signals };
  expect(decide(givenPolicy(), met, sizeByRules).memory.unmet).toEqual({ kind: "none" });
});

test("what is kept in reserve, and for how much, is told at rest as well", () => {
  const policy = givenPolicy({
    reserve: { kind: "keeps", count: 2, by: "stopping", settleMs: minuteMs, usdPerHour: 0.001 },
  });
  const kept = ["r-1", "r-2"].map((id) => ({ id, since: noon - 60 * minuteMs }));
  const snapshot = { ...glance(2_500, settledPoints(5)), memory: aiming(5, { reserve: { kept, filling: [] } }) };
  const { proposals, lookAgain } = decide(policy, snapshot, sizeByRules);
  expect(proposals).toContainEqual({
    ...{ kind: "stands-aside", rule: "instances" },
    reason: { kind: "reserve", wantedCount: 2, keptCount: 2, fillingCount: 0, usdPerHour: 0.002 },
  });
  expect(lookAgain.because).toBe("heartbeat");
});
