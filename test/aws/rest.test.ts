// What a calm fleet costs, what stirs it, and whom the world leaves alone: the real World over the imagined cloud.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import {
  createAwsWorld,
  type Embedded,
  newest,
  openMemory,
  putBrake,
  putOverride,
  type Table,
} from "../../shared/aws/index.ts";
import { attentive, type World } from "../../shared/control/index.ts";
import { dayMs } from "../../shared/core/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import type { Cloud } from "../../shared/sim/cloud/index.ts";
import { usualCloud } from "../../shared/sim/cloud/index.ts";
import { atMinute, givenCloud } from "../sim/cloudGiven.ts";
import { cloudPolicy, freshTable, look, lookThrough } from "../support/awsFleet.ts";
import { answeredClients, never } from "../support/cloudClients.ts";

let embedded: Embedded;
let table: Table;
beforeAll(async () => {
  embedded = await openMemory();
});
afterAll(() => embedded.close());
beforeEach(() => {
  table = freshTable(embedded);
});

/** Three instances serve what three are meant for. */
const policy: Policy = cloudPolicy({ bounds: { min: 3, max: 20 } });

interface Watched {
  readonly cloud: Cloud;
  readonly world: World;
  /** Calls to EC2, the load balancer and CloudWatch since last asked. */
  calls(): readonly string[];
}

async function calmShop(load: () => number = () => 600, asPolicy = policy): Promise<Watched> {
  const cloud = givenCloud({ traffic: { load, filled: () => false } });
  cloud.seedServing(3, { "tidegate:fleet": `${table.stage}/shop`, "tidegate:action": "shop@1/launch" });
  const watched = over(cloud);
  await lookThrough(cloud, watched.world, { policy: asPolicy, from: 0, to: 4 });
  cloud.advanceTo(atMinute(5));
  watched.calls();
  return watched;
}

/** A world of a process of its own. */
function over(cloud: Cloud): Watched {
  let calls: string[] = [];
  const clients = answeredClients((service, command, input) => {
    calls.push(command);
    return cloud.answer(service, command, input);
  });
  const now = (): number => cloud.now;
  const evaluator = (): string => "one";
  const world = createAwsWorld({ clients, table, now, evaluator, warmer: { kind: "none" }, abortIn: never });
  const taken = (): readonly string[] => {
    const since = calls;
    calls = [];
    return since;
  };
  return { cloud, world, calls: taken };
}

const sightOf = async (): Promise<string> => {
  const last = await newest(table, "shop");
  return last.kind === "row" ? last.row.snapshot.instances.kind : "none";
};

const wholeLook = ["DescribeInstances", "DescribeTargetHealth", "DescribeLaunchTemplates"];

describe("a calm fleet", () => {
  test("costs one call to CloudWatch, and none to EC2 or the load balancer", async () => {
    const { world, calls } = await calmShop();
    await look(world, policy);
    expect(calls()).toEqual(["GetMetricData"]);
    expect(await sightOf()).toBe("resting");
  });

  test("costs no more in a process that has just begun", async () => {
    const { cloud } = await calmShop();
    const fresh = over(cloud);
    await look(fresh.world, policy);
    expect(fresh.calls()).toEqual(["GetMetricData"]);
  });

  test("asks one witness for its processor, and another one at the next heartbeat", async () => {
    const byCpu: Policy = {
      ...policy,
      rules: [...policy.rules, { kind: "target-utilization", name: "cpu", metric: "cpu", targetRatio: 0.6 }],
    };
    const { cloud, world } = await calmShop(() => 600, byCpu);
    const witnesses: unknown[] = [];
    const answer = cloud.answer.bind(cloud);
    cloud.answer = (service, command, input) => {
      witnesses.push(...(JSON.stringify(input).match(/i-[0-9a-f]{17}/g) ?? []));
      return answer(service, command, input);
    };
    await look(world, byCpu);
    cloud.advanceTo(atMinute(10));
    await look(world, byCpu);
    expect(witnesses).toHaveLength(2);
    expect(new Set(witnesses).size).toBe(2);
  });

  test("is looked at whole when more is wanted, and what is launched is decided upon that", async () => {
    let load = 600;
    const { cloud, world, calls } = await calmShop(() => load);
    load = 2_600;
    for (let minute = 5; minute < 8; minute++) {
      cloud.closeMinute(cloud.now);
      cloud.advanceTo(atMinute(minute + 1));
    }
    const ticked = await look(world, policy);
    expect(calls()).toEqual(expect.arrayContaining([...wholeLook, "CreateFleet"]));
    expect(ticked).toMatchObject({ row: { snapshot: { instances: { kind: "seen" } } }, outcomes: [{ kind: "done" }] });
  });

  test("is looked at whole when a host is gone", async () => {
    const { cloud, world, calls } = await calmShop();
    const [first] = cloud.describe(cloud.now);
    cloud.terminate([first?.id ?? ""]);
    for (let minute = 5; minute < 8; minute++) {
      cloud.closeMinute(cloud.now);
      cloud.advanceTo(atMinute(minute + 1));
    }
    await look(world, policy);
    expect(calls()).toEqual(expect.arrayContaining([...wholeLook, "CreateFleet"]));
  });

  test("is looked at whole when its instance's own event asks", async () => {
    const { world, calls } = await calmShop();
    await look(attentive(world), policy);
    expect(calls()).toEqual(expect.arrayContaining(wholeLook));
    expect(await sightOf()).toBe("seen");
  });

  test("is looked at whole under another policy, and once a day", async () => {
    const { cloud, world, calls } = await calmShop();
    await look(world, { ...policy, bounds: { min: 3, max: 21 } });
    expect(calls()).toEqual(expect.arrayContaining(wholeLook));
    cloud.advanceTo(atMinute(5) + dayMs);
    await look(world, { ...policy, bounds: { min: 3, max: 21 } });
    expect(calls()).toEqual(expect.arrayContaining(wholeLook));
  });

  test("takes an override at its next look", async () => {
    const { world, calls } = await calmShop();
    const until = atMinute(60);
    await putOverride(table, "shop", { id: "o", min: 5, max: 1_000_000, until, by: "ann", reason: "sale" });
    await look(world, policy);
    expect(calls()).toContain("CreateFleet");
  });
});

