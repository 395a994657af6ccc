// What a fleet's next hours bring, as the command tells it from what a refresh has left.
import { expect, jest, test } from "@jest/globals";
import { abstaining, doubtful } from "../../cli/forecast/doubts.ts";
import { picture } from "../../cli/forecast/picture.ts";
import { forPrograms, type StandingForecast, sentences } from "../../cli/forecast/standing.ts";
import { getAhead, putAhead, putForecast, putMark, putPeak } from "../../shared/aws/index.ts";
import { refresh } from "../../shared/control/index.ts";
import { dayMs, type EpochMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import type { Abstention, Doubt } from "../../shared/forecast/index.ts";
import { almanacOf, load } from "../control/almanac.ts";
import { givenForecastRule, givenPeak, givenPolicy, noon } from "../support/given.ts";
import { fillLog } from "./givenLog.ts";
import { localLog } from "./localLog.ts";

jest.setTimeout(120_000);

let now: EpochMs;
const policyOf = (fleet: string) =>
  givenPolicy({ fleet, rules: [...givenPolicy().rules, givenForecastRule({ mode: "shadow" })] });

const log = localLog(["forecast"], async (table) => {
  now = await fillLog(table, { policy: policyOf("shop"), perMinute: [900] });
  for (const policy of [givenPolicy({ fleet: "plain" }), policyOf("new"), policyOf("young")])
    await fillLog(table, { policy, perMinute: [900] });
  for (const [fleet, marks] of [
    ["shop", []],
    ["young", [{ id: "m", from: 0, to: now - hourMs, because: "x", by: "" }]],
  ] as const) {
    const { forecast, ahead } = await refresh(almanacOf(now - hourMs / 2, marks), policyOf(fleet));
    await putForecast(table, fleet, forecast);
    await putAhead(table, fleet, ahead);
  }
  for (const [name, hours] of [
    ["spring-sale", -20],
    ["summer-sale", 20],
  ] as const)
    await putPeak(table, "shop", { peak: givenPeak({ name, atMs: now + hours * hourMs }), by: "ann", addedAt: now });
  await putMark(table, "shop", { id: "m", from: now - dayMs, to: now - hourMs, because: "an outage", by: "ann" });
});
const { local } = log;

test("says when it was made, from how much, whether it is acted on, what was marked; and draws the next hours", async () => {
  const { code, stdout } = await local("shop");
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^shop: forecast of 2026-06-16 11:31Z, out of 14\.0 days of history; looks read it until .*; sound\n/,
  );
  expect(stdout).toContain("marked, so that it teaches nothing: an outage\n");
  expect(stdout).toContain("announced, so that it teaches nothing: spring-sale\n");
  expect(stdout).toContain("requests/min:  █ p50   ▒ p95   ░ p99");
  expect(stdout).toMatch(/2026-06-16 12:00Z +\d+ +\d+ +\d+\n/);
});

test("gives programs every step from now on, in order of its levels", async () => {
  const told = JSON.parse((await local("shop", "--json")).stdout);
  expect(told).toMatchObject({
    fleet: "shop",
    forecast: { kind: "made", madeAt: "2026-06-16T11:31:00.000Z", standing: { kind: "sound" } },
    ahead: { kind: "made" },
    marks: [{ because: "an outage" }],
    peaks: [{ name: "spring-sale", from: "2026-06-15T15:31:00.000Z" }],
  });
  expect(told.steps[0].at).toBe("2026-06-16T12:00:00.000Z");
  expect(told.steps.length).toBeGreaterThan((47 * hourMs) / (5 * minuteMs));
  for (const { p50, p95, p99 } of told.steps) expect(p50 <= p95 && p95 <= p99).toBe(true);
  expect(told.steps.length * 5 * minuteMs).toBeLessThanOrEqual(48 * hourMs);
});

test("of a site that is too young says how much it takes", async () => {
  const { code, stdout } = await local("young");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^young: no forecast yet: \d+ minutes of history are known, and it takes 180\n/);
  expect(stdout).toMatch(/two days ahead: none: .* and it takes 2\.0 days/);
});

test.each([
  ["plain", "its policy has no rule that asks for one, such as `- forecast: { metric: requests, mode: shadow }`"],
  ["new", "new has no forecast in this log: `npm start` makes one with its first decision"],
  ["shoop", 'no decision of a fleet "shoop": the fleets are new, plain, shop, young'],
])("where there is none says why: %s", async (fleet, why) => {
  expect(await local(fleet)).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(why) });
});

