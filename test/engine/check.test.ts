// Each invariant, broken by hand, is told in words. The decision is sound but for the one thing a line breaks.
import { expect, test } from "@jest/globals";
import { hourMs, minuteMs } from "../../shared/core/index.ts";
import {
  type Action,
  check,
  type Decision,
  type Instance,
  type Snapshot,
  type Step,
} from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { givenMemory, givenPolicy, givenSnapshot, instance, noon, renewBy, seen, serving } from "../support/given.ts";

const policy = givenPolicy({ bounds: { min: 2, max: 20 } });
const stopped = { scope: "all-fleets", since: noon, by: "ann", reason: "" } as const;
const decision = (overrides: Partial<Extract<Decision, { kind: "decided" }>> = {}): Decision => ({
  kind: "decided",
  proposals: [],
  steps: steps([4, 4]),
  actions: [],
  memory: givenMemory(),
  lookAgain: { at: noon, because: "heartbeat" },
  ...overrides,
});
const steps = (...moves: readonly (readonly [number, number])[]): readonly Step[] =>
  moves.map(([from, to]) => ({ stage: "bound", from, to, reason: { kind: "within-bounds" } }));

const fleet = [
  ...serving(4),
  instance("ill", { target: { kind: "unhealthy", because: "503" } }),
  instance("leaving", { target: { kind: "draining" } }),
  instance("out", { target: { kind: "unregistered" } }),
  instance("booting", { target: { kind: "unregistered" }, state: "pending" }),
  instance("checked", { target: { kind: "initial" } }),
];
const found = (broken: Decision, snapshot: Partial<Snapshot> = {}) =>
  check(policy, givenSnapshot({ instances: seen(...fleet), ...snapshot }), broken);

const launch = (count: number, id = "launch"): Action => ({
  kind: "launch",
  id,
  onDemandCount: count,
  spotCount: 0,
  templateVersion: "1",
  subnets: [],
});
const acts = (kind: "take-back" | "register" | "warm" | "start" | "stop", id: string): Action => ({
  kind,
  id: `${kind}/${id}`,
  instance: id,
});
const drain = (id: string, because: Extract<Action, { kind: "drain" }>["because"] = "surplus"): Action => ({
  kind: "drain",
  id: `drain/${id}`,
  instance: id,
  because,
});
const terminate = (id: string): Action => ({
  kind: "terminate",
  id: `terminate/${id}`,
  instance: id,
  because: "drained",
  registered: "unregistered",
});

test.each<[string, Decision]>([
  ["nothing to do", decision()],
  [
    "everything that may be done",
    decision({
      steps: steps([4, 6]),
      actions: [
        acts("take-back", "leaving"),
        acts("register", "out"),
        launch(2),
        drain("ill", "unhealthy"),
        terminate("booting"),
      ],
    }),
  ],
  ["a drain down to the minimum", decision({ steps: steps([4, 2]), actions: [drain("i-1"), drain("i-2")] })],
  ["a warm-up outside the traffic", decision({ actions: [acts("warm", "out"), acts("warm", "checked")] })],
  ["terminating what only registers", decision({ actions: [terminate("checked"), terminate("ill")] })],
])("sound: %s", (_, sound) => {
  expect(found(sound)).toEqual([]);
});

