import { describe, expect, test } from "@jest/globals";
import { type CloudOptions, calmFaults } from "../../shared/sim/cloud/index.ts";
import {
  atMinute,
  atSecond,
  errorName,
  givenCloud,
  launched,
  launchedOne,
  lookAt,
  must,
  plant,
  start,
} from "./cloudGiven.ts";

describe("an instance's states at exact instants", () => {
  test("it is pending for 25 s, boots in 100 s, and serves from then on if it was registered before", () => {
    const cloud = givenCloud();
    const id = launchedOne(cloud);
    cloud.advanceTo(atSecond(30));
    must(cloud.register([id]));
    cloud.advanceTo(atSecond(300));
    const seen = [0, 24.999, 25, 30, 99.999, 100].map((second) => lookAt(cloud, id, atSecond(second)));
    expect(seen).toEqual([
      "pending unregistered not-started",
      "pending unregistered not-started",
      "running unregistered not-started",
      "running initial not-started",
      "running initial not-started",
      "running healthy not-started",
    ]);
  });

  test("registered when ready, it serves at once", () => {
    const cloud = givenCloud();
    const id = launchedOne(cloud);
    cloud.advanceTo(atSecond(101));
    must(cloud.register([id]));
    expect(lookAt(cloud, id)).toBe("running healthy not-started");
    expect(cloud.rows()[0]?.servingAt).toBe(atSecond(101));
  });

  test("a boot shorter than the operating system's start is running as soon as it is ready", () => {
    const boot = { ...plant.boot, p50Seconds: 10, p95Seconds: 10 };
    const cloud = givenCloud({ plant: { ...plant, boot } });
    const id = launchedOne(cloud);
    cloud.advanceTo(atSecond(10));
    expect(lookAt(cloud, id, atSecond(9))).toBe("pending unregistered not-started");
    expect(lookAt(cloud, id)).toBe("running unregistered not-started");
  });

  test("terminated, it shuts down for 20 s and then is not described", () => {
    const cloud = givenCloud();
    const [id = ""] = cloud.seedServing(1, {});
    cloud.advanceTo(atSecond(10));
    must(cloud.terminate([id]));
    cloud.advanceTo(atSecond(40));
    expect(lookAt(cloud, id, atSecond(9))).toBe("running healthy done");
    expect(lookAt(cloud, id, atSecond(10))).toBe("shutting-down unregistered done");
    expect(lookAt(cloud, id, atSecond(29.999))).toBe("shutting-down unregistered done");
    expect(lookAt(cloud, id, atSecond(30))).toBe("not described");
  });

  test("a failed launch is never healthy, and gone by itself at its boot's p95", () => {
    const boot = { ...plant.boot, p95Seconds: 270, failureRate: 1 };
    const cloud = givenCloud({ plant: { ...plant, boot } });
    const id = launchedOne(cloud);
    cloud.advanceTo(atSecond(60));
    must(cloud.register([id]));
    cloud.advanceTo(atSecond(269.999));
    expect(lookAt(cloud, id)).toBe("running initial not-started");
    expect(cloud.rows()[0]).toMatchObject({ terminatedAt: null, failed: false });
    cloud.advanceTo(atSecond(270));
    expect(lookAt(cloud, id)).toBe("not described");
    expect(cloud.rows()[0]).toMatchObject({ servingAt: null, terminatedAt: atSecond(270), failed: true });
  });

  test("a launch shows in descriptions only after its lag", () => {
    const cloud = givenCloud({ faults: { ...calmFaults(), visibilityLagMs: 90_000 } });
    const id = launchedOne(cloud);
    cloud.advanceTo(atSecond(90));
    expect(lookAt(cloud, id, atSecond(89.999))).toBe("not described");
    expect(lookAt(cloud, id)).toBe("running unregistered not-started");
  });

  test("by default the lag is drawn, at most two seconds", () => {
    const cloud = givenCloud({ faults: calmFaults() });
    launched(cloud, { onDemandCount: 50 });
    const seenCounts = [0, 1, 2].map((second) => cloud.describe(atSecond(second)).length);
    expect(seenCounts[0]).toBeLessThan(seenCounts[1] ?? 0);
    expect(seenCounts[1]).toBeLessThan(50);
    expect(seenCounts[2]).toBe(50);
  });
});