/** As a refresh at noon leaves it. */
const standingWith = async (loadOf: (at: EpochMs) => number): Promise<StandingForecast> => {
  const { forecast, ahead } = await refresh(almanacOf(noon, [], loadOf), policyOf("shop"));
  return { now: noon, forecast, ahead, marks: [], peaks: [] };
};

test("tells that the load has moved to another level: since when, and how far", async () => {
  const moved = await standingWith((at) => (at < noon - 2 * dayMs ? 1 : 1.6) * load(at));
  const still = await standingWith(load);
  const told = "  since 2026-06-14 12:00Z the load is 1.60 times what it was at the same hours of the week before";
  expect(sentences("shop", moved)).toContain(told);
  expect(sentences("shop", still).join()).not.toContain("times what it was");
  const shift = { at: "2026-06-14T12:00:00.000Z", ratio: expect.closeTo(1.6, 2) };
  expect(forPrograms("shop", moved)).toMatchObject({ ahead: { levelShifts: [shift] } });
  expect(forPrograms("shop", still)).toMatchObject({ ahead: { levelShifts: [] } });
});

test("says its losses once, those of a shadow with the reason for it", async () => {
  const sound = await standingWith(load);
  const because = "its losses of the last day are 2.00 times those of taking the load to stay as it is";
  const live = { spans: [], lossRatio: 2 };
  const told = (standing: StandingForecast): string => sentences("shop", standing).join("\n");
  expect(told(sound)).toContain("too little has come since it was first made to tell how well it does");
  expect(told({ ...sound, forecast: { ...sound.forecast, live } })).toContain(
    "its losses are 2.00 times those of taking the load to stay as it is",
  );
  const shadow = told({ ...sound, forecast: { ...sound.forecast, live, standing: { kind: "shadow", because } } });
  expect(shadow.match(/2\.00 times/g)).toHaveLength(1);
});

test("looks no further than it reaches", async () => {
  expect(await local("shop", "--hours", "49")).toMatchObject({ code: 1, stderr: expect.stringContaining("1 to 48") });
});

test("what is stored of two days is small", async () => {
  expect(JSON.stringify(await getAhead(log.table, "shop")).length).toBeLessThan(8_000);
});

test("a picture keeps the highest step of each column, in three shades", () => {
  const steps = [10, 20, 80, 40].map((p50, i) => ({ at: noon + i * hourMs, p50, p95: p50 + 10, p99: p50 + 20 }));
  const lines = picture(steps, 2);
  expect(lines[0]).toBe("   100 ┤ ░");
  expect(lines[9]).toBe("    10 ┤██");
  expect(lines[10]).toBe("        12:00");
});

test.each<[Doubt, string]>([
  [{ kind: "short-history", knownDays: 3, neededDays: 7 }, "3.0 days of history are known, and weekdays take 7.0 days"],
  [{ kind: "stale-history", ageMs: 2 * hourMs, maxMs: hourMs }, "the newest reading is 2.0 hours old"],
  [{ kind: "unmeasured", scoredCount: 3, neededCount: 24 }, "only 3 of 24 tries could be scored"],
  [
    { kind: "worse-than-persistence", mostRatio: 1.05, errorRatio: 1, loss95Ratio: 1.2 },
    "an hour ahead its losses are 1.20 times those of taking the load to stay as it is",
  ],
  [
    { kind: "worse-than-yesterday", mostRatio: 1.05, errorRatio: 1, loss95Ratio: 1.3 },
    "a day ahead its losses are 1.30 times those of repeating yesterday",
  ],
  [{ kind: "covers-too-little", coverage95: 0.7, neededRatio: 0.8 }, "70 % of the last two days stayed under its p95"],
])("%j is told", (doubt, sentence) => {
  expect(doubtful(doubt)).toBe(sentence);
});

test.each<[Abstention, string]>([
  [{ kind: "too-little-history", knownDays: 1, neededDays: 2 }, "1.0 days of history are known, and it takes 2.0 days"],
  [{ kind: "stale-history", ageMs: 9 * hourMs, maxMs: hourMs }, "the newest reading is 9.0 hours old"],
  [{ kind: "no-load", knownDays: 2 }, "there were no requests"],
  [{ kind: "unknown-time-zone", timeZone: "Mars" }, "there is no time zone Mars"],
  [{ kind: "unusable-step", stepMs: 7 }, "it was asked for in steps, or a length, that it has not"],
])("%j is told", (because, sentence) => {
  expect(abstaining(because)).toBe(sentence);
});
