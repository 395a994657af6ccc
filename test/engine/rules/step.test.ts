// Thresholds with a change each, upon the count that served when the reading was made.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../../shared/core/index.ts";
import { type Snapshot, sizeByRules } from "../../../shared/engine/index.ts";
import { propose } from "../../../shared/engine/rules/index.ts";
import { changeOf } from "../../../shared/engine/rules/step.ts";
import type { StepRule } from "../../../shared/policy/index.ts";
import { aiming, givenPolicy, givenSnapshot, points, settledAt, settledPoints, silent } from "../../support/given.ts";

const tiers: StepRule = {
  kind: "step",
  name: "slow",
  metric: "latency-p95",
  above: [
    { over: 400, add: { kind: "count", count: 1 } },
    { over: 800, add: { kind: "ratio", ratio: 0.5 } },
  ],
  below: [
    { under: 100, remove: { kind: "count", count: 1 } },
    { under: 50, remove: { kind: "count", count: 20 } },
  ],
  minutes: 1,
};
const lead = { p50Ms: 0, p95Ms: 0, launchCount: 0 };
const policyOf = (rule: StepRule) => givenPolicy({ rules: [rule] });
const proposalFor = (rule: StepRule, signals: Snapshot["signals"]) =>
  propose({ policy: policyOf(rule), snapshot: givenSnapshot({ signals, memory: aiming(10) }), lead })[0];

test.each<[string, number, number]>([
  ["over the first tier", 401, 11],
  ["over the second, which alone counts", 801, 15],
  ["under the first tier", 99, 9],
  ["under the second, and not below none", 49, 0],
])("%s", (_, value, count) => {
  const signals = { "latency-p95": settledPoints(value), "healthy-hosts": settledPoints(10) };
  expect(proposalFor(tiers, signals)).toMatchObject({
    kind: "wants",
    rule: "slow",
    count,
    reason: { servingCount: 10 },
  });
});

test.each([100, 250, 400])("%d lies between the tiers, their edges included: it stands aside", (value) => {
  const signals = { "latency-p95": settledPoints(value), "healthy-hosts": settledPoints(10) };
  expect(proposalFor(tiers, signals)).toEqual({
    kind: "stands-aside",
    rule: "slow",
    reason: { kind: "step-quiet", value },
  });
});

test("tells the threshold and the change", () => {
  const signals = { "latency-p95": settledPoints(900), "healthy-hosts": settledPoints(10) };
  expect(proposalFor(tiers, signals)).toMatchObject({
    reason: {
      kind: "step-breached",
      value: 900,
      side: "above",
      threshold: 800,
      servingCount: 10,
      change: { ratio: 0.5 },
    },
  });
});

test.each<[string, readonly number[], number | "aside"]>([
  ["all of them over", [500, 500, 500], 11],
  ["the tier is the one that all exceed", [900, 500, 900], 11],
  ["an older minute does not matter", [1, 500, 500, 500], 11],
  ["one quiet minute in between", [500, 300, 500], "aside"],
  ["fewer minutes than asked for", [500, 500], "aside"],
  ["all of them under", [90, 20, 90], 9],
  ["one of them not under", [90, 110, 90], "aside"],
])("of three minutes in a row: %s", (_, values, expected) => {
  const signals = { "latency-p95": settledPoints(...values), "healthy-hosts": settledPoints(10) };
  const proposal = proposalFor({ ...tiers, minutes: 3 }, signals);
  expect(proposal).toMatchObject(expected === "aside" ? { kind: "stands-aside" } : { kind: "wants", count: expected });
});

test("the base is the count of the reading's minute", () => {
  const signals = { "latency-p95": settledPoints(500), "healthy-hosts": points([4, 9], settledAt + minuteMs) };
  expect(proposalFor(tiers, signals)).toMatchObject({ count: 5, reason: { servingCount: 4 } });
});

test("a breach that outlasts the boot of what was bought for it does not buy twice", () => {
  const signals = { "latency-p95": settledPoints(500), "healthy-hosts": settledPoints(4) };
  const bought = sizeByRules(policyOf(tiers), givenSnapshot({ signals, memory: aiming(4) }));
  expect(bought.steps.at(-1)).toMatchObject({ to: 5 });
  const stillBooting = sizeByRules(
    policyOf(tiers),
    givenSnapshot({ signals, memory: aiming(5, { sizing: bought.memory }) }),
  );
  expect(stillBooting.steps.at(-1)).toMatchObject({ to: 5 });
  const nowServing = { ...signals, "healthy-hosts": settledPoints(5) };
  const again = sizeByRules(policyOf(tiers), givenSnapshot({ signals: nowServing, memory: aiming(5) }));
  expect(again.steps.at(-1)).toMatchObject({ to: 6 });
});

test("a low reading that outlasts the drain it led to does not put back what has left", () => {
  const signals = { "latency-p95": settledPoints(90), "healthy-hosts": settledPoints(10) };
  const aimingAt = (count: number) =>
    propose({ policy: policyOf(tiers), snapshot: givenSnapshot({ signals, memory: aiming(count) }), lead })[0];
  expect(aimingAt(10)).toMatchObject({ kind: "wants", count: 9 });
  expect(aimingAt(9)).toMatchObject({ kind: "wants", count: 9 });
  expect(aimingAt(8)).toMatchObject({ kind: "stands-aside", reason: { kind: "step-breached", side: "below" } });
});

test.each<[string, Snapshot["signals"], string]>([
  ["no reading", { "latency-p95": silent, "healthy-hosts": settledPoints(4) }, "no points"],
  ["no host count for a breach", { "latency-p95": settledPoints(500) }, "no host count for the reading's minute"],
])("blind with %s", (_, signals, because) => {
  expect(proposalFor(tiers, signals)).toMatchObject({ kind: "blind", metric: "latency-p95", because });
});

test("a quiet reading needs no host count", () => {
  expect(proposalFor(tiers, { "latency-p95": settledPoints(200) })).toMatchObject({ kind: "stands-aside" });
});

test.each([
  ["a count is itself", { kind: "count", count: 3 } as const, 10, 3],
  ["a ratio is of the base", { kind: "ratio", ratio: 0.2 } as const, 10, 2],
  ["rounded to the nearest", { kind: "ratio", ratio: 0.25 } as const, 10, 3],
  ["and at least one", { kind: "ratio", ratio: 0.01 } as const, 10, 1],
])("%s", (_, change, base, expected) => {
  expect(changeOf(change, base)).toBe(expected);
});
