// The benchmark's own arithmetic: baselines on loads whose future is plain, scores by hand, and what it says of wrong input.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { harmonic } from "../../bench/forecast/baselines/harmonic.ts";
import { holtWinters } from "../../bench/forecast/baselines/holtWinters.ts";
import { lastWeek, yesterday } from "../../bench/forecast/baselines/naive.ts";
import { profile } from "../../bench/forecast/baselines/profile.ts";
import { quantilesAround } from "../../bench/forecast/conformal.ts";
import { addForecast, emptySums, meanScores, scoresOf } from "../../bench/forecast/score.ts";
import type { Medians } from "../../bench/forecast/window.ts";

const days = (i: number): number => 1_000 + 500 * Math.sin((2 * Math.PI * i) / 288);
const weeks = (i: number): number => days(i) * (Math.floor(i / 288) % 7 < 5 ? 1 : 0.6);
const worstOf = (medians: Medians, load: (i: number) => number, length: number): number => {
  const forecast = medians({ loads: Float64Array.from({ length }, (_, i) => load(i)), phase: 0 });
  return forecast.reduce((worst, one, step) => Math.max(worst, Math.abs(one / load(length + step) - 1)), 0);
};

test.each<[string, Medians, (i: number) => number, number]>([
  ["yesterday repeats a day", yesterday, days, 1e-9],
  ["last week repeats a week", lastWeek, weeks, 1e-9],
  ["the profile knows a day", profile, days, 1e-9],
  ["harmonic ridge knows a day", harmonic, days, 0.02],
  ["Holt-Winters knows a day", holtWinters, days, 0.02],
])("%s", (_, medians, load, most) => {
  expect(worstOf(medians, load, 4_032)).toBeLessThan(most);
});

test("before there is a week, last week is yesterday", () => {
  const window = { loads: Float64Array.from({ length: 600 }, (_, i) => i), phase: 0 };
  expect(lastWeek(window)).toEqual(yesterday(window));
  expect(yesterday(window)[0]).toBe(600 - 288);
});

test("conformal quantiles are the method's own errors, and look at nothing after now", () => {
  // Forecast 100 each hour; what came was 1 % to 100 % more, in no order, then something that is not yet known.
  const loads = Float64Array.from({ length: 3_000 }, (_, i) =>
    i < 2_000 ? 100 * (1.01 + ((i * 37) % 100) / 100) : 1e9,
  );
  const medians = new Float64Array(288).fill(100);
  const past = Array.from({ length: 160 }, (_, i) => ({ origin: 12 * i, medians }));
  const truth = { loads, isKnown: new Uint8Array(3_000).fill(1), offset: 1e-9, now: 2_000 };
  const [half = 0, ...upper] = quantilesAround(medians, past, truth).map((quantile) => quantile[100] ?? 0);
  expect(half).toBe(100);
  for (const [which, load] of [190, 195, 199].entries()) expect(Math.abs((upper[which] ?? 0) - load)).toBeLessThan(2);
});

test("scores by hand", () => {
  const sums = emptySums();
  const quantiles = [
    [10, 10],
    [20, 20],
    [20, 20],
    [30, 30],
  ].map((one) => Float64Array.from(one));
  addForecast(sums, quantiles, { loads: Float64Array.from([8, 24]), isKnown: Uint8Array.from([1, 1]) });
  addForecast(sums, quantiles, { loads: Float64Array.from([999, 999]), isKnown: Uint8Array.from([0, 0]) });
  const { mase, wql, coverage } = scoresOf(sums, 4);
  expect(mase).toBeCloseTo((2 + 14) / 2 / 4, 12);
  expect(wql[0]).toBeCloseTo((2 * (0.5 * 2 + 0.5 * 14)) / 32, 12);
  expect(wql[2]).toBeCloseTo((2 * (0.05 * 12 + 0.95 * 4)) / 32, 12);
  expect(coverage).toEqual([0.5, 0.5, 0.5, 1]);
  const four = { mase: 1, wql: [4, 4, 4, 4], coverage: [1, 1, 1, 1] };
  const nine = { mase: 4, wql: [9, 9, 9, 9], coverage: [0, 0, 0, 0] };
  expect(meanScores([four, nine])).toEqual({
    mase: expect.closeTo(2, 9),
    wql: [0, 1, 2, 3].map(() => expect.closeTo(6, 9)),
    coverage: [0.5, 0.5, 0.5, 0.5],
  });
});

