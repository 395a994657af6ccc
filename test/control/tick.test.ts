// observe → decide → commit → act → record, on a World in a variable.
import { expect, test } from "@jest/globals";
import { engineVersion, leaseMs, replay, tick, type Versioned } from "../../shared/control/index.ts";
import { BrokenInvariant, minuteMs } from "../../shared/core/index.ts";
import { type Sizer, sizeByRules } from "../../shared/engine/index.ts";
import { givenPolicy, instance, noon, serving } from "../support/given.ts";
import { type MemoryWorld, memoryWorld } from "./memoryWorld.ts";

const live: Versioned = { policy: givenPolicy(), policyVersion: "sha256:0" };
const look = (world: MemoryWorld, versioned = live) => tick(world, versioned, sizeByRules);
const idsOf = (world: MemoryWorld): readonly (readonly string[])[] =>
  world.asked.map((batch) => batch.map(({ id }) => id));

/** Two serve, four are needed. */
const busy = (): MemoryWorld => {
  const world = memoryWorld(serving(2));
  world.demand = 2_000;
  return world;
};

test("a look at a busy fleet: one row, its launch, its outcome, recorded once", async () => {
  const world = busy();
  const result = await look(world);
  expect(world.rows).toHaveLength(1);
  const [row] = world.rows;
  expect(row).toMatchObject({
    id: "shop@1",
    fleet: "shop",
    generation: 1,
    at: noon,
    actBy: noon + leaseMs,
    engineVersion,
    policyVersion: "sha256:0",
    snapshot: { now: noon, birth: noon, previous: { kind: "none" } },
    decision: { kind: "decided", actions: [{ kind: "launch", onDemandCount: 2 }] },
  });
  const outcomes = [{ kind: "done", action: "shop@1/launch", instances: ["new-2", "new-3"] }];
  expect(idsOf(world)).toEqual([["shop@1/launch"]]);
  expect(world.recorded).toEqual([{ row: "shop@1", outcomes }]);
  expect(result).toEqual({ kind: "done", row, outcomes });
});

test("the next look hears of it and buys nothing twice", async () => {
  const world = busy();
  await look(world);
  world.clock += minuteMs;
  await look(world);
  expect(world.rows.map(({ generation }) => generation)).toEqual([1, 2]);
  expect(world.rows[1]?.decision.memory.launching.map(({ id }) => id)).toEqual(["new-2", "new-3"]);
  expect(world.rows[1]?.snapshot.birth).toBe(noon);
  expect(idsOf(world)).toEqual([["shop@1/launch"]]);
});

test("a look at which there is nothing to do commits a row, and records nothing", async () => {
  const world = memoryWorld(serving(2));
  expect(await look(world)).toMatchObject({ kind: "done", outcomes: [] });
  expect(world.rows).toHaveLength(1);
  expect(world.asked).toEqual([]);
  expect(world.recorded).toEqual([]);
});

test("actions of one kind are asked for together, in the order decided", async () => {
  const outside = { target: { kind: "unregistered" }, launchedAt: noon } as const;
  const world = memoryWorld([...serving(1), instance("r1", outside), instance("r2", outside)]);
  world.demand = 2_000;
  await look(world);
  expect(idsOf(world)).toEqual([["shop@1/register/r1", "shop@1/register/r2"], ["shop@1/launch"]]);
});

const crash = async (): Promise<never> => {
  throw new Error("crash");
};

test("while another evaluator may still be acting, nothing is decided", async () => {
  const world = busy();
  world.before.act = crash;
  await expect(look(world)).rejects.toThrow("crash");
  world.before = {};
  world.clock = noon + leaseMs - 1;
  expect(await look(world)).toEqual({ kind: "waiting", until: noon + leaseMs });
  expect(world.rows).toHaveLength(1);
  world.clock = noon + leaseMs;
  expect(await look(world)).toMatchObject({ kind: "done", row: { generation: 2 } });
});

test("a lease whose outcomes are all recorded holds nobody back", async () => {
  const world = busy();
  await look(world);
  world.clock = noon + 1;
  expect(await look(world)).toMatchObject({ kind: "done", row: { generation: 2 } });
});

