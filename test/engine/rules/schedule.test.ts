// A recurring floor in its own time zone, both daylight-saving edges included.
import { expect, test } from "@jest/globals";
import { type DurationMs, hourMs, minuteMs } from "../../../shared/core/index.ts";
import { nextStart } from "../../../shared/engine/index.ts";
import { propose } from "../../../shared/engine/rules/index.ts";
import { givenPolicy, givenSnapshot, scheduled } from "../../support/given.ts";

const at = (iso: string): number => Date.parse(iso);
const iso = (ms: number | "never"): string => (ms === "never" ? ms : new Date(ms).toISOString().replace(":00.000", ""));

const daily = scheduled("0 8 * * *", { min: 10, forMs: 2 * hourMs });

test.each<[string, string, string, string, readonly string[]]>([
  ["a fixed zone", "0 8 * * *", "UTC", "2026-06-16T08:00Z", ["2026-06-17T08:00Z", "2026-06-18T08:00Z"]],
  ["weekdays only", "0 8 * * 1-5", "UTC", "2026-06-19T08:00Z", ["2026-06-22T08:00Z"]],
  ["weekdays by name", "0 8 * * MON-FRI", "UTC", "2026-06-19T08:00Z", ["2026-06-22T08:00Z"]],
  [
    "day of month or of week, as in Unix",
    "0 0 13 * 5",
    "UTC",
    "2026-06-12T00:00Z",
    ["2026-06-13T00:00Z", "2026-06-19T00:00Z"],
  ],
  ["the same hour in summer and in winter", "0 8 * * *", "Europe/Paris", "2026-10-24T06:00Z", ["2026-10-25T07:00Z"]],
  [
    "spring: 02:30 does not exist and happens at 03:00",
    "30 2 * * *",
    "Europe/Paris",
    "2027-03-27T12:00Z",
    ["2027-03-28T01:00Z", "2027-03-29T00:30Z"],
  ],
  [
    "spring: an hour that exists is left alone",
    "30 3 * * *",
    "Europe/Paris",
    "2027-03-27T12:00Z",
    ["2027-03-28T01:30Z"],
  ],
  [
    "autumn: 02:30 comes twice and happens once, the earlier",
    "30 2 * * *",
    "Europe/Paris",
    "2026-10-24T12:00Z",
    ["2026-10-25T00:30Z", "2026-10-26T01:30Z"],
  ],
  [
    "autumn: midnight is not doubled",
    "0 0 * * *",
    "Europe/Paris",
    "2026-10-24T12:00Z",
    ["2026-10-24T22:00Z", "2026-10-25T23:00Z"],
  ],
  [
    "spring in New York",
    "30 2 * * *",
    "America/New_York",
    "2027-03-13T12:00Z",
    ["2027-03-14T07:00Z", "2027-03-15T06:30Z"],
  ],
  [
    "autumn in New York",
    "30 1 * * *",
    "America/New_York",
    "2026-10-31T12:00Z",
    ["2026-11-01T05:30Z", "2026-11-02T06:30Z"],
  ],
  [
    "half an hour from the hour",
    "0 9 * * *",
    "Asia/Kolkata",
    "2026-06-16T00:00Z",
    ["2026-06-16T03:30Z", "2026-06-17T03:30Z"],
  ],
  ["three quarters from the hour", "0 9 * * *", "Asia/Kathmandu", "2026-06-16T00:00Z", ["2026-06-16T03:15Z"]],
  [
    "southern spring, in October",
    "30 2 * * *",
    "Australia/Sydney",
    "2026-10-02T20:00Z",
    ["2026-10-03T16:00Z", "2026-10-04T15:30Z"],
  ],
  [
    "southern autumn, in April",
    "30 2 * * *",
    "Australia/Sydney",
    "2027-04-02T20:00Z",
    ["2027-04-03T15:30Z", "2027-04-04T16:30Z"],
  ],
  [
    "a gap of half an hour",
    "15 2 * * *",
    "Australia/Lord_Howe",
    "2026-10-02T20:00Z",
    ["2026-10-03T15:30Z", "2026-10-04T15:15Z"],
  ],
  [
    "spring: of a list, what does not exist happens once, at 03:00, and so does 03:00",
    "0,30 2,3 * * *",
    "Europe/Paris",
    "2027-03-27T12:00Z",
    ["2027-03-28T01:00Z", "2027-03-28T01:30Z", "2027-03-29T00:00Z"],
  ],
  [
    "autumn: of a range, what comes twice happens once, the earlier",
    "30 1-3 * * *",
    "Europe/Paris",
    "2026-10-24T12:00Z",
    ["2026-10-24T23:30Z", "2026-10-25T00:30Z", "2026-10-25T02:30Z", "2026-10-26T00:30Z"],
  ],
  [
    "autumn: every half hour of a named hour, once",
    "*/30 2 * * *",
    "Europe/Paris",
    "2026-10-24T12:00Z",
    ["2026-10-25T00:00Z", "2026-10-25T00:30Z", "2026-10-26T01:00Z"],
  ],
  [
    "autumn: every half hour of every hour, the hour that comes twice too",
    "*/30 * * * *",
    "Europe/Paris",
    "2026-10-24T23:30Z",
    ["2026-10-25T00:00Z", "2026-10-25T00:30Z", "2026-10-25T01:00Z", "2026-10-25T01:30Z", "2026-10-25T02:00Z"],
  ],
  [
    "spring: every half hour of every hour, with no hour between 01:30 and 03:00",
    "*/30 * * * *",
    "Europe/Paris",
    "2027-03-28T00:00Z",
    ["2027-03-28T00:30Z", "2027-03-28T01:00Z", "2027-03-28T01:30Z"],
  ],
  [
    "spring: every second hour, none for the one that the clocks skip",
    "15 */2 * * *",
    "Europe/Paris",
    "2027-03-27T23:15Z",
    ["2027-03-28T02:15Z"],
  ],
  [
    "autumn by half an hour, every quarter of two hours",
    "*/15 1-2 * * *",
    "Australia/Lord_Howe",
    "2027-04-03T14:30Z",
    ["2027-04-03T14:45Z", "2027-04-03T15:30Z", "2027-04-03T15:45Z", "2027-04-03T16:00Z"],
  ],
  [
    "a day that a country skipped begins when it would have",
    "0 12 30 12 *",
    "Pacific/Apia",
    "2011-12-29T00:00Z",
    ["2011-12-30T10:00Z", "2012-12-29T22:00Z"],
  ],
  [
    "midnight that comes twice, by the clocks: back to the evening before",
    "0 */23 * * *",
    "America/Havana",
    "2026-10-31T12:00Z",
    ["2026-11-01T03:00Z", "2026-11-01T04:00Z", "2026-11-01T05:00Z", "2026-11-02T04:00Z"],
  ],
  [
    "at one past midnight the clocks go back to the evening before: its half hour, and midnight, come again",
    "0,30 * * * *",
    "America/St_Johns",
    "2010-11-07T01:30Z",
    ["2010-11-07T02:00Z", "2010-11-07T02:30Z", "2010-11-07T03:00Z", "2010-11-07T03:30Z", "2010-11-07T04:00Z"],
  ],
  ["the 29th of February over a century's turn", "0 0 29 2 *", "UTC", "2096-03-01T00:00Z", ["2104-02-29T00:00Z"]],
  ["Sunday by its other number", "0 0 * * 7", "UTC", "2026-06-16T00:00Z", ["2026-06-21T00:00Z"]],
  [
    "every second day, or a Friday",
    "0 0 */2 * 5",
    "UTC",
    "2026-06-16T12:00Z",
    ["2026-06-17T00:00Z", "2026-06-19T00:00Z"],
  ],
  ["the 29th of February", "0 0 29 2 *", "UTC", "2026-06-16T00:00Z", ["2028-02-29T00:00Z"]],
  ["a day that never comes", "0 0 30 2 *", "UTC", "2026-06-16T00:00Z", ["never"]],
])("%s", (_, cron, timeZone, after, expected) => {
  let from = at(after);
  const starts = expected.map(() => {
    const next = nextStart(scheduled(cron, { timeZone }), from);
    from = next === "never" ? from : next;
    return iso(next);
  });
  expect(starts).toEqual(expected);
});

