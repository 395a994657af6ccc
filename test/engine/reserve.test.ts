// The reserve: started before anything is launched, filled when the fleet is calm.
import { describe, expect, test } from "@jest/globals";
import { hourMs, minuteMs } from "../../shared/core/index.ts";
import { check } from "../../shared/engine/check.ts";
import {
  type Action,
  type Decision,
  decide,
  type Instance,
  type Outcome,
  type Snapshot,
  sizeByRules,
} from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import {
  aiming,
  givenPolicy,
  givenSnapshot,
  instance,
  noon,
  seen,
  serving,
  settledPoints,
  warmBy,
} from "../support/given.ts";

const keeps = (count: number): Policy["reserve"] => ({
  ...{ kind: "keeps", count, by: "stopping", settleMs: 3 * minuteMs, usdPerHour: 0.001 },
});
const stopped = (id: string, overrides: Partial<Instance> = {}): Instance =>
  instance(id, { state: "stopped", target: { kind: "unregistered" }, ...overrides });
const running = (id: string, overrides: Partial<Instance> = {}): Instance =>
  instance(id, { target: { kind: "unregistered" }, ...overrides });
const previousRow = (actions: readonly Action[], outcomes: readonly Outcome[]): Snapshot["previous"] => ({
  ...{ kind: "row", generation: 7, at: noon - minuteMs, actBy: noon - minuteMs / 2, actions, outcomes },
});
const kept = (...ids: readonly string[]) => ids.map((id) => ({ id, since: noon - hourMs }));
const filling = (minutesAgo: number, ...ids: readonly string[]) =>
  ids.map((id) => ({ id, since: noon - minutesAgo * minuteMs }));

interface Given {
  readonly instances: readonly Instance[];
  /** For so many. */
  readonly demand: number;
  readonly reserve?: Snapshot["memory"]["reserve"];
  readonly memory?: Partial<Snapshot["memory"]>;
  readonly policy?: Partial<Policy>;
  readonly snapshot?: Partial<Snapshot>;
  readonly templateVersion?: string;
}

function decided({ instances, demand, reserve, memory, policy, snapshot, templateVersion = "1" }: Given): Decision {
  const whole = givenSnapshot({
    instances: { ...seen(...instances), templateVersion },
    memory: aiming(demand, { ...memory, ...(reserve ? { reserve } : {}) }),
    signals: { requests: settledPoints(500 * demand, 500 * demand, 500 * demand) },
    ...snapshot,
  });
  const used = givenPolicy({ reserve: keeps(2), ...policy });
  const decision = decide(used, whole, sizeByRules);
  expect(check(used, whole, decision)).toEqual([]);
  return decision;
}
const brief = ({ actions }: Decision): readonly string[] =>
  actions.map((action: Action) =>
    action.kind === "launch"
      ? `launch ${action.onDemandCount}+${action.spotCount} for ${action.for ?? "fleet"}`
      : `${action.kind} ${action.instance}${"because" in action ? ` ${action.because}` : ""}`,
  );
const told = ({ proposals }: Decision) =>
  proposals.flatMap((one) => (one.kind === "stands-aside" && one.reason.kind === "reserve" ? [one.reason] : []));