test.each<[string, Decision, readonly string[]]>([
  ["no step", decision({ steps: [] }), ["a decision has at least one step", "target 0 lies outside 2–20"]],
  ["half an instance", decision({ steps: steps([4, 4.5]) }), ["step bound leads to 4.5, which is no count"]],
  [
    "no number",
    decision({ steps: steps([4, Number.NaN]) }),
    ["step bound leads to NaN, which is no count", "target NaN lies outside 2–20"],
  ],
  [
    "fewer than none",
    decision({ steps: steps([4, -1]) }),
    ["step bound leads to -1, which is no count", "target -1 lies outside 2–20"],
  ],
  [
    "a gap in the chain",
    decision({ steps: steps([4, 5], [6, 6]) }),
    ["step bound starts at 6, not where the last one ended"],
  ],
  ["over the maximum", decision({ steps: steps([4, 21]) }), ["target 21 lies outside 2–20"]],
  ["under the minimum", decision({ steps: steps([4, 1]) }), ["target 1 lies outside 2–20"]],
  [
    "two actions for one",
    decision({ actions: [acts("register", "out"), { ...acts("register", "out"), id: "again" }] }),
    ["an instance has two actions"],
  ],
  [
    "an id used twice",
    decision({ actions: [acts("register", "out"), { ...drain("ill", "unhealthy"), id: "register/out" }] }),
    ["two actions share an id"],
  ],
  [
    "two launches",
    decision({ steps: steps([4, 9]), actions: [launch(1), launch(1, "again")] }),
    ["more than one launch"],
  ],
  ["a stranger", decision({ actions: [drain("i-99")] }), ["drain i-99: not an instance of this snapshot"]],
  [
    "terminating one that serves",
    decision({ actions: [terminate("i-1")] }),
    ["terminate i-1: it may still be answering users"],
  ],
  [
    "terminating one that drains",
    decision({ actions: [terminate("leaving")] }),
    ["terminate leaving: it may still be answering users"],
  ],
  [
    "registering one that boots",
    decision({ actions: [acts("register", "booting")] }),
    ["register booting: not a running, unregistered instance"],
  ],
  [
    "registering one that is registered",
    decision({ actions: [acts("register", "checked")] }),
    ["register checked: not a running, unregistered instance"],
  ],
  [
    "warming one that serves",
    decision({ actions: [acts("warm", "i-1")] }),
    ["warm i-1: not a running instance outside the traffic"],
  ],
  [
    "warming one that boots",
    decision({ actions: [acts("warm", "booting")] }),
    ["warm booting: not a running instance outside the traffic"],
  ],
  [
    "taking back one that never left",
    decision({ actions: [acts("take-back", "i-1")] }),
    ["take-back i-1: not draining"],
  ],
  ["draining one that is out", decision({ actions: [drain("out")] }), ["drain out: not in the load balancer"]],
  ["draining one that drains", decision({ actions: [drain("leaving")] }), ["drain leaving: not in the load balancer"]],
  [
    "launching past the target",
    decision({ steps: steps([4, 5]), actions: [launch(2)] }),
    ["launching 2 beside 4 healthy passes the target 5"],
  ],
  [
    "launching past the target, on spot",
    decision({ steps: steps([4, 5]), actions: [{ ...launch(1), spotCount: 1 } as Action] }),
    ["launching 2 beside 4 healthy passes the target 5"],
  ],
  [
    "launching in place of one that is terminated, which is all that is wrong with it",
    decision({ actions: [launch(1), terminate("i-1")] }),
    ["terminate i-1: it may still be answering users"],
  ],
  ["launching none", decision({ actions: [launch(0)] }), ["launching 0 beside 4 healthy passes the target 4"]],
  [
    "draining below the minimum",
    decision({ steps: steps([4, 2]), actions: [acts("register", "out"), drain("i-1"), drain("i-2"), drain("i-3")] }),
    ["draining leaves 1 healthy, under the minimum 2"],
  ],
])("broken: %s", (_, broken, violations) => {
  expect(found(broken)).toEqual(violations);
});

test.each<[string, Decision]>([
  ["this decision drains", decision({ steps: steps([4, 4]), actions: [launch(1), drain("i-1")] })],
  [
    "an earlier one drained, though reads are stale",
    decision({ actions: [launch(1)], memory: givenMemory({ draining: [{ id: "i-1", since: noon }] }) }),
  ],
])("a launch may fill the place of one that %s", (_, sound) => {
  expect(found(sound)).toEqual([]);
});

