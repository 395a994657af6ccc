// The main path, and the two rows that are no ordinary decisions: recovery and refusal.
import { expect, test } from "@jest/globals";
import { minuteMs, secondMs } from "../../shared/core/index.ts";
import {
  type Action,
  decide,
  decideOrRefuse,
  type Outcome,
  originOf,
  type Sizer,
  type Snapshot,
  sizeByRules,
  type TargetState,
  unfinishedActions,
} from "../../shared/engine/index.ts";
import {
  aiming,
  givenMemory,
  givenPolicy,
  givenSnapshot,
  instance,
  noon,
  seen,
  serving,
  settledPoints,
} from "../support/given.ts";

const policy = givenPolicy();
const launch: Action = {
  kind: "launch",
  id: "shop@7/launch",
  onDemandCount: 2,
  spotCount: 0,
  templateVersion: "1",
  subnets: [],
};
const drain: Action = { kind: "drain", id: "shop@7/drain/i-1", instance: "i-1", because: "surplus" };
const after = (actions: readonly Action[], outcomes: readonly Outcome[]): Snapshot["previous"] => ({
  kind: "row",
  generation: 7,
  at: noon - minuteMs,
  actBy: noon - 40 * secondMs,
  actions,
  outcomes,
});
const done = (action: string, ...instances: readonly string[]): Outcome => ({ kind: "done", action, instances });
const busy = { memory: aiming(2), instances: seen(...serving(2)), signals: { requests: settledPoints(2_000) } };

test("one decision, from signals to actions, with every step of the way", () => {
  const decision = decide(policy, givenSnapshot({ ...busy, previous: after([], []) }), sizeByRules);
  expect(decision.kind).toBe("decided");
  expect(decision.steps.map(({ stage, from, to }) => [stage, from, to])).toEqual([
    ["combine", 2, 4],
    ["stabilise", 4, 4],
    ["limit", 4, 4],
    ["anticipate", 4, 4],
    ["bound", 4, 4],
    ["budget", 4, 4],
    ["override", 4, 4],
    ["brake", 4, 4],
  ]);
  expect(decision.actions).toEqual([
    { kind: "launch", id: "shop@8/launch", onDemandCount: 2, spotCount: 0, templateVersion: "1", subnets: [] },
  ]);
  expect(decision.memory).toMatchObject({
    target: { kind: "set", count: 4 },
    sizing: { kind: "rules", wishes: [{ at: noon, count: 4 }], targets: [{ at: noon, count: 4 }] },
  });
});

test("a log without a target starts from the instances there are", () => {
  const instances = seen(
    ...serving(3),
    instance("b", { state: "pending", target: { kind: "unregistered" } }),
    instance("x", { state: "stopped" }),
    instance("y", { state: "shutting-down" }),
  );
  expect(decide(policy, givenSnapshot({ instances }), sizeByRules).steps[0]).toMatchObject({ from: 4, to: 4 });
});

test("a log that begins without sight of its instances sets no target: it would drain the fleet it has not seen", () => {
  const first = decide(
    policy,
    givenSnapshot({ instances: { kind: "missing", how: "failed", because: "throttled" }, signals: busy.signals }),
    sizeByRules,
  );
  expect(first.memory.target).toEqual({ kind: "none" });
  const second = givenSnapshot({
    now: noon + minuteMs,
    memory: first.memory,
    instances: seen(...serving(20)),
    signals: {},
  });
  const decision = decide(policy, second, sizeByRules);
  expect(decision.steps[0]).toMatchObject({ from: 20, to: 20 });
  expect(decision.actions).toEqual([]);
});

test("without sight of the instances a known target is still sized, and nothing done", () => {
  const decision = decide(
    policy,
    givenSnapshot({ ...busy, instances: { kind: "missing", how: "failed", because: "throttled" } }),
    sizeByRules,
  );
  expect(decision.memory.target).toEqual({ kind: "set", count: 4 });
  expect(decision.actions).toEqual([]);
  expect(decision.lookAgain).toEqual({ at: noon + minuteMs, because: "moving" });
});

test.each<[string, Snapshot["previous"], readonly Action[]]>([
  ["no row", { kind: "none" }, []],
  ["all ended", after([launch, drain], [done(launch.id), done(drain.id)]), []],
  ["ended badly is ended", after([drain], [{ kind: "failed", action: drain.id, because: "" }]), []],
  ["none ended", after([launch, drain], []), [launch, drain]],
  ["one did not", after([launch, drain], [done(drain.id)]), [launch]],
])("unfinished: %s", (_, previous, expected) => {
  expect(unfinishedActions(previous)).toEqual(expected);
});

