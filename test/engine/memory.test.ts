// What the newest row's outcomes and this look's instances teach.
import { describe, expect, test } from "@jest/globals";
import { hourMs, minuteMs, secondMs } from "../../shared/core/index.ts";
import {
  type Action,
  decide,
  type Instance,
  learn,
  type Memory,
  type Outcome,
  type Snapshot,
  sizeByRules,
} from "../../shared/engine/index.ts";
import {
  aiming,
  givenMemory,
  givenPolicy,
  givenSnapshot,
  instance,
  launching,
  noon,
  seen,
  serving,
  settledPoints,
} from "../support/given.ts";

const before = noon - minuteMs;
const rowWith = (actions: readonly Action[], outcomes: readonly Outcome[]): Snapshot["previous"] => ({
  kind: "row",
  generation: 1,
  at: before,
  actBy: before + 20 * secondMs,
  actions,
  outcomes,
});
const learnFrom = (
  memory: Partial<Memory>,
  instances: readonly Instance[],
  previous: Snapshot["previous"] = { kind: "none" },
) => learn(givenSnapshot({ memory: givenMemory(memory), instances: seen(...instances), previous }));

const launch: Action = {
  kind: "launch",
  id: "launch",
  onDemandCount: 2,
  spotCount: 0,
  templateVersion: "1",
  subnets: [],
};
const acting = (kind: "warm" | "take-back", id: string): Action => ({ kind, id: `${kind}/${id}`, instance: id });
const drain = (id: string): Action => ({ kind: "drain", id: `drain/${id}`, instance: id, because: "surplus" });
const done = (action: string, ...instances: readonly string[]): Outcome => ({ kind: "done", action, instances });
const outside = (id: string, overrides: Partial<Instance> = {}): Instance =>
  instance(id, { target: { kind: "unregistered" }, state: "pending", launchedAt: before, ...overrides });
const leaving = (id: string): Instance => instance(id, { target: { kind: "draining" } });

test("a launch is in flight from its row on, whether it is seen or not", () => {
  const memory = learnFrom({}, [outside("a")], rowWith([launch], [done("launch", "a", "b")]));
  expect(memory.launching).toEqual([
    { id: "a", requestedAt: before, templateVersion: "1", marks: [{ kind: "seen", at: noon }] },
    { id: "b", requestedAt: before, templateVersion: "1", marks: [] },
  ]);
});

test("of a launch that fell short, what came all the same is in flight", () => {
  const short: Outcome = {
    kind: "insufficient-capacity",
    action: "launch",
    instances: ["a"],
    because: "none left",
    attempts: [],
    shortSubnets: [],
  };
  expect(learnFrom({}, [], rowWith([launch], [short])).launching.map(({ id }) => id)).toEqual(["a"]);
});

test.each<[string, Outcome[]]>([
  ["failed", [{ kind: "failed", action: "launch", because: "no template" }]],
  ["was withheld in shadow", [{ kind: "withheld", action: "launch" }]],
  ["came too late", [{ kind: "too-late", action: "launch" }]],
  ["has no outcome yet", []],
])("a launch that %s leaves nothing in flight", (_, outcomes) => {
  expect(learnFrom({}, [], rowWith([launch], outcomes)).launching).toEqual([]);
});

test("what is known already is not heard twice", () => {
  const known = launching("a", 5 * minuteMs, ["seen"]);
  const memory = learnFrom({ launching: [known] }, [outside("a")], rowWith([launch], [done("launch", "a")]));
  expect(memory.launching).toEqual([known]);
});

test.each<[string, number, boolean]>([
  ["just short of its deadline", 5 * minuteMs - 1, true],
  ["at its deadline", 5 * minuteMs, false],
])("a launch unseen is given up: %s", (_, agoMs, kept) => {
  expect(learnFrom({ launching: [launching("u", agoMs)] }, []).launching).toHaveLength(kept ? 1 : 0);
});