describe("filled when the fleet is calm", () => {
  test("so many are launched on demand, whatever share is bought on the spot market", () => {
    const launch = { ...givenPolicy().launch, purchase: { onDemandBase: 0, spotShareRatio: 1 } };
    expect(brief(decided({ instances: serving(3), demand: 3, policy: { launch } }))).toEqual([
      "launch 2+0 for reserve",
    ]);
  });

  test("what comes of that launch is the reserve's: it is neither counted nor let go as one too many", () => {
    const decision = decided({
      instances: [...serving(3), running("r-1"), running("r-2")],
      demand: 3,
      snapshot: {
        previous: previousRow(
          [
            {
              kind: "launch",
              id: "shop@7/launch",
              onDemandCount: 2,
              spotCount: 0,
              templateVersion: "1",
              subnets: [],
              for: "reserve",
            },
          ],
          [{ kind: "done", action: "shop@7/launch", instances: ["r-1", "r-2"] }],
        ),
      },
    });
    expect(brief(decision)).toEqual([]);
    expect(decision.memory.reserve?.filling.map(({ id }) => id)).toEqual(["r-1", "r-2"]);
    expect(decision.memory.launching).toEqual([]);
    expect(decision.lookAgain.because).toBe("moving");
  });

  test("not while the fleet still grows", () => {
    expect(brief(decided({ instances: serving(2), demand: 3 }))).toEqual(["launch 1+0 for fleet"]);
  });

  test("not while somebody has said stop, nor where its version fails", () => {
    const brakes = [{ scope: "fleet" as const, since: noon, by: "ann", reason: "migration" }];
    expect(brief(decided({ instances: serving(3), demand: 3, snapshot: { brakes } }))).toEqual([]);
    const failures = [1, 2, 3].map((n) => ({
      templateVersion: "1",
      requestedAt: noon - n * 10 * minuteMs,
      at: noon - minuteMs,
    }));
    const memory = { templates: { failures, proven: "" } };
    expect(brief(decided({ instances: serving(3), demand: 3, memory }))).toEqual([]);
  });

  test("one that has run for long enough is stopped, a younger one not", () => {
    const instances = [...serving(3), running("r-1"), running("r-2")];
    const reserve = { kept: [], filling: [...filling(3, "r-1"), ...filling(2, "r-2")] };
    expect(brief(decided({ instances, demand: 3, reserve }))).toEqual(["stop r-1"]);
  });

  test("where the policy warms, it is warmed first", () => {
    const reserve = { kept: [], filling: filling(3, "r-1") };
    const warmed = (warm: Instance["warm"], policy: Partial<Policy> = {}) =>
      brief(
        decided({
          instances: [...serving(3), running("r-1", { warm })],
          demand: 3,
          reserve,
          policy: { warm: warmBy(), ...policy },
        }),
      );
    expect(warmed({ kind: "not-started" })).toEqual(["warm r-1"]);
    expect(warmed({ kind: "started", at: noon - minuteMs })).toEqual([]);
    expect(warmed({ kind: "started", at: noon - 4 * minuteMs })).toEqual(["stop r-1"]);
    expect(warmed({ kind: "done", at: noon })).toEqual(["stop r-1"]);
    expect(warmed({ kind: "failed", at: noon, because: "500" })).toEqual(["stop r-1"]);
    const replacing = { warm: warmBy({ onFailure: "replace" }) };
    expect(warmed({ kind: "failed", at: noon, because: "500" }, replacing)).toEqual(["terminate r-1 reserve-failed"]);
  });

  test("one that is stopped though nobody heard of it is kept", () => {
    const reserve = { kept: [], filling: filling(9, "r-1", "r-2") };
    const instances = [...serving(3), stopped("r-1"), stopped("r-2", { state: "stopping" })];
    const decision = decided({ instances, demand: 3, reserve });
    expect(brief(decision)).toEqual([]);
    expect(decision.memory.reserve).toEqual({ filling: [], kept: filling(9, "r-1", "r-2") });
  });

  test("one whose stop has no outcome is kept until it is seen to run", () => {
    const stop = { kind: "stop" as const, id: "shop@1/stop/d-1", instance: "d-1" };
    const unheard = (at: number): Snapshot["previous"] => ({
      ...{ kind: "row", generation: 7, at, actBy: at, actions: [stop], outcomes: [] },
    });
    const given = (one: Instance, at: number) =>
      decided({ instances: [...serving(3), one], demand: 3, snapshot: { previous: unheard(at) } }).memory.reserve?.kept;
    expect(given(stopped("d-1"), noon - 9 * minuteMs)).toEqual([{ id: "d-1", since: noon - 9 * minuteMs }]);
    expect(given(running("d-1"), noon - minuteMs)).toEqual([{ id: "d-1", since: noon - minuteMs }]);
    expect(given(running("d-1"), noon - 2 * minuteMs)).toBeUndefined();
  });

  test("one whose stop failed is kept where it was stopped all the same, and is the fleet's where it was not", () => {
    const stop = { kind: "stop" as const, id: "shop@7/stop/d-1", instance: "d-1" };
    const outcome: Outcome = { kind: "failed", action: stop.id, because: "InternalError" };
    const given = (one: Instance, at: number) => {
      const previous = { ...previousRow([stop], [outcome]), at } as Snapshot["previous"];
      return decided({ instances: [...serving(3), one], demand: 3, snapshot: { previous } }).memory.reserve?.kept;
    };
    expect(given(stopped("d-1"), noon - 9 * minuteMs)).toEqual([{ id: "d-1", since: noon - 9 * minuteMs }]);
    expect(given(running("d-1"), noon - 9 * minuteMs)).toBeUndefined();
  });

  test("one that has drained and cannot be stopped for an hour is let go", () => {
    const given = (minutes: number) =>
      brief(
        decided({
          instances: [...serving(3), running("d-1")],
          demand: 3,
          memory: { draining: [{ id: "d-1", since: noon - minutes * minuteMs }] },
        }),
      );
    expect(given(59)).toEqual(["stop d-1"]);
    expect(given(60)).toEqual(["terminate d-1 drained"]);
  });

  test("one that dies before it is stopped is not replaced at once", () => {
    const gone = (minutesAgo: number) =>
      decided({ instances: serving(3), demand: 3, reserve: { kept: [], filling: filling(minutesAgo, "r-1", "r-2") } });
    expect(brief(gone(29))).toEqual([]);
    expect(brief(gone(30))).toEqual(["launch 2+0 for reserve"]);
  });

  test("one that cannot be stopped for an hour is let go", () => {
    const instances = [...serving(3), running("r-1")];
    const decision = decided({ instances, demand: 3, reserve: { kept: [], filling: filling(60, "r-1") } });
    expect(brief(decision)).toEqual(["terminate r-1 reserve-failed"]);
  });

  test("the youngest of what has drained is kept, in whatever order it comes", () => {
    const old = running("d-1", { launchedAt: noon - 2 * hourMs });
    const memory = { draining: ["d-1", "d-2"].map((id) => ({ id, since: noon - 5 * minuteMs })) };
    const policy = { reserve: keeps(1) };
    for (const left of [
      [old, running("d-2")],
      [running("d-2"), old],
    ]) {
      const decision = decided({ instances: [...serving(3), ...left], demand: 3, memory, policy });
      expect(brief(decision).toSorted()).toEqual(["stop d-2", "terminate d-1 drained"]);
    }
  });

  test("what has drained is stopped instead of terminated, as far as there is room", () => {
    const left = ["d-1", "d-2"].map((id) => running(id));
    const memory = { draining: left.map(({ id }) => ({ id, since: noon - 5 * minuteMs })) };
    const give = (overrides: Partial<Given>) =>
      brief(decided({ instances: [...serving(3), ...left], demand: 3, memory, ...overrides }));
    expect(give({})).toEqual(["stop d-1", "stop d-2"]);
    expect(give({ policy: { reserve: keeps(1) } })).toEqual(["stop d-1", "terminate d-2 drained"]);
    expect(give({ policy: { reserve: { kind: "none" } } })).toEqual(["terminate d-1 drained", "terminate d-2 drained"]);
    const spot = left.map((one) => ({ ...one, purchase: "spot" as const }));
    expect(give({ instances: [...serving(3), ...spot] })).toEqual(["terminate d-1 drained", "terminate d-2 drained"]);
    expect(give({ templateVersion: "2" })).toEqual(["terminate d-1 drained", "terminate d-2 drained"]);
  });
});

