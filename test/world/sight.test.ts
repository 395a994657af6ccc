// The World contract, third part: what cannot be seen, and what does not work. Run against the worlds that look at a cloud, whose
// reads may lag, but for what only calls can express.
import { beforeEach, describe, expect } from "@jest/globals";
import type { World } from "../../shared/control/index.ts";
import type { MetricName, Signal } from "../../shared/engine/index.ts";
import type { ExpressionPart, OwnMetric, OwnSeries, Policy, Rule } from "../../shared/policy/index.ts";
import { type CloudOptions, calmFaults } from "../../shared/sim/cloud/index.ts";
import { atMinute, atSecond, plant } from "../sim/cloudGiven.ts";
import { cloudPolicy, look } from "../support/awsFleet.ts";
import { clouded, wired } from "../support/contract.ts";
import { missing, ownMetric } from "../support/given.ts";
import { drainEach, launchOf, rowUpon, type Stage } from "../support/worlds.ts";

const text = (text: string): ExpressionPart => ({ kind: "text", text });
const part = (name: string): ExpressionPart => ({ kind: "series", name });

/** Minutes that pass with nobody looking, each with its metrics. */
async function idle(stage: Stage, { from, to }: { readonly from: number; readonly to: number }): Promise<void> {
  for (let minute = from; minute <= to; minute++) {
    await stage.passTo(atMinute(minute));
    await stage.closeMinute();
  }
}

async function lookEachMinute(
  stage: Stage,
  world: World,
  { from, to }: { readonly from: number; readonly to: number },
) {
  for (let minute = from; minute <= to; minute++) {
    await stage.passTo(atMinute(minute));
    await look(world, cloudPolicy());
    await stage.closeMinute();
  }
}