test.each([
  ["hidden by a stale read, for as long as reads are stale", 2 * minuteMs - 1, ["a"]],
  ["gone after that", 2 * minuteMs, []],
])("a launch once seen and now not is %s", (_, seenAgoMs, left) => {
  const entry = launching("a", seenAgoMs, ["seen"]);
  expect(learnFrom({ launching: [entry] }, []).launching.map(({ id }) => id)).toEqual(left);
});

test("one that we have terminated ourselves is not waited for, one that would not end is", () => {
  const end = (id: string): Action => ({
    kind: "terminate",
    id: `terminate/${id}`,
    instance: id,
    because: "surplus",
    registered: "unregistered",
  });
  const snapshot = givenSnapshot({
    memory: givenMemory({ launching: ["a", "b"].map((id) => launching(id, minuteMs, ["seen"])) }),
    previous: rowWith(
      [end("a"), end("b")],
      [
        { kind: "done", action: "terminate/a", instances: ["a"] },
        { kind: "throttled", action: "terminate/b", because: "slow down" },
      ],
    ),
  });
  expect(learn(snapshot).launching.map(({ id }) => id)).toEqual(["b"]);
});

test("a launch that EC2 is taking away is dropped at once", () => {
  expect(
    learnFrom({ launching: [launching("a", minuteMs)] }, [outside("a", { state: "shutting-down" })]).launching,
  ).toEqual([]);
});

test("each stretch of the way is marked once, when it is first seen", () => {
  const first = learnFrom({ launching: [launching("a", minuteMs)] }, [outside("a", { state: "running" })]);
  expect(first.launching[0]?.marks).toEqual([
    { kind: "seen", at: noon },
    { kind: "running", at: noon },
  ]);
  const warm = { kind: "done", at: noon + 30 * secondMs } as const;
  const later = learn(
    givenSnapshot({ now: noon + minuteMs, memory: first, instances: seen(outside("a", { state: "running", warm })) }),
  );
  expect(later.launching[0]?.marks).toEqual([
    { kind: "seen", at: noon },
    { kind: "running", at: noon },
    { kind: "warmed", at: noon + 30 * secondMs },
  ]);
});

test.each<[string, Outcome, string | "none"]>([
  ["begun", done("warm/a", "a"), "warm-started"],
  ["denied", { kind: "denied", action: "warm/a", because: "no right" }, "warm-refused"],
  ["failed", { kind: "failed", action: "warm/a", because: "no such function" }, "warm-refused"],
  ["throttled, to be asked for again", { kind: "throttled", action: "warm/a", because: "rate" }, "none"],
])("a warm-up %s", (_, outcome, expected) => {
  const memory = { launching: [launching("a", 2 * minuteMs, ["seen", "running"])] };
  const { launching: after } = learnFrom(
    memory,
    [outside("a", { state: "running" })],
    rowWith([acting("warm", "a")], [outcome]),
  );
  const added = after[0]?.marks.slice(2).map(({ kind, at }) => [kind, at]);
  expect(added).toEqual(expected === "none" ? [] : [[expected, before]]);
});

test("a launch that serves is measured from its request, and no longer followed", () => {
  const memory = learnFrom(
    {
      launching: [{ ...launching("a", 4 * minuteMs, ["seen"]), marks: [{ kind: "running", at: noon - 3 * minuteMs }] }],
    },
    [instance("a")],
  );
  expect(memory.launching).toEqual([]);
  expect(memory.launches).toEqual([{ at: noon, runningMs: minuteMs, servingMs: 4 * minuteMs }]);
});

test("one that was warmed is measured by that stage, too, when its end is seen", () => {
  const marks = [{ kind: "running", at: noon - 3 * minuteMs }] as const;
  const memory = learnFrom({ launching: [{ ...launching("a", 4 * minuteMs, ["seen"]), marks }] }, [
    instance("a", { warm: { kind: "done", at: noon - minuteMs } }),
  ]);
  expect(memory.launches).toEqual([{ at: noon, runningMs: minuteMs, warmedMs: 3 * minuteMs, servingMs: 4 * minuteMs }]);
});