test("a launch may fill the place of one that EC2 is taking away, whatever the load balancer still says of it", () => {
  const leaving: readonly Instance[] = [...serving(3), instance("spot", { state: "shutting-down" })];
  expect(found(decision({ actions: [launch(1)] }), { instances: seen(...leaving) })).toEqual([]);
});

test.each<[string, number, number | "not yet", readonly string[]]>([
  ["nothing is in flight", 0, 0.1, []],
  ["something is, but the policy waits no longer", 1, policy.drain.timeoutMs / minuteMs, []],
  ["something is", 1, 0.1, ["terminate i: it may still be answering users"]],
  ["this look is the first to meet it", 0, 0, ["terminate i: it may still be answering users"]],
  ["nobody knows since when it drains", 0, "not yet", ["terminate i: it may still be answering users"]],
])("terminating one whose draining is counted: %s", (_, inFlightCount, minutesAgo, broken) => {
  const since = minutesAgo === "not yet" ? [] : [{ id: "i", since: noon - minutesAgo * minuteMs }];
  const memory = givenMemory({ draining: since });
  const instances = seen(...serving(4), instance("i", { target: { kind: "draining", inFlightCount } }));
  expect(found(decision({ actions: [terminate("i")], memory }), { instances })).toEqual(broken);
});

test("replacing the sick may go below the minimum, draining for surplus may not", () => {
  const few = { instances: seen(...serving(2)) };
  expect(found(decision({ steps: steps([2, 2]), actions: [drain("i-1", "unhealthy")] }), few)).toEqual([]);
  expect(found(decision({ steps: steps([2, 2]), actions: [drain("i-1")] }), few)).toHaveLength(1);
});

test("a fleet below its minimum may not be drained at all", () => {
  expect(
    found(decision({ steps: steps([2, 2]), actions: [drain("i-1")] }), { instances: seen(...serving(1)) }),
  ).toHaveLength(1);
});

const by = (min: number, max: number, until = noon + hourMs) => ({ id: "o", min, max, until, by: "ada", reason: "" });
test.each<[string, Snapshot["overrides"], number, boolean]>([
  ["an override widens the bounds upwards", [by(30, 1_000)], 30, true],
  ["and not downwards", [by(0, 1)], 1, false],
  ["no further", [by(30, 1_000)], 31, false],
  ["an expired one does not", [by(30, 1_000, noon)], 30, false],
])("%s", (_, overrides, target, holds) => {
  expect(found(decision({ steps: steps([4, target]) }), { overrides })).toHaveLength(holds ? 0 : 1);
});

test("without sight of the instances there may be no action", () => {
  const instances = { kind: "missing", how: "failed", because: "throttled" } as const;
  expect(found(decision({ actions: [launch(1)] }), { instances })).toEqual([
    "actions without having seen the instances",
  ]);
  expect(found(decision(), { instances })).toEqual([]);
});

test("nothing that somebody has protected leaves", () => {
  const kept = seen(...serving(4), instance("kept", { isProtected: true }));
  expect(found(decision({ actions: [drain("kept", "unhealthy")] }), { instances: kept })).toEqual([
    "drain kept: it is protected",
  ]);
});

test("what drains may come back though the load balancer has let it go; what does not drain may not", () => {
  const draining = [{ id: "out", since: noon }];
  expect(found(decision({ actions: [acts("take-back", "out")], memory: givenMemory({ draining }) }))).toEqual([]);
  expect(found(decision({ actions: [acts("take-back", "out")] }))).toEqual(["take-back out: not draining"]);
});

const away = instance("away", { state: "stopped", target: { kind: "unregistered" } });
const withAway = { instances: seen(...fleet, away) };
const entry = (id: string) => ({ id, since: noon });
const keepsTwo = { kind: "keeps", count: 2, by: "stopping", settleMs: 0, usdPerHour: 0 } as const;