describe("the command", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-forecast-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, ["--import", "./cli/typescript.mjs", "bench/forecast/main.ts", ...args], {
      encoding: "utf8",
    });
  const start = Date.UTC(2027, 1, 1);
  const split = {
    id: "T1",
    trace: "t1.csv",
    shape: "made up",
    warmup: "2027-02-01T00:00:00Z",
    score_from: "2027-02-10T00:00:00Z",
    score_to: "2027-02-11T00:00:00Z",
  };
  const folderWith = (splits: unknown, rows: readonly string[]): string => {
    const made = mkdtempSync(join(folder, "traces-"));
    mkdirSync(made, { recursive: true });
    writeFileSync(join(made, "splits.json"), typeof splits === "string" ? splits : JSON.stringify(splits));
    writeFileSync(join(made, "t1.csv"), ["timestamp,value", ...rows].join("\n"));
    return made;
  };
  const rows = Array.from({ length: 10 * 288 }, (_, i) => {
    const noise = 1 + 0.1 * Math.sin(i * i);
    return `${new Date(start + i * 300_000).toISOString()},${(weeks(i) * noise).toFixed(3)}`;
  });

  test("measures every method on a folder of traces and says so as JSON", () => {
    const { stdout, stderr, status } = run("--traces", folderWith([split], rows), "--quick", "--json");
    expect({ status, stderr: stderr.split("\n")[0] }).toEqual({
      status: 0,
      stderr: "T1 t1.csv: yesterday + conformal",
    });
    const report = JSON.parse(stdout);
    expect(report.traces[0].results).toHaveLength(6);
    expect(report.fine).toHaveLength(6);
    expect(report.coarse).toEqual([]);
    for (const { hour, day, ms } of report.fine)
      for (const number of [hour.mase, day.mase, ...hour.wql, ...day.wql, ms]) expect(number).toBeGreaterThan(0);
    const [own, week] = [report.fine[5], report.fine[1]];
    expect(report.targets).toContainEqual({
      what: "loss at .95 by that of last week + conformal, 1 h",
      measured: own.hour.wql[2] / week.hour.wql[2],
      from: 0,
      to: 0.4,
      verdict: own.hour.wql[2] / week.hour.wql[2] <= 0.4 ? "met" : "missed",
    });
    expect(report.bundleKb).toBeLessThan(25);
  });

  test.each<[string, readonly string[], RegExp]>([
    ["no folder", [], /--traces is missing/],
    ["a folder that is none", ["--traces", "/nowhere"], /cannot read \/nowhere\/splits\.json: ENOENT/],
    ["a splits.json that is no JSON", ["--traces", folderWith("[", rows)], /splits\.json is no JSON: /],
    ["an empty one", ["--traces", folderWith([], rows)], /must hold a list of traces/],
    [
      "an entry without a window",
      ["--traces", folderWith([{ ...split, warmup: 3 }], rows)],
      /entry 1: warmup is missing/,
    ],
    [
      "a time that is none",
      ["--traces", folderWith([{ ...split, score_to: "soon" }], rows)],
      /score_to is no time: soon/,
    ],
    [
      "too short a warm-up",
      ["--traces", folderWith([{ ...split, score_from: split.warmup }], rows)],
      /T1: two days from/,
    ],
    ["a row that is none", ["--traces", folderWith([split], ["today,much"])], /t1\.csv:2 "today"/],
    ["a trace that is not there", ["--traces", folderWith([split], rows), "--trace", "P1"], /--trace P1: there are T1/],
    ["an option that is none", ["--fast"], /'--fast'/],
  ])("of %s it says what is wrong in a line, without a stack", (_, args, message) => {
    const { stdout, stderr, status } = run(...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
  });
});
