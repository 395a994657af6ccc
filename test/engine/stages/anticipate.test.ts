// A shrink that arithmetic says would be undone is refused. The target until now is 10; a drain and a boot take six minutes
// (lead time three, drain two, and a minute between looks).
import { expect, test } from "@jest/globals";
import { hourMs, minuteMs } from "../../../shared/core/index.ts";
import type { Snapshot } from "../../../shared/engine/index.ts";
import { anticipate } from "../../../shared/engine/stages/anticipate.ts";
import type { Peak, ScheduleRule, StepRule } from "../../../shared/policy/index.ts";
import { givenPolicy, givenSnapshot, noon, scheduled, seen, settledAt, settledPoints } from "../../support/given.ts";
import { givenContext } from "./context.ts";

const nothing = { kind: "nothing-ahead" };
const bridgeMs = 6 * minuteMs;

/** Begins `minutes` after noon. */
const rise = (minutes: number, min: number): ScheduleRule => scheduled(`${minutes} 12 * * *`, { name: "rise", min });

test.each<[string, number, ScheduleRule, number, unknown]>([
  [
    "keeps what a schedule wants back soon",
    4,
    rise(9, 8),
    8,
    { kind: "needed-again", rule: "rise", count: 8, at: noon + bridgeMs, bridgeMs },
  ],
  ["lets go what a schedule wants back later", 4, rise(10, 8), 4, nothing],
  ["lets go what no schedule wants back", 8, rise(9, 8), 8, nothing],
  [
    "never grows by what is ahead",
    4,
    rise(9, 40),
    10,
    { kind: "needed-again", rule: "rise", count: 40, at: noon + bridgeMs, bridgeMs },
  ],
])("%s", (_, from, rule, to, reason) => {
  const context = givenContext({ policy: givenPolicy({ rules: [rule] }) });
  expect(anticipate(from, context)).toEqual({ stage: "anticipate", from, to, reason });
});

test.each([
  ["the policy's wait", 5, 1, 9],
  ["the load balancer's delay", 1, 5, 9],
])("a drain lasts the larger of policy and delay: %s", (_, timeout, delay, bridgeMinutes) => {
  const policy = givenPolicy({ rules: [rise(12, 8)], drain: { timeoutMs: timeout * minuteMs, takeBack: "allowed" } });
  const instances: Snapshot["instances"] = { ...seen(), deregistrationDelayMs: delay * minuteMs };
  expect(anticipate(4, givenContext({ policy, snapshot: givenSnapshot({ instances }) }))).toMatchObject({
    to: 8,
    reason: { bridgeMs: bridgeMinutes * minuteMs },
  });
});

test("a peak is asked as well", () => {
  const peak: Peak = {
    name: "sale",
    atMs: noon + 8 * minuteMs,
    expect: { kind: "absolute", perMinute: 3_000 },
    rampMs: 0,
    holdMs: hourMs,
    releaseMs: 0,
    early: { kind: "never" },
  };
  const context = givenContext({ snapshot: givenSnapshot({ peaks: [peak] }) });
  expect(anticipate(2, context)).toMatchObject({
    to: 6,
    reason: { kind: "needed-again", rule: "peak sale", count: 6 },
  });
});

test("a schedule and a peak are asked both", () => {
  const peak: Peak = {
    name: "later",
    atMs: noon + hourMs,
    expect: { kind: "absolute", perMinute: 3_000 },
    rampMs: 0,
    holdMs: hourMs,
    releaseMs: 0,
    early: { kind: "never" },
  };
  const context = givenContext({
    policy: givenPolicy({ rules: [rise(9, 8)] }),
    snapshot: givenSnapshot({ peaks: [peak] }),
  });
  expect(anticipate(4, context)).toMatchObject({ to: 8, reason: { rule: "rise" } });
});

test("growth and rest are none of its business", () => {
  const context = givenContext({ policy: givenPolicy({ rules: [rise(0, 50)] }) });
  expect(anticipate(10, context)).toMatchObject({ to: 10, reason: nothing });
  expect(anticipate(12, context)).toMatchObject({ to: 12, reason: nothing });
});