test("the next start is strictly later, to the millisecond, in whatever order one asks", () => {
  const eight = at("2026-06-16T08:00Z");
  const asked = [eight, eight - 1, eight + 1, eight - 24 * hourMs, eight - 1, eight];
  expect(asked.map((after) => Number(nextStart(daily, after)) - eight)).toEqual(
    [24, 0, 24, 0, 0, 24].map((h) => h * hourMs),
  );
});

const proposalAt = (now: number, leadMs: DurationMs, rule = daily) =>
  propose({
    policy: givenPolicy({ rules: [rule] }),
    snapshot: givenSnapshot({ now }),
    lead: { p50Ms: 0, p95Ms: leadMs, launchCount: 0 },
  })[0];

test.each<[string, string, DurationMs, boolean]>([
  ["the minute before", "2026-06-16T07:59Z", 0, false],
  ["at its start", "2026-06-16T08:00Z", 0, true],
  ["until its last minute", "2026-06-16T09:59Z", 0, true],
  ["not at its end", "2026-06-16T10:00Z", 0, false],
  ["a lead time early", "2026-06-16T07:57Z", 3 * minuteMs, true],
  ["but no earlier", "2026-06-16T07:56Z", 3 * minuteMs, false],
  ["the lead does not shift its end", "2026-06-16T10:00Z", 3 * minuteMs, false],
])("%s", (_, now, leadMs, active) => {
  expect(proposalAt(at(now), leadMs)?.kind).toBe(active ? "wants" : "stands-aside");
});