describe.each(clouded)("the world $name", ({ open, test }) => {
  /** Three serving instances at minute six. */
  async function shop(changed: Partial<CloudOptions> = {}): Promise<Stage> {
    const stage = await open(changed);
    await stage.serving(3);
    await idle(stage, { from: 0, to: 5 });
    await stage.passTo(atMinute(6));
    return stage;
  }
  const signal = async (stage: Stage, name = "requests", policy = cloudPolicy()): Promise<Signal | undefined> =>
    (await stage.world().observe(policy)).signals[name];
  /** The newest minutes, as minute → value. */
  const newest = (given: Signal | undefined, count: number) =>
    given?.kind === "known"
      ? given.points.slice(-count).map(({ at, value }) => [(at - atMinute(0)) / 60_000, Math.round(value)])
      : given;

  describe("a metric", () => {
    test("is known up to its lag", async () => {
      expect(newest(await signal(await shop()), 2)).toEqual([
        [3, 600],
        [4, 600],
      ]);
      const late = await shop({ plant: { ...plant, lagSeconds: 240 } });
      expect(newest(await signal(late), 1)).toEqual([[2, 600]]);
    });

    test("may show its newest minute in part", async () => {
      const stage = await shop({ newestMinute: { kind: "partial", ratio: 0.4 } });
      expect(newest(await signal(stage), 2)).toEqual([
        [4, 600],
        [5, 240],
      ]);
      expect(newest(await signal(stage, "healthy-hosts"), 1)).toEqual([[5, 3]]);
    });

    test("is zero where hosts were counted and requests were not", async () => {
      const stage = await shop({ traffic: { load: (at) => (at < atMinute(2) ? 600 : 0), filled: () => false } });
      expect(newest(await signal(stage), 4)).toEqual([
        [1, 600],
        [2, 0],
        [3, 0],
        [4, 0],
      ]);
    });

    test("is missing where nothing was counted at all", async () => {
      const stage = await shop({ traffic: { load: () => 600, filled: () => true } });
      expect(await signal(stage)).toEqual({ kind: "missing", because: "no points" });
      expect(await signal(stage, "healthy-hosts")).toEqual({ kind: "missing", because: "no points" });
    });

    test("that has been silent for long is missing, and says for how long", async () => {
      const faults = { ...calmFaults(), metricGap: (_: MetricName, at: number) => at >= atMinute(1) };
      const stage = await shop({ faults });
      await stage.passTo(atMinute(9));
      expect(await signal(stage)).toEqual({ kind: "missing", because: "newest point is 8 min old" });
    });
  });

  describe("a metric of the operator's own", () => {
    const dimensions = { Queue: "orders" };
    /** 10 a minute more each minute, in two samples. */
    const published: CloudOptions["published"] = [
      {
        ...{ namespace: "Shop", name: "Waiting", dimensions },
        samples: (at) => [0, 2].map((more) => (at - atMinute(0)) / 6_000 + more),
      },
      { namespace: "Shop", name: "Busy", dimensions: {}, samples: (at) => (at >= atMinute(4) ? [] : [30]) },
      { namespace: "Shop", name: "Idle", dimensions: {}, samples: () => [10] },
    ];
    const of = (name: string, statistic: string): OwnSeries => ({
      ...{ namespace: "Shop", name, statistic },
      dimensions: name === "Waiting" ? dimensions : {},
    });
    const share: OwnMetric = {
      kind: "expression",
      parts: [
        ...[text("100"), text("*"), part("b"), text("/"), text("("), part("b"), text("+"), part("bi"), text(")")],
      ],
      using: { b: of("Busy", "Sum"), bi: of("Idle", "Sum") },
    };
    const reading = (metric: OwnMetric): Policy =>
      cloudPolicy({
        metrics: { [ownMetric]: metric },
        rules: [{ kind: "target-total", name: "mine", metric: ownMetric, perInstance: 10 }],
        missing: missing({ kind: "hold" }),
      });

    test.each([
      ["Average", 41],
      ["Sum", 82],
      ["Maximum", 42],
      ["SampleCount", 2],
      ["p50", 40],
    ])("is known by its exact dimensions: %s", async (statistic, value) => {
      const stage = await shop({ published });
      const series = of("Waiting", statistic);
      const known = await signal(stage, ownMetric, reading({ kind: "series", series }));
      expect(newest(known, 1)).toEqual([[4, value]]);
      const other = reading({ kind: "series", series: { ...series, dimensions: {} } });
      expect(await signal(stage, ownMetric, other)).toEqual({ kind: "missing", because: "no points" });
    });

    test("may be math over several, known where all of them are", async () => {
      const known = await signal(await shop({ published }), ownMetric, reading(share));
      expect(newest(known, 2)).toEqual([
        [2, 75],
        [3, 75],
      ]);
    });

    test("sizes a fleet", async () => {
      const stage = await shop({ published });
      const policy = reading({ kind: "series", series: of("Waiting", "Sum") });
      const tick = await look(stage.world(), policy);
      expect(tick).toMatchObject({
        kind: "done",
        row: {
          decision: {
            proposals: [{ kind: "wants", count: 9, reason: { kind: "total", value: 82, perInstance: 10 } }],
            actions: [{ kind: "launch", onDemandCount: 6 }],
          },
        },
      });
    });

    test("is missing, not zero, where nobody publishes it, though hosts were counted", async () => {
      expect(await signal(await shop(), ownMetric, reading(share))).toEqual({ kind: "missing", because: "no points" });
    });
  });

  test("each target's share of the requests is read, and zero where hosts were counted and requests were not", async () => {
    const rule: Rule = { kind: "target-level", name: "share", metric: "requests-per-target", level: 700 };
    const stage = await shop({ traffic: { load: (at) => (at < atMinute(4) ? 600 : 0), filled: () => false } });
    expect(newest(await signal(stage, "requests-per-target", cloudPolicy({ rules: [rule] })), 2)).toEqual([
      [3, 200],
      [4, 0],
    ]);
  });

  describe("eventual consistency", () => {
    test("a launch that EC2 does not show is in flight, and is not bought again", async () => {
      const stage = await open({ faults: { ...calmFaults(), visibilityLagMs: 150_000 } });
      await lookEachMinute(stage, stage.world(), { from: 0, to: 8 });
      expect(await stage.launched()).toHaveLength(4);
      expect(await stage.tally()).toEqual({ "running healthy": 4 });
    });

    test("one that a stale read hides again is in flight too", async () => {
      const stage = await open();
      await lookEachMinute(stage, stage.world(), { from: 0, to: 1 });
      stage.cloud.faults.staleReadsMs = 100_000;
      await stage.passTo(atSecond(70));
      await look(stage.world(), cloudPolicy());
      stage.cloud.faults.staleReadsMs = 0;
      await lookEachMinute(stage, stage.world(), { from: 2, to: 8 });
      expect(await stage.launched()).toHaveLength(4);
      expect(await stage.tally()).toEqual({ "running healthy": 4 });
    });

    test("a stale read shows what was", async () => {
      const stage = await shop();
      const world = stage.world();
      const row = rowUpon(await world.observe(cloudPolicy()), drainEach((await stage.launched()).slice(0, 1)));
      await world.commit(cloudPolicy(), row);
      await world.act(cloudPolicy(), row, row.decision.actions);
      const first = async () => {
        const { instances } = await world.observe(cloudPolicy());
        return instances.kind === "seen" ? instances.instances[0]?.target.kind : "missing";
      };
      await stage.passTo(atSecond(370));
      stage.cloud.faults.staleReadsMs = 30_000;
      expect(await first()).toBe("healthy");
      stage.cloud.faults.staleReadsMs = 0;
      expect(await first()).toBe("draining");
    });
  });
});