describe("the target group", () => {
  test("a target drains for the whole delay and then is gone", () => {
    const cloud = givenCloud();
    const [id = ""] = cloud.seedServing(1, {});
    cloud.advanceTo(atSecond(60));
    must(cloud.deregister([id]));
    expect(lookAt(cloud, id, atSecond(119.999))).toBe("running draining done");
    expect(lookAt(cloud, id, atSecond(120))).toBe("running unregistered done");
  });

  test("taken back while it drains, a healthy target serves at once", () => {
    const cloud = givenCloud();
    const [id = ""] = cloud.seedServing(1, {});
    cloud.advanceTo(atSecond(60));
    must(cloud.deregister([id]));
    cloud.advanceTo(atSecond(90));
    must(cloud.register([id]));
    expect(lookAt(cloud, id, atSecond(89))).toBe("running draining done");
    expect(lookAt(cloud, id)).toBe("running healthy done");
    expect(cloud.rows()[0]).toMatchObject({
      servingAt: start,
      drainingAt: null,
      takenBack: [{ drainingAt: atSecond(60), servingAt: atSecond(90) }],
    });
  });

  test("taken back before it was ever healthy, it goes on booting", () => {
    const cloud = givenCloud();
    const id = launchedOne(cloud);
    cloud.advanceTo(atSecond(30));
    must(cloud.register([id]));
    must(cloud.deregister([id]));
    expect(lookAt(cloud, id)).toBe("running draining not-started");
    cloud.advanceTo(atSecond(40));
    must(cloud.register([id]));
    expect(lookAt(cloud, id)).toBe("running initial not-started");
    cloud.advanceTo(atSecond(100));
    expect(cloud.rows()[0]).toMatchObject({ servingAt: atSecond(100), drainingAt: null, takenBack: [] });
  });

  test("one target that is not running fails the whole registration", () => {
    const cloud = givenCloud();
    const first = launchedOne(cloud);
    cloud.advanceTo(atSecond(60));
    const pending = launchedOne(cloud);
    expect(errorName(cloud.register([first, pending]))).toBe("InvalidTargetException");
    expect(lookAt(cloud, first)).toBe("running unregistered not-started");
  });

  test("what is not registered is passed over", () => {
    const cloud = givenCloud();
    const [id = ""] = cloud.seedServing(1, {});
    must(cloud.deregister(["i-unknown", id]));
    expect(lookAt(cloud, id)).toBe("running draining done");
  });

  test("a target in `unhealthy` serves nothing while it is in there", () => {
    const cloud = givenCloud();
    const [id = ""] = cloud.seedServing(2, {});
    cloud.faults.unhealthy.add(id);
    expect(lookAt(cloud, id)).toBe("running unhealthy done");
    expect(cloud.countsAt(start).serving).toBe(1);
    cloud.faults.unhealthy.delete(id);
    expect(cloud.countsAt(start).serving).toBe(2);
  });
});

test("one unknown id terminates none", () => {
  const cloud = givenCloud();
  const [id = ""] = cloud.seedServing(1, {});
  expect(errorName(cloud.terminate([id, "i-unknown"]))).toBe("InvalidInstanceID.NotFound");
  expect(lookAt(cloud, id)).toBe("running healthy done");
});

