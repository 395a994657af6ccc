// What is stored and read back; what is read that was never stored.
import { expect, test } from "@jest/globals";
import { dayMs } from "../../shared/core/index.ts";
import { type CompactForecast, fromCompact, toCompact } from "../../shared/forecast/index.ts";
import { givenAt, madeOf, monday } from "./given.ts";

const forecast = madeOf(givenAt(monday + 16 * dayMs));
const compact = toCompact(forecast);

test("two days of five minutes take a few kilobytes and come back to within a ten-thousandth", () => {
  expect(JSON.stringify(compact).length).toBeLessThan(6_000);
  const read = fromCompact(compact);
  if (read.kind === "error") throw new Error(read.error);
  for (const [step, median] of forecast.medians.entries())
    expect(Math.abs((read.value.medians[step] ?? 0) / median - 1)).toBeLessThan(1e-4);
  expect(read.value.spread.bands.map(({ untilStep }) => untilStep)).toEqual([3, 12, 36, 96, 288, 576]);
});

test.each<[string, CompactForecast, string]>([
  ["another version", { ...compact, version: 2 as 1 }, "a forecast of version 2, not 1"],
  [
    "half a word",
    { ...compact, medians: { ...compact.medians, words: "AAAA" } },
    "steps that are no base64 of 16-bit words",
  ],
  ["no base64", { ...compact, scales: { ...compact.scales, words: "?" } }, "steps that are no base64 of 16-bit words"],
])("%s is refused", (_, given, error) => {
  expect(fromCompact(given)).toEqual({ kind: "error", error });
});