test("says when it began and ends, and how early it asked", () => {
  expect(proposalAt(at("2026-06-16T07:58Z"), 3 * minuteMs)).toEqual({
    kind: "wants",
    rule: "day",
    count: 10,
    reason: {
      kind: "schedule-active",
      startsAt: at("2026-06-16T08:00Z"),
      endsAt: at("2026-06-16T10:00Z"),
      leadMs: 3 * minuteMs,
    },
  });
});

test("while idle it says when it is next, or that it never is", () => {
  expect(proposalAt(at("2026-06-16T11:00Z"), 0)).toMatchObject({
    reason: { kind: "schedule-idle", next: { kind: "at", at: at("2026-06-17T08:00Z") } },
  });
  expect(proposalAt(at("2026-06-16T11:00Z"), 0, scheduled("0 0 30 2 *"))).toMatchObject({
    reason: { kind: "schedule-idle", next: { kind: "none" } },
  });
});

test.each([
  ["over the spring gap", "2027-03-27T23:00Z", "2027-03-28T05:00Z"],
  ["over the autumn overlap", "2026-10-24T22:00Z", "2026-10-25T04:00Z"],
])("its length is elapsed time, %s too", (_, startsAt, endsAt) => {
  const midnight = scheduled("0 0 * * *", { timeZone: "Europe/Paris", forMs: 6 * hourMs });
  expect(proposalAt(at(startsAt), 0, midnight)).toMatchObject({
    reason: { startsAt: at(startsAt), endsAt: at(endsAt) },
  });
  expect(proposalAt(at(endsAt) - 1, 0, midnight)?.kind).toBe("wants");
  expect(proposalAt(at(endsAt), 0, midnight)?.kind).toBe("stands-aside");
});

test("one that outlasts its own recurrence never ends", () => {
  expect(proposalAt(at("2026-06-16T07:59Z"), 0, { ...daily, forMs: 25 * hourMs })?.kind).toBe("wants");
});
