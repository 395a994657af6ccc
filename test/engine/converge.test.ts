// Which ones: from a target and the instances there are to actions. Nothing is decided here about how many.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../shared/core/index.ts";
import { converge } from "../../shared/engine/converge.ts";
import { decide, type Instance, type Memory, sizeByRules } from "../../shared/engine/index.ts";
import {
  aiming,
  givenMemory,
  givenPolicy,
  givenSnapshot,
  instance,
  seen,
  serving,
  settledPoints,
} from "../support/given.ts";
import {
  actionsFor,
  booting,
  brief,
  convergeTo,
  draining,
  onTheWay,
  sick,
  sickSince,
  since,
  unhealthy,
  unseen,
} from "./fleet.ts";

test.each<[string, number, readonly Instance[], Partial<Memory>, readonly string[]]>([
  ["as many as wanted: nothing", 3, serving(3), {}, []],
  ["too few: one launch for all", 5, serving(3), {}, ["launch 2+0"]],
  ["none at all", 2, [], {}, ["launch 2+0"]],
  ["booting ones are on the way", 5, [...serving(3), booting("b", 9)], { launching: onTheWay("b") }, ["launch 1+0"]],
  ["so are launches that nobody shows yet", 5, serving(3), { launching: unseen("u1", "u2") }, []],
  [
    "drained ones are not",
    3,
    [...serving(2), draining("d", { target: { kind: "unregistered" } })],
    { draining: since(2, "d") },
    ["launch 1+0", "terminate d (drained)"],
  ],
  [
    "nor are those that go away by themselves",
    3,
    [...serving(2), instance("x", { state: "shutting-down" })],
    {},
    ["launch 1+0"],
  ],
  [
    "nor stopped ones",
    3,
    [...serving(2), instance("x", { state: "stopped", target: { kind: "unregistered" } })],
    {},
    ["launch 1+0"],
  ],
  ["unhealthy for a moment counts", 3, [...serving(2), unhealthy("s")], { unhealthy: since(1, "s") }, []],
])("launches: %s", (_, target, instances, memory, expected) => {
  expect(actionsFor(target, instances, memory)).toEqual(expected);
});

test("a launch is bounded", () => {
  expect(actionsFor(2_000, [])).toEqual(["launch 500+0"]);
});

test.each<[string, number, readonly Instance[], Partial<Memory>, readonly string[]]>([
  ["before buying anew", 4, [...serving(2), draining("d")], { draining: since(1, "d") }, ["take-back d", "launch 1+0"]],
  [
    "no more than are short",
    3,
    [...serving(2), draining("d1"), draining("d2")],
    { draining: since(1, "d1", "d2") },
    ["take-back d1"],
  ],
  [
    "the last to leave first",
    3,
    [...serving(2), draining("d1"), draining("d2")],
    { draining: [...since(2, "d1"), ...since(1, "d2")] },
    ["take-back d2"],
  ],
  ["none when there are enough", 2, [...serving(2), draining("d")], { draining: since(1, "d") }, []],
  [
    "none that left because it was sick",
    3,
    [...serving(2), draining("d")],
    { draining: since(1, "d"), unhealthy: since(3, "d") },
    ["launch 1+0"],
  ],
  [
    "also one that the load balancer has let go, while the policy still waits",
    3,
    [...serving(2), draining("d", { target: { kind: "unregistered" } })],
    { draining: since(1, "d") },
    ["take-back d"],
  ],
])("takes back what is draining: %s", (_, target, instances, memory, expected) => {
  expect(actionsFor(target, instances, memory)).toEqual(expected);
});

test("takes nothing back where the policy forbids it", () => {
  const never = givenPolicy({ drain: { timeoutMs: 2 * minuteMs, takeBack: "never" } });
  const snapshot = givenSnapshot({ instances: seen(...serving(2), draining("d")) });
  const { actions } = converge(never, snapshot, {
    memory: givenMemory({ draining: since(1, "d") }),
    target: 3,
    mayShrink: false,
  });
  expect(actions.map(brief)).toEqual(["launch 1+0"]);
});

test("one that was replaced because it was sick is not taken back when the target rises", () => {
  const memory = aiming(3, { draining: since(1, "s"), unhealthy: since(4, "s") });
  const snapshot = givenSnapshot({
    instances: seen(...serving(3), draining("s")),
    memory,
    signals: { requests: settledPoints(2_000) },
  });
  expect(decide(givenPolicy(), snapshot, sizeByRules).actions.map(brief)).toEqual(["launch 1+0"]);
});

test("what adds capacity runs first, and each instance has one action at most", () => {
  const instances = [
    ...serving(2),
    instance("r", { target: { kind: "unregistered" } }),
    draining("back"),
    draining("gone", { target: { kind: "unregistered" } }),
  ];
  const memory = { launching: onTheWay("r"), draining: [...since(1, "back"), ...since(9, "gone")] };
  expect(actionsFor(6, instances, memory)).toEqual([
    "take-back back",
    "register r",
    "launch 2+0",
    "terminate gone (drained)",
  ]);
});

test("an action's name tells fleet, generation, kind and instance, and nothing that changes by itself", () => {
  const previous = { kind: "row", generation: 41, at: 0, actBy: 0, actions: [], outcomes: [] } as const;
  const { actions } = convergeTo(3, [...serving(1), draining("d")], { draining: since(1, "d") }, { previous });
  expect(actions.map(({ id }) => id)).toEqual(["shop@42/take-back/d", "shop@42/launch"]);
  expect(convergeTo(1, []).actions[0]?.id).toBe("shop@1/launch");
});

test("without sight of the instances nothing is done, and nothing is calm", () => {
  const instances = { kind: "missing", how: "failed", because: "throttled" } as const;
  expect(convergeTo(9, [], {}, { instances })).toMatchObject({ actions: [], calm: false });
});

test.each<[string, number, readonly Instance[], Partial<Memory>, boolean]>([
  ["all serve, as many as wanted", 2, serving(2), {}, true],
  ["nothing wanted and nothing there", 0, [], {}, true],
  ["something is to be done", 3, serving(2), {}, false],
  ["something boots", 3, [...serving(2), booting("b", 9)], { launching: onTheWay("b") }, false],
  ["something drains", 2, [...serving(2), draining("d")], { draining: since(1, "d") }, false],
  ["a launch is unseen", 3, serving(2), { launching: unseen("u") }, false],
  ["a launch unseen beside enough", 2, serving(2), { launching: unseen("u") }, false],
  ["one has been sick for a moment", 3, [...serving(2), unhealthy("s")], { unhealthy: since(1, "s") }, false],
  ["an outage", 3, sick(3), sickSince(3, 9), false],
])("calm or not: %s", (_, target, instances, memory, calm) => {
  expect(convergeTo(target, instances, memory).calm).toBe(calm);
});
