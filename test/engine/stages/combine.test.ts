// The largest wish wins; what cannot be seen never lowers. The target until now is 10.
import { expect, test } from "@jest/globals";
import type { Proposal, Reason } from "../../../shared/engine/index.ts";
import { sizeByRules } from "../../../shared/engine/index.ts";
import { combine } from "../../../shared/engine/stages/combine.ts";
import type { MissingChoice, Rule } from "../../../shared/policy/index.ts";
import { aiming, givenPolicy, givenSnapshot, missing, scheduled, silent } from "../../support/given.ts";
import { aside, blind, exceeded, givenContext, undercut, wish } from "./context.ts";

const demand: Rule = { kind: "target-demand", name: "demand", metric: "requests" };
const cpu: Rule = { kind: "target-utilization", name: "cpu", metric: "cpu", targetRatio: 0.6 };
const slow: Rule = { kind: "step", name: "slow", metric: "latency-p95", above: [], below: [], minutes: 1 };
const night: Rule = scheduled("0 0 * * *", { name: "night", min: 2 });

const hold: MissingChoice = { kind: "hold" };
const ignore: MissingChoice = { kind: "ignore" };
const floor = (count: number): MissingChoice => ({ kind: "floor", count });
const scaleOut = (count: number): MissingChoice => ({ kind: "scale-out", by: { kind: "count", count } });
const largest = (rule: string): Reason => ({ kind: "largest-wish", rule });
const held = (...rules: readonly string[]): Reason => ({ kind: "blind-hold", rules });

test.each<[string, readonly Rule[], readonly Proposal[], number, Reason]>([
  ["grows to the largest wish", [demand, cpu], [wish("demand", 12), wish("cpu", 15)], 15, largest("cpu")],
  ["shrinks to the largest wish", [demand, cpu], [wish("demand", 4), wish("cpu", 3)], 4, largest("demand")],
  ["names the first of equals", [demand, cpu], [wish("demand", 4), wish("cpu", 4)], 4, largest("demand")],
  ["one that stands aside has no say", [demand, slow], [wish("demand", 4), aside("slow")], 4, largest("demand")],
  [
    "a schedule's floor stands over a lower demand",
    [demand, night],
    [wish("demand", 1), wish("night", 2)],
    2,
    largest("night"),
  ],

  ["hold: a lower wish does not shrink", [demand, cpu], [blind("demand", hold), wish("cpu", 3)], 10, held("demand")],
  ["hold: a higher wish still grows", [demand, cpu], [blind("demand", hold), wish("cpu", 12)], 12, largest("cpu")],
  ["ignore: another that sees may shrink", [demand, cpu], [blind("demand", ignore), wish("cpu", 3)], 3, largest("cpu")],
  ["floor: a higher one raises", [demand, cpu], [blind("demand", floor(14)), wish("cpu", 3)], 14, largest("demand")],
  ["floor: a lower one never lowers", [demand, cpu], [blind("demand", floor(4)), wish("cpu", 3)], 10, held("demand")],
  ["floor: another may want more", [demand, cpu], [blind("demand", floor(14)), wish("cpu", 15)], 15, largest("cpu")],
  [
    "scale-out: adds to the target",
    [demand, cpu],
    [blind("demand", scaleOut(3)), wish("cpu", 3)],
    13,
    largest("demand"),
  ],
  [
    "scale-out: another may want more",
    [demand, cpu],
    [blind("demand", scaleOut(3)), wish("cpu", 15)],
    15,
    largest("cpu"),
  ],
  [
    "all that hold are named",
    [demand, cpu],
    [blind("demand", hold), blind("cpu", floor(1))],
    10,
    held("demand", "cpu"),
  ],

  [
    "no sight at all holds even when ignored",
    [demand, cpu],
    [blind("demand", ignore), blind("cpu", ignore)],
    10,
    held("demand", "cpu"),
  ],
  ["so it does beside a schedule", [demand, night], [blind("demand", ignore), wish("night", 2)], 10, held("demand")],
  ["so it does when it is a peak alone that cannot see", [], [blind("peak sale", ignore)], 10, held("peak sale")],
  [
    "a schedule grows without sight",
    [demand, night],
    [blind("demand", ignore), wish("night", 12)],
    12,
    largest("night"),
  ],

  ["quiet steps keep what there is", [slow], [aside("slow")], 10, { kind: "no-wish", fallback: "hold" }],
  [
    "a floor beside quiet steps is no wish to shrink",
    [slow, night],
    [aside("slow"), wish("night", 2)],
    10,
    { kind: "floor-below", rule: "night", count: 2 },
  ],
  [
    "nor is one beside quiet steps and an ignored metric",
    [slow, cpu, night],
    [aside("slow"), blind("cpu", ignore), wish("night", 2)],
    10,
    { kind: "floor-below", rule: "night", count: 2 },
  ],
  ["a floor above raises beside quiet steps", [slow, night], [aside("slow"), wish("night", 12)], 12, largest("night")],
  ["a step down beside a floor shrinks", [slow, night], [wish("slow", 9), wish("night", 2)], 9, largest("slow")],
  [
    "an exceeded step counts from those that served, and never lowers",
    [slow],
    [exceeded("slow", 7)],
    10,
    { kind: "floor-below", rule: "slow", count: 7 },
  ],
  [
    "nor does another lower while a step is exceeded",
    [slow, demand],
    [exceeded("slow", 7), wish("demand", 8)],
    10,
    { kind: "floor-below", rule: "demand", count: 8 },
  ],
  ["an exceeded step raises", [slow, demand], [exceeded("slow", 12), wish("demand", 8)], 12, largest("slow")],
  ["a step under its threshold lowers", [slow], [undercut("slow", 9)], 9, largest("slow")],
  ["a floor just there is what it stays for", [slow, night], [aside("slow"), wish("night", 10)], 10, largest("night")],
  [
    "hold: a wish for the target is no growth",
    [demand, cpu],
    [blind("demand", hold), wish("cpu", 10)],
    10,
    held("demand"),
  ],
  ["schedules alone, idle: the minimum", [night], [aside("night")], 1, { kind: "no-wish", fallback: "min" }],
  ["schedules alone, active: what they say", [night], [wish("night", 2)], 2, largest("night")],
])("%s", (_, rules, proposals, to, reason) => {
  const step = combine(givenContext({ policy: givenPolicy({ rules }), proposals }));
  expect(step).toEqual({ stage: "combine", from: 10, to, reason });
});

