import { describe, expect, test } from "@jest/globals";
import type { MetricName } from "../../shared/engine/index.ts";
import type { Cloud, CloudOptions } from "../../shared/sim/cloud/index.ts";
import { atMinute, atSecond, givenCloud, plant, start } from "./cloudGiven.ts";

/** Runs minutes 0 to `last` and stands at the start of `last`. */
function ran(cloud: Cloud, last: number): Cloud {
  for (let minute = 0; minute <= last; minute++) {
    cloud.advanceTo(atMinute(minute));
    cloud.closeMinute(cloud.now);
  }
  return cloud;
}
const pointsOf = (cloud: Cloud, metric: MetricName, from = start) =>
  cloud
    .points(metric, { from, to: cloud.now + 60_000, now: cloud.now })
    .map(({ at, value }) => [(at - start) / 60_000, value]);

const traffic: CloudOptions["traffic"] = {
  load: (at) => [600, 0, 900, 4000, 500, 700][(at - start) / 60_000] ?? 0,
  filled: (at) => at === atMinute(4),
};

function given(changed: Partial<CloudOptions> = {}): Cloud {
  const cloud = givenCloud({ traffic, ...changed });
  cloud.seedServing(2, {});
  return cloud;
}

describe("what is visible when", () => {
  test("a minute's point appears when the lag has passed, to the millisecond", () => {
    const cloud = ran(given(), 1);
    cloud.advanceTo(atSecond(119.999));
    expect(pointsOf(cloud, "requests")).toEqual([]);
    cloud.advanceTo(atSecond(120));
    expect(pointsOf(cloud, "requests")).toEqual([[0, 600]]);
  });

  test("a partial newest minute shows a share of its sums, and hosts in full", () => {
    const cloud = ran(given({ newestMinute: { kind: "partial", ratio: 0.5 } }), 1);
    expect(pointsOf(cloud, "requests")).toEqual([[0, 300]]);
    expect(pointsOf(cloud, "healthy-hosts")).toEqual([[0, 2]]);
    cloud.advanceTo(atMinute(2));
    expect(pointsOf(cloud, "requests")).toEqual([[0, 600]]);
  });

  test("without traffic requests are silent and hosts are not; a filled minute has nothing", () => {
    const cloud = ran(given(), 7);
    expect(pointsOf(cloud, "requests")).toEqual([
      [0, 600],
      [2, 900],
      [3, 4000],
      [5, 700],
    ]);
    expect(pointsOf(cloud, "healthy-hosts")).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
      [3, 2],
      [5, 2],
    ]);
  });

  test("without targets there is no count of hosts", () => {
    const cloud = ran(givenCloud({ traffic }), 4);
    expect(pointsOf(cloud, "healthy-hosts")).toEqual([]);
    expect(pointsOf(cloud, "requests")).toHaveLength(2);
  });

  test("a gap takes away one metric's minutes and no other's", () => {
    const cloud = ran(given(), 4);
    cloud.faults.metricGap = (metric, at) => metric === "requests" && at === start;
    expect(pointsOf(cloud, "requests")).toEqual([[2, 900]]);
    expect(pointsOf(cloud, "healthy-hosts")).toHaveLength(3);
  });

  test("minutes of the window only, `to` excluded", () => {
    const cloud = ran(given(), 7);
    const found = cloud.points("requests", { from: atSecond(1), to: atMinute(3), now: cloud.now });
    expect(found).toEqual([{ at: atMinute(2), value: 900 }]);
  });

  test("a minute that was never closed has no metrics; requests from before the start come from the traffic", () => {
    const cloud = given({ traffic: { load: (at) => (at < start ? 50 : 600), filled: () => false } });
    cloud.advanceTo(atMinute(5));
    expect(pointsOf(cloud, "requests", atMinute(-2))).toEqual([
      [-2, 50],
      [-1, 50],
    ]);
  });

  test("after three hours only requests are left of a minute", () => {
    const cloud = given({ traffic: { load: () => 600, filled: () => false } });
    ran(cloud, 190);
    expect(pointsOf(cloud, "healthy-hosts")[0]).toEqual([11, 2]);
    expect(pointsOf(cloud, "requests")).toHaveLength(189);
  });
});

describe("what the metrics say", () => {
  test("use is load over what the instances really serve, at most one", () => {
    expect(pointsOf(ran(given(), 5), "cpu")).toEqual([
      [0, 0.3],
      [1, 0],
      [2, 0.45],
      [3, 1],
    ]);
  });

  test("what exceeds the capacity is an error; nothing else is", () => {
    expect(pointsOf(ran(given(), 5), "errors-5xx")).toEqual([[3, 2000]]);
    expect(pointsOf(ran(given(), 5), "rejected")).toEqual([]);
  });

  test("latency grows with use and is capped", () => {
    const latencies = pointsOf(ran(given(), 5), "latency-p95");
    expect(latencies).toEqual([
      [0, expect.closeTo(142.86, 1)],
      [2, expect.closeTo(181.82, 1)],
      [3, expect.closeTo(5000, 6)],
    ]);
    expect(pointsOf(ran(given(), 5), "latency-p99")[0]?.[1]).toBeCloseTo(214.29, 1);
  });

  test("the share of answers within a bound follows the percentiles", () => {
    const cloud = ran(given(), 5);
    const within = (boundMs: number) =>
      cloud
        .withinPoints(boundMs, { from: start, to: cloud.now, now: cloud.now })
        .map(({ at, value }) => [(at - start) / 60_000, value]);
    // p50, p90, p95 and p99 of the first minute are 71, 114, 143 and 214 ms.
    expect(within(142.857)[0]).toEqual([0, expect.closeTo(0.95, 3)]);
    expect(within(71.43)[0]).toEqual([0, expect.closeTo(0.5, 3)]);
    expect(within(178.57)[0]).toEqual([0, expect.closeTo(0.97, 3)]);
    expect(within(450)).toEqual([
      [0, 1],
      [2, expect.closeTo(0.99 + (0.01 * (450 / 181.82 - 1.5)) / 1.5, 3)],
      [3, expect.closeTo(0.09, 3)],
    ]);
  });

  test("a cold instance counts with what it serves", () => {
    const cloud = givenCloud({
      traffic: { load: () => 200, filled: () => false },
      plant: { ...plant, cold: { seconds: 60, ratio: 0.4 } },
    });
    cloud.launch({ onDemandCount: 1, spotCount: 0, countMin: 1, pools: [], tags: {}, token: "" });
    cloud.advanceTo(atMinute(2));
    cloud.register(["i-00000000000000001"]);
    for (const minute of [2, 3]) {
      cloud.advanceTo(atMinute(minute));
      cloud.closeMinute(cloud.now);
    }
    cloud.advanceTo(atMinute(5));
    expect(pointsOf(cloud, "cpu")).toEqual([
      [2, 0.5],
      [3, 0.2],
    ]);
  });
});