test("what Tidegate has stopped may be started, and nothing else", () => {
  const start = (id: string, memory = givenMemory()) =>
    found(decision({ steps: steps([4, 5]), actions: [acts("start", id)], memory }), withAway);
  const memory = givenMemory({ reserve: { kept: [entry("away"), entry("out")], filling: [] } });
  expect(start("away", memory)).toEqual([]);
  expect(start("away")).toEqual(["start away: not stopped by Tidegate"]);
  expect(start("out", memory)).toEqual(["start out: not stopped by Tidegate"]);
});

test("a start counts as a launch does", () => {
  const memory = givenMemory({ reserve: { kept: [entry("away")], filling: [] } });
  expect(found(decision({ actions: [acts("start", "away")], memory }), withAway)).toEqual([
    "launching 1 beside 4 healthy passes the target 4",
  ]);
  const both = decision({ steps: steps([4, 5]), actions: [acts("start", "away"), launch(1)], memory });
  expect(found(both, withAway)).toEqual(["launching 2 beside 4 healthy passes the target 5"]);
});

test("only what has drained, or never served, is stopped; nothing while somebody has said stop, and nothing protected", () => {
  const stop = (id: string, memory = {}, snapshot: Partial<Snapshot> = {}) =>
    found(decision({ actions: [acts("stop", id)], memory: givenMemory(memory) }), snapshot);
  const draining = [entry("out"), entry("leaving"), entry("i-1")];
  expect(stop("out", { draining })).toEqual([]);
  expect(stop("out", { reserve: { kept: [], filling: [entry("out")] } })).toEqual([]);
  for (const id of ["leaving", "i-1", "booting"])
    expect(stop(id, { draining })).toEqual([`stop ${id}: it may still be answering users`]);
  expect(stop("out")).toEqual(["stop out: it may still be answering users"]);
  expect(stop("out", { draining }, { brakes: [stopped] })).toEqual(["stop/out while the brake is on"]);
  const guarded = fleet.map((one) => (one.id === "out" ? { ...one, isProtected: true } : one));
  expect(stop("out", { draining }, { instances: seen(...guarded) })).toEqual(["stop out: it is protected"]);
});

test("no more are launched for the reserve than the policy wants, and they do not count towards the target", () => {
  const refill = (count: number, policyReserve: Policy["reserve"] = keepsTwo) =>
    check(
      { ...policy, reserve: policyReserve },
      givenSnapshot(withAway),
      decision({
        actions: [{ ...launch(count), for: "reserve" } as Action],
        memory: givenMemory({ reserve: { kept: [entry("away")], filling: [] } }),
      }),
    );
  expect(refill(1)).toEqual([]);
  expect(refill(2)).toEqual(["launching 2 for a reserve of 2 that has 1"]);
  expect(refill(1, { kind: "none" })).toEqual(["launching 1 for a reserve of 0 that has 1"]);
});

test("beside those that are to be replaced stands no more than the surge", () => {
  const notices = [{ instance: "i-1", kind: "rebalance", at: noon }] as const;
  const passes = (count: number, snapshot: Partial<Snapshot>) =>
    found(decision({ actions: [launch(count)] }), snapshot);
  expect(passes(1, {})).toEqual(["launching 1 beside 4 healthy passes the target 4"]);
  expect(passes(1, { notices })).toEqual([]);
  expect(passes(2, { notices })).toEqual(["launching 2 beside 4 healthy passes the target 4"]);
});

test("where the policy evens out and one subnet has two more than another, one may stand beside them, whatever the surge", () => {
  const standing = (...subnets: readonly string[]) =>
    seen(...subnets.map((name, i) => instance(`i-${i + 1}`, { subnet: name })));
  const passes = (count: number, given: Snapshot["instances"], renew: Policy["renew"] = renewBy()) =>
    check(
      {
        ...policy,
        renew,
        launch: { ...policy.launch, subnets: ["a", "b"] },
        limits: { ...policy.limits, surgeRatio: 0.5 },
      },
      givenSnapshot({ instances: given }),
      decision({ actions: [launch(count)] }),
    );
  const broken = (count: number) => [`launching ${count} beside 4 healthy passes the target 4`];
  expect(passes(1, standing("a", "b", "b", "b"))).toEqual([]);
  expect(passes(2, standing("a", "b", "b", "b"))).toEqual(broken(2));
  expect(passes(1, standing("a", "a", "b", "b"))).toEqual(broken(1));
  expect(passes(1, standing("a", "b", "b", "old"))).toEqual(broken(1));
  expect(passes(1, standing("a", "b", "b", "b"), renewBy({ balanced: false }))).toEqual(broken(1));
  expect(passes(1, standing("a", "b", "b", "b"), { kind: "never" })).toEqual(broken(1));
});