const hot: StepRule = {
  kind: "step",
  name: "hot",
  metric: "cpu",
  above: [
    { over: 0.75, add: { kind: "count", count: 1 } },
    { over: 0.9, add: { kind: "count", count: 4 } },
  ],
  below: [],
  minutes: 3,
};
const readings = (cpu: number, hosts: number): Partial<Snapshot> => ({
  signals: { cpu: settledPoints(cpu), "healthy-hosts": settledPoints(hosts) },
});

// 10 instances at 45 % are 4.5 instances' worth: 6 of them would run at exactly 75 %.
test.each<[string, number, number, number, unknown]>([
  [
    "a shrink that would pass the lowest threshold stops short of it",
    0.45,
    4,
    6,
    { kind: "would-breach", rule: "hot", ratio: 4.5 / 4, limitRatio: 0.75 },
  ],
  ["one that would just reach it passes", 0.45, 6, 6, nothing],
  ["to none at all is as to one", 0.45, 0, 6, { kind: "would-breach", rule: "hot", ratio: 4.5, limitRatio: 0.75 }],
  [
    "a reading already over it, too short to act upon, forbids shrinking",
    0.8,
    4,
    10,
    { kind: "would-breach", rule: "hot", ratio: 2, limitRatio: 0.75 },
  ],
])("%s", (_, cpu, from, to, reason) => {
  const context = givenContext({ policy: givenPolicy({ rules: [hot] }), snapshot: givenSnapshot(readings(cpu, 10)) });
  expect(anticipate(from, context)).toEqual({ stage: "anticipate", from, to, reason });
});

test("each target's share of the requests spreads like cpu, and is told in its own unit", () => {
  const rule: StepRule = {
    ...hot,
    metric: "requests-per-target",
    above: [{ over: 750, add: { kind: "count", count: 1 } }],
  };
  const signals = { "requests-per-target": settledPoints(450), "healthy-hosts": settledPoints(10) };
  const context = givenContext({ policy: givenPolicy({ rules: [rule] }), snapshot: givenSnapshot({ signals }) });
  const reason = { kind: "would-pass", rule: "hot", metric: "requests-per-target", value: 1_125, limit: 750 };
  expect(anticipate(4, context)).toEqual({ stage: "anticipate", from: 4, to: 6, reason });
});

test.each<[string, StepRule, Snapshot["signals"]]>([
  [
    "nobody knows how the operator's own spreads",
    { ...hot, metric: "orders-waiting" },
    { "orders-waiting": settledPoints(0.45), "healthy-hosts": settledPoints(10) },
  ],
  [
    "latency does not spread like cpu",
    { ...hot, metric: "latency-p95" },
    { "latency-p95": settledPoints(0.45), "healthy-hosts": settledPoints(10) },
  ],
  ["nothing read", hot, { "healthy-hosts": settledPoints(10) }],
  ["no host count", hot, { cpu: settledPoints(0.45) }],
  ["no threshold above", { ...hot, above: [] }, { cpu: settledPoints(0.45), "healthy-hosts": settledPoints(10) }],
])("says nothing: %s", (_, rule, signals) => {
  const context = givenContext({ policy: givenPolicy({ rules: [rule] }), snapshot: givenSnapshot({ signals }) });
  expect(anticipate(1, context)).toMatchObject({ to: 1, reason: nothing });
});

test("of several refusals the strongest counts", () => {
  const policy = givenPolicy({ rules: [hot, rise(9, 8)] });
  const weak = givenContext({ policy, snapshot: givenSnapshot(readings(0.45, 10)) });
  expect(anticipate(2, weak)).toMatchObject({ to: 8, reason: { kind: "needed-again" } });
  const strong = givenContext({ policy, snapshot: givenSnapshot(readings(0.7, 10)) });
  expect(settledAt).toBeLessThan(noon);
  expect(anticipate(2, strong)).toMatchObject({ to: 10, reason: { kind: "would-breach" } });
});
