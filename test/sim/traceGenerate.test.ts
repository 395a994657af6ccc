import { describe, expect, test } from "@jest/globals";
import { generateTrace, traceShapes } from "../../shared/sim/trace/generate.ts";

// A Wednesday.
const startAt = Date.UTC(2027, 2, 17);
const seeds = [1, 2, 3, 4];
const mean = (loads: Float64Array, fromMinute: number, toMinute: number): number =>
  loads.slice(fromMinute, toMinute).reduce((sum, load) => sum + load, 0) / (toMinute - fromMinute);

/** What toEqual says of thousands of numbers, in a thousandth of its time. */
const isSame = (one: Float64Array, other: Float64Array): boolean =>
  one.length === other.length && one.every((load, i) => load === other[i]);

describe.each(traceShapes)("%s", (shape) => {
  test("the same seed gives the same bytes, another seed others", () => {
    const given = { shape, seed: 3, startAt, days: 2 };
    const [first, again] = [generateTrace(given), generateTrace(given)];
    expect(again.name).toBe(first.name);
    expect(isSame(again.loads, first.loads)).toBe(true);
    expect(isSame(generateTrace({ ...given, seed: 4 }).loads, first.loads)).toBe(false);
  });

  test("is minutes of whole, real, non-negative requests", () => {
    const { loads, filled, startAt: from } = generateTrace({ shape, seed: 3, startAt: startAt + 59_999, days: 3 });
    expect([from, loads.length, filled.length]).toEqual([startAt, 3 * 1440, 3 * 1440]);
    expect(loads.every((load) => Number.isInteger(load) && load >= 0)).toBe(true);
    expect(filled.every((mark) => mark === 0)).toBe(true);
  });
});

describe("a plain day", () => {
  test.each(seeds)("has a quiet night, an afternoon and an evening hump: seed %d", (seed) => {
    const { loads } = generateTrace({ shape: "plain-day", seed, startAt });
    const [night, afternoon, between, evening] = [
      mean(loads, 180, 300),
      mean(loads, 840, 900),
      mean(loads, 1010, 1070),
      mean(loads, 1200, 1260),
    ];
    expect(night).toBeGreaterThan(5_000);
    expect(night).toBeLessThan(7_000);
    expect(afternoon).toBeGreaterThan(between * 0.95);
    expect(evening).toBeGreaterThan(between);
    expect(evening).toBeGreaterThan(17_000);
    expect(evening).toBeLessThan(23_000);
  });

  test("a Sunday is quieter than the Wednesday before", () => {
    const { loads } = generateTrace({ shape: "plain-day", seed: 1, startAt, days: 5 });
    expect(mean(loads, 4 * 1440, 5 * 1440)).toBeLessThan(0.95 * mean(loads, 0, 1440));
  });

  test("neighbouring minutes are alike but not the same", () => {
    const { loads } = generateTrace({ shape: "plain-day", seed: 1, startAt });
    const steps = loads.slice(1).map((load, i) => Math.abs(load / (loads[i] ?? 1) - 1));
    const typical = mean(steps, 0, steps.length);
    expect(typical).toBeGreaterThan(0.005);
    expect(typical).toBeLessThan(0.05);
  });
});

describe("a flash crowd", () => {
  test.each(seeds)("comes within minutes on the last day and is gone two hours later: seed %d", (seed) => {
    const given = { seed, startAt, days: 2 };
    const plain = generateTrace({ ...given, shape: "plain-day" }).loads;
    const crowd = generateTrace({ ...given, shape: "flash-crowd" }).loads;
    const times = crowd.map((load, i) => load / (plain[i] ?? 1));
    const begin = times.findIndex((factor) => factor > 1.3);
    const peak = times.indexOf(Math.max(...times));
    expect(begin).toBeGreaterThanOrEqual(1440 + 480);
    expect(begin).toBeLessThanOrEqual(1440 + 1201);
    expect(peak - begin).toBeLessThanOrEqual(5);
    expect(times[peak]).toBeGreaterThan(3.7);
    expect(times[peak]).toBeLessThan(6.3);
    expect(isSame(crowd.slice(0, begin), plain.slice(0, begin))).toBe(true);
    expect(times[peak + 60]).toBeLessThan(1.5);
    expect(times[Math.min(peak + 120, times.length - 1)]).toBeLessThan(1.05);
  });
});

describe("a sale day", () => {
  test.each(seeds)("climbs for half an hour, holds for three and lets go within one: seed %d", (seed) => {
    const plain = generateTrace({ shape: "plain-day", seed, startAt, days: 2 }).loads;
    const sale = generateTrace({ shape: "sale-day", seed, startAt, days: 2 }).loads;
    const factor = (minute: number): number =>
      mean(sale, 1440 + minute, 1445 + minute) / mean(plain, 1440 + minute, 1445 + minute);
    expect(isSame(sale.slice(0, 1440 + 540), plain.slice(0, 1440 + 540))).toBe(true);
    expect(factor(555)).toBeGreaterThan(2.5);
    expect(factor(555)).toBeLessThan(4);
    expect(factor(570)).toBeCloseTo(5, 0);
    expect(factor(660)).toBeCloseTo(4.1, 0);
    expect(factor(745)).toBeCloseTo(3.2, 0);
    expect(factor(780)).toBeLessThan(2.5);
    expect(isSame(sale.slice(1440 + 810), plain.slice(1440 + 810))).toBe(true);
  });

  test.each(seeds)("needs about forty instances of 1,200 requests a minute: seed %d", (seed) => {
    const peak = Math.max(...generateTrace({ shape: "sale-day", seed, startAt }).loads) / 1200;
    expect(peak).toBeGreaterThan(33);
    expect(peak).toBeLessThan(46);
  });

  test("opens when it is told to", () => {
    const given = { seed: 1, startAt } as const;
    const plain = generateTrace({ ...given, shape: "plain-day" }).loads;
    const sale = generateTrace({ ...given, shape: "sale-day", saleAtMinute: 60 }).loads;
    expect(sale.findIndex((load, i) => load !== plain[i])).toBe(60);
  });
});