test("measurements are kept, the newest forty", () => {
  const launches = Array.from({ length: 40 }, (_, at) => ({ at, runningMs: 1, servingMs: 2 }));
  const memory = learnFrom({ launches, launching: [launching("a", minuteMs)] }, [instance("a")]);
  expect(memory.launches).toHaveLength(40);
  expect(memory.launches[0]).toMatchObject({ at: 1 });
  expect(memory.launches.at(-1)).toMatchObject({ at: noon, servingMs: minuteMs });
});

test("instances that serve nothing and that nobody told of are adopted, from their launch", () => {
  const memory = learnFrom({}, [outside("a"), instance("b", { target: { kind: "initial" } }), instance("c")]);
  expect(memory.launching.map(({ id, requestedAt }) => [id, requestedAt])).toEqual([
    ["a", before],
    ["b", noon - hourMs],
  ]);
});

test("a drain lasts from its row until the instance is gone", () => {
  const heard = learnFrom({}, [leaving("a")], rowWith([drain("a")], [done("drain/a", "a")]));
  expect(heard.draining).toEqual([{ id: "a", since: before }]);
  expect(learnFrom(heard, [leaving("a")]).draining).toEqual([{ id: "a", since: before }]);
  expect(learnFrom(heard, [outside("a", { state: "running" })]).draining).toEqual([{ id: "a", since: before }]);
  expect(learnFrom(heard, [outside("a", { state: "shutting-down" })]).draining).toEqual([]);
  expect(learnFrom(heard, []).draining).toEqual([]);
});

test("a drain that failed is none", () => {
  const failed: Outcome = { kind: "failed", action: "drain/a", because: "no such target" };
  expect(learnFrom({}, [instance("a")], rowWith([drain("a")], [failed])).draining).toEqual([]);
});

test.each<[string, number, boolean]>([
  ["for two minutes that is a stale read", 2 * minuteMs - 1, true],
  ["after that somebody has put it back", 2 * minuteMs, false],
])("a draining instance is shown healthy: %s", (_, agoMs, stillDraining) => {
  const { draining } = learnFrom({ draining: [{ id: "a", since: noon - agoMs }] }, [instance("a")]);
  expect(draining).toHaveLength(stillDraining ? 1 : 0);
});

test("one that somebody has put back is on its way, whatever its age", () => {
  const snapshot = givenSnapshot({
    memory: aiming(1, { draining: [{ id: "back", since: noon - 2 * minuteMs }] }),
    instances: seen(back("initial")),
    signals: { requests: settledPoints(500) },
  });
  const { actions, memory } = decide(givenPolicy(), snapshot, sizeByRules);
  expect(actions).toEqual([]);
  expect(memory.draining).toEqual([]);
  expect(memory.launching).toMatchObject([{ id: "back", requestedAt: noon }]);
});

test("a drain by somebody else is adopted, once", () => {
  const first = learnFrom({}, [leaving("a")]);
  expect(first.draining).toEqual([{ id: "a", since: noon }]);
  const later = learn(givenSnapshot({ now: noon + minuteMs, memory: first, instances: seen(leaving("a")) }));
  expect(later.draining).toEqual(first.draining);
});

test("one that drains while it boots is no launch any more", () => {
  const memory = learnFrom({ launching: [launching("a", minuteMs, ["seen"])] }, [leaving("a")]);
  expect(memory.launching).toEqual([]);
});

test("since when an instance is unhealthy is remembered, and forgotten when it recovers", () => {
  const unhealthy = instance("a", { target: { kind: "unhealthy", because: "503" } });
  const first = learnFrom({}, [unhealthy]);
  expect(first.unhealthy).toEqual([{ id: "a", since: noon }]);
  expect(learn(givenSnapshot({ now: noon + minuteMs, memory: first, instances: seen(unhealthy) })).unhealthy).toEqual(
    first.unhealthy,
  );
  expect(learnFrom(first, [instance("a")]).unhealthy).toEqual([]);
  expect(learnFrom(first, [leaving("a")]).unhealthy).toEqual(first.unhealthy);
});

