// Each peer works the example of its own documentation, whose address stands above it. One instance serves 1,000 a minute here; what a
// source measures otherwise is brought to the same shares of a target. Where no source gives numbers, the test's name says so, and the
// rule is worked by hand.
import { describe, expect, test } from "@jest/globals";
import { dayMs, hourMs, minuteMs } from "../../../shared/core/index.ts";
import type { PastMemory, Point, SizingMemory } from "../../../shared/engine/index.ts";
import { peers } from "../../../shared/sim/index.ts";
import { noon } from "../../support/given.ts";
import { aimedAt, countOf, countsOf, type Look, looks, steady } from "./given.ts";

/** Needs of the last minutes, the newest a minute ago. */
const needed = (...counts: readonly number[]): SizingMemory => ({
  kind: "wishes",
  wishes: counts.map((count, index) => ({ at: noon - (counts.length - index) * minuteMs, count })),
});
/** Hours of the past, each minute of an hour as it says. */
const past = (...hours: readonly (readonly [at: number, load: (minute: number) => number])[]): PastMemory => ({
  kind: "past",
  hours: hours.map(([at, load]) => ({
    at,
    points: Array.from({ length: 60 }, (_, minute): Point => ({ at: at + minute * minuteMs, value: load(minute) })),
  })),
  open: { at: noon - hourMs, points: [] },
  forecasts: [],
  readings: [],
});

// https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
// https://kubernetes.io/blog/2025/04/28/kubernetes-v1-33-hpa-configurable-tolerance/
describe("hpa: desired = ceil(current × metric ÷ desired metric)", () => {
  test.each<[string, Look, number, number]>([
    ["200m where 100m is desired: twice as many", { current: 7, loads: [7 * 200] }, 0.1, 14],
    ["50m: half as many, rounded up", { current: 7, loads: [7 * 50] }, 0.1, 4],
    ["50 replicas at 90 % of 75 %: 60", { current: 50, loads: [50 * 900] }, 0.75, 60],
    ["a ratio within the tolerance of 0.1 of 1 is left alone", { current: 50, loads: [50 * 820] }, 0.75, 50],
  ])("%s", (_, given, target, count) => {
    expect(countOf(peers.hpa.documented.size, given, aimedAt(target))).toBe(count);
  });
});

// https://cloud.google.com/compute/docs/autoscaler/understanding-autoscaler-decisions
describe("gcp-mig: a target of 0.7, and a need that is no whole number", () => {
  const size = peers["gcp-mig"].documented.size;
  test("1.5 more would do: two more", () => {
    expect(countOf(size, { current: 10, loads: [11.5 * 700] }, aimedAt(0.7))).toBe(12);
  });

  test("1.5 fewer would do: one fewer, once ten minutes have asked for no more", () => {
    const counts = countsOf(
      looks(size, [10 * 700, ...steady(8.5 * 700, 10)], { current: 10, loads: [] }, aimedAt(0.7)),
    );
    expect(counts).toEqual([...steady(10, 10), 9]);
  });
});

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-using-sqs-queue.html
test("target-tracking: ten instances at 150 where 100 is the target grow by five", () => {
  const given = { current: 10, loads: steady(10 * 150, 3) };
  expect(countOf(peers["target-tracking"].documented.size, given, aimedAt(0.1))).toBe(15);
});

// https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-simple-step.html: alarms.test.ts works it step by step.
test("step: 60 % of ten adds 10 %, 70 % of eleven adds 30 %", () => {
  const counts = [6_000, 7_700].map((load, index) =>
    countOf(peers.step.documented.size, { current: 10 + index, loads: steady(load, 3) }, aimedAt(0.7)),
  );
  expect(counts).toEqual([11, 14]);
});

// https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_PredictiveScalingConfiguration.html
test("predictive: capacity forecast for 10:00, launched 5 minutes ahead, at 9:55", () => {
  const ten = noon - 2 * hourMs;
  const at = (now: number) => ({ current: 2, loads: [900], sizing: past([ten - dayMs, () => 5_000]), now });
  const size = peers.predictive.documented.size;
  expect(countOf(size, at(ten - 6 * minuteMs))).toBe(2);
  expect(countOf(size, at(ten - 5 * minuteMs))).toBe(10);
});

// https://doi.org/10.1109/ICEBE.2009.45
test("react, no example in numbers: the rule by hand, a deficit of 10 and a fifth of it, then down to the need", () => {
  // At a half, 10,000 a minute need 20: 10 + 1.2 × 10. At 5,000 the 22 are more than a tenth over 10.
  const counts = countsOf(looks(peers.react.documented.size, [10_000, 5_000], { current: 10, loads: [] }));
  expect(counts).toEqual([22, 10]);
});

// https://doi.org/10.1016/j.future.2010.10.016
test("reg, no example in numbers: the rule by hand, down along a parabola of second degree", () => {
  // Needs of (x − 20)² ÷ 10 + 4 at x = 0 … 18; the newest, at x = 19, is one load's: 4.1, so 5.
  const needs = Array.from({ length: 19 }, (_, x) => (x - 20) ** 2 / 10 + 4);
  const given = { current: 40, loads: [2_050], sizing: needed(...needs) };
  expect(countOf(peers.reg.documented.size, given)).toBe(5);
  // A jump up is met at once, whatever the parabola says.
  expect(countOf(peers.reg.documented.size, { ...given, loads: [30_000] })).toBe(60);
});

// https://doi.org/10.1145/1342171.1342172
test("hist, no example in numbers: the rule by hand, the tail of the same hour's histogram over the days", () => {
  // Two days of the hour: 60 minutes at 1,000, 48 at 2,000, 12 at 9,000. The 108th of 120 is the 0.9 quantile: 2,000, so 4.
  const days = past([noon - 2 * dayMs, () => 1_000], [noon - dayMs, (minute) => (minute < 48 ? 2_000 : 9_000)]);
  expect(countOf(peers.hist.documented.size, { current: 2, loads: [900], sizing: days })).toBe(4);
});

// https://otexts.com/fpp3/simple-methods.html#seasonal-na%C3%AFve-method
test("seasonal-naive, a definition without numbers: the value of the same season's last observation", () => {
  // The look orders for three minutes of lead time on: until 12:04, at 100 more each minute, of a day and of a week ago.
  const rising = (from: number) => (minute: number) => from + 100 * minute;
  const then = past([noon - 7 * dayMs, rising(5_000)], [noon - dayMs, rising(3_000)]);
  const given = { current: 2, loads: [900], sizing: then };
  expect(countOf(peers["seasonal-naive-day"].documented.size, given)).toBe(7);
  expect(countOf(peers["seasonal-naive-week"].documented.size, given)).toBe(11);
});
