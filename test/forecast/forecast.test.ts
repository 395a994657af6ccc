// What a forecast says of a plain site, when it abstains, and when it stands in shadow.
import { expect, test } from "@jest/globals";
import { dayMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import { type Abstention, type ForecastGiven, forecastOf, loadAt, loadsAt } from "../../shared/forecast/index.ts";
import { errorIn, givenAt, historyOf, loadOf, madeOf, monday, plainSite, stepMs, withLoads } from "./given.ts";

const now = monday + 17 * dayMs + 10 * hourMs;
const plain = givenAt(now);
const truth = (at: number): number => loadOf(plainSite, at);
const noise = (): number => 0.5 * plainSite.noise;

test("a site with a day and a week is foretold to within little more than its noise", () => {
  const forecast = madeOf(plain);
  expect(forecast).toMatchObject({ madeAt: now, startAt: now, stepMs, knownDays: 14, levelShifts: [], factors: [] });
  expect(forecast.medians).toHaveLength(576);
  expect(errorIn(forecast, truth, [now, now + 48 * hourMs])).toBeLessThan(noise() * 1.5);
});

test("a weekend ahead is known from the one before", () => {
  const friday = monday + 18 * dayMs + 12 * hourMs;
  const saturday = monday + 19 * dayMs;
  expect(errorIn(madeOf(givenAt(friday)), truth, [saturday, saturday + dayMs])).toBeLessThan(0.06);
});

test.each([
  [0.05, 0.01, 0.09],
  [0.5, 0.35, 0.65],
  [0.95, 0.92, 0.995],
])("a share of about %d stays under that quantile", (level, least, most) => {
  let [under, count] = [0, 0];
  for (let day = 14; day < 24; day++) {
    const forecast = madeOf(givenAt(monday + day * dayMs + 7 * hourMs));
    for (const [step, load] of loadsAt(forecast, level).entries()) {
      count += 1;
      if (truth(forecast.startAt + step * stepMs) <= load) under += 1;
    }
  }
  expect(under / count).toBeGreaterThan(least);
  expect(under / count).toBeLessThan(most);
});

test("what is happening now moves the next hour, and tomorrow less", () => {
  const crowd = withLoads(plain, (load, i) => (i >= plain.history.loads.length - 6 ? load * 1.5 : load));
  const [before, after] = [madeOf(plain).medians, madeOf(crowd).medians];
  const ratio = (step: number): number => (after[step] ?? 0) / (before[step] ?? 1);
  expect(ratio(0)).toBeGreaterThan(1.15);
  expect(ratio(400)).toBeLessThan(1.1);
});

test("a spike that one day alone had is not expected again", () => {
  const at = plain.history.loads.length - 7 * 288;
  const spiky = withLoads(plain, (load, i) => (i >= at && i < at + 24 ? load * 20 : load));
  const [calm, spiked] = [madeOf(plain).medians, madeOf(spiky).medians];
  const highest = Math.max(...spiked.map((load, step) => load / (calm[step] ?? 1)));
  expect(highest).toBeLessThan(1.25);
});

const cut = (days: number): ForecastGiven => ({
  ...plain,
  history: historyOf(plainSite, { from: now - days * dayMs, to: now }),
});
const filled = (load: number): ForecastGiven => withLoads(plain, () => load);
const allMissing = { ...plain.history, missing: new Uint8Array(plain.history.loads.length).fill(1) };

test.each<[string, ForecastGiven, Abstention]>([
  ["an hour of history", cut(1 / 24), { kind: "too-little-history", knownDays: 1 / 24, neededDays: 2 }],
  ["no history", cut(0), { kind: "too-little-history", knownDays: 0, neededDays: 2 }],
  ["nothing but gaps", { ...plain, history: allMissing }, { kind: "too-little-history", knownDays: 0, neededDays: 2 }],
  ["nothing but NaN", filled(Number.NaN), { kind: "too-little-history", knownDays: 0, neededDays: 2 }],
  ["nothing but negative loads", filled(-5), { kind: "too-little-history", knownDays: 0, neededDays: 2 }],
  ["nothing but zeros", filled(0), { kind: "no-load", knownDays: 14 }],
  [
    "a history that ended yesterday",
    { ...plain, history: historyOf(plainSite, { from: now - 14 * dayMs, to: now - dayMs }) },
    { kind: "stale-history", ageMs: dayMs, maxMs: 6 * hourMs },
  ],
  ["an unknown zone", { ...plain, timeZone: "Mars/Olympus" }, { kind: "unknown-time-zone", timeZone: "Mars/Olympus" }],
  [
    "an hourly history",
    { ...plain, history: { ...plain.history, stepMs: hourMs } },
    { kind: "unusable-step", stepMs: hourMs },
  ],
  ["a step of nothing", { ...plain, history: { ...plain.history, stepMs: 0 } }, { kind: "unusable-step", stepMs: 0 }],
  [
    "three days ahead",
    { ...plain, horizonMs: 3 * dayMs },
    { kind: "unusable-horizon", horizonMs: 3 * dayMs, maxMs: 2 * dayMs },
  ],
  [
    "a moment that no calendar has",
    { ...plain, at: Number.NaN },
    { kind: "too-little-history", knownDays: 0, neededDays: 2 },
  ],
])("of %s it abstains and says why", (_, given, because) => {
  expect(forecastOf(given)).toEqual({ kind: "abstains", because });
});

test.each([
  [3, "shadow"],
  [5, "shadow"],
  [7, "sound"],
  [14, "sound"],
])("%d days of history stand %s", (days, kind) => {
  const { standing, knownDays } = madeOf(cut(days));
  expect(knownDays).toBe(days);
  expect(standing.kind).toBe(kind);
  if (standing.kind === "shadow")
    expect(standing.because[0]).toEqual({ kind: "short-history", knownDays: days, neededDays: 7 });
});

test.each([
  [20, "sound"],
  [120, "shadow"],
] as const)("with a newest reading %d minutes old it stands %s", (minutes, kind) => {
  const ageMs = minutes * minuteMs;
  const { standing, ageMs: told } = madeOf({
    ...plain,
    history: historyOf(plainSite, { from: now - 14 * dayMs, to: now - ageMs }),
  });
  expect(told).toBe(ageMs);
  expect(standing).toEqual(
    kind === "sound" ? { kind } : { kind, because: [{ kind: "stale-history", ageMs, maxMs: hourMs }] },
  );
});

test("a forecast that does worse than “it stays as it is” stands in shadow, with the numbers", () => {
  // A level for hours on end, another at every change, and no time of day has its own: nothing beats the last reading.
  let level = 1_000;
  const erratic = withLoads(plain, (_, i) => {
    if (i % 97 === 0) level = 200 + ((i * 7_919) % 5_000);
    return level;
  });
  const { standing, backtest } = madeOf(erratic);
  if (backtest.kind !== "measured" || standing.kind !== "shadow") throw new Error(`${backtest.kind}, ${standing.kind}`);
  expect(backtest.hour.loss95Ratio).toBeGreaterThan(1.05);
  expect(standing.because).toContainEqual({ kind: "worse-than-persistence", ...backtest.hour, mostRatio: 1.05 });
});

test("its backtest on a plain site beats both guesses and covers what it promises", () => {
  const { backtest } = madeOf(plain);
  if (backtest.kind !== "measured") throw new Error(backtest.kind);
  expect(backtest.hour.errorRatio).toBeLessThan(0.6);
  expect(backtest.hour.loss95Ratio).toBeLessThan(0.6);
  expect(backtest.day.errorRatio).toBeLessThan(0.9);
  expect(backtest.day.loss95Ratio).toBeLessThan(0.9);
  expect(backtest.coverage95).toBeGreaterThan(0.85);
});

test("a constant load is foretold as it is, at every level", () => {
  const forecast = madeOf(filled(700));
  for (const level of [0.01, 0.5, 0.99]) for (const load of loadsAt(forecast, level)) expect(load).toBeCloseTo(700, 6);
});

test("a week with a gap of a day and lost readings is still a week", () => {
  const missing = plain.history.missing.map((_, i) => (i % 17 === 0 || (i > 2_000 && i < 2_288) ? 1 : 0));
  const forecast = madeOf({ ...plain, history: { ...plain.history, missing } });
  expect(forecast.standing.kind).toBe("sound");
  expect(errorIn(forecast, truth, [now, now + dayMs])).toBeLessThan(noise() * 2);
});

test("one-minute readings are averaged to five", () => {
  const { history } = plain;
  const loads = Float64Array.from({ length: history.loads.length * 5 }, (_, i) => {
    const mean = history.loads[Math.floor(i / 5)] ?? 0;
    return mean * (1 + 0.1 * ((i % 5) - 2));
  });
  const minutes = { startAt: history.startAt, stepMs: minuteMs, loads, missing: new Uint8Array(loads.length) };
  const fine = madeOf({ ...plain, history: minutes }).medians;
  for (const [step, median] of madeOf(plain).medians.entries()) expect(fine[step]).toBeCloseTo(median, 4);
});

test("a step within the horizon is read by its instant, one beyond it is refused", () => {
  const forecast = madeOf(plain);
  const last = now + 48 * hourMs - 1;
  expect(loadAt(forecast, now + 7 * minuteMs, 0.5)).toEqual({
    kind: "known",
    load: expect.closeTo(forecast.medians[1] ?? 0, 6),
  });
  expect(loadAt(forecast, last, 0.9)).toEqual({ kind: "known", load: loadsAt(forecast, 0.9)[575] });
  const beyond = { kind: "beyond", from: now, to: now + 48 * hourMs };
  expect(loadAt(forecast, last + 1, 0.9)).toEqual(beyond);
  expect(loadAt(forecast, now - 1, 0.9)).toEqual(beyond);
});
