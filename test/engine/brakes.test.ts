// While somebody has said stop nothing leaves, and what never turns healthy is not bought anew without end.
import { expect, test } from "@jest/globals";
import { check } from "../../shared/engine/check.ts";
import { type Action, type Brake, decide, type Instance, type Memory, sizeByRules } from "../../shared/engine/index.ts";
import { aiming, givenPolicy, givenSnapshot, instance, noon, seen, serving, settledPoints } from "../support/given.ts";
import { actionsFor, booting, draining, onTheWay, sick, sickSince, since } from "./fleet.ts";

const brakes: readonly Brake[] = [{ scope: "fleet", since: noon, by: "ann", reason: "incident 7" }];

test.each<[string, number, readonly Instance[], Partial<Memory>, readonly string[]]>([
  ["a surplus stays", 2, serving(5), {}, []],
  ["so does one that boots for nothing", 2, [...serving(2), booting("b", 9)], { launching: onTheWay("b") }, []],
  [
    "so does what has drained",
    2,
    [...serving(2), draining("d", { target: { kind: "unregistered" } })],
    { draining: since(9, "d") },
    [],
  ],
  [
    "what still drains is taken back where more is wanted",
    3,
    [...serving(2), draining("d")],
    { draining: since(0, "d") },
    ["take-back d"],
  ],
  ["too few are filled up", 5, serving(3), {}, ["launch 2+0"]],
  [
    "what is ready is registered",
    3,
    [...serving(2), instance("r", { target: { kind: "unregistered" } })],
    { launching: onTheWay("r") },
    ["register r"],
  ],
  ["the sick stay, and are made up for", 10, [...serving(9), ...sick(1)], sickSince(1, 9), ["launch 1+0"]],
])("%s", (_, target, instances, memory, expected) => {
  expect(actionsFor(target, instances, memory, { brakes })).toEqual(expected);
});

test("with the fleet's maximum of instances there, sick and drained ones counted, nothing more is bought", () => {
  const policy = givenPolicy({ bounds: { min: 1, max: 10 } });
  const memory = aiming(10, sickSince(1, 9));
  const snapshot = givenSnapshot({
    instances: seen(...serving(9), ...sick(1)),
    memory,
    brakes,
    signals: { requests: settledPoints(5_000) },
  });
  expect(decide(policy, snapshot, sizeByRules).actions).toEqual([]);
  expect(decide(policy, { ...snapshot, brakes: [] }, sizeByRules).actions).toMatchObject([
    { kind: "launch" },
    { kind: "drain" },
  ]);
});

test.each<Action>([
  { kind: "drain", id: "shop@1/drain/i-1", instance: "i-1", because: "surplus" },
  { kind: "drain", id: "shop@1/drain/i-1", instance: "i-1", because: "unhealthy" },
  { kind: "terminate", id: "shop@1/terminate/i-1", instance: "i-1", because: "drained", registered: "unregistered" },
])("a decision that would $kind all the same breaks an invariant", (action) => {
  const snapshot = givenSnapshot({ instances: seen(...serving(5)), memory: aiming(5), brakes });
  const decision = { ...decide(givenPolicy(), snapshot, sizeByRules), actions: [action] };
  expect(check(givenPolicy(), snapshot, decision)).toContain(`${action.id} while the brake is on`);
  expect(check(givenPolicy(), { ...snapshot, brakes: [] }, decision).join()).not.toContain("brake");
});
