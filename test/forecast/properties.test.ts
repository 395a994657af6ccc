// What holds whatever the history: random sites with gaps, zeros, spikes and nonsense in them.
import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { dayMs, hourMs } from "../../shared/core/index.ts";
import {
  type ForecastGiven,
  forecastOf,
  fromCompact,
  type KnownEvent,
  loadsAt,
  toCompact,
} from "../../shared/forecast/index.ts";
import { monday, stepMs } from "./given.ts";

const nonsense = [0, 0, 0, Number.NaN, Number.POSITIVE_INFINITY, -3, 1e14, 1e-200];

/** Few numbers make a history: fast-check shrinks those, not four thousand loads. */
const given: fc.Arbitrary<ForecastGiven> = fc
  .record({
    seed: fc.integer({ min: 1, max: 1e6 }),
    days: fc.integer({ min: 0, max: 14 * 24 }).map((hours) => hours / 24),
    scale: fc.constantFrom(1e-3, 1, 500, 1e6),
    swing: fc.constantFrom(0, 0.5, 0.99),
    noise: fc.constantFrom(0, 0.1, 1, 10),
    gaps: fc.constantFrom(0, 0.1, 0.7),
    oddities: fc.constantFrom(0, 0.01, 0.2),
    timeZone: fc.constantFrom("UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe"),
    atHour: fc.integer({ min: 0, max: 24 * 365 }),
    hours: fc.integer({ min: 1, max: 48 }),
    event: fc.constantFrom("none", "factor", "broken", "huge", "masked"),
    isHoliday: fc.boolean(),
  })
  .map((site) => {
    const at = monday + site.atHour * hourMs + 60_000;
    const chance = chances(site.seed);
    const length = Math.round((site.days * dayMs) / stepMs);
    const loads = Float64Array.from({ length }, (_, i) => {
      if (chance() < site.oddities) return nonsense[Math.floor(chance() * nonsense.length)] ?? 0;
      const day = 1 + site.swing * Math.sin((2 * Math.PI * i) / 288);
      return Math.max(0, site.scale * (day + site.noise * (chance() - 0.5)));
    });
    const missing = Uint8Array.from({ length }, () => (chance() < site.gaps ? 1 : 0));
    const from = at - 30 * hourMs;
    const effects: Readonly<Record<string, KnownEvent["effect"][]>> = {
      factor: [{ kind: "factor", factor: 3 }],
      broken: [
        { kind: "factor", factor: -1 },
        { kind: "factor", factor: Number.NaN },
      ],
      huge: [
        { kind: "factor", factor: 1e6 },
        { kind: "factor", factor: 1e6 },
        { kind: "factor", factor: 1e300 },
      ],
      masked: [{ kind: "masked" }],
    };
    return {
      history: { startAt: at - length * stepMs, stepMs, loads, missing },
      at,
      timeZone: site.timeZone,
      events: (effects[site.event] ?? []).flatMap((effect) => [
        { from, to: at + 3 * hourMs, effect },
        { from: Number.NaN, to: at, effect },
        { from: at, to: from, effect },
      ]),
      holidays: site.isHoliday ? [{ date: new Date(at).toISOString().slice(0, 10) }, { date: "no date" }] : [],
      horizonMs: site.hours * hourMs,
    };
  });

function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

const numbersIn = (value: unknown): readonly number[] => {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
};

const levels = [0, 0.001, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 0.9999, 1];

describe("whatever the history", () => {
  test("every number of a forecast is finite, no load is negative, and higher levels are higher loads", () => {
    let madeCount = 0;
    fc.assert(
      fc.property(given, (one) => {
        const forecast = forecastOf(one);
        expect(numbersIn(forecast).filter((number) => !Number.isFinite(number))).toEqual([]);
        if (forecast.kind === "abstains") return;
        madeCount += 1;
        expect(forecast.medians).toHaveLength(one.horizonMs / stepMs);
        ascends(levels.map((level) => loadsAt(forecast, level)));
      }),
      { numRuns: 120 },
    );
    expect(madeCount).toBeGreaterThan(20);
  });

  test("the same is said twice, and nothing given is changed", () => {
    fc.assert(
      fc.property(given, (one) => {
        const before = structuredClone(one);
        const first = forecastOf(one);
        expect(one).toEqual(before);
        expect(forecastOf(before)).toEqual(first);
      }),
      { numRuns: 30 },
    );
  });

  test("a site so many times as large has a forecast so many times as large", () => {
    const sizes = fc.constantFrom(0.25, 8, 1024);
    fc.assert(
      fc.property(given, sizes, (one, times) => {
        const plain = forecastOf(withoutOddities(one));
        const large = forecastOf(withoutOddities(one, times));
        expect(large.kind).toBe(plain.kind);
        if (plain.kind === "abstains" || large.kind === "abstains") return;
        const [expected, got] = [loadsAt(plain, 0.95), loadsAt(large, 0.95)];
        const most = Math.max(...expected);
        for (const [step, load] of expected.entries())
          expect(Math.abs((got[step] ?? 0) / times - load)).toBeLessThan(1e-6 * most);
      }),
      { numRuns: 40 },
    );
  });

  test("what comes after now is not read", () => {
    fc.assert(
      fc.property(given, (one) => {
        const { history } = one;
        const loads = new Float64Array(history.loads.length + 500).fill(1e9);
        loads.set(history.loads);
        const missing = new Uint8Array(loads.length);
        missing.set(history.missing);
        // The step that `at` lies in is not over: its readings are not read either.
        expect(forecastOf({ ...one, history: { ...history, loads, missing } })).toEqual(forecastOf(one));
      }),
      { numRuns: 30 },
    );
  });

  test("the compact form is small and says the same", () => {
    fc.assert(
      fc.property(given, (one) => {
        const forecast = forecastOf(one);
        if (forecast.kind === "abstains") return;
        const text = JSON.stringify(toCompact(forecast));
        expect(text.length).toBeLessThan(6_000);
        const read = fromCompact(JSON.parse(text));
        if (read.kind === "error") throw new Error(read.error);
        const [expected, got] = [loadsAt(forecast, 0.95), loadsAt(read.value, 0.95)];
        const { offset } = forecast.spread;
        expected.forEach((load, step) => {
          if (Math.abs((got[step] ?? 0) - load) > 2e-3 * (load + 10 * offset))
            throw new Error(`${got[step]} for ${load}`);
        });
        expect({ ...read.value, medians: [], spread: {} }).toEqual({ ...forecast, medians: [], spread: {} });
      }),
      { numRuns: 60 },
    );
  });
});

/** From 0, quantile by quantile, step by step; no NaN passes a comparison. */
function ascends(quantiles: readonly (readonly number[])[]): void {
  let lower: readonly number[] = [];
  for (const quantile of quantiles) {
    for (const [step, load] of quantile.entries())
      if (!(load >= (lower[step] ?? 0) && load < Number.POSITIVE_INFINITY))
        throw new Error(`step ${step}: ${load} after ${lower[step]}`);
    lower = quantile;
  }
}

/** Loads far out of range are dropped by their size, which a factor changes. */
function withoutOddities(one: ForecastGiven, times = 1): ForecastGiven {
  const loads = one.history.loads.map((load) => (load > 1e-6 && load < 1e10 ? load * times : 0));
  return { ...one, history: { ...one.history, loads } };
}
