// The coming minutes: scores by hand, and that nobody sees what has not been.
import { describe, expect, test } from "@jest/globals";
import { type Minutes, methods } from "../../bench/forecast/coming/methods.ts";
import { comingWindow } from "../../bench/forecast/coming/run.ts";
import { comingScores } from "../../bench/forecast/coming/score.ts";
import { generateTrace } from "../../shared/sim/index.ts";
import { startAt } from "./given.ts";

const weekMinutes = 10_080;
const next = { role: "keep", fromMinute: 1, toMinute: 1 } as const;
/** 100 for a week, then 110, 120, 130 …; the minutes of `unknown` are gaps. */
const rising = (count: number, unknown: readonly number[] = []): Minutes => ({
  startAt,
  loads: Float64Array.from({ length: weekMinutes + count }, (_, i) => 100 + 10 * Math.max(0, i - weekMinutes + 1)),
  isKnown: Uint8Array.from({ length: weekMinutes + count }, (_, i) => (unknown.includes(i) ? 0 : 1)),
  window: next,
});
const scored = (count: number) => ({ from: weekMinutes, to: weekMinutes + count });

describe("scores by hand", () => {
  // Seen at 110, 120 and 130, what came was 120, 130 and 140; each time 125 was said, and 140 at 0.95.
  const scores = comingScores(rising(4), () => [125, 130, 140, 150], scored(4));
  test("losses and coverage", () => {
    expect(scores.minuteCount).toBe(3);
    expect(scores.wql[0]).toBeCloseTo((2 * (0.5 * 5 + 0.5 * 5 + 0.5 * 15)) / 390, 12);
    expect(scores.wql[1]).toBeCloseTo((2 * (0.1 * 10 + 0 + 0.9 * 10)) / 390, 12);
    expect(scores.coverage.map((one) => Math.round(3 * one))).toEqual([1, 2, 3, 3]);
  });

  test("errors by those of yesterday, last week and now", () => {
    expect(scores.maseDay).toBeCloseTo(25 / (20 + 30 + 40), 12);
    expect(scores.maseWeek).toBeCloseTo(25 / (20 + 30 + 40), 12);
    expect(scores.toPersistence).toBeCloseTo(25 / 30, 12);
  });

  test.each([
    ["reached", 140, 1],
    ["not reached", 139, 0],
  ])("the highest of them is %s", (_, high, recall) => {
    expect(comingScores(rising(4), () => [0, 0, high, 0], scored(4)).peakRecall).toBe(recall);
  });

  test("minutes that are not known count for nobody", () => {
    expect(comingScores(rising(4, [weekMinutes + 2]), () => [125, 130, 140, 150], scored(4)).minuteCount).toBe(1);
    expect(
      comingScores(rising(4), (last) => (last > weekMinutes ? "unknown" : [1, 1, 1, 1]), scored(4)).minuteCount,
    ).toBe(1);
  });
});

const { loads } = generateTrace({ shape: "plain-day", seed: 1, startAt, days: 9 });
const days: Minutes = { startAt, loads, isKnown: new Uint8Array(loads.length).fill(1), window: comingWindow };
const last = loads.length - 300;

describe.each(Object.entries(methods))("%s", (_, method) => {
  const said = method(days)(last);
  test("says the same whatever comes after", () => {
    const other = loads.map((load, i) => (i > last ? 1e6 : load));
    expect(method({ ...days, loads: other })(last)).toEqual(said);
  });

  test("says loads that ascend with their levels", () => {
    const loads = said === "unknown" ? [] : said;
    expect(loads).toHaveLength(4);
    expect(loads).toEqual(loads.toSorted((a, b) => a - b));
  });
});