test("a ratio to scale out by is of the target", () => {
  const choice: MissingChoice = { kind: "scale-out", by: { kind: "ratio", ratio: 0.3 } };
  expect(combine(givenContext({ proposals: [blind("demand", choice)] }))).toMatchObject({ to: 13 });
});

test("scaling out blindly starts from the target when sight was lost, so that it does not feed on itself", () => {
  const policy = givenPolicy({ missing: missing(scaleOut(3)) });
  const blindSnapshot = givenSnapshot({ signals: { requests: silent }, memory: aiming(10) });
  const first = sizeByRules(policy, blindSnapshot);
  expect(first.steps.at(-1)).toMatchObject({ to: 13 });
  expect(first.memory).toMatchObject({ blindBases: [{ rule: "demand", count: 10 }] });
  const second = sizeByRules(policy, { ...blindSnapshot, memory: aiming(13, { sizing: first.memory }) });
  expect(second.steps.at(-1)).toMatchObject({ to: 13 });
  expect(second.memory).toMatchObject({ blindBases: [{ rule: "demand", count: 10 }] });
});

test("sight regained forgets where it was lost", () => {
  const sizing = {
    kind: "rules",
    wishes: [],
    targets: [],
    peakBaselines: [],
    blindBases: [{ rule: "demand", count: 10 }],
    service: { kind: "none" },
  } as const;
  const snapshot = givenSnapshot({
    signals: { requests: { kind: "known", points: [{ at: 0, value: 100 }] } },
    memory: aiming(13, { sizing }),
  });
  expect(sizeByRules(givenPolicy(), snapshot).memory).toMatchObject({ blindBases: [] });
});
