// Peers that learn from days gone by.
import { describe, expect, test } from "@jest/globals";
import { dayMs, hourMs, minuteMs } from "../../../shared/core/index.ts";
import type { PastMemory, Point } from "../../../shared/engine/index.ts";
import { peers } from "../../../shared/sim/index.ts";
import { learntPast } from "../../../shared/sim/peers/past.ts";
import { noon } from "../../support/given.ts";
import { countOf, look, looks, steady } from "./given.ts";

const nothingOpen = { at: noon - hourMs, points: [] };
const hour = (at: number, load: (minute: number) => number) => ({
  at,
  points: Array.from({ length: 60 }, (_, minute): Point => ({ at: at + minute * minuteMs, value: load(minute) })),
});

/** Hours that begin so many days before `at`, oldest first, each at one load. */
const days = (at: number, loads: Readonly<Record<number, number>>): PastMemory => ({
  kind: "past",
  hours: Object.entries(loads)
    .map(([before, load]) => hour(at - Number(before) * dayMs, () => load))
    .sort((a, b) => a.at - b.at),
  open: nothingOpen,
  forecasts: [],
  readings: [],
});

describe("the past", () => {
  test("the first look learns all that it sees", () => {
    const first = learntPast(look({ current: 1, loads: steady(5, 20) }));
    expect([first.hours.length, first.open.at, first.open.points.length]).toEqual([0, noon - hourMs, 20]);
  });

  test("closed hours are handed on as they are", () => {
    const sizings = looks(peers["seasonal-naive-day"].documented.size, steady(1_000, 130), { current: 2, loads: [] });
    const [before, after] = [sizings.at(-2)?.memory, sizings.at(-1)?.memory] as PastMemory[];
    expect(after?.hours).toBe(before?.hours);
    expect(after?.hours.map(({ points }) => points.length)).toEqual([2, 60, 60]);
  });
});

describe("predictive", () => {
  const predictive = peers.predictive.documented.size;
  /** Twelve days at 1,000, and the same weekday twice at 4,000: (12 × 1,000 + 2 × 3 × 4,000) ÷ 18 = 2,000. */
  const weekly = Object.fromEntries(Array.from({ length: 14 }, (_, i) => [i + 1, (i + 1) % 7 === 0 ? 4_000 : 1_000]));

  test("the mean of the hour over fourteen days, the same weekday three times", () => {
    expect(countOf(predictive, { current: 2, loads: [900], sizing: days(noon, weekly) })).toBe(4);
  });

  test("five minutes ahead of the hour, and not earlier", () => {
    const one = days(noon + hourMs, { 1: 9_000 });
    const at = (minutesBefore: number) => noon + hourMs - minutesBefore * minuteMs;
    expect(countOf(predictive, { current: 2, loads: [900], sizing: one, now: at(6) })).toBe(2);
    expect(countOf(predictive, { current: 2, loads: [900], sizing: one, now: at(5) })).toBe(18);
  });

  test("never in, and target tracking still grows beyond it", () => {
    expect(countOf(predictive, { current: 30, loads: [900], sizing: days(noon, { 1: 1_000 }) })).toBe(30);
    expect(countOf(predictive, { current: 10, loads: steady(6_000, 3), sizing: days(noon, { 1: 1_000 }) })).toBe(12);
  });

  test("in no further than the hour's forecast", () => {
    expect(countOf(predictive, { current: 10, loads: steady(1_000, 15), sizing: days(noon, { 1: 2_000 }) })).toBe(4);
  });

  test("missing data leave the forecast; no day leaves target tracking; the maximum holds", () => {
    expect(countOf(predictive, { current: 2, loads: "missing", sizing: days(noon, { 1: 2_000 }) })).toBe(4);
    expect(countOf(predictive, { current: 2, loads: [900] })).toBe(2);
    expect(countOf(predictive, { current: 2, loads: [900], sizing: days(noon, { 1: 90_000 }) })).toBe(100);
  });
});

describe("hist", () => {
  const hist = peers.hist.documented.size;
  /** Minutes at 100, 200, … 6,000: nine in ten lie at 5,400 or under, which needs 11 at a half. */
  const ramp: PastMemory = { ...days(noon, {}), hours: [hour(noon - dayMs, (minute) => 100 * (minute + 1))] };

  test("the 0.9 quantile of the hour of the day", () => {
    expect(countOf(hist, { current: 2, loads: [900], sizing: ramp })).toBe(11);
  });

  test("less the mean error: 1,000 too low in the last whole hour is 1,000 more", () => {
    const hours = [...ramp.hours, hour(noon - 2 * hourMs, () => 3_000)];
    const late: PastMemory = { ...ramp, hours, forecasts: [{ at: noon - 2 * hourMs, value: 2_000 }] };
    expect(countOf(hist, { current: 2, loads: [900], sizing: late })).toBe(13);
  });

  test("no day yet: the need; missing data then: it stays; the maximum and the minimum hold", () => {
    expect(countOf(hist, { current: 2, loads: [2_000] })).toBe(4);
    expect(countOf(hist, { current: 2, loads: "missing" })).toBe(2);
    expect(countOf(hist, { current: 2, loads: [900], sizing: days(noon, { 1: 90_000 }) })).toBe(100);
    expect(countOf(hist, { current: 2, loads: [900], sizing: days(noon, { 1: 1 }) })).toBe(1);
  });
});

describe("seasonal-naive", () => {
  const day = peers["seasonal-naive-day"].documented.size;
  const week = peers["seasonal-naive-week"].documented.size;

  test("as a day ago, the lead time of three minutes and the look's own ahead", () => {
    // 12:04 yesterday was at 6,000, 12:05 higher.
    const past = days(noon, {});
    const rising: PastMemory = {
      ...past,
      hours: [hour(noon - dayMs, (minute) => (minute < 4 ? 1_000 : 2_000 + 1_000 * minute))],
    };
    expect(countOf(day, { current: 2, loads: [900], sizing: rising })).toBe(12);
  });

  test("as a week ago, whatever yesterday was", () => {
    expect(countOf(week, { current: 2, loads: [900], sizing: days(noon, { 1: 9_000, 7: 3_000 }) })).toBe(6);
  });

  test("no period yet: the need; missing data then: it stays; the maximum holds", () => {
    expect(countOf(week, { current: 2, loads: [2_000], sizing: days(noon, { 1: 9_000 }) })).toBe(4);
    expect(countOf(day, { current: 2, loads: "missing" })).toBe(2);
    expect(countOf(day, { current: 2, loads: [900], sizing: days(noon, { 1: 90_000 }) })).toBe(100);
  });
});
