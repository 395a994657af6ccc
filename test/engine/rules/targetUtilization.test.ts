// A per-instance reading times the count that produced it, ÷ the reading to hold.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../../shared/core/index.ts";
import type { Snapshot } from "../../../shared/engine/index.ts";
import { propose } from "../../../shared/engine/rules/index.ts";
import {
  givenPolicy,
  givenSnapshot,
  points,
  seen,
  serving,
  settledAt,
  settledPoints,
  silent,
} from "../../support/given.ts";

const policy = givenPolicy({ rules: [{ kind: "target-utilization", name: "cpu", metric: "cpu", targetRatio: 0.6 }] });
const lead = { p50Ms: 0, p95Ms: 0, launchCount: 0 };
const proposalFor = (signals: Snapshot["signals"], instances = seen()) =>
  propose({ policy, snapshot: givenSnapshot({ signals, instances }), lead })[0];

test.each<[string, number, number, number]>([
  ["on target, as many as there were", 0.6, 10, 10],
  ["over target, more", 0.9, 10, 15],
  ["barely over, one more", 0.61, 10, 11],
  ["under target, fewer", 0.3, 10, 5],
  ["idle, none: the bounds are another's business", 0, 10, 0],
  ["saturated, as many as the reading can tell", 1, 3, 5],
])("%s", (_, cpu, hosts, count) => {
  expect(proposalFor({ cpu: settledPoints(cpu), "healthy-hosts": settledPoints(hosts) })).toEqual({
    kind: "wants",
    rule: "cpu",
    count,
    reason: { kind: "utilization", ratio: cpu, at: settledAt, servingCount: hosts, targetRatio: 0.6 },
  });
});

test("the count of the reading's minute multiplies, not the count of now", () => {
  const signals = { cpu: settledPoints(0.9), "healthy-hosts": points([4, 8, 8], settledAt + 2 * minuteMs) };
  expect(proposalFor(signals, seen(...serving(8)))).toMatchObject({ count: 6, reason: { servingCount: 4 } });
});

test("a partial minute of a mean is no reading", () => {
  const signals = { cpu: points([0.3, 0.99, 0.99], settledAt + 2 * minuteMs), "healthy-hosts": settledPoints(4) };
  expect(proposalFor(signals)).toMatchObject({ count: 2 });
});

const noCount = "no host count for the reading's minute";
test.each<[string, Snapshot["signals"], string]>([
  ["no reading", { cpu: silent, "healthy-hosts": settledPoints(4) }, "no points"],
  ["no host count", { cpu: settledPoints(0.9), "healthy-hosts": silent }, noCount],
  [
    "a host count of another minute",
    { cpu: settledPoints(0.9), "healthy-hosts": points([4], settledAt - minuteMs) },
    noCount,
  ],
  [
    "a host count of zero, which no reading can come from",
    { cpu: settledPoints(0.9), "healthy-hosts": settledPoints(0) },
    noCount,
  ],
])("blind with %s", (_, signals, because) => {
  expect(proposalFor(signals)).toEqual({
    kind: "blind",
    rule: "cpu",
    metric: "cpu",
    because,
    choice: { kind: "hold" },
  });
});
