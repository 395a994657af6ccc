// What sizing by rules remembers: wishes and targets, for as long as a window may ask for them.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../shared/core/index.ts";
import { type Count, type Memory, sizeByRules } from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { aiming, givenPolicy, givenSnapshot, noon, settledPoints } from "../support/given.ts";
import { counts } from "./stages/context.ts";

const sizing = (wishes: readonly Count[], targets: readonly Count[]): Memory["sizing"] => ({
  kind: "rules",
  wishes,
  targets,
  peakBaselines: [],
  blindBases: [],
  service: { kind: "none" },
});
const remember = (policy: Partial<Policy>, memory: Memory["sizing"]) =>
  sizeByRules(
    givenPolicy({ bounds: { min: 1, max: 3 }, ...policy }),
    givenSnapshot({ memory: aiming(2, { sizing: memory }), signals: { requests: settledPoints(2_000) } }),
  ).memory;
const limits = (outMinutes: number, inMinutes: number): Policy["limits"] => ({
  scaleOut: { ratio: 9, windowMs: outMinutes * minuteMs },
  scaleIn: { ratio: 9, windowMs: inMinutes * minuteMs },
  budget: { kind: "none" },
  surgeRatio: 0.1,
});
const stabilization = (outMinutes: number, inMinutes: number) => ({
  scaleOutMs: outMinutes * minuteMs,
  scaleInMs: inMinutes * minuteMs,
});

test("the combined wish and the target in the end, behind those of before", () => {
  const given = { stabilization: stabilization(0, 9), limits: limits(9, 9) };
  expect(remember(given, sizing(counts([1, 7]), counts([1, 2])))).toEqual(
    sizing(counts([1, 7], [0, 4]), counts([1, 2], [0, 3])),
  );
});

test.each([
  ["growing", 9, 2],
  ["shrinking", 2, 9],
])("as long as the longer window, here for %s, and a minute", (_, outMinutes, inMinutes) => {
  const policy = { stabilization: stabilization(outMinutes, inMinutes), limits: limits(outMinutes, inMinutes) };
  const before = counts([10, 1], [9.99, 2], [3, 3]);
  const kept = remember(policy, sizing(before, before));
  const agesOf = (entries: readonly Count[]) => entries.map(({ at }) => (noon - at) / minuteMs);
  expect(kept.kind === "rules" && [agesOf(kept.wishes), agesOf(kept.targets)]).toEqual([
    [9.99, 3, 0],
    [9.99, 3, 0],
  ]);
});

test("no more than 240 of them", () => {
  const many = Array.from({ length: 300 }, (_, index) => ({ at: noon - 300 + index, count: index }));
  const kept = remember({}, sizing(many, many));
  expect(kept.kind === "rules" && [kept.wishes.length, kept.wishes[0]?.count, kept.targets.length]).toEqual([
    240, 61, 240,
  ]);
});

test("a peer's memory, or none, is no memory of rules", () => {
  expect(remember({}, { kind: "none" })).toEqual(sizing(counts([0, 4]), counts([0, 3])));
});
