// The two AWS policies that alarms drive.
import { describe, expect, test } from "@jest/globals";
import { minuteMs } from "../../../shared/core/index.ts";
import { peers } from "../../../shared/sim/index.ts";
import { sizeBySteps } from "../../../shared/sim/peers/stepScaling.ts";
import { sizeByTargetTracking } from "../../../shared/sim/peers/targetTracking.ts";
import { aimedAt, countOf, countsOf, half, type Look, looks, steady } from "./given.ts";

describe("target tracking", () => {
  const tracking = peers["target-tracking"].documented.size;
  test.each<[string, Look, number]>([
    // 10 × 0.6 ÷ 0.5 = 12.
    ["three points above the target grow to what they need", { current: 10, loads: steady(6_000, 3) }, 12],
    ["two do not", { current: 10, loads: [5_000, 6_000, 6_000] }, 10],
    ["a gap breaks the row", { current: 10, loads: steady(6_000, 2) }, 10],
    ["what warms up counts towards it", { current: 12, hosts: 10, warming: 2, loads: steady(6_000, 3) }, 12],
    // Fifteen points under 0.45: 10 × 0.302 ÷ 0.5 = 6.04, of 3.96 too many three go.
    ["fifteen low points let the whole excess go, rounded down", { current: 10, loads: steady(3_020, 15) }, 7],
    ["fourteen do not", { current: 10, loads: steady(3_020, 14) }, 10],
    ["not under 0.9 of the target", { current: 10, loads: steady(4_600, 15) }, 10],
    ["nor while some warm up", { current: 10, warming: 1, loads: steady(3_020, 15) }, 10],
    ["missing data stop it", { current: 10, loads: "missing" }, 10],
    ["the maximum holds", { current: 90, loads: steady(89_000, 3) }, 100],
    ["the minimum holds", { current: 3, loads: steady(0, 15) }, 1],
  ])("%s", (_, given, count) => {
    expect(countOf(tracking, given)).toBe(count);
  });

  test("a longer window waits for more points than one look sees", () => {
    const slow = sizeByTargetTracking(30 * minuteMs);
    const counts = countsOf(looks(slow, steady(3_000, 31), { current: 10, loads: [] }));
    expect(counts.slice(27, 31)).toEqual([10, 10, 6, 6]);
  });
});

describe("step scaling, the documentation's example", () => {
  const step = peers.step.documented.size;
  /** The threshold is the setting's own, whatever the policy aims at. */
  const policy = aimedAt(0.7);
  test.each<[string, Look, number]>([
    ["at 60 % of 10: 10 %, one more", { current: 10, loads: steady(6_000, 3) }, 11],
    ["at 70 % of 11: 30 % is 3.3, three more", { current: 11, loads: steady(7_700, 3) }, 14],
    ["at 40 % of 14: 10 % is 1.4, one less", { current: 14, loads: steady(5_600, 15) }, 13],
    ["at 30 % of 13: 30 % is 3.9, three less", { current: 13, loads: steady(3_900, 15) }, 10],
    ["between: nothing", { current: 10, loads: steady(5_900, 3) }, 10],
    // The documentation: 62 %, then 70 % while one warms up: 30 % of the ten in service, of which one is on its way.
    [
      "still 10 % while one warms up: it is on its way",
      { current: 11, hosts: 10, warming: 1, loads: steady(6_200, 3) },
      11,
    ],
    ["then 30 %: two more, not three", { current: 11, hosts: 10, warming: 1, loads: steady(7_000, 3) }, 13],
    ["under one is one", { current: 2, loads: steady(1_200, 3) }, 3],
    ["no scaling in while one warms up", { current: 14, warming: 1, loads: steady(5_600, 15) }, 14],
    ["missing data stop it", { current: 10, loads: "missing" }, 10],
    ["the maximum holds", { current: 90, loads: steady(80_000, 3) }, 100],
    ["the minimum holds", { current: 1, loads: steady(100, 15) }, 1],
  ])("%s", (_, given, count) => {
    expect(countOf(step, given, policy)).toBe(count);
  });

  test("without a setting of its own the policy's target is the threshold", () => {
    expect(countOf(sizeBySteps(15 * minuteMs), { current: 10, loads: steady(6_000, 3) }, half)).toBe(11);
    expect(countOf(sizeBySteps(15 * minuteMs), { current: 10, loads: steady(6_000, 3) }, aimedAt(0.6))).toBe(10);
  });
});
