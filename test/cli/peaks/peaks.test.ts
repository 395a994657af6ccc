// Events by hand, from the command to the decision that knows them.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, jest, test } from "@jest/globals";
import { addedPeaks, endPeak, endPrefetch, newest, putPeak, putPreflight } from "../../../shared/aws/index.ts";
import { prefetchKey } from "../../../shared/control/index.ts";
import { dayMs, hourMs, minuteMs } from "../../../shared/core/index.ts";
import type { PeakFinding } from "../../../shared/engine/index.ts";
import type { Peak } from "../../../shared/policy/index.ts";
import { givenPeak, givenPolicy, noon } from "../../support/given.ts";
import { fillLog } from "../givenLog.ts";
import { localLog, refused } from "../localLog.ts";
import { tidegate } from "../run.ts";

jest.setTimeout(120_000);

/** Whole minutes, tomorrow and the day after. */
const tomorrow = Math.ceil(Date.now() / minuteMs) * minuteMs + dayMs;
const iso = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`;
const ofPolicy = givenPeak({ name: "launch", atMs: tomorrow, holdMs: hourMs });
const likeNoon = givenPeak({
  name: "again",
  atMs: tomorrow + 5 * dayMs,
  holdMs: 4 * minuteMs,
  expect: { kind: "like", fromMs: noon },
});

const policy = givenPolicy({ peaks: [ofPolicy, likeNoon] });
const log = localLog(["peaks"], (table) =>
  fillLog(table, { policy, perMinute: Array.from({ length: 12 }, (_, minute) => 900 + 10 * minute) }),
);
const { home, local } = log;
afterEach(async () => {
  for (const { peak } of await standing()) await endPeak(log.table, "shop", peak.name);
});
const standing = () => addedPeaks(log.table, "shop");
const sale = ["add", "shop", "sale", "--expect", "5x", "--hold", "3h"] as const;

test("an added peak stands beside the log with who said so, is listed beside the policy's, and can be cancelled", async () => {
  const at = tomorrow + 12 * hourMs;
  const { code, stdout } = await local(...sale, "--at", iso(at), "--sure", "likely", "--release", "1h");
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^shop\/sale: climbs from .*, full .* to .*, down by .*; 5x the usual, let go below 50% for 20m\n$/,
  );
  const peak: Peak = {
    name: "sale",
    atMs: at,
    expect: { kind: "factor", factor: 5 },
    rampMs: 30 * minuteMs,
    holdMs: 3 * hourMs,
    releaseMs: hourMs,
    early: { kind: "below", ratio: 0.5, afterMs: 20 * minuteMs },
  };
  expect(await standing()).toMatchObject([{ peak, by: "ann" }]);
  const listed = await local("list", "shop");
  expect(listed.stdout).toMatch(/shop\/launch +ahead .*the policy/);
  expect(listed.stdout).toMatch(/shop\/sale +ahead .*5x the usual .*ann/);
  expect(JSON.parse((await local("list", "--all", "--json")).stdout)).toMatchObject([
    { name: "launch", from: "the policy", state: "ahead" },
    { fleet: "shop", from: "ann", ...peak },
    { name: "again" },
  ]);
  expect(await local("cancel", "shop/sale")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("is cancelled"),
  });
  expect(await standing()).toEqual([]);
});

test("a local log is in virtual time: its now is its newest look's, and what is over by then is", async () => {
  const ended = givenPeak({ name: "ended", atMs: noon - 3 * hourMs });
  await putPeak(log.table, "shop", { peak: ended, by: "ann", addedAt: noon });
  expect((await local("list", "shop")).stdout).toMatch(/shop\/ended +over .*\n.*shop\/launch +ahead /);
  expect(await local(...sale, "--at", iso(noon - 4 * hourMs))).toEqual(refused(/sale is past/));
  expect(await local(...sale, "--at", iso(noon - 2 * hourMs))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("it has begun, the next look takes it"),
  });
  expect((await local("list", "shop", "--json")).stdout).toMatch(/"state": "on"/);
});

test("one whose pages are fetched beforehand says when, and afterwards what came of it", async () => {
  const pages = ["https://www.example.com/sale", "https://www.example.com/"];
  const at = tomorrow + 12 * hourMs;
  await local(...sale, "--at", iso(at), "--prefetch", ...pages, "--prefetch-before", "1h");
  expect(await standing()).toMatchObject([{ peak: { prefetch: { urls: pages, beforeMs: hourMs } } }]);
  const planned = `2 pages will be fetched through the CDN at ${iso(at - 1.5 * hourMs).replace("T", " ")}`;
  expect((await local("list", "shop")).stdout).toContain(`shop/sale: ok: ${planned}\n`);
  expect((await local("check", "sale", "--usual", "900")).stdout).toMatch(new RegExp(`ok +${planned}`));
  const result = { urls: 2, answered: 1, hitRatio: 1, p95Ms: 80, bytes: 5_000, durationMs: 300 } as const;
  const trouble = "https://www.example.com/sale answered 404";
  const key = prefetchKey({ name: "sale", atMs: at });
  await endPrefetch(log.table, "shop", { key, at: noon, result: { ...result, trouble } });
  const came = `at 2026-06-16 12:00Z 1 of 2 pages answered within 1 s, p95 80 ms, 100 % were in a cache before; first trouble: ${trouble}`;
  expect((await local("list", "shop")).stdout).toContain(`shop/sale: warning: ${came} → mend it`);
  expect((await local("check", "sale", "--usual", "900")).stdout).toContain(came);
  expect(JSON.parse((await local("list", "shop", "--json")).stdout)[1].prefetched).toMatchObject({ kind: "done" });
});

test("one that expects less than comes anyway is added, and told by add and check", async () => {
  const told = (from: string) => `it expects 5 requests/min at most; usual are 955, from ${from} → did you mean 5x?\n`;
  const added = await local("add", "shop", "sale", "--expect", "5", "--hold", "3h", "--at", iso(tomorrow));
  expect(added).toMatchObject({ code: 0, stderr: `tidegate: shop/sale: ${told("the newest decision, shop@12")}` });
  expect((await local("check", "sale", "--usual", "955")).stdout).toContain(`warning  ${told("--usual")}`);
});

test("the next look decides by it, and its decision is replayed the same", async () => {
  await local("add", "shop", "sale", "--expect", "9000/min", "--hold", "3h", "--at", iso(tomorrow + 12 * hourMs));
  await fillLog(log.table, { policy, perMinute: Array(13).fill(900) });
  const found = await newest(log.table, "shop");
  if (found.kind === "none") throw new Error("a row was written");
  const { id, snapshot, decision } = found.row;
  expect(snapshot.peaks.map(({ name }) => name)).toEqual(["launch", "again", "sale"]);
  expect(decision.proposals.map(({ rule }) => rule)).toContain("peak sale");
  expect(await tidegate(["replay", id, "--local"], { cwd: home })).toMatchObject({ code: 0 });
});

test("overlapping ones are told, and that the larger counts", async () => {
  const { stdout } = await local(...sale, "--at", iso(tomorrow));
  expect(stdout).toContain("overlaps launch: at each moment the larger of the two counts");
  expect((await local("list", "shop")).stdout).toMatch(/(launch and sale|sale and launch) overlap: .*larger/);
});

test("like a day takes that day's load from the log", async () => {
  expect((await local("list", "shop")).stdout).toContain("like 2026-06-16 12:00Z, not read yet");
  const because = "no load is known of noon";
  const unread: PeakFinding = { peak: "again", level: "problem", check: "day", found: because, toDo: "resolve it" };
  await putPreflight(log.table, "shop", { until: noon + hourMs, findings: [unread] });
  expect((await local("list", "shop")).stdout).toContain(`shop/again: problem: ${because} → resolve it`);
  expect(JSON.parse((await local("list", "shop", "--json")).stdout)).toMatchObject([
    { name: "launch", findings: [] },
    { name: "again", findings: [unread] },
  ]);
  expect(await local("check", "shop/again")).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`the day it is to be like is not read: ${because}`),
  });
  await putPreflight(log.table, "shop", { until: noon + minuteMs, findings: [unread] });
  expect((await local("list", "shop")).stdout).not.toContain(because);
  expect(await local("resolve", "shop")).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^shop\/again: like .*: up to \d+ requests\/min/),
  });
  expect(await standing()).toMatchObject([
    { peak: { name: "again", expect: { kind: "figures", fromMs: noon, everyMs: hourMs / 4 } } },
  ]);
  expect((await local("list", "shop")).stdout).toMatch(/up to \d+ requests\/min/);
});

test("or from a trace, of each quarter of an hour the highest", async () => {
  const day = new Date(tomorrow - 3 * dayMs).toISOString().slice(0, 10);
  const trace = Array.from({ length: 48 }, (_, half) => {
    const at = Date.parse(`${day}T00:00Z`) + half * (hourMs / 2);
    return `${new Date(at).toISOString()},${100 * half}`;
  });
  writeFileSync(join(home, "day.csv"), ["timestamp,value", ...trace, ""].join("\n"));
  const at = `${iso(tomorrow).slice(0, 10)}T12:00Z`;
  await local("add", "shop", "noon", "--like", day, "--at", at, "--hold", "1h", "--history", "day.csv");
  expect(await standing()).toMatchObject([
    { peak: { expect: { kind: "figures", perMinute: [2_400, 2_400, 2_500, 2_500] } } },
  ]);
});

test("a calendar's events are added, and each that is left out is told", async () => {
  const event = (uid: string, ...lines: readonly string[]) => ["BEGIN:VEVENT", `UID:${uid}`, ...lines, "END:VEVENT"];
  const stamp = iso(tomorrow).replace(/[-:]/g, "").replace("Z", "00Z");
  const lines = [
    "BEGIN:VCALENDAR",
    ...event("1", "SUMMARY:Big sale", `DTSTART:${stamp}`, "DURATION:PT2H", "DESCRIPTION:expect: 3x"),
    ...event("2", "SUMMARY:Team lunch", `DTSTART:${stamp}`, "DURATION:PT2H"),
    "END:VCALENDAR",
  ];
  writeFileSync(join(home, "feed.ics"), lines.join("\r\n"));
  const { code, stderr } = await local("add", "shop", "--ics", "feed.ics");
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: "tidegate: left out Team lunch: neither it nor --expect says what to expect\n",
  });
  expect(await standing()).toMatchObject([
    { peak: { name: "big-sale", atMs: tomorrow, holdMs: 2 * hourMs, expect: { kind: "factor", factor: 3 } } },
  ]);
});

const at = ["--at", iso(tomorrow)];
const lasting = ["--hold", "3h", ...at];
test.each([
  ["is past", [...sale, "--at", "2020-03-20T09:00Z"], /sale is past: it would have ended at 2020-03-20 12:30Z/],
  [
    "lasts no time",
    ["add", "shop", "sale", "--expect", "5x", "--hold", "0m", ...at],
    /--hold expected a duration from 1m/,
  ],
  ["makes several mistakes", ["add", "shop", "sale"], /--at missing.*\n.*--expect missing.*\n.*--hold missing/],
  ["has no name", ["add", "shop", "--expect", "5x"], /Give a name, or --ics/],
  ["is the policy's", ["add", "shop", "launch", "--expect", "5x", ...lasting], /is a peak of the policy/],
  [
    "is like a day that nobody knows",
    ["add", "shop", "x", "--like", "2020-03-20", ...lasting],
    /no load is known of .*give --history FILE/,
  ],
  [
    "is of no fleet",
    ["add", "shoop", "sale", "--expect", "5x", ...lasting],
    /no decision of a fleet "shoop": the fleets are shop/,
  ],
  ["is not there to cancel", ["cancel", "sale"], /no peak "sale": there are shop\/launch, shop\/again/],
  ["is the policy's to cancel", ["cancel", "launch"], /is the policy's: take it out there and deploy/],
  ["is listed of no fleet", ["list"], /which fleets\? Name them, or say --all/],
])("is refused where it %s, and leaves nothing behind", async (_what, args, stderr) => {
  expect(await local(...args)).toEqual(refused(stderr));
  expect(await standing()).toEqual([]);
});
