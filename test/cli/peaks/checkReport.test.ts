// Before and after, from the command line: a log whose noon had an event, and has another one tomorrow.
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { endMark, endPeak, endPrefetch, putMark } from "../../../shared/aws/index.ts";
import { prefetchKey } from "../../../shared/control/index.ts";
import { dayMs, hourMs, minuteMs } from "../../../shared/core/index.ts";
import { textWith } from "../../policy/sample.ts";
import { givenPeak, givenPolicy, noon } from "../../support/given.ts";
import { fillLog } from "../givenLog.ts";
import { localLog } from "../localLog.ts";
import { tidegate } from "../run.ts";

jest.setTimeout(120_000);

const tomorrow = Math.ceil(Date.now() / minuteMs) * minuteMs + dayMs;
const short = { rampMs: 5 * minuteMs, holdMs: 10 * minuteMs, releaseMs: 5 * minuteMs } as const;
const prefetch = { urls: ["https://www.example.com/"], beforeMs: 30 * minuteMs };
const ago = { name: "past", atMs: noon + 15 * minuteMs } as const;
const past = givenPeak({ ...ago, expect: { kind: "factor", factor: 4 }, ...short, prefetch });
const next = givenPeak({ name: "next", atMs: tomorrow, expect: { kind: "absolute", perMinute: 9_000 }, ...short });
const policy = givenPolicy({ peaks: [past, next], bounds: { min: 1, max: 12 } });

const came = (minute: number): number => (minute >= 15 && minute < 30 ? 3_000 : 1_000);
const log = localLog(["peaks"], (table) =>
  fillLog(table, { policy, perMinute: Array.from({ length: 45 }, (_, minute) => came(minute)) }),
);
const { home, local } = log;

let refusing: Server;
beforeAll(async () => {
  refusing = createServer((_, response) => {
    const refusal =
      "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>";
    response.writeHead(403, { "content-type": "text/xml" }).end(refusal);
  });
  await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
});
afterAll(() => void refusing.close());

test("what stands in the way is found, with the plan", async () => {
  const { code, stdout } = await local("check", "next");
  expect(code).toBe(1);
  expect(stdout).toMatch(/18 instances at its height; `bounds.max` is 12 → raise `bounds.max` to 18 and deploy/);
  expect(stdout).toMatch(/AT +REQUESTS\/MIN +WANTED +TARGET/);
  expect(stdout).toMatch(/▒/);
  expect(stdout).toMatch(/the usual demand is \d+ requests\/min, from the /);
});

test("a former peak and what is marked are not the usual demand", async () => {
  const at = `${new Date(noon + 7 * dayMs + 45 * minuteMs).toISOString().slice(0, 16)}Z`;
  const [later, add] = [
    ["check", "later"],
    ["--expect", "4x", "--ramp", "5m", "--hold", "10m"],
  ];
  await local("add", "shop", "later", "--at", at, ...add);
  expect((await local(...later)).stdout).toMatch(
    /usual demand is 1000 requests\/min, from the hour before 2026-06-16 12:40Z/,
  );
  const outage = { id: "1", from: noon - hourMs, to: noon + hourMs, because: "outage", by: "ann" };
  await putMark(log.table, "shop", outage);
  expect(await local(...later)).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(
      /no demand is known to multiply: .* 12:40Z is no measure \(past stood, marked: outage\)/,
    ),
  });
  await endMark(log.table, "shop", outage.id);
  await endPeak(log.table, "shop", "later");
});

test("all that are ahead, for programs", async () => {
  const { stdout } = await local("check", "--all", "--usual", "500", "--json");
  expect(JSON.parse(stdout)).toMatchObject([
    { fleet: "shop", peak: { name: "next" }, plan: { height: 18, usualPerMinute: 500 } },
  ]);
});

test("beside the deployed log, the account is read as doctor reads it", async () => {
  const env = {
    ...{ AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "x" },
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`,
    AWS_ENDPOINT_URL_DYNAMODB: log.endpoint,
  };
  const { table } = log;
  const ran = await tidegate(["peaks", "check", "next", "--table", table.name, "--stage", table.stage], {
    cwd: home,
    env,
  });
  expect(ran.stdout).toMatch(/read from AWS as though `bounds.max` were 18, its height/);
  expect(ran.stdout).toMatch(/launch template shop could not be checked: needs ec2:DescribeLaunchTemplateVersions/);
});

test("a policy that is not deployed is checked from its file", async () => {
  const peaks = "[{ name: sale, at: 2097-03-20T09:00, expect: 5x, hold: 1h }]";
  writeFileSync(join(home, "shop.yml"), textWith({ peaks }));
  const ran = await tidegate(["peaks", "check", "sale", "--policy", "shop.yml", "--usual", "1200"], { cwd: home });
  expect(ran.stdout).toMatch(/9 instances at its height/);
  const blind = await tidegate(["peaks", "check", "sale", "--policy", "shop.yml"], { cwd: home });
  expect(blind).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/no demand is known to multiply: no log is read → give --usual/),
  });
});

test("afterwards, the plan against what came, and what to write next time", async () => {
  const { code, stdout } = await local("report", "past");
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /3000 requests\/min came at most, .*: 75 % of the 4000 expected, 3.0 times the 1000 before it/,
  );
  expect(stdout).toMatch(/next time: \{ name: past, at: …, expect: 3.0x, ramp: 5m, hold: 15m, release: 5m \}/);
  const { totals, course, pricedBy } = JSON.parse((await local("report", "shop/past", "--json")).stdout);
  expect(pricedBy).toMatch(/^2026-06, us-east-1/);
  expect(totals).toMatchObject({ overloadedMinutes: 0, servingMost: 8, releasedMinutes: 0 });
  writeFileSync(join(home, "prices.yml"), "date: 2026-11-02\nonDemand: { m7g.large: 60 }\n");
  expect((await local("report", "past", "--prices", "prices.yml")).stdout).toMatch(
    /cost {6}\d+\.00 USD from ramp to release \(prices: prices.yml, 2026-11-02\)/,
  );
  expect(course[0]).toMatchObject({ planned: 1_000, serving: expect.any(Number), target: expect.any(Number) });
});

test("what came of its pages is told with it", async () => {
  expect((await local("report", "past")).stdout).toContain("pages     1 page not fetched in time\n");
  const result = { urls: 1, answered: 1, hitRatio: "none", p95Ms: 80, bytes: 9, durationMs: 90, trouble: "" } as const;
  await endPrefetch(log.table, "shop", { key: prefetchKey(ago), at: noon, result });
  expect((await local("report", "past")).stdout).toContain("pages     at 2026-06-16 12:00Z 1 page answered within 1 s");
  expect((await local("report", "next")).stdout).not.toContain("pages  ");
});

test.each([
  ["checks what is over", ["check", "past"], /past is over: tidegate peaks report shop\/past/],
  ["reports on what is ahead", ["report", "next"], /next is still ahead at shop@\d+: tidegate peaks check shop\/next/],
  ["checks nothing", ["check"], /which peak\? Name it, or say --all/],
  ["names what is not there", ["report", "sale"], /no peak "sale": there are shop\/past, shop\/next/],
])("whoever %s is told what to do", async (_, args, message) => {
  expect(await local(...args)).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(message) });
});