describe("warming", () => {
  const warmSeconds: CloudOptions["warmSeconds"] = [40, 40];

  test("ends its time after the application is ready, and a target registered meanwhile waits for it", () => {
    const cloud = givenCloud({ warmSeconds });
    const id = launchedOne(cloud);
    expect(errorName(cloud.startWarm(id))).toBe("IncorrectInstanceState");
    cloud.advanceTo(atSecond(60));
    must(cloud.startWarm(id));
    must(cloud.register([id]));
    cloud.advanceTo(atSecond(200));
    const seen = [59, 60, 139.999, 140].map((second) => lookAt(cloud, id, atSecond(second)));
    expect(seen).toEqual([
      "running unregistered not-started",
      "running initial started",
      "running initial started",
      "running healthy done",
    ]);
    expect(cloud.rows()[0]).toMatchObject({ servingAt: atSecond(140), warmed: true });
  });

  test("started while the target is initial, it holds the target back", () => {
    const cloud = givenCloud({ warmSeconds });
    const id = launchedOne(cloud);
    cloud.advanceTo(atSecond(30));
    must(cloud.register([id]));
    cloud.advanceTo(atSecond(80));
    must(cloud.startWarm(id));
    cloud.advanceTo(atSecond(140));
    expect(cloud.rows()[0]).toMatchObject({ servingAt: atSecond(140), warmed: true });
  });

  test("started while it serves, it neither interrupts nor counts as warmed", () => {
    const cloud = givenCloud({ warmSeconds });
    const id = launchedOne(cloud);
    cloud.advanceTo(atSecond(100));
    must(cloud.register([id]));
    cloud.advanceTo(atSecond(110));
    must(cloud.startWarm(id));
    cloud.advanceTo(atSecond(200));
    expect(cloud.rows()[0]).toMatchObject({ servingAt: atSecond(100), warmed: false });
  });

  test("failed, it may be started again; under way or done, another start changes nothing", () => {
    const cloud = givenCloud({ warmSeconds });
    const id = launchedOne(cloud);
    cloud.advanceTo(atSecond(100));
    cloud.faults.warmFails = () => true;
    must(cloud.startWarm(id));
    cloud.faults.warmFails = () => false;
    cloud.advanceTo(atSecond(120));
    must(cloud.startWarm(id));
    cloud.advanceTo(atSecond(140));
    expect(lookAt(cloud, id)).toBe("running unregistered failed");
    must(cloud.startWarm(id));
    cloud.advanceTo(atSecond(180));
    must(cloud.startWarm(id));
    expect(cloud.describe(cloud.now)[0]?.warm).toEqual({ kind: "done", at: atSecond(180) });
  });
});

describe("launching", () => {
  const pools = ["m7g.large", "m6g.large"].flatMap((instanceType) =>
    ["subnet-a", "subnet-b", "subnet-c"].map((subnetId) => ({ instanceType, subnetId })),
  );
  const placesOf = (cloud: ReturnType<typeof givenCloud>) =>
    cloud.describe(cloud.now).map(({ instanceType, zone, purchase }) => `${instanceType} ${zone} ${purchase}`);

  test("takes the preferred type and the subnets in turn, on-demand first", () => {
    const cloud = givenCloud();
    launched(cloud, { onDemandCount: 2, spotCount: 2, pools });
    expect(placesOf(cloud)).toEqual([
      "m7g.large eu-west-1a on-demand",
      "m7g.large eu-west-1b on-demand",
      "m7g.large eu-west-1c spot",
      "m7g.large eu-west-1a spot",
    ]);
  });

  test("single launches take turns too", () => {
    const cloud = givenCloud();
    for (let i = 0; i < 4; i++) launched(cloud, { pools });
    expect(cloud.describe(start).map(({ subnetId }) => subnetId)).toEqual([
      "subnet-a",
      "subnet-b",
      "subnet-c",
      "subnet-a",
    ]);
  });

  test("falls back to another zone, then to another type, and names the pools that were full", () => {
    const cloud = givenCloud();
    let roomCount = 1;
    cloud.faults.noCapacity = ({ instanceType, zone }) =>
      instanceType === "m7g.large" && !(zone === "eu-west-1b" && roomCount-- > 0);
    const answer = must(cloud.launch({ onDemandCount: 2, spotCount: 0, countMin: 0, pools, tags: {}, token: "" }));
    expect(placesOf(cloud)).toEqual(["m7g.large eu-west-1b on-demand", "m6g.large eu-west-1b on-demand"]);
    expect(answer.refused.map(({ instanceType, zone }) => `${instanceType} ${zone}`)).toEqual([
      "m7g.large eu-west-1a",
      "m7g.large eu-west-1b",
      "m7g.large eu-west-1c",
    ]);
  });

  test("launches what there is room for, but nothing below the least count", () => {
    const cloud = givenCloud();
    let roomCount = 2;
    cloud.faults.noCapacity = ({ purchase }) => purchase === "spot" || roomCount-- <= 0;
    expect(launched(cloud, { onDemandCount: 2, spotCount: 3, countMin: 1 })).toHaveLength(2);
    expect(errorName(cloud.launch({ onDemandCount: 1, spotCount: 0, countMin: 1, pools, tags: {}, token: "" }))).toBe(
      "InsufficientInstanceCapacity",
    );
    expect(cloud.rows()).toHaveLength(2);
  });

  test("the same launches draw the same boots whatever else happens", () => {
    const varied = { ...plant, boot: { ...plant.boot, p95Seconds: 270, failureRate: 0.2 } };
    const bootsOf = (disturb: (cloud: ReturnType<typeof givenCloud>) => void) => {
      const cloud = givenCloud({ plant: varied });
      disturb(cloud);
      const ids = launched(cloud, { onDemandCount: 30 });
      cloud.advanceTo(atSecond(60));
      for (const id of ids) cloud.register([id]);
      cloud.advanceTo(atMinute(30));
      const byId = new Map(cloud.rows().map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id)?.servingAt);
    };
    const calm = bootsOf(() => {});
    const disturbed = bootsOf((cloud) => {
      const seeded = cloud.seedServing(7, {});
      cloud.terminate(seeded.slice(0, 3));
      cloud.faults.noCapacity = ({ zone }) => zone === "eu-west-1a";
    });
    expect(disturbed).toEqual(calm);
    expect(new Set(calm).size).toBeGreaterThan(10);
    expect(calm).toContain(null);
  });
});

