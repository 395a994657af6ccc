// Healthy targets that are somebody else's count as capacity, and nobody of ours touches them.
import { expect, test } from "@jest/globals";
import { check } from "../../shared/engine/check.ts";
import { currentTarget, decide, type Instance, type Memory, sizeByRules } from "../../shared/engine/index.ts";
import { aiming, givenPolicy, givenSnapshot, seen, serving, settledPoints } from "../support/given.ts";
import { booting, brief, convergeTo, onTheWay } from "./fleet.ts";

test.each<[string, number, number, readonly Instance[], Partial<Memory>, readonly string[], boolean]>([
  ["the rest is bought", 5, 3, serving(1), {}, ["launch 1+0"], false],
  ["together they are enough", 5, 3, serving(2), {}, [], true],
  ["ours are one too many", 5, 3, serving(3), {}, ["drain i-1 (surplus)"], false],
  ["theirs alone are more than enough", 2, 3, serving(1), {}, ["drain i-1 (surplus)"], false],
  ["theirs alone are enough, and ours are gone", 2, 3, [], {}, [], true],
  [
    "one that boots is not needed",
    3,
    3,
    [booting("b", 9)],
    { launching: onTheWay("b") },
    ["terminate b (surplus)"],
    false,
  ],
])("%s", (_, target, foreignCount, instances, memory, actions, calm) => {
  const found = convergeTo(target, [], memory, { instances: { ...seen(...instances), foreignCount } });
  expect([found.actions.map(brief), found.calm]).toEqual([actions, calm]);
});

test("a log that begins starts from all that serve", () => {
  expect(currentTarget(givenPolicy(), givenSnapshot({ instances: { ...seen(...serving(2)), foreignCount: 3 } }))).toBe(
    5,
  );
});

test("a launch beside foreign ones may fill up to the target and no further", () => {
  const policy = givenPolicy();
  const snapshot = givenSnapshot({
    instances: { ...seen(...serving(2)), foreignCount: 3 },
    memory: aiming(5),
    signals: { requests: settledPoints(4_000) },
  });
  const decision = decide(policy, snapshot, sizeByRules);
  expect(decision.actions).toMatchObject([{ kind: "launch", onDemandCount: 3 }]);
  expect(check(policy, snapshot, decision)).toEqual([]);
  const theirs = { ...snapshot, instances: { ...seen(...serving(2)), foreignCount: 4 } };
  expect(check(policy, theirs, decision).join()).toContain("passes the target");
});
