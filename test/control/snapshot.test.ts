// What was read, frozen into what a decision is made from.
import { expect, test } from "@jest/globals";
import { type Newest, type Readings, snapshotOf } from "../../shared/control/index.ts";
import { decideOrRefuse, initialMemory, type Memory, type Outcome, sizeByRules } from "../../shared/engine/index.ts";
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

test("a count of late requests that an older engine began is of an unknown time", () => {
  const counted = { kind: "counted", until: 8, logit: 3, meanPerMinute: 900, requests: 900, late: 1 };
  const sizing = { kind: "rules", wishes: [], targets: [], peakBaselines: [], blindBases: [] };
  const serviceAfter = (service: object) => {
    const snapshot = givenSnapshot({ birth: 7 });
    const decision = decideOrRefuse(policy, snapshot, sizeByRules);
    const memory = { ...decision.memory, sizing: { ...sizing, service } } as unknown as Memory;
    const ids = { id: "shop@3", fleet: "shop", generation: 3, engineVersion: "", policyVersion: "" };
    const row = { ...ids, at: 8, actBy: 9, snapshot, decision: { ...decision, memory } };
    return snapshotOf(policy, readings({ newest: { kind: "row", row, outcomes: [] } })).memory.sizing;
  };
  expect(serviceAfter(counted)).toEqual({ ...sizing, service: { ...counted, since: "unknown" } });
  expect(serviceAfter({ ...counted, since: 5 })).toEqual({ ...sizing, service: { ...counted, since: 5 } });
  expect(serviceAfter({ kind: "none" })).toEqual({ ...sizing, service: { kind: "none" } });
});

test("instances stand in the order of their ids, whatever order they came in", () => {
  const instances = seen(instance("c"), instance("a"), instance("b"));
  expect(snapshotOf(policy, readings({ instances })).instances).toMatchObject({
    instances: [{ id: "a" }, { id: "b" }, { id: "c" }],
  });
  const missing = { kind: "missing", how: "failed", because: "throttled" } as const;
  expect(snapshotOf(policy, readings({ instances: missing })).instances).toEqual(missing);
});
