// A peak's plan and what stands in its way: a usual thousand a minute, of which an instance takes on five hundred.

import { expect, test } from "@jest/globals";
import { dayMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import { type Budget, listPrices, type Peak, type Policy } from "../../shared/policy/index.ts";
import { checkLoadBalancer, checkPlan, planOf } from "../../shared/preflight/index.ts";
import { givenPeak, givenPolicy, noon } from "../support/given.ts";

const sale = givenPeak({ expect: { kind: "factor", factor: 5 } });
const usual = { kind: "known", perMinute: 1_000, from: "last week" } as const;
const known = { usual, leadMs: 4 * minuteMs, table: listPrices };
const hourly = (softUsd: number | "none", hardUsd: number | "none"): Budget => ({
  ...{ kind: "hourly", softUsd, hardUsd },
  ...{ onDemandUsd: 0.5, spotUsd: 0.2 },
});
const budgeted = (budget: Budget): Partial<Policy> => ({ limits: { ...givenPolicy().limits, budget } });
const at = (plan: ReturnType<typeof planOf>, offsetMs: number) =>
  plan.minutes.find((one) => one.at === noon + offsetMs);

test("a plan climbs a lead time ahead of its demand, and ends with its release", () => {
  const plan = planOf(givenPolicy(budgeted(hourly("none", 100))), sale, known);
  expect(plan.minutes[0]).toMatchObject({ at: noon - 35 * minuteMs, perMinute: 1_000, wanted: 2, target: 2 });
  expect(at(plan, -20 * minuteMs)).toMatchObject({
    perMinute: expect.closeTo(1_000 + 4_000 / 3, 6),
    wanted: Math.ceil((1_000 + 4_000 / 2) / 500),
  });
  expect(at(plan, -5 * minuteMs)).toMatchObject({ wanted: 10, target: 10, usdPerHour: 5 });
  expect(plan.minutes.at(-1)?.at).toBe(noon + 89 * minuteMs);
  expect(plan).toMatchObject({ height: 10, most: 100 });
  expect(plan.usd).toBeCloseTo(
    plan.minutes.reduce((sum, { target }) => sum + (target * 0.5) / 60, 0),
    2,
  );
});

test("bounds and budget cap what it comes to, and not what it wants", () => {
  const policy = givenPolicy({ bounds: { min: 4, max: 9 }, ...budgeted(hourly("none", 3)) });
  const plan = planOf(policy, sale, known);
  expect(plan).toMatchObject({ height: 10, most: 6 });
  expect(plan.minutes[0]).toMatchObject({ wanted: 2, target: 4 });
  expect(at(plan, 0)).toMatchObject({ wanted: 10, target: 6, usdPerHour: 3 });
});

test("types without a price leave the cost open", () => {
  expect(planOf(givenPolicy(), sale, known).usd).toBe("unknown");
});

type Given = { policy?: Partial<Policy>; peak?: Partial<Peak>; others?: readonly Peak[]; now?: number };
const findings = ({ policy: changed, peak: other, others = [], now = noon - dayMs }: Given) => {
  const [policy, peak] = [givenPolicy(changed), { ...sale, ...other }];
  return checkPlan({ policy, peak, plan: planOf(policy, peak, known), others, now });
};

test.each<[string, Given, string, string, RegExp]>([
  ["time to spare", {}, "time", "ok", /asked for at 2026-06-16 11:25Z/],
  ["no time to spare", { now: noon - 34 * minuteMs }, "time", "warning", /it begins late/],
  [
    "room",
    { policy: { bounds: { min: 1, max: 10 } } },
    "maximum",
    "ok",
    /10 instances at its height; `bounds.max` is 10/,
  ],
  ["no room", { policy: { bounds: { min: 1, max: 9 } } }, "maximum", "problem", /`bounds.max` is 9/],
  ["no price", {}, "budget", "warning", /no price/],
  [
    "money",
    { policy: budgeted(hourly(5, 6)) },
    "budget",
    "ok",
    /5 USD\/h at its height, .* USD in all \(prices: the policy's own\), within the budget/,
  ],
  ["money that somebody should know of", { policy: budgeted(hourly(4, 6)) }, "budget", "warning", /soft limit of 4/],
  ["too little money", { policy: budgeted(hourly(4, 4.5)) }, "budget", "problem", /hard limit of 4.5/],
  ["a fast climb", {}, "climb", "ok", /from 2 to 10 takes 1 min/],
  [
    "a slow climb",
    { policy: { limits: { ...givenPolicy().limits, scaleOut: { ratio: 0.2, windowMs: 5 * minuteMs } } } },
    "climb",
    "problem",
    /from 2 to 10 takes 45 min at `limits.scaleOut`; the ramp is 30 min/,
  ],
  [
    "a neighbour",
    { others: [sale, givenPeak({ name: "flash", atMs: noon + hourMs })] },
    "overlap",
    "warning",
    /overlaps flash/,
  ],
])("found: %s", (_, given, check, level, found) => {
  expect(findings(given).find((one) => one.check === check)).toMatchObject({
    level,
    found: expect.stringMatching(found),
  });
});

test.each<[string, Peak["expect"], readonly string[]]>([
  [
    "fewer than come anyway",
    { kind: "absolute", perMinute: 5 },
    ["it expects 5 requests/min at most; usual are 1000, from last week → did you mean 5x?"],
  ],
  [
    "fewer by no slip of the pen",
    { kind: "absolute", perMinute: 999 },
    ["it expects 999 requests/min at most; usual are 1000, from last week → expect more, or leave it out"],
  ],
  [
    "a day of fewer",
    { kind: "figures", fromMs: 0, everyMs: hourMs, perMinute: [40.25, 80.5] },
    ["it expects 80.5 requests/min at most; usual are 1000, from last week → expect more, or leave it out"],
  ],
  ["as many", { kind: "absolute", perMinute: 1_000 }, []],
  ["a factor", { kind: "factor", factor: 1.5 }, []],
])("a peak that expects %s", (_, expected, said) => {
  const found = findings({ peak: { expect: expected } }).filter(({ check }) => check === "expectation");
  expect(found.map((one) => (one.level === "warning" ? `${one.found} → ${one.toDo}` : one.level))).toEqual(said);
});

test("no neighbour, no word of it", () => {
  expect(
    findings({ others: [sale, givenPeak({ name: "later", atMs: noon + dayMs })] }).map(({ check }) => check),
  ).toEqual([...["time", "maximum", "budget", "climb"]]);
});

test.each<[string, Partial<Peak>, number, string, RegExp]>([
  [
    "few requests need no reservation",
    {},
    20,
    "ok",
    /5000 requests\/min are up to 6 LCU: 3.3 by new connections \(83\/s ÷ 25\), 6.0 by bytes/,
  ],
  ["many at once do", { expect: { kind: "absolute", perMinute: 300_000 } }, 1, "warning", /up to 200 LCU/],
  ["heavy ones do", {}, 500, "warning", /up to 150 LCU: .*, 5.0 times the usual in 30 min/],
  [
    "many that come slowly do not",
    { expect: { kind: "absolute", perMinute: 300_000 }, rampMs: 2 * hourMs },
    1,
    "ok",
    /slowly enough/,
  ],
])("load balancer: %s", (_, changed, kilobytes, level, found) => {
  const peak = { ...sale, ...changed };
  const finding = checkLoadBalancer(peak, planOf(givenPolicy(), peak, known), kilobytes);
  expect(finding).toMatchObject({ level, found: expect.stringMatching(found) });
  if ("toDo" in finding)
    expect(finding.toDo).toMatch(/^by 2026-06-16 07:30Z: aws elbv2 modify-capacity-reservation .*CapacityUnits=\d+/);
});