test("without sight of the instances only the outcomes are heard", () => {
  const known = givenMemory({
    launching: [launching("u", hourMs)],
    draining: [{ id: "d", since: 0 }],
    unhealthy: [{ id: "s", since: 0 }],
  });
  const snapshot = givenSnapshot({
    memory: known,
    instances: { kind: "missing", how: "failed", because: "throttled" },
    previous: rowWith([launch], [done("launch", "a")]),
  });
  expect(learn(snapshot)).toEqual({
    ...known,
    launching: [...known.launching, { id: "a", requestedAt: before, templateVersion: "1", marks: [] }],
  });
});

test("target and sizing are left alone", () => {
  const memory = aiming(7, { sizing: { kind: "none" } });
  expect(learn(givenSnapshot({ memory }))).toEqual(memory);
});

// An instance that was taken back passes the load balancer's first checks once more before it serves.
const takenBack = {
  memory: aiming(3, { draining: [{ id: "back", since: noon - 2 * minuteMs }] }),
  previous: rowWith([acting("take-back", "back")], [done("take-back/back", "back")]),
  signals: { requests: settledPoints(1_500) },
};
const back = (target: Instance["target"]["kind"]): Instance =>
  instance("back", { target: { kind: target } as Instance["target"], launchedAt: noon - 5 * hourMs });
const decideWith = (instances: readonly Instance[], overrides: Partial<Snapshot> = {}) =>
  decide(givenPolicy(), givenSnapshot({ ...takenBack, instances: seen(...instances), ...overrides }), sizeByRules);

test.each(["initial", "draining", "healthy"] as const)(
  "one taken back and shown %s is on its way, not lost and not replaced",
  (target) => {
    const { actions, memory } = decideWith([...serving(2), back(target)]);
    expect(actions).toEqual([]);
    expect(memory.draining).toEqual([]);
  },
);

test("its return is no launch to measure", () => {
  const first = decideWith([...serving(2), back("initial")]);
  const later = givenSnapshot({
    ...takenBack,
    now: noon + minuteMs,
    memory: first.memory,
    previous: { kind: "none" },
    instances: seen(...serving(2), back("healthy")),
  });
  const { memory, actions } = decide(givenPolicy(), later, sizeByRules);
  expect(actions).toEqual([]);
  expect(memory.launches).toEqual([]);
  expect(memory.launching).toEqual([]);
});

test("one that never comes back is given up as any launch", () => {
  const first = decideWith([...serving(2), back("initial")]);
  const later = givenSnapshot({
    ...takenBack,
    now: noon + 15 * minuteMs,
    memory: first.memory,
    previous: { kind: "none" },
    instances: seen(...serving(2), back("initial")),
    signals: { requests: { kind: "missing", because: "" } },
  });
  expect(decide(givenPolicy(), later, sizeByRules).actions.map(({ kind }) => kind)).toEqual(["launch", "terminate"]);
});

test("one taken back is not thrown away half way: it may still be answering what it had when it left", () => {
  const quiet = { requests: settledPoints(1_000) };
  expect(decideWith([...serving(2), back("initial")], { signals: quiet }).actions).toEqual([]);
  expect(decideWith([...serving(2), back("draining")], { signals: quiet }).actions).toEqual([]);
});

test("one taken back and gone is not waited for", () => {
  expect(decideWith(serving(2)).memory.launching).toEqual([]);
});

test("one that drains long after it was taken back was drained by somebody else", () => {
  const launchingBack = [
    { id: "back", requestedAt: 0, templateVersion: "1", marks: [{ kind: "taken-back", at: noon - 2 * minuteMs }] },
  ] as const;
  expect(learnFrom({ launching: launchingBack }, [leaving("back")]).draining).toEqual([{ id: "back", since: noon }]);
});

const giveUp = (because: "never-healthy" | "surplus"): Action => ({
  kind: "terminate",
  id: "terminate/a",
  instance: "a",
  because,
  registered: "unregistered",
});
const booting = (minutes: number) => ({
  launching: [{ ...launching("a", 0, ["seen"]), requestedAt: before - minutes * minuteMs }],
});