describe("started before anything is launched", () => {
  const full = { kept: kept("r-1", "r-2"), filling: [] };

  test("as many as are short, and what is short beyond them is launched", () => {
    const given = (demand: number) =>
      brief(decided({ instances: [...serving(3), stopped("r-1"), stopped("r-2")], demand, reserve: full }));
    expect(given(3)).toEqual([]);
    expect(given(4)).toEqual(["start r-1"]);
    expect(given(6)).toEqual(["start r-1", "start r-2", "launch 1+0 for fleet"]);
  });

  test("what drains is taken back before", () => {
    const draining = instance("d-1", { target: { kind: "draining" } });
    const memory = { draining: [{ id: "d-1", since: noon - minuteMs }] };
    const instances = [...serving(3), draining, stopped("r-1"), stopped("r-2")];
    expect(brief(decided({ instances, demand: 5, reserve: full, memory }))).toEqual(["take-back d-1", "start r-1"]);
  });

  test("of the template's version first", () => {
    const instances = [
      ...serving(3, { templateVersion: "2" }),
      stopped("r-1"),
      stopped("r-2", { templateVersion: "2" }),
    ];
    expect(brief(decided({ instances, demand: 4, reserve: full, templateVersion: "2" }))).toEqual(["start r-2"]);
  });

  test("whose start was refused waits for one look, and one is launched instead", () => {
    const instances = [...serving(3), stopped("r-1")];
    const previous = previousRow(
      [{ kind: "start", id: "shop@7/start/r-1", instance: "r-1" }],
      [{ kind: "failed", action: "shop@7/start/r-1", because: "InsufficientInstanceCapacity" }],
    );
    const reserve = { kept: kept("r-1"), filling: [] };
    expect(brief(decided({ instances, demand: 4, reserve, snapshot: { previous } }))).toEqual(["launch 1+0 for fleet"]);
  });

  test("once started it is on its way like any launch, also while a stale read shows it stopped", () => {
    const previous = previousRow(
      [{ kind: "start", id: "shop@7/start/r-1", instance: "r-1" }],
      [{ kind: "done", action: "shop@7/start/r-1", instances: ["r-1"] }],
    );
    for (const one of [stopped("r-1"), running("r-1", { state: "pending" })]) {
      const reserve = { kept: kept("r-1"), filling: [] };
      const decision = decided({ instances: [...serving(3), one], demand: 4, reserve, snapshot: { previous } });
      expect(brief(decision)).toEqual([]);
      expect(decision.memory.reserve).toBeUndefined();
      expect(decision.memory.launching.map(({ id }) => id)).toEqual(["r-1"]);
    }
    const ready = decided({
      instances: [...serving(3), running("r-1")],
      demand: 4,
      reserve: { kept: kept("r-1"), filling: [] },
      snapshot: { previous },
    });
    expect(brief(ready)).toEqual(["register r-1"]);
  });

  test("its time to serve is no launch's, and is not measured as one", () => {
    const launching = [
      {
        id: "i-3",
        requestedAt: noon - minuteMs,
        templateVersion: "",
        marks: [{ kind: "restarted" as const, at: noon - minuteMs }],
      },
    ];
    const decision = decided({
      instances: serving(3),
      demand: 3,
      memory: { launching },
      policy: { reserve: { kind: "none" } },
    });
    expect([decision.memory.launching, decision.memory.launches]).toEqual([[], []]);
  });
});

