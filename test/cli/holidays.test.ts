// `history holidays`: out of a calendar file, ready for a policy.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { tidegate } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "tidegate-holidays-"));
afterAll(() => rmSync(folder, { recursive: true }));

const event = (day: string, rest: string): string =>
  `BEGIN:VEVENT\r\nUID:${day}\r\nDTSTART;VALUE=DATE:${day}\r\n${rest}\r\nEND:VEVENT\r\n`;
const calendar = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n${event("20201225", "SUMMARY:Christmas\r\nRRULE:FREQ=YEARLY")}${event("20270714", "SUMMARY:Bastille")}END:VCALENDAR\r\n`;
const file = join(folder, "france.ics");
writeFileSync(file, calendar);
const span = ["--from", "2027-01-01", "--to", "2027-12-31"];

test("what it prints goes into the policy as it is, and the names stand beside", async () => {
  const { code, stdout, stderr } = await tidegate(["history", "holidays", file, ...span]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "holidays: [2027-07-14, 2027-12-25]\n" });
  expect(stderr).toContain("2027-12-25 Christmas");
});

test.each([
  ["a day that is none", [file, "--from", "2027-02-30"], "--from takes a day such as 2027-12-25, not 2027-02-30"],
  ["a span without any", [file, "--from", "2027-02-01", "--to", "2027-02-02"], "has no all-day event"],
  ["what is no calendar", ["package.json"], "is no calendar file"],
])("%s is refused", async (_, args, said) => {
  const { code, stderr } = await tidegate(["history", "holidays", ...args]);
  expect(code).toBe(1);
  expect(stderr).toContain(said);
});