test.each(["rebalanced", "outdated", "too-old", "unbalanced"] as const)(
  "one that is %s leaves no fewer than the minimum",
  (because) => {
    const three = seen(...serving(2));
    expect(found(decision({ actions: [drain("i-1", because)] }), { instances: three })).toEqual([
      "draining leaves 1 healthy, under the minimum 2",
    ]);
    expect(found(decision({ actions: [drain("i-1", "interrupted")] }), { instances: three })).toEqual([]);
    const besides = [drain("i-1", "interrupted"), drain("checked")];
    const four = seen(...serving(2), instance("checked", { target: { kind: "initial" } }));
    expect(found(decision({ actions: besides }), { instances: four })).toEqual([]);
  },
);

test("a recovery repeats what was decided then: only its shape is checked", () => {
  const recovering = (actions: readonly Action[]): Decision => ({
    ...decision({ actions }),
    kind: "recovering",
    generation: 1,
  });
  expect(found(recovering([terminate("i-1"), launch(50)]))).toEqual([]);
  expect(found(recovering([launch(1), launch(1)]))).toEqual(["two actions share an id", "more than one launch"]);
});

test("a refusal is not checked again", () => {
  expect(found({ ...decision({ steps: [] }), kind: "refused", violations: ["x"] })).toEqual([]);
});

test.each<[string, number, Partial<Snapshot>, readonly string[]]>([
  ["what the budget pays for", 6, {}, []],
  ["more", 7, {}, ["target 7 costs 3.5 USD/h, over 3"]],
  ["more, as an override asks for", 7, { overrides: [{ ...floorOf(7), until: noon + hourMs }] }, []],
  [
    "more, as an override asked for",
    7,
    { overrides: [{ ...floorOf(7), until: noon }] },
    ["target 7 costs 3.5 USD/h, over 3"],
  ],
  ["more, as there was", 7, { memory: givenMemory({ target: { kind: "set", count: 7 } }) }, []],
  [
    "more than there was",
    8,
    { memory: givenMemory({ target: { kind: "set", count: 7 } }) },
    ["target 8 costs 4 USD/h, over 3"],
  ],
  [
    "more, as a brake keeps it",
    7,
    { brakes: [stopped], memory: givenMemory({ target: { kind: "set", count: 7 } }) },
    [],
  ],
])("a hard budget of six: %s", (_, target, snapshot, violations) => {
  const budget = { kind: "hourly", softUsd: "none", hardUsd: 3, onDemandUsd: 0.5, spotUsd: 0.2 } as const;
  const thrifty = { ...policy, limits: { ...policy.limits, budget } };
  expect(check(thrifty, givenSnapshot(snapshot), decision({ steps: steps([4, target]) }))).toEqual(violations);
});

function floorOf(min: number) {
  return { id: "a", min, max: 1_000_000, by: "ann", reason: "" };
}

test("the minimum stands, whatever the budget", () => {
  const budget = { kind: "hourly", softUsd: "none", hardUsd: 0.1, onDemandUsd: 0.5, spotUsd: 0.2 } as const;
  const poor = { ...policy, limits: { ...policy.limits, budget } };
  expect(check(poor, givenSnapshot(), decision({ steps: steps([4, 2]) }))).toEqual([]);
  expect(check(poor, givenSnapshot(), decision({ steps: steps([4, 3]) }))).toHaveLength(1);
});