describe("kept as the policy wants it", () => {
  const three = [stopped("r-1"), stopped("r-2"), stopped("r-3")];
  const reserve = { kept: kept("r-1", "r-2", "r-3"), filling: [] };

  test("more than are wanted are let go, all of them where none is wanted any more", () => {
    const give = (policy: Partial<Policy>) =>
      brief(decided({ instances: [...serving(3), ...three], demand: 3, reserve, policy }));
    expect(give({ reserve: keeps(3) })).toEqual([]);
    expect(give({ reserve: keeps(2) })).toEqual(["terminate r-1 reserve-surplus"]);
    const turned = decided({
      instances: [...serving(3), ...three.toReversed()],
      demand: 3,
      reserve,
      policy: { reserve: keeps(2) },
    });
    expect(brief(turned)).toEqual(["terminate r-1 reserve-surplus"]);
    expect(give({ reserve: { kind: "none" } })).toEqual(three.map(({ id }) => `terminate ${id} reserve-surplus`));
  });

  test("another version is replaced one at a time", () => {
    const fleet = serving(3, { templateVersion: "2" });
    const decision = decided({
      instances: [...fleet, ...three],
      demand: 3,
      reserve,
      templateVersion: "2",
      policy: { reserve: keeps(3) },
    });
    expect(brief(decision)).toEqual(["terminate r-1 reserve-outdated"]);
  });

  test("nothing of it leaves while somebody has said stop, and what is protected never", () => {
    const brakes = [{ scope: "fleet" as const, since: noon, by: "ann", reason: "migration" }];
    const policy = { reserve: keeps(1) };
    expect(
      brief(decided({ instances: [...serving(3), ...three], demand: 3, reserve, policy, snapshot: { brakes } })),
    ).toEqual([]);
    const guarded = three.map((one) => ({ ...one, isProtected: true }));
    expect(brief(decided({ instances: [...serving(3), ...guarded], demand: 3, reserve, policy }))).toEqual([]);
  });

  test("one that serves is the fleet's, however lately it was to be stopped", () => {
    const justKept = { kept: [{ id: "r-1", since: noon - minuteMs }], filling: [] };
    const reserveSeeing = (one: Instance) =>
      decided({ instances: [...serving(3), one], demand: 4, reserve: justKept }).memory.reserve?.kept;
    expect(reserveSeeing(instance("r-1"))).toBeUndefined();
    expect(reserveSeeing(running("r-1"))).toEqual(justKept.kept);
  });

  test("whom somebody else has started is the fleet's, and whom somebody else has stopped is nobody's to start", () => {
    const started = decided({
      instances: [...serving(3), instance("r-1")],
      demand: 4,
      reserve: { kept: kept("r-1"), filling: [] },
    });
    expect(started.memory.reserve).toBeUndefined();
    expect(brief(started)).toEqual(["launch 2+0 for reserve"]);
    expect(brief(decided({ instances: [...serving(3), stopped("x-1")], demand: 4 }))).toEqual(["launch 1+0 for fleet"]);
  });

  test("every decision says how many there are and what they cost an hour", () => {
    const decision = decided({
      instances: [...serving(3), ...three],
      demand: 3,
      reserve,
      policy: { reserve: keeps(3) },
    });
    expect(told(decision)).toEqual([
      { kind: "reserve", wantedCount: 3, keptCount: 3, fillingCount: 0, usdPerHour: 0.003 },
    ]);
    expect(decision.lookAgain.because).toBe("heartbeat");
    expect(told(decided({ instances: serving(3), demand: 3, policy: { reserve: { kind: "none" } } }))).toEqual([]);
  });
});
