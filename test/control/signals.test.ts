// Raw points in, known or missing out, as seen at noon. Minutes are counted back from it: the newest complete one is two ago.
import { expect, test } from "@jest/globals";
import { metricsOf, type RawMetric, signalsOf } from "../../shared/control/index.ts";
import { minuteMs, secondMs } from "../../shared/core/index.ts";
import type { Signal } from "../../shared/engine/index.ts";
import { givenPolicy, noon, scheduled } from "../support/given.ts";

type Ago = readonly [minutesAgo: number, value: number];
const pointsOf = (entries: readonly Ago[]) => entries.map(([ago, value]) => ({ at: noon - ago * minuteMs, value }));
const raw = (...entries: readonly Ago[]): RawMetric => ({ kind: "points", points: pointsOf(entries) });
const known = (...entries: readonly Ago[]): Signal => ({ kind: "known", points: pointsOf(entries) });
const missing = (because: string): Signal => ({ kind: "missing", because });
const hosts = raw([4, 3], [3, 3], [2, 3]);

test.each<[string, RawMetric, RawMetric, Signal]>([
  ["requests are taken as they are", raw([3, 10], [2, 20]), raw([3, 3], [2, 3]), known([3, 10], [2, 20])],
  ["silent, hosts present: zero", raw(), hosts, known([4, 0], [3, 0], [2, 0])],
  ["silent, hosts silent: missing", raw(), raw(), missing("no points")],
  ["silent, hosts failed: missing", raw(), { kind: "failed", because: "throttled" }, missing("no points")],
  ["a gap between readings is zero", raw([4, 10], [2, 20]), hosts, known([4, 10], [3, 0], [2, 20])],
  ["a silent end is zero", raw([4, 10]), hosts, known([4, 10], [3, 0], [2, 0])],
  [
    "a gap is zero, though there are as many points as hosts",
    raw([4, 10], [2, 20], [1, 5]),
    hosts,
    known([4, 10], [3, 0], [2, 20], [1, 5]),
  ],
  [
    "a silent end is zero, though there are more points than hosts",
    raw([9, 1], [8, 1], [7, 1], [6, 1]),
    hosts,
    known([9, 1], [8, 1], [7, 1], [6, 1], [4, 0], [3, 0], [2, 0]),
  ],
  ["a minute too young to be complete is not zero yet", raw([2, 10]), raw([2, 3], [1, 3], [0, 3]), known([2, 10])],
  ["no host count, no zero", raw([4, 10], [2, 20]), raw([4, 3], [2, 3]), known([4, 10], [2, 20])],
  ["failed: missing, whatever the hosts", { kind: "failed", because: "throttled" }, hosts, missing("throttled")],
])("%s", (_, requests, healthyHosts, expected) => {
  expect(signalsOf({ requests, "healthy-hosts": healthyHosts }, noon).requests).toEqual(expected);
});

test.each(["requests", "requests-per-target", "errors-5xx", "rejected"] as const)(
  "%s is silent when it is zero",
  (name) => {
    expect(signalsOf({ [name]: raw(), "healthy-hosts": hosts }, noon)[name]).toEqual(known([4, 0], [3, 0], [2, 0]));
  },
);

test.each(["cpu", "latency-p50", "latency-p95", "healthy-hosts", "orders-waiting"] as const)(
  "%s is never silently zero",
  (name) => {
    expect(signalsOf({ "healthy-hosts": hosts, [name]: raw() }, noon)[name]).toEqual(missing("no points"));
  },
);

test.each<[string, number, Signal]>([
  ["ended six minutes ago", 7, known([7, 10])],
  ["ended longer ago", 8, missing("newest point is 7 min old")],
])("the newest point %s", (_, ago, expected) => {
  expect(signalsOf({ requests: raw([ago, 10]) }, noon).requests).toEqual(expected);
  expect(signalsOf({ cpu: raw([20, 1], [ago, 10]) }, noon).cpu?.kind).toBe(expected.kind);
});

test("a minute that began two minutes ago is complete, at whatever second one looks", () => {
  const silentSince = (now: number) => {
    const { requests } = signalsOf({ requests: raw([3, 10]), "healthy-hosts": raw([3, 3], [2, 3], [1, 3]) }, now);
    return requests?.kind === "known" ? requests.points.slice(1).map(({ at }) => (noon - at) / minuteMs) : requests;
  };
  expect(silentSince(noon)).toEqual([2]);
  expect(silentSince(noon + 59 * secondMs)).toEqual([2]);
  expect(silentSince(noon + 60 * secondMs)).toEqual([2, 1]);
});

test("what was not read is not there", () => {
  expect(signalsOf({}, noon)).toEqual({});
});

test("a look reads what its rules name, demand, and the hosts that tell zero from missing", () => {
  const policy = givenPolicy({
    rules: [
      { kind: "target-utilization", name: "cpu", metric: "cpu", targetRatio: 0.6 },
      { kind: "step", name: "slow", metric: "latency-p95", above: [], below: [], minutes: 1 },
      { kind: "step", name: "slower", metric: "latency-p95", above: [], below: [], minutes: 1 },
      { kind: "target-total", name: "queue", metric: "orders-waiting", perInstance: 100 },
      scheduled("0 8 * * *"),
    ],
  });
  expect(metricsOf(policy, { kind: "none" })).toEqual([
    "requests",
    "healthy-hosts",
    "cpu",
    "latency-p95",
    "orders-waiting",
  ]);
  expect(metricsOf(givenPolicy({ rules: [] }), { kind: "none" })).toEqual(["requests", "healthy-hosts"]);
});
