// What the operator knows beforehand or afterwards: sales, outages, holidays; and lasting changes that nobody announced.
import { describe, expect, test } from "@jest/globals";
import { dayMs, hourMs } from "../../shared/core/index.ts";
import { type ForecastGiven, forecastOf, type KnownEvent, loadsAt } from "../../shared/forecast/index.ts";
import { clockOf, errorIn, givenAt, loadOf, madeOf, monday, plainSite, type Site, stepMs } from "./given.ts";

const now = monday + 17 * dayMs;
const plain = givenAt(now);
const truth = (at: number): number => loadOf(plainSite, at);
const factor = (from: number, to: number, times: number): KnownEvent => ({
  from,
  to,
  effect: { kind: "factor", factor: times },
});
const within = (from: number, to: number, times: number): Site => ({
  ...plainSite,
  change: (at) => (at >= from && at < to ? times : 1),
});

describe("known events", () => {
  const [from, to] = [now + 9 * hourMs, now + 12 * hourMs];

  test("a coming one multiplies every quantile in its span and none outside", () => {
    const [usual, sale] = [madeOf(plain), madeOf({ ...plain, events: [factor(from, to, 3)] })];
    for (const level of [0.1, 0.5, 0.95]) {
      const [before, after] = [loadsAt(usual, level), loadsAt(sale, level)];
      for (const [step, load] of after.entries()) {
        const at = now + step * stepMs;
        expect(load / (before[step] ?? 0)).toBeCloseTo(at >= from && at < to ? 3 : 1, 9);
      }
    }
    expect(sale.factors).toEqual([{ from, to, factor: 3 }]);
  });

  test("where two overlap, their factors multiply", () => {
    const events = [factor(from, to, 3), factor(from, to, 0.5)];
    const ratio = (madeOf({ ...plain, events }).medians[120] ?? 0) / (madeOf(plain).medians[120] ?? 1);
    expect(ratio).toBeCloseTo(1.5, 9);
  });

  const yesterday = [now - 15 * hourMs, now - 3 * hourMs] as const;

  test.each<[string, number, KnownEvent["effect"]]>([
    ["a sale whose factor is known", 4, { kind: "factor", factor: 4 }],
    ["an outage that is masked", 0.02, { kind: "masked" }],
    ["a sale with a factor that is none", 4, { kind: "factor", factor: 0 }],
  ])("%s leaves no mark on tomorrow", (_, times, effect) => {
    const site = within(...yesterday, times);
    const untold = givenAt(now, site);
    const told = { ...untold, events: [{ from: yesterday[0], to: yesterday[1], effect }] };
    const errorOf = (given: ForecastGiven): number => errorIn(madeOf(given), truth, [now, now + dayMs]);
    expect(errorOf(told)).toBeLessThan(0.03);
    expect(errorOf(untold)).toBeGreaterThan(errorOf(told) + 0.02);
  });

  test("a masked span is no known history", () => {
    const masked: KnownEvent = { from: now - 14 * dayMs, to: now - dayMs, effect: { kind: "masked" } };
    expect(forecastOf({ ...plain, events: [masked] })).toEqual({
      kind: "abstains",
      because: { kind: "too-little-history", knownDays: 1, neededDays: 2 },
    });
  });

  test("a masked span ahead changes nothing", () => {
    const masked: KnownEvent = { from, to, effect: { kind: "masked" } };
    expect(madeOf({ ...plain, events: [masked] })).toEqual(madeOf(plain));
  });
});

describe("holidays", () => {
  /** Wednesday 17 February, the day before now: as quiet as a Sunday. */
  const holiday = { date: "2027-02-17" };
  const closed = within(now - dayMs, now, 0.7);

  test("a past one does not lower the ordinary days after it", () => {
    const untold = givenAt(now, closed);
    const told = { ...untold, holidays: [holiday] };
    const errorOf = (given: ForecastGiven): number => errorIn(madeOf(given), truth, [now + 6 * hourMs, now + dayMs]);
    expect(errorOf(told)).toBeLessThan(0.04);
    expect(errorOf(untold)).toBeGreaterThan(2 * errorOf(told));
  });

  test("a coming one is expected to be as the last Sundays were", () => {
    const site = within(now + dayMs, now + 2 * dayMs, 0.7);
    const span = [now + dayMs, now + 2 * dayMs] as const;
    const forecast = madeOf({ ...plain, holidays: [{ date: "2027-02-19" }] });
    expect(errorIn(forecast, (at) => loadOf(site, at), span)).toBeLessThan(0.05);
    expect(errorIn(madeOf(plain), (at) => loadOf(site, at), span)).toBeGreaterThan(0.2);
  });

  test("a coming one follows a past one nearer than the Sundays", () => {
    const before = within(now - dayMs, now, 0.4);
    const after = within(now + dayMs, now + 2 * dayMs, 0.4);
    const given = { ...givenAt(now, before), holidays: [holiday, { date: "2027-02-19" }] };
    const span = [now + dayMs, now + 2 * dayMs] as const;
    const errorOf = (one: ForecastGiven): number => errorIn(madeOf(one), (at) => loadOf(after, at), span);
    expect(errorOf(given)).toBeLessThan(errorOf({ ...given, holidays: given.holidays.slice(1) }));
  });

  test("a date is a day of the site's zone, not of UTC", () => {
    const tokyo: Site = { ...plainSite, timeZone: "Asia/Tokyo" };
    const friday = madeOf({ ...givenAt(now, tokyo), holidays: [{ date: "2027-02-19" }] });
    const usual = madeOf(givenAt(now, tokyo));
    const lowered = friday.medians.flatMap((load, step) => (load < 0.85 * (usual.medians[step] ?? 0) ? [step] : []));
    const hours = lowered.map((step) => (now + step * stepMs - Date.UTC(2027, 1, 18, 15)) / hourMs);
    expect(lowered.length).toBeGreaterThan(200);
    expect(Math.min(...hours)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...hours)).toBeLessThan(24);
    expect(clockOf("Asia/Tokyo", Date.UTC(2027, 1, 18, 15)).hour).toBe(0);
  });
});

describe("level shifts", () => {
  const from = (at: number, times: number): Site => ({ ...plainSite, change: (now) => (now >= at ? times : 1) });

  test.each([
    ["doubled three days ago", now - 3 * dayMs, 2],
    ["fell to a half two days ago", now - 2 * dayMs, 0.5],
    ["rose by half ten days ago", now - 10 * dayMs, 1.5],
  ])("a site that %s is noticed, with the hour and the ratio", (_, at, ratio) => {
    const { levelShifts } = madeOf(givenAt(now, from(at, ratio)));
    expect(levelShifts).toHaveLength(1);
    expect(levelShifts[0]?.ratio).toBeCloseTo(ratio, 1);
    expect(Math.abs((levelShifts[0]?.at ?? 0) - at)).toBeLessThanOrEqual(hourMs);
  });

  test.each<[string, Site]>([
    ["a plain site", plainSite],
    ["a rise by a tenth", from(now - 3 * dayMs, 1.1)],
    ["a crowd of six hours", within(now - 30 * hourMs, now - 24 * hourMs, 5)],
    ["a change too new to be one", from(now - 6 * hourMs, 2)],
  ])("%s has none", (_, site) => {
    expect(madeOf(givenAt(now, site)).levelShifts).toEqual([]);
  });

  test("after one the next day is foretold at the new level", () => {
    const site = from(now - 2 * dayMs, 2);
    expect(errorIn(madeOf(givenAt(now, site)), (at) => loadOf(site, at), [now, now + dayMs])).toBeLessThan(0.1);
  });
});
