// The coming minutes: what a site's habits and its last minutes make of them.
import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { dayMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import {
  type History,
  type MadeOutlookModel,
  type Outlook,
  outlookAt,
  outlookLevels,
  outlookModelOf,
  type WindowRole,
} from "../../shared/forecast/index.ts";

const at = Date.UTC(2026, 10, 16);
const lead = { p50Ms: 3 * minuteMs, p95Ms: 5 * minuteMs };

type Load = (at: number) => number;
/** A day's wave between 400 and 1600, the same each day. */
const wave: Load = (instant) => 1_000 - 600 * Math.cos((2 * Math.PI * (instant % dayMs)) / dayMs);
/** At half past some hours, others each day, for four minutes four times as much. */
const bursts: Load = (instant) => {
  const minute = Math.floor(instant / minuteMs);
  const [hour, day] = [Math.floor(instant / hourMs), Math.floor(instant / dayMs)];
  return minute % 60 >= 30 && minute % 60 < 34 && (hour * 7 + day * 5) % 11 < 3 ? 2_000 : 500;
};

const historyOf = (load: Load, days: number, until = at): History => {
  const length = Math.round((days * dayMs) / minuteMs);
  const startAt = until - length * minuteMs;
  const loads = Float64Array.from({ length }, (_, i) => load(startAt + i * minuteMs));
  return { startAt, stepMs: minuteMs, loads, missing: new Uint8Array(length) };
};
interface Given {
  readonly timeZone?: string;
  readonly at?: number;
  readonly holidays?: readonly string[];
}
const modelOf = (history: History, given: Given = {}) =>
  outlookModelOf({
    ...{ history, at: given.at ?? at, timeZone: given.timeZone ?? "UTC", lead },
    holidays: (given.holidays ?? []).map((date) => ({ date })),
  });
function made(history: History, given: Given = {}): MadeOutlookModel {
  const model = modelOf(history, given);
  if (model.kind !== "made") throw new Error("no model");
  return model;
}
const readingsOf = (load: Load, now: number) =>
  Array.from({ length: 64 }, (_, i) => now - (65 - i) * minuteMs).map((instant) => ({
    at: instant,
    value: load(instant),
  }));

function loadsFor(outlook: Outlook, role: WindowRole): readonly number[] {
  if (outlook.kind === "blind") throw new Error(outlook.because);
  return outlook.windows.find((window) => window.role === role)?.loads ?? [];
}
const median = (loads: readonly number[]): number => loads[outlookLevels.indexOf(0.5)] ?? Number.NaN;
const at99 = (loads: readonly number[]): number => loads[outlookLevels.indexOf(0.99)] ?? Number.NaN;
const seenBy = (load: Load, now: number, history = historyOf(load, 14)): Outlook =>
  outlookAt(made(history), readingsOf(load, now), now);

describe("holidays", () => {
  const holiday = Date.UTC(2026, 10, 16);
  const dayOf = (instant: number): number => Math.floor(instant / dayMs) * dayMs;
  /** From eight to eighteen four times the night's, but at weekends and on that Monday. */
  const office: Load = (instant) => {
    const isRest = [0, 6].includes(new Date(instant).getUTCDay()) || dayOf(instant) === holiday;
    const hour = (instant % dayMs) / hourMs;
    return (isRest || hour < 8 || hour >= 18 ? 400 : 1_600) * (1 + 0.02 * Math.sin(instant / 7e6));
  };
  /** The load that three minutes on is as likely passed as not. */
  const expectedAt = (now: number, holidays: readonly string[]): number =>
    median(
      loadsFor(outlookAt(made(historyOf(office, 14, now), { at: now, holidays }), readingsOf(office, now), now), "buy"),
    );
  const named = ["2026-11-16"];

  test("a holiday's morning stays quiet if it is named", () => {
    const now = holiday + 8 * hourMs - 2 * minuteMs;
    expect(expectedAt(now, [])).toBeGreaterThan(600);
    expect(expectedAt(now, named)).toBeLessThan(450);
  });

  test("an ordinary day after it is not like it", () => {
    const nextWeek = holiday + 7 * dayMs + 8 * hourMs - 2 * minuteMs;
    expect(expectedAt(nextWeek, named)).toBeGreaterThan(1.15 * expectedAt(nextWeek, []));
  });

  test("a day is one by the zone's clocks: at eight in Tokyo it is the day before in UTC", () => {
    const tokyo = 9 * hourMs;
    const now = holiday + 8 * hourMs - 2 * minuteMs - tokyo;
    const load: Load = (instant) => office(instant + tokyo);
    const expectedIn = (timeZone: string): number => {
      const model = made(historyOf(load, 14, now), { at: now, holidays: named, timeZone });
      return median(loadsFor(outlookAt(model, readingsOf(load, now), now), "buy"));
    };
    expect(expectedIn("Asia/Tokyo")).toBeLessThan(450);
    expect(expectedIn("UTC")).toBeGreaterThan(600);
  });
});

describe("what is expected", () => {
  test.each([3, 6, 9, 11])("of a daily wave at %d hours on is the wave", (hours) => {
    const now = at + hours * hourMs;
    expect(median(loadsFor(seenBy(wave, now), "buy")) / wave(now + 3 * minuteMs)).toBeCloseTo(1, 1);
  });

  test("follows the last minutes where they depart from the habit", () => {
    const now = at + 6 * hourMs;
    const doubled = (instant: number): number => (instant > now - hourMs ? 2 : 1) * wave(instant);
    const outlook = outlookAt(made(historyOf(wave, 14)), readingsOf(doubled, now), now);
    expect(median(loadsFor(outlook, "buy")) / (2 * wave(now + 3 * minuteMs))).toBeGreaterThan(0.85);
  });

  test("of a window is its highest minute: more than of any one of its minutes", () => {
    const now = at + 6 * hourMs;
    const outlook = seenBy(wave, now);
    expect(median(loadsFor(outlook, "half-hour"))).toBeGreaterThan(median(loadsFor(outlook, "buy")));
  });
});

describe("bursts at certain minutes of the hour", () => {
  test("are reckoned with at those minutes, though most hours have none", () => {
    const now = at + 4 * hourMs + 27 * minuteMs;
    expect(at99(loadsFor(seenBy(bursts, now), "buy"))).toBeGreaterThan(1_500);
  });

  test("are not reckoned with at others", () => {
    const now = at + 4 * hourMs + 45 * minuteMs;
    expect(at99(loadsFor(seenBy(bursts, now), "buy"))).toBeLessThan(700);
  });

  test("whoever stands in one is told by other tails than whoever does not", () => {
    const { windows } = made(historyOf(bursts, 14));
    expect(windows[0]?.calm.kind).toBe("by-minute");
    expect(windows[0]?.excited).not.toEqual(windows[0]?.calm);
  });
});

test("no load is expected above the highest of the history, unless nearly so much is there already", () => {
  const now = at + 4 * hourMs + 27 * minuteMs;
  const model = made(historyOf(bursts, 14));
  const highest = (level: number): number =>
    Math.max(
      ...loadsFor(
        outlookAt(
          model,
          readingsOf(() => level, now),
          now,
        ),
        "buy",
      ),
    );
  expect(highest(900)).toBe(2_000);
  expect(highest(3_000)).toBe(3_900);
});

test("the clocks of the site's zone tell the time of the day, on the day after they have changed", () => {
  const changed = Date.UTC(2026, 9, 25, 1);
  const berlin: Load = (instant) => wave(instant + (instant < changed ? 2 : 1) * hourMs);
  const morning = changed + 5 * hourMs;
  const errorIn = (timeZone: string): number => {
    const model = made(historyOf(berlin, 14, morning), { timeZone, at: morning });
    // With the last minutes as usual, so that nothing but the season is told.
    const { expected } = model.windows[0] ?? { expected: [] };
    return Math.abs(Math.exp(expected[60] ?? 0) - model.offset - berlin(morning + hourMs + 3 * minuteMs));
  };
  expect(errorIn("Europe/Berlin")).toBeLessThan(0.3 * errorIn("UTC"));
});

describe("little is known", () => {
  test("of a site younger than three hours nothing is said", () => {
    expect(modelOf(historyOf(wave, 0.1))).toEqual({ kind: "abstains", knownMinutes: 144, neededMinutes: 180 });
  });

  test("a site younger than two days has no days to go by, and is taken to stay as it is", () => {
    const model = made(historyOf(wave, 1));
    expect(model.season).toBe("none");
    const outlook = outlookAt(model, readingsOf(wave, at), at);
    expect(median(loadsFor(outlook, "buy")) / wave(at)).toBeCloseTo(1, 1);
  });

  test("a model is not read beyond its time", () => {
    const late = at + 12 * hourMs;
    expect(seenBy(wave, late)).toEqual({ kind: "blind", because: "the forecast is too old" });
    expect(seenBy(wave, late - minuteMs).kind).toBe("seen");
  });

  test("nor without any of the last quarter of an hour", () => {
    const readings = readingsOf(wave, at).slice(0, -20);
    expect(outlookAt(made(historyOf(wave, 14)), readings, at)).toMatchObject({ kind: "blind" });
  });

  test.each([Number.NaN, -5_000, Number.POSITIVE_INFINITY])(
    "a reading of %d is none, as if that minute were missing",
    (bad) => {
      const model = made(historyOf(wave, 14));
      const readings = readingsOf(wave, at);
      const which = readings.length - 3;
      const [given, without] = [
        readings.map((one, i) => (i === which ? { ...one, value: bad } : one)),
        readings.filter((_, i) => i !== which),
      ];
      expect(outlookAt(model, given, at)).toEqual(outlookAt(model, without, at));
    },
  );

  test("minutes that are missing are no zeros: a gap changes next to nothing", () => {
    const history = historyOf(wave, 14);
    const { loads, missing } = history;
    for (let i = 5_000; i < 5_600; i++) [loads[i], missing[i]] = [0, 1];
    const [gapped, whole] = [history, historyOf(wave, 14)].map((one) =>
      median(loadsFor(outlookAt(made(one), readingsOf(wave, at), at), "buy")),
    ) as [number, number];
    expect(gapped / whole).toBeCloseTo(1, 2);
  });
});

const anyHistory: fc.Arbitrary<History> = fc
  .record({
    minutes: fc.integer({ min: 0, max: 4_000 }),
    base: fc.constantFrom(0, 1e-6, 3, 500, 1e9),
    noise: fc.constantFrom(0, 1, 50),
    holes: fc.constantFrom(0, 1, 7),
    spike: fc.constantFrom(1, 1_000),
  })
  .map(({ minutes, base, noise, holes, spike }) => ({
    startAt: at - minutes * minuteMs,
    stepMs: minuteMs,
    loads: Float64Array.from(
      { length: minutes },
      (_, i) => (i % 997 === 500 ? spike : 1) * (base + ((i * 7919) % 13) * noise),
    ),
    missing: Uint8Array.from({ length: minutes }, (_, i) => (holes > 0 && i % 11 < holes ? 1 : 0)),
  }));

test("whatever the history, loads are finite, never negative and ascend with their levels; nothing given is changed", () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const before = { loads: history.loads.slice(), missing: history.missing.slice() };
      const model = modelOf(history);
      expect({ loads: history.loads, missing: history.missing }).toEqual(before);
      if (model.kind === "abstains") return;
      const outlook = outlookAt(
        model,
        readingsOf(() => 42, at + hourMs),
        at + hourMs,
      );
      if (outlook.kind === "blind") throw new Error(outlook.because);
      for (const { loads } of outlook.windows) {
        expect(loads).toHaveLength(outlookLevels.length);
        expect(loads.every((load) => Number.isFinite(load) && load >= 0)).toBe(true);
        expect(loads.toSorted((a, b) => a - b)).toEqual(loads);
      }
    }),
    { numRuns: 30 },
  );
});

test("twice the load is twice the outlook", () => {
  const twice: Load = (instant) => 2 * wave(instant);
  const [once, double] = [wave, twice].map((load) => loadsFor(seenBy(load, at), "keep")) as [number[], number[]];
  for (const [i, load] of once.entries()) expect((double[i] ?? 0) / load).toBeCloseTo(2, 2);
});