describe("versions of the launch template", () => {
  const failed = (requestedAt: number, at: number) => [{ templateVersion: "1", requestedAt, at }];
  const launch: Action = {
    kind: "launch",
    id: "launch",
    onDemandCount: 1,
    spotCount: 0,
    templateVersion: "1",
    subnets: [],
  };
  const failures = [{ templateVersion: "1", requestedAt: 0, at: 0 }];

  test("one that was given up has failed", () => {
    const row = rowWith([giveUp("never-healthy")], [done("terminate/a", "a")]);
    expect(learnFrom(booting(12), [], row).templates.failures).toEqual(failed(before - 12 * minuteMs, before));
  });

  test("one that nobody needed has not", () => {
    const row = rowWith([giveUp("surplus")], [done("terminate/a", "a")]);
    expect(learnFrom(booting(12), [], row).templates.failures).toEqual([]);
  });

  test("one that went by itself before it served has failed", () => {
    const gone = instance("a", { state: "shutting-down", target: { kind: "unregistered" } });
    expect(learnFrom(booting(2), [gone]).templates.failures).toEqual(failed(before - 2 * minuteMs, noon));
  });

  test("one that somebody has stopped by hand was no launch, and none that failed", () => {
    const stopped = instance("i-1", { state: "stopped", target: { kind: "unregistered" } });
    const { launching, templates } = learn(givenSnapshot({ instances: seen(stopped) }));
    expect([launching, templates.failures]).toEqual([[], []]);
  });

  test("a launch that EC2 refuses has failed; one that lacks capacity has not", () => {
    const refused = rowWith([launch], [{ kind: "failed", action: "launch", because: "InvalidAMIID" }]);
    expect(learnFrom({}, [], refused).templates.failures).toEqual(failed(before, before));
    const outcome: Outcome = {
      kind: "insufficient-capacity",
      action: "launch",
      instances: [],
      because: "",
      attempts: [],
      shortSubnets: [],
    };
    expect(learnFrom({}, [], rowWith([launch], [outcome])).templates.failures).toEqual([]);
  });

  test("fifty that one launch brought and that all go are one failure, and leave those before it known", () => {
    const ids = Array.from({ length: 50 }, (_, index) => `i-${index}`);
    const fifty = ids.map((id) => ({ ...launching(id, 0, ["seen"]), requestedAt: before }));
    const gone = ids.map((id) => instance(id, { state: "shutting-down", target: { kind: "unregistered" } }));
    const known = { launching: fifty, templates: { failures, proven: "" } };
    expect(learnFrom(known, gone).templates.failures).toEqual([...failures, ...failed(before, noon)]);
  });

  test("one that serves is proven, and its failures are forgotten", () => {
    const known = { ...booting(3), templates: { failures, proven: "" } };
    expect(learnFrom(known, [instance("a", { templateVersion: "1" })]).templates).toEqual({
      failures: [],
      proven: "1",
    });
    const other = learnFrom(known, [instance("a", { templateVersion: "2" })]).templates;
    expect(other).toEqual({ failures, proven: "2" });
  });

  test("what nobody knows the version of says nothing", () => {
    const launching = booting(2).launching.map((one) => ({ ...one, templateVersion: "" }));
    expect(learnFrom({ launching }, [instance("a", { state: "shutting-down" })]).templates.failures).toEqual([]);
  });
});

test.each<[string, number, Action, Outcome, readonly number[]]>([
  ["given up took at least so long", 12, giveUp("never-healthy"), done("terminate/a", "a"), [12 * minuteMs]],
  ["that nobody needed says nothing of it", 12, giveUp("surplus"), done("terminate/a", "a"), []],
  ["not ended after all", 12, giveUp("never-healthy"), { kind: "denied", action: "terminate/a", because: "no" }, []],
  ["days old was met, not launched", 3 * 24 * 60, giveUp("never-healthy"), done("terminate/a", "a"), []],
])("a launch %s", (_, minutes, action, outcome, servingMs) => {
  const { launches } = learnFrom(booting(minutes), [], rowWith([action], [outcome]));
  expect(launches.map((launch) => launch.servingMs)).toEqual(servingMs);
});
