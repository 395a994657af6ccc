// A recorded trace as the lab's load: which minutes, how far scaled, and what is wrong with a file or an option.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { loadOfTrace, type TraceAsked } from "../../bench/lab/trace.ts";

const folder = mkdtempSync(join(tmpdir(), "tidegate-test-trace-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (values: readonly number[], stepMinutes = 1): string => {
  const file = join(folder, "t.csv");
  const at = (index: number): string => new Date(Date.UTC(2027, 0, 1, 8, index * stepMinutes)).toISOString();
  writeFileSync(file, `timestamp,value\n${values.map((value, index) => `${at(index)},${value}`).join("\n")}\n`);
  return file;
};
const asked = (file: string, changed: Partial<TraceAsked> = {}): TraceAsked => ({
  file,
  repair: "refuse",
  from: "",
  span: "",
  peak: "",
  ...changed,
});
const usual = { spanMinutes: 4, peakPerSecond: 2_000 };

test.each<[string, Partial<TraceAsked>, readonly number[], string]>([
  ["as many as the longest phase", {}, [500, 1_000, 2_000, 1_500], "4 min from 2027-01-01T08:00Z, scaled 600 times"],
  [
    "a window, by its own peak",
    { from: "4", span: "2" },
    [2_000, 667],
    "2 min from 2027-01-01T08:04Z, scaled 400 times",
  ],
  ["no more than are left", { from: "5" }, [2_000], "1 min from 2027-01-01T08:05Z, scaled 1200 times"],
  ["another peak", { peak: "1000" }, [250, 500, 1_000, 750], "4 min from 2027-01-01T08:00Z, scaled 300 times"],
])("%s: %j", (_, changed, perSecond, told) => {
  const peak = changed.peak ?? "2000";
  expect(loadOfTrace(asked(fileOf([50, 100, 200, 150, 300, 100]), changed), usual)).toEqual({
    kind: "ok",
    value: { perSecond, told: `t.csv, ${told}: at most ${peak} requests/s` },
  });
});

test("a value of several minutes holds for each of them", () => {
  const load = loadOfTrace(asked(fileOf([10, 20], 2)), usual);
  expect(load.kind === "ok" && load.value.perSecond).toEqual([1_000, 1_000, 2_000, 2_000]);
});

test.each<[Partial<TraceAsked>, string]>([
  [{ from: "6" }, "--from takes a whole number from 0 to 5, not 6"],
  [{ from: "4", span: "3" }, "--span takes a whole number from 1 to 2, not 3"],
  [{ span: "soon" }, "--span takes a whole number from 1 to 6, not soon"],
  [{ peak: "0" }, "--peak takes a whole number from 1 to 100000, not 0"],
  [{ from: "0", span: "1" }, "t.csv has no request in its minutes 0 to 0"],
])("%j is refused: %s", (changed, because) => {
  expect(loadOfTrace(asked(fileOf([0, 100, 200, 150, 300, 100]), changed), usual)).toEqual({
    kind: "error",
    error: because,
  });
});

test("a file's mistakes are told with their lines, and mended where that is asked for", () => {
  const file = fileOf([50, -1, 100, 200]);
  expect(loadOfTrace(asked(file), usual)).toEqual({ kind: "error", error: `${file}:3 the value -1 is negative` });
  const mended = loadOfTrace(asked(file, { repair: "repair" }), usual);
  expect(mended.kind === "ok" && mended.value.perSecond).toEqual([500, 500, 1_000, 2_000]);
  const absent = loadOfTrace(asked(join(folder, "none.csv")), usual);
  expect(absent.kind === "error" && absent.error).toContain("cannot read");
});