test.each([
  ["before it acts", "act"],
  ["before it records", "record"],
] as const)(
  "after a crash %s the next look repeats the actions unchanged, and the one after decides anew",
  async (_, place) => {
    const world = busy();
    world.before[place] = crash;
    await expect(look(world)).rejects.toThrow("crash");
    world.before = {};
    world.demand = 3_000;

    world.clock += minuteMs;
    const recovery = await look(world);
    expect(recovery).toMatchObject({
      kind: "done",
      row: { generation: 2, decision: { kind: "recovering", generation: 1 } },
    });
    expect(world.rows[1]?.decision.actions).toEqual(world.rows[0]?.decision.actions);
    expect(world.recorded.map(({ row }) => row)).toEqual(["shop@2"]);

    world.clock += minuteMs;
    expect(await look(world)).toMatchObject({ kind: "done", row: { generation: 3, decision: { kind: "decided" } } });
    expect(world.rows[2]?.decision.actions).toEqual([
      { kind: "launch", id: "shop@3/launch", onDemandCount: 2, spotCount: 0, templateVersion: "1", subnets: [] },
    ]);
    expect(world.fleet).toHaveLength(6);
  },
);

test("an action whose end was not learned is repeated alone", async () => {
  const outside = { target: { kind: "unregistered" }, launchedAt: noon } as const;
  const world = memoryWorld([...serving(1), instance("r1", outside), instance("r2", outside)]);
  world.demand = 1_500;
  world.answer = ({ id }) => (id.endsWith("r2") ? [] : [{ kind: "done", action: id, instances: [] }]);
  await look(world);
  world.clock += minuteMs;
  await look(world);
  expect(idsOf(world)).toEqual([["shop@1/register/r1", "shop@1/register/r2"], ["shop@1/register/r2"]]);
});

test("of two that look at once, one commits and acts, the other stops", async () => {
  const world = busy();
  let rival: unknown;
  world.before.commit = async () => {
    delete world.before.commit;
    rival = await look(world);
  };
  expect(await look(world)).toMatchObject({ kind: "superseded", row: { id: "shop@1" } });
  expect(rival).toMatchObject({ kind: "done" });
  expect(world.rows).toHaveLength(1);
  expect(idsOf(world)).toEqual([["shop@1/launch"]]);
  expect(world.recorded).toHaveLength(1);
});

test("a crash before the commit leaves no trace", async () => {
  const world = busy();
  world.before.commit = crash;
  await expect(look(world)).rejects.toThrow("crash");
  expect([world.rows, world.asked, world.recorded]).toEqual([[], [], []]);
});

test("past the lease no call begins: what is left is too late, and recorded as such", async () => {
  const outside = { target: { kind: "unregistered" }, launchedAt: noon } as const;
  const world = memoryWorld([...serving(1), instance("r", outside)]);
  world.demand = 2_000;
  world.before.act = async () => {
    world.clock = noon + leaseMs;
  };
  const result = await look(world);
  expect(idsOf(world)).toEqual([["shop@1/register/r"]]);
  expect(result).toMatchObject({
    outcomes: [
      { kind: "done", action: "shop@1/register/r" },
      { kind: "too-late", action: "shop@1/launch" },
    ],
  });
  expect(world.recorded).toHaveLength(1);
});

test("an evaluator that was paused after its commit touches nothing", async () => {
  const world = busy();
  const commit = world.commit;
  const paused: MemoryWorld = {
    ...world,
    commit: async (...given) => {
      const answer = await commit(...given);
      world.clock = noon + 10 * minuteMs;
      return answer;
    },
  };
  expect(await look(paused)).toMatchObject({ outcomes: [{ kind: "too-late", action: "shop@1/launch" }] });
  expect(world.asked).toEqual([]);
});