describe("client tokens", () => {
  const request = { onDemandCount: 2, spotCount: 0, countMin: 1, pools: [], tags: { fleet: "shop" }, token: "t-1" };

  test("the same request gets the same instances again, however its keys are ordered", () => {
    const cloud = givenCloud();
    const first = must(cloud.launch(request));
    cloud.advanceTo(atMinute(5));
    const { token, ...rest } = request;
    expect(must(cloud.launch({ token, ...rest }))).toEqual(first);
    expect(cloud.rows()).toHaveLength(2);
  });

  test("another request under it is refused", () => {
    const cloud = givenCloud();
    must(cloud.launch(request));
    expect(errorName(cloud.launch({ ...request, onDemandCount: 3 }))).toBe("IdempotentParameterMismatch");
    expect(cloud.rows()).toHaveLength(2);
  });

  test("a failure is remembered even when there is room again; a new token gets through", () => {
    const cloud = givenCloud();
    cloud.faults.noCapacity = () => true;
    expect(errorName(cloud.launch(request))).toBe("InsufficientInstanceCapacity");
    cloud.faults.noCapacity = () => false;
    expect(errorName(cloud.launch(request))).toBe("InsufficientInstanceCapacity");
    expect(must(cloud.launch({ ...request, token: "t-2" })).instances).toHaveLength(2);
  });

  test("after a day it is a new one", () => {
    const cloud = givenCloud();
    must(cloud.launch(request));
    cloud.advanceTo(atMinute(24 * 60 - 1));
    must(cloud.launch(request));
    expect(cloud.rows()).toHaveLength(2);
    cloud.advanceTo(atMinute(24 * 60));
    must(cloud.launch(request));
    expect(cloud.rows()).toHaveLength(4);
  });

  test("no token is no promise", () => {
    const cloud = givenCloud();
    launchedOne(cloud);
    launchedOne(cloud);
    expect(cloud.rows()).toHaveLength(2);
  });
});

