// The whole loop over the real World: it converges, and a crash anywhere never launches twice.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  type Embedded,
  fleets,
  getPolicy,
  openMemory,
  rosterOf,
  rowsBackwards,
  type Table,
} from "../../shared/aws/index.ts";
import { replay, type World } from "../../shared/control/index.ts";
import { sizeByRules } from "../../shared/engine/index.ts";
import { policyVersion } from "../../shared/policy/index.ts";
import type { Cloud } from "../../shared/sim/cloud/index.ts";
import { atSecond, givenCloud } from "../sim/cloudGiven.ts";
import { cloudPolicy, cloudWorld, freshTable, look, lookThrough, tally } from "../support/awsFleet.ts";

let embedded: Embedded;
let table: Table;
let cloud: Cloud;
beforeAll(async () => {
  embedded = await openMemory();
});
afterAll(() => embedded.close());
beforeEach(() => {
  table = freshTable(embedded);
  cloud = givenCloud();
});

describe("a fleet without troubles", () => {
  test("is launched, served, and scaled in again", async () => {
    const world = cloudWorld(cloud, table);
    await lookThrough(cloud, world, { policy: cloudPolicy(), from: 0, to: 5 });
    expect(tally(cloud)).toEqual({ "running healthy": 4 });
    await lookThrough(cloud, world, { policy: cloudPolicy({ bounds: { min: 2, max: 20 } }), from: 6, to: 12 });
    expect(tally(cloud)).toEqual({ "running healthy": 2 });
    expect(cloud.rows()).toHaveLength(4);
  });

  test("leaves a log that replays to the byte under its policies, and knows its instances", async () => {
    const [first, second] = [cloudPolicy(), cloudPolicy({ bounds: { min: 2, max: 20 } })];
    const world = cloudWorld(cloud, table);
    await lookThrough(cloud, world, { policy: first, from: 0, to: 5 });
    await lookThrough(cloud, world, { policy: second, from: 6, to: 9 });
    const versions = new Set<string>();
    for await (const { row } of rowsBackwards(table, "shop", { from: "newest" })) {
      const policy = await getPolicy(table, "shop", row.policyVersion);
      if (policy === "none") throw new Error(`no policy ${row.policyVersion}`);
      versions.add(row.policyVersion);
      expect(replay(policy, row, sizeByRules)).toEqual({ kind: "same" });
    }
    expect(versions).toEqual(new Set([first, second].map(policyVersion)));
    expect(await fleets(table)).toEqual(["shop"]);
    const living = cloud.describe(cloud.now).map(({ id }) => [id, "shop"] as const);
    expect(await rosterOf(table)).toEqual(new Map(living));
  });

  test("of two evaluators one is superseded and launches nothing", async () => {
    const worlds = [cloudWorld(cloud, table, "one"), cloudWorld(cloud, table, "two")];
    const ticks = await Promise.all(worlds.map((world) => look(world, cloudPolicy())));
    expect(ticks.map(({ kind }) => kind).sort()).toEqual(["done", "superseded"]);
    expect(cloud.rows()).toHaveLength(4);
  });
});

class Crash extends Error {}
const crash = (): never => {
  throw new Crash("the evaluator died");
};

/** The first look dies at the given place; half a minute later, when its lease has run out, looks go on. */
async function crashedThenRecovered(dying: World, policy = cloudPolicy()): Promise<void> {
  await expect(look(dying, cloudPolicy())).rejects.toThrow("the evaluator died");
  cloud.faults.crash = () => {};
  cloud.faults.throttle = () => false;
  const next = cloudWorld(cloud, table, "two");
  cloud.advanceTo(atSecond(10));
  expect(await look(next, policy)).toMatchObject({ kind: "waiting", until: atSecond(20) });
  cloud.advanceTo(atSecond(30));
  expect(await look(next, policy)).toMatchObject({ kind: "done", row: { decision: { kind: "recovering" } } });
  await lookThrough(cloud, next, { policy, from: 1, to: 8 });
}