describe.each(wired)("only calls can be refused: the world $name", ({ open, test }) => {
  let stage: Stage;
  let world: World;
  beforeEach(async () => {
    stage = await open();
    world = stage.world();
  });

  const outcomes = async () => {
    const { previous } = await world.observe(cloudPolicy());
    return previous.kind === "row" ? previous.outcomes : [];
  };

  test("a target group that does not exist: nothing is seen, nothing done, and the log says why", async () => {
    const nowhere: Policy = cloudPolicy({ targetGroup: "nowhere" });
    const because = expect.stringMatching(/^TargetGroupNotFound: /);
    expect((await world.observe(nowhere)).instances).toMatchObject({ kind: "missing", because });
    expect(await look(world, nowhere)).toMatchObject({ kind: "done", row: { decision: { actions: [] } } });
    expect(await outcomes()).toMatchObject([{ kind: "failed", action: "shop@1/observe", because }]);
    await lookEachMinute(stage, world, { from: 1, to: 5 });
    expect(await stage.tally()).toEqual({ "running healthy": 4 });
  });

  test.each([
    ["throttled", "RequestLimitExceeded"],
    ["denied", "UnauthorizedOperation"],
  ] as const)("a launch that is %s", async (kind, code) => {
    const fault = kind === "throttled" ? "throttle" : "denied";
    stage.cloud.faults[fault] = (command) => command === "CreateFleet";
    await look(world, cloudPolicy());
    expect(await outcomes()).toEqual([
      { kind, action: "shop@1/launch", because: expect.stringMatching(new RegExp(`^${code}: `)) },
    ]);
    stage.cloud.faults[fault] = () => false;
    await lookEachMinute(stage, world, { from: 1, to: 5 });
    expect(await stage.tally()).toEqual({ "running healthy": 4 });
  });

  test.each([["DescribeInstances"], ["DescribeTargetHealth"], ["DescribeTargetGroups"]] as const)(
    "a look whose %s is throttled has seen nothing",
    async (command) => {
      stage.cloud.faults.throttle = (asked) => asked === command;
      const { instances } = await world.observe(cloudPolicy());
      expect(instances).toMatchObject({ kind: "missing", because: expect.stringMatching(/Rate|limit/i) });
      stage.cloud.faults.throttle = () => false;
      expect((await world.observe(cloudPolicy())).instances).toMatchObject({ kind: "seen" });
    },
  );

  test("metrics that cannot be read are missing, because, and nothing else is", async () => {
    stage.cloud.faults.throttle = (asked) => asked === "GetMetricData";
    const { instances, signals } = await world.observe(cloudPolicy());
    expect(signals.requests).toEqual({ kind: "missing", because: "Throttling: Rate exceeded" });
    expect(instances).toMatchObject({ kind: "seen" });
  });

  test("past the lease no call starts", async () => {
    const row = rowUpon(await world.observe(cloudPolicy()), [launchOf(2)]);
    await world.commit(cloudPolicy(), row);
    await stage.passTo(row.actBy);
    expect(await world.act(cloudPolicy(), row, row.decision.actions)).toEqual([
      { kind: "too-late", action: "shop@1/launch" },
    ]);
    expect(await stage.launched()).toHaveLength(0);
  });

  test("a log that cannot be read is no look at all", async () => {
    await expect(look(stage.world("one", "no-such-table"), cloudPolicy())).rejects.toThrow(/resource not found/i);
    expect(await stage.launched()).toHaveLength(0);
  });
});
