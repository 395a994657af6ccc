// What applications publish, as CloudWatch shows it: statistics of a minute's samples, and nothing for a minute without any.
import { describe, expect, test } from "@jest/globals";
import type { OwnSeries } from "../../shared/policy/index.ts";
import type { Cloud, CloudOptions } from "../../shared/sim/cloud/index.ts";
import { atMinute, givenCloud, start } from "./cloudGiven.ts";

const samples = [[8, 2, 6, 4], [], [1]];
const published: CloudOptions["published"] = [
  { namespace: "Shop", name: "Waiting", dimensions: {}, samples: (at) => samples[(at - start) / 60_000] ?? [] },
];
const given = (changed: Partial<CloudOptions> = {}, minute = 10): Cloud => {
  const cloud = givenCloud({ published, ...changed });
  cloud.advanceTo(atMinute(minute));
  return cloud;
};
const waiting = (statistic: string): OwnSeries => ({ namespace: "Shop", name: "Waiting", statistic, dimensions: {} });
const valuesOf = (cloud: Cloud, series: OwnSeries) =>
  cloud
    .ownPoints({ kind: "series", series }, { from: start, to: cloud.now, now: cloud.now })
    .map(({ at, value }) => [(at - start) / 60_000, value]);

test.each([
  ["Sum", 20],
  ["Average", 5],
  ["Minimum", 2],
  ["Maximum", 8],
  ["SampleCount", 4],
  ["p50", 4],
  ["p75", 6],
  ["p99.9", 8],
  ["p0", 2],
])("%s of a minute's samples; a silent minute has none", (statistic, value) => {
  const last = statistic === "SampleCount" ? 1 : samples[2]?.[0];
  expect(valuesOf(given(), waiting(statistic))).toEqual([
    [0, value],
    [2, last],
  ]);
});

test("a statistic that CloudWatch does not know is refused", () => {
  expect(() => valuesOf(given(), waiting("Median"))).toThrow("The statistic 'Median' is not known.");
});

test.each<[string, Partial<OwnSeries>]>([
  ["namespace", { namespace: "shop" }],
  ["name", { name: "waiting" }],
  ["dimensions", { dimensions: { Queue: "orders" } }],
])("another %s is another series", (_, changed) => {
  expect(valuesOf(given(), { ...waiting("Sum"), ...changed })).toEqual([]);
});

test("it is seen as late as anything else, and of a minute still coming in, the first samples", () => {
  expect(valuesOf(given({}, 1), waiting("Sum"))).toEqual([]);
  expect(valuesOf(given({ newestMinute: { kind: "partial", ratio: 0.5 } }, 1), waiting("Sum"))).toEqual([[0, 10]]);
  expect(valuesOf(given({ newestMinute: { kind: "partial", ratio: 0.5 } }, 2), waiting("Sum"))).toEqual([[0, 20]]);
});

test("a filled minute of the traffic has none of it", () => {
  const traffic = { load: () => 600, filled: (at: number) => at === start };
  expect(valuesOf(given({ traffic }), waiting("Sum"))).toEqual([[2, 1]]);
});

describe("over GetMetricData", () => {
  const Metric = { Namespace: "Shop", MetricName: "Waiting", Dimensions: [] };
  const query = { Id: "w", MetricStat: { Metric, Period: 60, Stat: "Sum" } };
  const asked = (MetricDataQueries: readonly object[]) =>
    given().answer("CloudWatch", "GetMetricData", {
      MetricDataQueries,
      StartTime: new Date(start),
      EndTime: new Date(atMinute(10)),
      ScanBy: "TimestampAscending",
    }) as { readonly MetricDataResults: readonly { readonly Id: string; readonly Values: readonly number[] }[] };

  test("math comes back, and of its series those that are not held back", () => {
    const math = { Id: "m", Expression: "w * 2" };
    const held = asked([{ ...query, ReturnData: false }, math]).MetricDataResults;
    expect(held.map(({ Id, Values }) => [Id, Values])).toEqual([["m", [40, 2]]]);
    const both = asked([query, math]).MetricDataResults;
    expect(both.map(({ Id, Values }) => [Id, Values])).toEqual([
      ["w", [20, 1]],
      ["m", [40, 2]],
    ]);
  });
});
