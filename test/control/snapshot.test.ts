// What was read, frozen into what a decision is made from.
import { expect, test } from "@jest/globals";
import { type Newest, type Readings, snapshotOf } from "../../shared/control/index.ts";
import { decideOrRefuse, initialMemory, type Outcome, sizeByRules } from "../../shared/engine/index.ts";
import { givenPolicy, givenSnapshot, instance, noon, seen } from "../support/given.ts";

const policy = givenPolicy();
const readings = (overrides: Partial<Readings> = {}): Readings => ({
  now: noon,
  newest: { kind: "none" },
  instances: seen(),
  metrics: {},
  peaks: [],
  preflight: "none",
  overrides: [],
  brakes: [],
  notices: [],
  forecast: "none",
  ...overrides,
});

test("a log without a row is born now, and remembers nothing", () => {
  expect(snapshotOf(policy, readings())).toEqual(givenSnapshot({ birth: noon, memory: initialMemory }));
});

test("a log goes on where its newest row ended", () => {
  const snapshot = givenSnapshot({ birth: 7 });
  const decision = decideOrRefuse(policy, snapshot, sizeByRules);
  const outcomes: readonly Outcome[] = [{ kind: "done", action: "shop@3/launch", instances: [] }];
  const row = {
    id: "shop@3",
    fleet: "shop",
    generation: 3,
    at: 8,
    actBy: 9,
    engineVersion: "",
    policyVersion: "",
    snapshot,
    decision,
  };
  const newest: Newest = { kind: "row", row, outcomes };
  expect(snapshotOf(policy, readings({ newest }))).toMatchObject({
    birth: 7,
    memory: decision.memory,
    previous: { kind: "row", generation: 3, at: 8, actBy: 9, actions: decision.actions, outcomes },
  });
});

test("instances stand in the order of their ids, whatever order they came in", () => {
  const instances = seen(instance("c"), instance("a"), instance("b"));
  expect(snapshotOf(policy, readings({ instances })).instances).toMatchObject({
    instances: [{ id: "a" }, { id: "b" }, { id: "c" }],
  });
  const missing = { kind: "missing", how: "failed", because: "throttled" } as const;
  expect(snapshotOf(policy, readings({ instances: missing })).instances).toEqual(missing);
});