describe("a brake", () => {
  test.each([[{ kind: "all-fleets" }], [{ kind: "fleet", fleet: "shop" }]] as const)(
    "on %j holds within one look what would have left",
    async (braked) => {
      const { cloud, world, calls } = await calmShop();
      await putBrake(table, braked, { since: cloud.now, by: "ann", reason: "incident 7" });
      const smaller = { ...policy, bounds: { min: 1, max: 2 } };
      expect(await look(world, smaller)).toMatchObject({ outcomes: [] });
      expect(calls().filter((command) => /Deregister|Terminate/.test(command))).toEqual([]);
    },
  );

  test("on another fleet holds nothing here", async () => {
    const { cloud, world, calls } = await calmShop();
    await putBrake(table, { kind: "fleet", fleet: "blog" }, { since: cloud.now, by: "ann", reason: "" });
    await look(world, { ...policy, bounds: { min: 1, max: 2 } });
    expect(calls()).toContain("DeregisterTargets");
  });
});

describe("somebody else's", () => {
  const claimed = (by: string): Cloud =>
    givenCloud({ targetGroup: { ...usualCloud.targetGroup, tags: { "tidegate:fleet": by } } });

  test("target group is seen as missing, and not touched", async () => {
    const { world, calls } = over(claimed("production/shop"));
    const ticked = await look(world, policy);
    expect(ticked).toMatchObject({
      outcomes: [{ kind: "failed", because: expect.stringContaining("shop-web is claimed by production/shop") }],
    });
    expect(calls()).not.toEqual(expect.arrayContaining(["RegisterTargets"]));
    expect(calls()).not.toEqual(expect.arrayContaining(["CreateFleet"]));
  });

  test("our own claim is none of somebody else's", async () => {
    const { world, calls } = over(claimed(`${table.stage}/shop`));
    await look(world, policy);
    expect(calls()).toContain("CreateFleet");
  });

  test("healthy targets count, and an own one that EC2 no longer lists does not", async () => {
    const { cloud, world } = await calmShop();
    cloud.seedServing(2, { "tidegate:fleet": "other/shop" });
    expect((await world.observe(policy)).instances).toMatchObject({ foreignCount: 2 });
    const [gone] = cloud.describe(cloud.now);
    const hidden = over(cloud);
    const answer = cloud.answer.bind(cloud);
    cloud.answer = (service, command, input) =>
      JSON.parse(
        JSON.stringify(answer(service, command, input), (_key, value) =>
          command === "DescribeInstances" && Array.isArray(value)
            ? value.filter((one) => one?.InstanceId !== gone?.id)
            : value,
        ),
        (key, value) => (key === "LaunchTime" || key === "Timestamps" ? revived(value) : value),
      );
    const { instances } = await hidden.world.observe(policy);
    expect(instances).toMatchObject({ foreignCount: 2 });
    expect(instances.kind === "seen" ? instances.instances : []).toHaveLength(2);
  });
});

const revived = (value: unknown): unknown =>
  Array.isArray(value) ? value.map((one) => new Date(one)) : new Date(String(value));

test("looks of one process share what they have in common", async () => {
  const { cloud } = await calmShop();
  const shared = over(cloud);
  await Promise.all([1, 2, 3].map(() => shared.world.observe(policy)));
  expect(shared.calls().filter((command) => command === "GetMetricData")).toHaveLength(1);
});
