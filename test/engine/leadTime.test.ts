// Measured from the fleet's own launches, once there are five; assumed before.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../shared/core/index.ts";
import { leadTimeOf } from "../../shared/engine/index.ts";
import { patienceOf } from "../../shared/engine/leadTime.ts";
import { givenMemory, givenPolicy } from "../support/given.ts";

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
