// A per-instance reading in its own unit × the count that produced it ÷ the reading to hold: 700.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../../shared/core/index.ts";
import type { Snapshot } from "../../../shared/engine/index.ts";
import { propose } from "../../../shared/engine/rules/index.ts";
import { givenPolicy, givenSnapshot, points, settledAt, settledPoints, silent } from "../../support/given.ts";

const lead = { p50Ms: 0, p95Ms: 0, launchCount: 0 };
const policy = givenPolicy({
  rules: [{ kind: "target-level", name: "share", metric: "requests-per-target", level: 700 }],
});
const proposalFor = (signals: Snapshot["signals"]) =>
  propose({ policy, snapshot: givenSnapshot({ signals }), lead })[0];

test.each([
  ["on target, as many as there were", 700, 10, 10],
  ["over target, more", 1_400, 10, 20],
  ["barely over, one more", 701, 10, 11],
  ["under target, fewer", 350, 10, 5],
  ["below nothing, none", -1, 10, 0],
])("%s", (_, value, hosts, count) => {
  const signals = { "requests-per-target": settledPoints(value), "healthy-hosts": settledPoints(hosts) };
  expect(proposalFor(signals)).toEqual({
    kind: "wants",
    rule: "share",
    count,
    reason: { kind: "level", value, at: settledAt, servingCount: hosts, level: 700 },
  });
});

test("the count of the reading's minute multiplies, and a partial minute is no reading", () => {
  const later = settledAt + 2 * minuteMs;
  const signals = {
    "requests-per-target": points([1_400, 9_000, 9_000], later),
    "healthy-hosts": points([4, 8, 8], later),
  };
  expect(proposalFor(signals)).toMatchObject({ count: 8, reason: { servingCount: 4 } });
});

test.each<[string, Snapshot["signals"], string]>([
  ["no reading", { "requests-per-target": silent, "healthy-hosts": settledPoints(4) }, "no points"],
  [
    "no host count",
    { "requests-per-target": settledPoints(900), "healthy-hosts": silent },
    "no host count for the reading's minute",
  ],
])("blind with %s", (_, signals, because) => {
  expect(proposalFor(signals)).toMatchObject({ kind: "blind", metric: "requests-per-target", because });
});
