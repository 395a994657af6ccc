// `history holidays`: out of a calendar file, ready for a policy.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

const policyWith = (rules: string): string =>
  `# Paris.\nfleet: shop\ntargetGroup: shop-web\nlaunch: { template: shop }   # ours\nbounds: { min: 1, max: 9 }\ncapacity: { perInstance: 100 }\nrules:\n${rules}\nmode: shadow\n`;

test.each([
  [
    "a rule on one line",
    "  - forecast: { metric: requests, serve: 99% } # mind",
    "  - forecast: { metric: requests, serve: 99%, holidays: [2027-07-14, 2027-12-25] } # mind",
  ],
  [
    "a rule of lines",
    "  - forecast:\n      metric: requests # ours\n      mode: shadow # mind",
    "  - forecast:\n      metric: requests # ours\n      mode: shadow\n      holidays: [2027-07-14, 2027-12-25] # mind",
  ],
  [
    "a list that stands there",
    "  - forecast: { holidays: [ 2027-12-25, 2027-05-01 ], metric: requests }",
    "  - forecast: { holidays: [2027-05-01, 2027-07-14, 2027-12-25], metric: requests }",
  ],
  [
    "a list of lines",
    "  - forecast:\n      holidays:\n        - 2027-05-01\n        - 2027-12-25\n      metric: requests",
    "  - forecast:\n      holidays: [2027-05-01, 2027-07-14, 2027-12-25]\n      metric: requests",
  ],
])("into %s they are written, and the rest of the policy stays as it is", async (_, rules, expected) => {
  const path = join(folder, "shop.yml");
  writeFileSync(path, policyWith(rules));
  const { code, stdout } = await tidegate(["history", "holidays", file, ...span, "--write", path]);
  expect({ code, text: readFileSync(path, "utf8") }).toEqual({ code: 0, text: policyWith(expected) });
  expect(stdout).toMatch(/shop\.yml: [12] days added, [01] were there\n$/);
});

test.each([
  ["has no forecast rule", "  - target: { metric: requests }", "has no forecast rule"],
  ["is wrong", "  - forecast: { metric: cpu }", 'expected requests, found "cpu"'],
])("a policy that %s stays as it is", async (_, rules, said) => {
  const path = join(folder, "shop.yml");
  writeFileSync(path, policyWith(rules));
  const { code, stderr } = await tidegate(["history", "holidays", file, ...span, "--write", path]);
  expect({ code, text: readFileSync(path, "utf8") }).toEqual({ code: 1, text: policyWith(rules) });
  expect(stderr).toContain(said);
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