test("unfinished actions are decided again, unchanged, before anything new", () => {
  const snapshot = givenSnapshot({ ...busy, previous: after([launch, drain], [done(drain.id, "i-1")]) });
  expect(decide(policy, snapshot, sizeByRules)).toEqual({
    kind: "recovering",
    generation: 7,
    proposals: [],
    steps: [{ stage: "recover", from: 2, to: 2, reason: { kind: "recovering", generation: 7, unfinishedCount: 1 } }],
    actions: [launch],
    memory: { ...aiming(2), draining: [{ id: "i-1", since: noon - minuteMs }] },
    lookAgain: { at: noon + minuteMs, because: "moving" },
  });
});

test.each<[TargetState, "asked" | "dropped"]>([
  [{ kind: "healthy" }, "dropped"],
  [{ kind: "draining" }, "dropped"],
  [{ kind: "draining", inFlightCount: 0 }, "dropped"],
  [{ kind: "initial" }, "asked"],
  [{ kind: "unregistered" }, "asked"],
])("a termination whose instance has become %j is %s for again beside a launch", (target, expected) => {
  const terminate: Action = {
    kind: "terminate",
    id: "shop@7/terminate/i-1",
    instance: "i-1",
    because: "never-healthy",
    registered: "registered",
  };
  const instances = seen(instance("i-1", { target }));
  const previous = after([launch, terminate], []);
  const { kind, actions } = decide(policy, givenSnapshot({ ...busy, instances, previous }), sizeByRules);
  expect(kind).toBe("recovering");
  expect(actions.some((action) => action.kind === "terminate")).toBe(expected === "asked");
});

test("where only drains and terminations are unfinished all is decided anew: they hold up no growth", () => {
  const drain: Action = { kind: "drain", id: "shop@7/drain/i-1", instance: "i-1", because: "surplus" };
  const { kind, actions } = decide(policy, givenSnapshot({ ...busy, previous: after([drain], []) }), sizeByRules);
  expect([kind, actions.map((action) => action.kind)]).toEqual(["decided", ["launch"]]);
});

test.each([
  [12, "recovering"],
  [13, "decided"],
] as const)("an action of generation 7 is asked for until generation 12: in %i it is %s", (generation, expected) => {
  const previous = { ...after([launch], []), generation: generation - 1 };
  expect(decide(policy, givenSnapshot({ ...busy, previous }), sizeByRules).kind).toBe(expected);
});

test("an action names the generation that first decided it", () => {
  expect(originOf("shop@12/launch")).toBe(12);
  expect(originOf("shop@7/terminate/i-0@9")).toBe(7);
  expect(() => originOf("launch")).toThrow("names its generation");
});

test("a decision that breaks an invariant is refused: no actions, the target frozen, what was learned kept", () => {
  const tooMany: Sizer = () => ({
    proposals: [],
    steps: [{ stage: "scale-out", from: 2, to: 101, reason: { kind: "peer-rule", says: "more", figures: {} } }],
    memory: { kind: "none" },
  });
  const snapshot = givenSnapshot({ ...busy, previous: after([launch], [done(launch.id, "i-8", "i-9")]) });
  const violations = ["target 101 lies outside 1–100"];
  expect(decideOrRefuse(policy, snapshot, tooMany)).toEqual({
    kind: "refused",
    proposals: [],
    steps: [{ stage: "refuse", from: 2, to: 2, reason: { kind: "frozen", violations } }],
    actions: [],
    memory: {
      ...aiming(2),
      launching: ["i-8", "i-9"].map((id) => ({ id, requestedAt: noon - minuteMs, templateVersion: "1", marks: [] })),
    },
    lookAgain: { at: noon + minuteMs, because: "moving" },
    violations,
  });
});

test("a sound decision is not refused", () => {
  const snapshot = givenSnapshot(busy);
  expect(decideOrRefuse(policy, snapshot, sizeByRules)).toEqual(decide(policy, snapshot, sizeByRules));
});

test("a sizer is asked with what this look has learned", () => {
  const asked: Snapshot[] = [];
  const size: Sizer = (policy, snapshot) => {
    asked.push(snapshot);
    return sizeByRules(policy, snapshot);
  };
  const memory = givenMemory({
    launching: [{ id: "i-1", requestedAt: noon - 4 * minuteMs, templateVersion: "1", marks: [] }],
  });
  decide(policy, givenSnapshot({ instances: seen(...serving(1)), memory }), size);
  expect(asked[0]?.memory.launches).toEqual([{ at: noon, runningMs: 4 * minuteMs, servingMs: 4 * minuteMs }]);
});