test("a recovery that comes too late has learned nothing: it is recovered again", async () => {
  const world = busy();
  world.before.act = crash;
  await expect(look(world)).rejects.toThrow("crash");
  const commit = world.commit;
  world.before.act = async () => {};
  world.clock = noon + minuteMs;
  const paused: MemoryWorld = {
    ...world,
    commit: async (...given) => {
      const answer = await commit(...given);
      world.clock = noon + 2 * minuteMs;
      return answer;
    },
  };
  expect(await look(paused)).toMatchObject({ row: { decision: { kind: "recovering" } }, outcomes: [] });
  expect(await look(world)).toMatchObject({
    row: { decision: { kind: "recovering", actions: [{ id: "shop@1/launch" }] } },
    outcomes: [{ kind: "done", action: "shop@1/launch" }],
  });
});

test("in shadow everything is decided, committed and recorded, and nothing touched", async () => {
  const world = busy();
  const shadow = { ...live, policy: givenPolicy({ mode: "shadow" }) };
  expect(await look(world, shadow)).toMatchObject({ outcomes: [{ kind: "withheld", action: "shop@1/launch" }] });
  expect(world.rows).toHaveLength(1);
  expect(world.asked).toEqual([]);
  world.clock += minuteMs;
  await look(world, shadow);
  expect(world.rows[1]?.decision.memory.launching).toEqual([]);
  expect(world.fleet).toHaveLength(2);
});

const outOfBounds: Sizer = () => ({
  proposals: [],
  steps: [{ stage: "scale-out", from: 2, to: 1_000, reason: { kind: "peer-rule", says: "more", figures: {} } }],
  memory: { kind: "none" },
});

test("a decision that breaks an invariant is committed as refused, then thrown, and nothing is done", async () => {
  const world = busy();
  const refused = tick(world, live, outOfBounds);
  await expect(refused).rejects.toThrow(BrokenInvariant);
  await expect(refused).rejects.toThrow("shop@1: target 1000 lies outside 1–100");
  expect(world.rows[0]?.decision).toMatchObject({ kind: "refused", actions: [], steps: [{ from: 2, to: 2 }] });
  expect(world.asked).toEqual([]);
  expect(world.recorded).toEqual([]);
});

test("a refusal that another evaluator preceded is not thrown: it never entered the log", async () => {
  const world = busy();
  world.before.commit = async () => {
    delete world.before.commit;
    await look(world);
  };
  expect(await tick(world, live, outOfBounds)).toMatchObject({ kind: "superseded" });
});

test("after a refusal the next look decides, from the frozen target", async () => {
  const world = busy();
  await expect(tick(world, live, outOfBounds)).rejects.toThrow();
  world.clock += minuteMs;
  expect(await look(world)).toMatchObject({ kind: "done", row: { generation: 2, decision: { kind: "decided" } } });
});

test("a fleet that cannot be seen gets a row that says why", async () => {
  const world = busy();
  const blinded: MemoryWorld = {
    ...world,
    glance: async ({ policy }) => ({
      ...(await world.observe(policy)),
      instances: { kind: "missing", how: "failed", because: "denied" },
    }),
  };
  const outcomes = [{ kind: "failed", action: "shop@1/observe", because: "denied" }];
  expect(await look(blinded)).toMatchObject({ kind: "done", outcomes });
  expect(world.recorded).toEqual([{ row: "shop@1", outcomes }]);
  world.clock += minuteMs;
  expect(await look(world)).toMatchObject({ row: { generation: 2, decision: { kind: "decided" } } });
});

test("every row of a log replays to the same decision, once it has been written down and read", async () => {
  const world = busy();
  for (const demand of [2_000, 5_000, 4_000, 500, 100, 0]) {
    world.demand = demand;
    await look(world);
    world.clock += minuteMs;
  }
  world.before.act = crash;
  world.demand = 40_000;
  await expect(look(world)).rejects.toThrow("crash");
  world.before = {};
  world.clock += minuteMs;
  await look(world);
  expect(world.rows.map(({ decision }) => decision.kind).at(-1)).toBe("recovering");
  const stored: MemoryWorld["rows"] = JSON.parse(JSON.stringify(world.rows));
  expect(stored.map((row) => replay(live.policy, row, sizeByRules))).toEqual(stored.map(() => ({ kind: "same" })));
});
