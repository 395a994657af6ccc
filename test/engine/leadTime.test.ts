// Measured from the fleet's own launches, once there are five; assumed before.
import { describe, expect, test } from "@jest/globals";
import { minuteMs, secondMs } from "../../shared/core/index.ts";
import { leadTimeTold } from "../../shared/engine/explain/leadTime.ts";
import {
  decideOrRefuse,
  leadTimeOf,
  type MeasuredLaunch,
  type Memory,
  sizeByRules,
} from "../../shared/engine/index.ts";
import { patienceOf } from "../../shared/engine/leadTime.ts";
import { givenMemory, givenPolicy, givenSnapshot, noon } from "../support/given.ts";

const after = (...minutes: readonly number[]) =>
  leadTimeOf(
    givenPolicy(),
    givenMemory({ launches: minutes.map((m) => ({ at: 0, runningMs: 0, servingMs: m * minuteMs })) }),
  );
const oneTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

test.each<[string, readonly number[], number, number, number]>([
  ["no launch: the policy's assumption", [], 3, 3, 0],
  ["four say too little", [9, 9, 9, 9], 3, 3, 0],
  ["five speak", [5, 1, 4, 2, 3], 3, 5, 5],
  ["nearest rank of twenty", oneTo(20), 10, 19, 20],
  ["nearest rank of forty, in whatever order", oneTo(40).toReversed(), 20, 38, 40],
])("%s", (_, minutes, p50, p95, launchCount) => {
  expect(after(...minutes)).toEqual({ p50Ms: p50 * minuteMs, p95Ms: p95 * minuteMs, launchCount });
});

test.each<[string, number, readonly number[], number]>([
  ["ten minutes at least", 2, [], 10],
  ["three times what is assumed", 5, [], 15],
  ["three times what is measured", 2, [6, 6, 6, 6, 6], 18],
  ["twice the longest, also where it is the only one", 4, [12], 24],
  ["an hour at most", 4, [48], 60],
  ["more than an hour where the policy says so", 30, [], 90],
])("a launch is waited for %s", (_, assumed, minutes, expected) => {
  const policy = givenPolicy();
  const launches = minutes.map((m) => ({ at: 0, runningMs: 0, servingMs: m * minuteMs }));
  const slow = { ...policy, launch: { ...policy.launch, leadTimeMs: assumed * minuteMs } };
  expect(patienceOf(slow, givenMemory({ launches }))).toBe(expected * minuteMs);
});

describe("what a launch takes its time for is told", () => {
  const decision = decideOrRefuse(givenPolicy(), givenSnapshot(), sizeByRules);
  const told = (launches: Memory["launches"]) =>
    leadTimeTold(givenPolicy(), { ...decision, memory: { ...decision.memory, launches } });
  const launch = (seconds: number, warmed = true): MeasuredLaunch => ({
    ...{ at: noon, runningMs: seconds * secondMs, servingMs: 4 * seconds * secondMs },
    ...(warmed ? { warmedMs: 3 * seconds * secondMs } : {}),
  });

  test("by stage, each from the request", () => {
    expect(told([20, 30, 40, 50, 60].map((seconds) => launch(seconds)))).toBe(
      "lead time p50 2m40s, p95 4m, measured on its newest 5 launches; from the request: running p50 40s, p95 1m; warm-up ended p50 2m, p95 3m; in service p50 2m40s, p95 4m",
    );
  });

  test("where not all were warmed, or an older engine measured some, of how many", () => {
    const launches = [20, 30, 40, 50, 60].map((seconds) => launch(seconds, seconds > 40));
    expect(told(launches)).toContain("; warm-up ended p50 2m30s, p95 3m (2 of them); ");
  });

  test.each([
    [0, "0 launches are measured"],
    [1, "1 launch is measured"],
    [4, "4 launches are measured"],
  ])("as the policy's assumption, until there are five: %d", (count, measured) => {
    expect(told(Array.from({ length: count }, () => launch(20)))).toBe(
      `lead time 3m, not measured yet but the policy's assumption (launch.leadTime): ${measured}, and it takes 5`,
    );
  });
});