describe("an evaluator that dies", () => {
  const at = (command: string, phase: "before" | "after") => (asked: string, when: string) => {
    if (asked === command && when === phase) crash();
  };

  test("between its commit and its launch", async () => {
    await crashedThenRecovered({ ...cloudWorld(cloud, table), act: crash });
    expect(tally(cloud)).toEqual({ "running healthy": 4 });
    expect(cloud.rows()).toHaveLength(4);
  });

  test.each(["before", "after"] as const)("%s its CreateFleet is answered", async (phase) => {
    cloud.faults.crash = at("CreateFleet", phase);
    await crashedThenRecovered(cloudWorld(cloud, table));
    expect(tally(cloud)).toEqual({ "running healthy": 4 });
    expect(cloud.rows()).toHaveLength(4);
  });

  test("between its launch and its record", async () => {
    await crashedThenRecovered({ ...cloudWorld(cloud, table), record: crash });
    expect(cloud.rows()).toHaveLength(4);
    const living = cloud.describe(cloud.now).map(({ id }) => [id, "shop"] as const);
    expect(await rosterOf(table)).toEqual(new Map(living));
  });

  test("after a launch that EC2 does not show yet: the same token brings the same instances", async () => {
    cloud.faults.visibilityLagMs = 45_000;
    cloud.faults.crash = at("CreateFleet", "after");
    await crashedThenRecovered(cloudWorld(cloud, table));
    expect(tally(cloud)).toEqual({ "running healthy": 4 });
    expect(cloud.rows()).toHaveLength(4);
  });

  test("and whose policy is another when it is recovered: the request is repeated as it was", async () => {
    cloud.faults.visibilityLagMs = 45_000;
    cloud.faults.crash = at("CreateFleet", "after");
    const launch = { ...cloudPolicy().launch, instanceTypes: ["m6g.large"], subnets: ["subnet-b"] };
    await crashedThenRecovered(cloudWorld(cloud, table), cloudPolicy({ launch }));
    expect(cloud.rows()).toHaveLength(4);
    for await (const { row, outcomes } of rowsBackwards(table, "shop", { from: 2 }))
      if (row.decision.kind === "recovering") expect(outcomes).toMatchObject([{ kind: "done" }]);
  });

  test("twice, the second time in its recovery", async () => {
    cloud.faults.visibilityLagMs = 90_000;
    cloud.faults.crash = at("CreateFleet", "after");
    await expect(look(cloudWorld(cloud, table), cloudPolicy())).rejects.toThrow(Crash);
    cloud.advanceTo(atSecond(30));
    await expect(look(cloudWorld(cloud, table, "two"), cloudPolicy())).rejects.toThrow(Crash);
    cloud.faults.crash = () => {};
    await lookThrough(cloud, cloudWorld(cloud, table, "three"), { policy: cloudPolicy(), from: 1, to: 8 });
    expect(tally(cloud)).toEqual({ "running healthy": 4 });
    expect(cloud.rows()).toHaveLength(4);
  });
});

describe("a cloud with troubles", () => {
  test.each(["RegisterTargets", "CreateFleet", "DescribeInstances", "GetMetricData", "DescribeTargetGroups"])(
    "%s throttled for three minutes delays, and no more",
    async (command) => {
      cloud.faults.throttle = (asked) => asked === command && cloud.now < atSecond(180);
      await lookThrough(cloud, cloudWorld(cloud, table), { policy: cloudPolicy(), from: 0, to: 10 });
      expect(tally(cloud)).toEqual({ "running healthy": 4 });
      expect(cloud.rows()).toHaveLength(4);
    },
  );

  test("capacity that is short comes in pieces", async () => {
    let left = 3;
    cloud.faults.noCapacity = () => cloud.now < atSecond(60) && --left < 0;
    await lookThrough(cloud, cloudWorld(cloud, table), { policy: cloudPolicy(), from: 0, to: 8 });
    expect(tally(cloud)).toEqual({ "running healthy": 4 });
    const outcomes: string[] = [];
    for await (const logged of rowsBackwards(table, "shop", { from: 1 }))
      outcomes.push(...logged.outcomes.map(({ kind }) => kind));
    expect(outcomes).toEqual(["insufficient-capacity"]);
  });
});
