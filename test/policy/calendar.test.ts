import { describe, expect, test } from "@jest/globals";
import { issuesWith, policyWith } from "./sample.ts";

const peakAt = (rest: string) => ({ peaks: `[{ name: a, expect: 5x, hold: 1h, ${rest} }]` });

describe("a peak's time", () => {
  test.each([
    ["at: 2027-03-20T09:00", "2027-03-20T09:00:00.000Z"],
    ["at: 2027-03-20T09:00:30", "2027-03-20T09:00:30.000Z"],
    ["at: 2027-03-20T09:00Z", "2027-03-20T09:00:00.000Z"],
    ["at: 2027-03-20T09:00+05:30", "2027-03-20T03:30:00.000Z"],
    ["at: 2027-03-20T09:00, timeZone: Europe/Paris", "2027-03-20T08:00:00.000Z"],
    ["at: 2027-07-20T09:00, timeZone: Europe/Paris", "2027-07-20T07:00:00.000Z"],
    ["at: 2028-02-29T09:00, timeZone: Asia/Kolkata", "2028-02-29T03:30:00.000Z"],
    // Just before and just after the spring gap.
    ["at: 2027-03-28T01:59, timeZone: Europe/Paris", "2027-03-28T00:59:00.000Z"],
    ["at: 2027-03-28T03:00, timeZone: Europe/Paris", "2027-03-28T01:00:00.000Z"],
    // Twice in autumn: the first time.
    ["at: 2027-10-31T02:30, timeZone: Europe/Paris", "2027-10-31T00:30:00.000Z"],
    ["at: 2027-11-07T01:30, timeZone: America/New_York", "2027-11-07T05:30:00.000Z"],
  ])("%s is %s", (written, instant) => {
    const [peak] = policyWith(peakAt(written)).peaks;
    expect(new Date(peak?.atMs ?? Number.NaN).toISOString()).toBe(instant);
  });

  test.each([
    ["2027-03-28T02:00", "Europe/Paris", "2027-03-28T02:00 to 2027-03-28T03:00"],
    ["2027-03-28T02:59:59", "Europe/Paris", "2027-03-28T02:00 to 2027-03-28T03:00"],
    ["2027-03-14T02:30", "America/New_York", "2027-03-14T02:00 to 2027-03-14T03:00"],
    ["2027-10-03T02:15", "Australia/Lord_Howe", "2027-10-03T02:00 to 2027-10-03T02:30"],
    ["2011-12-30T12:00", "Pacific/Apia", "2011-12-30T00:00 to 2011-12-31T00:00"],
  ])("%s does not exist in %s", (local, zone, jump) => {
    expect(issuesWith(peakAt(`at: ${local}, timeZone: ${zone}`))).toEqual([
      `p.yml:6:46 peaks[0].at ${local.slice(0, 16)} does not exist in ${zone}: the clocks jump from ${jump}`,
    ]);
  });
});

const scheduled = (cron: string) => ({ rules: `[{ schedule: { cron: "${cron}", min: 4, for: 1h } }]` });

describe("cron", () => {
  test.each([
    "0 8 * * MON-FRI",
    "*/5 * * * *",
    "0 0 29 2 *",
    "0 0 1 jan,JUL *",
    "15,45 8-18/2 * * 1-5",
    "0 0 * * 7",
    "0 0 31 * MON",
  ])("%s is fine", (cron) => {
    expect(issuesWith(scheduled(cron))).toEqual([]);
  });

  test.each([
    ["0 8 * *", "it has 4 fields"],
    ["", "it has 1 field"],
    ["0 0 8 * * MON", "it has 6 fields"],
    ["0 0 8 * * MON 2027", "it has 7 fields"],
    ["@daily", "nicknames such as @daily are not Unix fields"],
    ["0 8 L * *", '"L" is neither a month nor a weekday'],
    ["0 8 15W * *", '"W" is neither a month nor a weekday'],
    ["0 8 * * MON#2", '"#" is not Unix'],
    ["0 8 ? * MON", '"?" is not Unix'],
    ["0 8 1 * +MON", '"+" is not Unix'],
    ["0 8 * * FRY", '"FRY" is neither a month nor a weekday'],
    ["60 8 * * *", "Invalid value for minute: 60"],
    ["30-10 8 * * *", "From value is larger than to value: '30-10'"],
    ["0 0 30 2 *", "it never occurs"],
    ["0 0 31 4,6,9,11 *", "it never occurs"],
  ])("%s is refused: %s", (cron, why) => {
    expect(issuesWith(scheduled(cron))).toEqual([
      `p.yml:6:29 rules[0].schedule.cron expected five Unix cron fields (minute hour day month weekday) such as 0 8 * * MON-FRI, found "${cron}": ${why}`,
    ]);
  });
});