describe("rows and counts", () => {
  test("follow a timeline worked out by hand", () => {
    const cold = { seconds: 180, ratio: 0.4 };
    const cloud = givenCloud({ plant: { ...plant, cold }, warmSeconds: [40, 40] });
    const [seeded = "", other = ""] = cloud.seedServing(2, {});
    const acts: Record<number, () => unknown> = {
      0: () => launched(cloud, { onDemandCount: 2 }),
      1: () => [cloud.register(["i-00000000000000003"]), cloud.startWarm("i-00000000000000004")],
      3: () => cloud.register(["i-00000000000000004"]),
      4: () => cloud.deregister([seeded, other]),
      5: () => [cloud.terminate([seeded]), cloud.register([other])],
    };
    const counts = Array.from({ length: 7 }, (_, minute) => {
      cloud.advanceTo(atMinute(minute));
      acts[minute]?.();
      return cloud.closeMinute(cloud.now);
    });
    expect(
      counts.map(({ serving, cold, booting, warming, draining }) => [serving, cold, booting, warming, draining]),
    ).toEqual([
      [2, 0, 2, 0, 0],
      [2, 0, 1, 1, 0],
      [3, 1, 0, 1, 0],
      [4, 1, 0, 0, 0],
      [2, 1, 0, 0, 2],
      [3, 0, 0, 0, 0],
      [3, 0, 0, 0, 0],
    ]);
    const again = Array.from({ length: 7 }, (_, minute) => cloud.countsAt(atMinute(minute)));
    expect(again).toEqual(counts);
    expect(cloud.rows()).toEqual([
      {
        id: seeded,
        launchedAt: atMinute(-3),
        servingAt: start,
        warmed: true,
        drainingAt: atMinute(4),
        terminatedAt: atMinute(5),
        failed: false,
        takenBack: [],
      },
      {
        id: other,
        launchedAt: atMinute(-3),
        servingAt: start,
        warmed: true,
        drainingAt: null,
        terminatedAt: null,
        failed: false,
        takenBack: [{ drainingAt: atMinute(4), servingAt: atMinute(5) }],
      },
      {
        id: "i-00000000000000003",
        launchedAt: start,
        servingAt: atSecond(100),
        warmed: false,
        drainingAt: null,
        terminatedAt: null,
        failed: false,
        takenBack: [],
      },
      {
        id: "i-00000000000000004",
        launchedAt: start,
        servingAt: atMinute(3),
        warmed: true,
        drainingAt: null,
        terminatedAt: null,
        failed: false,
        takenBack: [],
      },
    ]);
  });

  test("an instance that leaves within a minute does not serve in it", () => {
    const cloud = givenCloud();
    const [first = "", second = ""] = cloud.seedServing(3, {});
    cloud.advanceTo(atSecond(30));
    must(cloud.deregister([first]));
    must(cloud.terminate([second]));
    cloud.advanceTo(atSecond(60));
    expect(cloud.countsAt(start)).toMatchObject({ serving: 1, draining: 2 });
  });

  test("cancelled before it served, it never served and did not fail", () => {
    const boot = { ...plant.boot, failureRate: 1 };
    for (const cloud of [givenCloud(), givenCloud({ plant: { ...plant, boot } })]) {
      const id = launchedOne(cloud);
      cloud.advanceTo(atSecond(30));
      must(cloud.register([id]));
      cloud.advanceTo(atSecond(60));
      must(cloud.terminate([id]));
      cloud.advanceTo(atMinute(10));
      expect(cloud.rows()[0]).toMatchObject({
        servingAt: null,
        drainingAt: null,
        terminatedAt: atSecond(60),
        failed: false,
      });
    }
  });

  test("what has not happened yet is not in the row", () => {
    const cloud = givenCloud();
    const id = launchedOne(cloud);
    cloud.advanceTo(atSecond(30));
    must(cloud.register([id]));
    expect(cloud.rows()[0]?.servingAt).toBeNull();
    cloud.advanceTo(atSecond(100));
    expect(cloud.rows()[0]?.servingAt).toBe(atSecond(100));
  });

  test("an hour after its end only its row is left, and it is the same row", () => {
    const cloud = givenCloud();
    const [id = ""] = cloud.seedServing(2, {});
    must(cloud.terminate([id]));
    cloud.advanceTo(atMinute(59));
    const rows = cloud.rows();
    expect(errorName(cloud.terminate([id]))).toBe("none");
    cloud.advanceTo(atMinute(60));
    expect(errorName(cloud.terminate([id]))).toBe("InvalidInstanceID.NotFound");
    expect(cloud.rows()).toEqual(rows);
  });

  test("time never runs backwards", () => {
    const cloud = givenCloud();
    expect(() => cloud.advanceTo(start - 1)).toThrow("time never runs backwards");
  });
});
