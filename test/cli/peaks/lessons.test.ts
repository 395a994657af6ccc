// What a course teaches. Announced for noon: five times a thousand for an hour, half an hour of ramp and of release.
import { expect, test } from "@jest/globals";
import type { CourseMinute } from "../../../cli/peaks/course.ts";
import { lessonOf, totalsOf } from "../../../cli/peaks/lessons.ts";
import { minuteMs } from "../../../shared/core/index.ts";
import { givenPeak, givenPolicy, noon } from "../../support/given.ts";

const sale = givenPeak({ expect: { kind: "factor", factor: 5 } });
const baseline = 1_000;

/** Load at so many minutes past noon. */
const trapezoid =
  (top: number, { from = 0, to = 60 }) =>
  (minute: number): number => {
    const share = minute < from ? 1 - (from - minute) / 30 : minute > to ? 1 - (minute - to) / 30 : 1;
    return baseline + (top - baseline) * Math.max(0, share);
  };
const course = (
  load: (minute: number) => number | "unknown",
  changed: Partial<CourseMinute> = {},
): readonly CourseMinute[] =>
  Array.from({ length: 210 }, (_, index) => {
    const minute = index - 90;
    return {
      at: noon + minute * minuteMs,
      planned: trapezoid(5_000, {})(minute),
      actual: load(minute),
      target: 10,
      serving: 10,
      usdPerHour: 6,
      by: "peak sale",
      peak: "wants",
      ...changed,
    };
  });

test("what came as announced is written as it was", () => {
  expect(lessonOf(sale, course(trapezoid(5_000, {})), baseline)).toEqual({
    kind: "write",
    at: noon - 6 * minuteMs,
    expect: "5.0x",
    rampMinutes: 25,
    holdMinutes: 75,
    releaseMinutes: 25,
  });
});

test.each<[string, Parameters<typeof lessonOf>[1], object]>([
  ["more, and later", course(trapezoid(6_020, { from: 20, to: 60 })), { expect: "6.1x", at: noon + 14 * minuteMs }],
  ["hardly anybody", course(trapezoid(1_100, {})), { kind: "nobody-came", perMinute: 1_100 }],
  ["what nobody saw", course(() => "unknown"), { kind: "nothing-known" }],
])("of %s", (_, given, lesson) => {
  expect(lessonOf(sale, given, baseline)).toMatchObject(lesson);
});

test("a number is answered with a number, rounded up to two digits", () => {
  const peak = givenPeak({ expect: { kind: "absolute", perMinute: 5_000 } });
  expect(lessonOf(peak, course(trapezoid(6_020, {})), baseline)).toMatchObject({ expect: "6100 requests/min" });
});

test("totals are those from ramp to release", () => {
  expect(totalsOf(givenPolicy(), sale, course(trapezoid(5_000, {})), baseline)).toEqual({
    baselinePerMinute: 1_000,
    expectedPerMinute: 5_000,
    highest: { at: noon, perMinute: 5_000 },
    overloadedMinutes: 0,
    beyondPlanMinutes: 0,
    reactionMinutes: 0,
    releasedMinutes: 0,
    servingMost: 10,
    usd: expect.closeTo(2 * 6, 6),
  });
});

test.each<[string, readonly CourseMinute[], object]>([
  [
    "more than planned, and than serving take on",
    course(trapezoid(12_000, {})),
    { overloadedMinutes: 71, beyondPlanMinutes: 119 },
  ],
  ["another rule's wishes", course(trapezoid(5_000, {}), { by: "demand" }), { reactionMinutes: 120 }],
  [
    "an early release",
    course(trapezoid(5_000, {}), { peak: "stands-aside", by: "demand" }),
    { releasedMinutes: 60, reactionMinutes: 0 },
  ],
  ["a price that nobody knows", course(trapezoid(5_000, {}), { usdPerHour: "unknown" }), { usd: "unknown" }],
])("totals tell of %s", (_, given, totals) => {
  expect(totalsOf(givenPolicy(), sale, given, baseline)).toMatchObject(totals);
});
