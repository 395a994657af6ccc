// A calendar from the command to what stands beside the log, read once and again.
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, jest, test } from "@jest/globals";
import { addedPeaks, endPeak, putPeak } from "../../../shared/aws/index.ts";
import { dayMs, hourMs } from "../../../shared/core/index.ts";
import { givenPeak, givenPolicy, noon } from "../../support/given.ts";
import { fillLog } from "../givenLog.ts";
import { localLog, refused } from "../localLog.ts";

jest.setTimeout(120_000);

const launch = givenPeak({ name: "launch", atMs: noon + dayMs });
const policy = givenPolicy({ peaks: [launch] });
const log = localLog(["peaks"], (table) => fillLog(table, { policy, perMinute: [900] }));
const { home, local } = log;
const standing = async () =>
  (await addedPeaks(log.table, "shop")).map(({ peak: { name, atMs } }) => [name, new Date(atMs).toISOString()]);
afterEach(async () => {
  for (const [name] of await standing()) await endPeak(log.table, "shop", name as string);
});

let server: Server;
let url: string;
let feed = "";
beforeAll(async () => {
  server = createServer((_, response) => response.end(feed));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/feed.ics`;
});
afterAll(() => void server.close());

type Event = readonly string[];
const calendar = (...events: readonly Event[]): string =>
  ["BEGIN:VCALENDAR", ...events.flatMap((lines) => ["BEGIN:VEVENT", ...lines, "END:VEVENT"]), "END:VCALENDAR"].join(
    "\r\n",
  );
/** On that day of July 2026, at nine, for two hours. */
const event = (uid: string, title: string, day: number): Event => [
  ...[`UID:${uid}`, `SUMMARY:${title}`, `DTSTART:202607${day}T090000Z`, "DURATION:PT2H"],
];
const nine = (day: number): string => `2026-07-${day}T09:00:00.000Z`;
const add = (source: string, ...more: readonly string[]) =>
  local("add", "shop", "--ics", source, "--expect", "3x", ...more);
const read = (...events: readonly Event[]) => {
  feed = calendar(...events);
  return add(url);
};

test("good events are added, each bad one is told with what to do, and then the exit code is 1", async () => {
  const bad = [
    ["UID:2", "SUMMARY:Night", "DTSTART;TZID=Europe/Paris:20270328T023000", "DURATION:PT1H"],
    ["UID:3", "SUMMARY:Backwards", "DTSTART:20260711T090000Z", "DTEND:20260711T080000Z"],
    ["UID:4", "SUMMARY:Endless", "DTSTART:20260712T090000Z"],
    event("5", "Launch", 13),
    [...event("6", "Again", 14), "DESCRIPTION:like: 2020-01-01"],
  ];
  writeFileSync(join(home, "feed.ics"), calendar(event("1", "Sale", 10), ...bad));
  const { code, stdout, stderr } = await add("feed.ics");
  expect({ code, lines: stderr.trimEnd().split("\n") }).toEqual({
    code: 1,
    lines: [
      "tidegate: left out Backwards: it ends before it starts: correct it in the calendar",
      "tidegate: left out Endless: it has no end: give it one in the calendar, or say --hold",
      "tidegate: left out launch is a peak of the policy: change it there, or take another name",
      expect.stringMatching(/^tidegate: left out again: no load is known of .*: give --history FILE, or --expect$/),
      expect.stringMatching(
        /^tidegate: left out night: its start 2027-03-28T02:30 does not exist .*: correct it in the calendar$/,
      ),
    ],
  });
  expect(stdout).toMatch(/^shop\/sale: climbs from .*3x the usual, certain\n$/);
  expect(await standing()).toEqual([["sale", nine(10)]]);
  writeFileSync(join(home, "bad.ics"), calendar(...bad));
  expect(await add("bad.ics")).toEqual(
    refused(/left out Endless.*\n(.*\n)*tidegate: bad.ics has no event ahead to take\n$/),
  );
});

test("at a second reading what has moved moves, and what is gone is told and stands", async () => {
  expect((await read(event("a", "Sale", 10), event("b", "Sale", 20), event("c", "Drop", 25))).code).toBe(0);
  expect(await standing()).toEqual([
    ["drop", nine(25)],
    ["sale-20260710", nine(10)],
    ["sale-20260720", nine(20)],
  ]);
  const again = await read(event("b", "Sale", 21), event("c", "Drop", 25));
  expect(again).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^shop\/sale-20260720: .*, certain; moved from 2026-07-20 09:00Z\nshop\/drop: .*, certain; as before\n$/,
    ),
    stderr:
      "tidegate: shop/sale-20260710 came with this calendar, which does not bring it any more; it stands: tidegate peaks cancel shop/sale-20260710\n",
  });
  expect(await standing()).toEqual([
    ["drop", nine(25)],
    ["sale-20260710", nine(10)],
    ["sale-20260720", nine(21)],
  ]);
});

test("what other calendars or operators added, and what is over, is not told as gone", async () => {
  await local("add", "shop", "mine", "--at", "2026-07-10T09:00Z", "--expect", "3x", "--hold", "1h");
  writeFileSync(join(home, "other.ics"), calendar(event("o", "Other", 11)));
  await add("other.ics");
  await read(event("a", "Sale", 10), event("c", "Drop", 25));
  const [over] = (await addedPeaks(log.table, "shop")).filter(({ peak }) => peak.name === "sale");
  if (over === undefined) throw new Error("it was added");
  await putPeak(log.table, "shop", { ...over, peak: { ...over.peak, atMs: noon - 4 * hourMs } });
  expect(await read(event("c", "Drop", 25))).toMatchObject({ code: 0, stderr: "" });
  await endPeak(log.table, "shop", "drop");
  feed = "<html>";
  expect(await add(url)).toEqual(refused(/^tidegate: 127.0.0.1:\d+: it is no calendar: /));
});

test("a fleet takes fifty, the nearest first", async () => {
  const last = ["UID:z", "SUMMARY:Last", "DTSTART:20260901T120000Z", "DURATION:PT1H"];
  const lunch = ["UID:l", "SUMMARY:Lunch", "DTSTART:20260701T120000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=49"];
  const { code, stderr } = await read(last, event("y", "First", 10), lunch);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^tidegate: left out last: a fleet takes 50 .*: cancel some first\n$/) as never,
  });
  expect(await standing()).toHaveLength(50);
});

test("a time that comes twice on the night is told, and which is taken", async () => {
  const night = { at: "2026-10-25T02:30", zone: "Europe/Paris" };
  const told = "  02:30 comes twice that night in Europe/Paris; the first, 00:30Z, is taken; the second is 01:30Z\n";
  const lines = ["--at", night.at, "--time-zone", night.zone, "--expect", "3x", "--hold", "1h"];
  expect((await local("add", "shop", "night", ...lines)).stdout).toMatch(new RegExp(`^shop/night: .*\n${told}$`));
  const inCalendar = ["UID:n", "SUMMARY:Night", "DTSTART;TZID=Europe/Paris:20261025T023000", "DURATION:PT1H"];
  expect((await read(inCalendar)).stdout).toMatch(new RegExp(`^shop/night: .*\n${told}$`));
  const [, , , ...rest] = lines;
  expect((await local("add", "shop", "day", "--at", "2026-10-25T03:30", "--time-zone", ...rest)).stdout).not.toMatch(
    /twice/,
  );
  expect(
    (await local("add", "shop", "utc", "--at", "2026-10-25T00:30Z", "--expect", "3x", "--hold", "1h")).stdout,
  ).not.toMatch(/twice/);
});
