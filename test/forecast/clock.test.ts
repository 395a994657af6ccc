// The day's shape follows the clocks on the wall: on both nights in which they change, before and after.
import { expect, test } from "@jest/globals";
import { dayMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import { offsetSpans } from "../../shared/forecast/localClock.ts";
import { errorIn, givenAt, loadOf, madeOf, plainSite, type Site } from "./given.ts";

const berlin: Site = { ...plainSite, timeZone: "Europe/Berlin" };
const truth = (at: number): number => loadOf(berlin, at);
/** 02:00 CET becomes 03:00 CEST. */
const spring = Date.UTC(2027, 2, 28, 1);
/** 03:00 CEST becomes 02:00 CET. */
const autumn = Date.UTC(2027, 9, 31, 1);

const changes = [
  ["the night that loses an hour", spring],
  ["the night that has one twice", autumn],
] as const;

test.each(changes)("before %s the rush is expected by the new clocks", (_, changeAt) => {
  const forecast = madeOf(givenAt(changeAt - 13 * hourMs, berlin));
  expect(errorIn(forecast, truth, [changeAt + 2 * hourMs, changeAt + 24 * hourMs])).toBeLessThan(0.06);
});

test.each(changes)("a forecast that keeps to UTC misses the rush after %s", (_, changeAt) => {
  const inUtc = { ...givenAt(changeAt - 13 * hourMs, berlin), timeZone: "UTC" };
  expect(errorIn(madeOf(inUtc), truth, [changeAt + 2 * hourMs, changeAt + 24 * hourMs])).toBeGreaterThan(0.1);
});

test.each(changes)("the days after %s are foretold from the days before it", (_, changeAt) => {
  const at = changeAt + 2 * dayMs + 5 * hourMs;
  const forecast = madeOf(givenAt(at, berlin));
  expect(errorIn(forecast, truth, [at, at + dayMs])).toBeLessThan(0.04);
  expect(forecast.knownDays).toBeCloseTo(14, 0);
});

test.each([0, 30, 60, 90, 119])("a forecast made %d minutes into the repeated hours is complete", (minutes) => {
  const at = autumn - hourMs + minutes * minuteMs;
  const forecast = madeOf(givenAt(Math.floor(at / 300_000) * 300_000, berlin));
  expect(forecast.medians).toHaveLength(576);
  // What the clocks showed an hour ago, and will show again, is not taken for what is still to come.
  expect(forecast.ageMs).toBe(0);
  expect(errorIn(forecast, truth, [at, at + dayMs])).toBeLessThan(0.06);
});

const span = (from: number, to: number, hours: number) => ({ from, to, offsetMs: hours * hourMs });
const [before, after] = [spring - 3 * dayMs, spring + 2 * dayMs + 7 * minuteMs];
const howe = Date.UTC(2027, 9, 2, 15, 30);

test.each([
  ["UTC", before, after, [span(before, after, 0)]],
  ["Europe/Berlin", before, after, [span(before, spring, 1), span(spring, after, 2)]],
  ["Asia/Kolkata", before, after, [span(before, after, 5.5)]],
  ["America/St_Johns", before, after, [span(before, after, -2.5)]],
  [
    "Australia/Lord_Howe",
    howe - hourMs,
    howe + hourMs,
    [span(howe - hourMs, howe, 10.5), span(howe, howe + hourMs, 11)],
  ],
])("the clocks of %s", (timeZone, from, to, spans) => {
  expect(offsetSpans(timeZone, from, to)).toEqual({ kind: "ok", value: spans });
});

test("no clocks are known of a zone that does not exist", () => {
  expect(offsetSpans("Europe/Atlantis", before, after)).toEqual({ kind: "error", error: "no such zone" });
});
