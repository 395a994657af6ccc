// Options become a peak by the policy's own parser; mistakes are told by the option that makes them.
import { expect, test } from "@jest/globals";
import { type PeakOptions, peakOf, writtenBy } from "../../../cli/peaks/written.ts";
import { hourMs, minuteMs } from "../../../shared/core/index.ts";
import type { Peak } from "../../../shared/policy/index.ts";

function read(options: PeakOptions, name = "sale"): Peak {
  const said = writtenBy({ at: "2027-03-20T09:00", hold: "3h", expect: "5x", ...options });
  const parsed = peakOf({ ...said, name }, "options");
  if (parsed.kind === "error") throw new Error(parsed.error);
  return parsed.value;
}

test("what options leave out is as in a policy", () => {
  expect(read({ timeZone: "Europe/Paris" })).toEqual({
    name: "sale",
    atMs: Date.UTC(2027, 2, 20, 8),
    expect: { kind: "factor", factor: 5 },
    rampMs: 30 * minuteMs,
    holdMs: 3 * hourMs,
    releaseMs: 30 * minuteMs,
    early: { kind: "never" },
  });
});

test.each<[string, PeakOptions, object]>([
  [
    "release and when to let go early",
    { release: "1h", earlyBelow: "30%" },
    { releaseMs: hourMs, early: { ratio: 0.3, afterMs: 20 * minuteMs } },
  ],
  [
    "when to let go early alone",
    { earlyAfter: "5m" },
    { releaseMs: 30 * minuteMs, early: { ratio: 0.5, afterMs: 5 * minuteMs } },
  ],
  [
    "pages to fetch",
    { prefetch: ["https://a.example.com/"], prefetchBefore: "1h" },
    { prefetch: { urls: ["https://a.example.com/"], beforeMs: hourMs } },
  ],
  [
    "a day that it is like",
    { expect: undefined, like: "2026-11-27" } as never,
    { expect: { kind: "like", fromMs: Date.UTC(2026, 10, 27, 9) } },
  ],
])("they can say %s", (_, options, peak) => {
  expect(read(options)).toMatchObject(peak);
});

test.each<[string, PeakOptions, RegExp]>([
  ["a factor of nothing", { expect: "0x" }, /^sale: --expect expected a factor from 1.01x to 100x.*found "0x"$/],
  ["a factor of a thousand", { expect: "1000x" }, /^sale: --expect .*found "1000x"$/],
  ["no time at all", { hold: "0m" }, /^sale: --hold expected a duration from 1m to 7d/],
  [
    "the hour that is not",
    { at: "2027-03-28T02:30", timeZone: "Europe/Paris" },
    /^sale: --at 2027-03-28T02:30 does not exist in Europe\/Paris: the clocks jump from 2027-03-28T02:00 to 2027-03-28T03:00$/,
  ],
  [
    "a day ahead",
    { expect: undefined, like: "2027-03-20" } as never,
    /^sale: --like expected a day before that of --at$/,
  ],
  [
    "no day",
    { expect: undefined, like: "friday" } as never,
    /^sale: --like expected a day such as 2026-11-27, found "friday"$/,
  ],
  ["a zone misspelt", { timeZone: "Europe/Pari" }, /^sale: --time-zone expected an IANA time zone.*did you mean/],
  [
    "a zone beside an offset",
    { at: "2027-03-20T09:00Z", timeZone: "Europe/Paris" },
    /^sale: --at expected a local time, because --time-zone is given, found "2027-03-20T09:00Z"$/,
  ],
  [
    "nothing to expect",
    { expect: undefined } as never,
    /^sale: --expect missing, expected a factor .*, such as 1200 requests\/min, or --like$/,
  ],
  ["an address to fetch", { prefetch: ["https://10.0.0.1/"] }, /^sale: --prefetch expected a URL of http or https/],
  ["when to fetch nothing", { prefetchBefore: "1h" }, /^--prefetch-before of what\? Give --prefetch, too$/],
  ["two expectations", { like: "2026-11-27" }, /^--like and --expect exclude each other$/],
])("they are refused where they say %s", (_, options, message) => {
  expect(() => read(options)).toThrow(message);
});

test("a name that is none is told by itself: no option gives it", () => {
  expect(() => read({}, "Big Sale")).toThrow(/^Big Sale: expected a name of 1 to 40 characters .*, found "Big Sale"$/);
});

test("what a calendar says is told in a calendar's words", () => {
  const written = {
    name: "sale",
    at: "2027-03-28T02:30",
    timeZone: "Europe/Paris",
    hold: "8d",
    ramp: "x",
    expect: { like: "y" },
  };
  expect(peakOf(written, "calendar")).toEqual({
    kind: "error",
    error: [
      'sale: `like` expected a day such as 2026-11-27, found "y": correct it in the calendar',
      'sale: `ramp` expected a duration from 0s to 1d, such as 2m, found "x": correct it in the calendar',
      'sale: its length expected a duration from 1m to 7d, such as 2m, found "8d": correct it in the calendar',
      "sale: its start 2027-03-28T02:30 does not exist in Europe/Paris: the clocks jump from 2027-03-28T02:00 to 2027-03-28T03:00: correct it in the calendar",
    ].join("\n"),
  });
});
