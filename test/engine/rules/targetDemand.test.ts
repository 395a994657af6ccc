// Total demand ÷ 500, the share of one instance that givenPolicy plans for.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../../shared/core/index.ts";
import type { Signal } from "../../../shared/engine/index.ts";
import { propose } from "../../../shared/engine/rules/index.ts";
import {
  givenPolicy,
  givenSnapshot,
  missing,
  noon,
  points,
  settledAt,
  settledPoints,
  silent,
} from "../../support/given.ts";

const lead = { p50Ms: 0, p95Ms: 0, launchCount: 0 };
const proposalFor = (requests: Signal, policy = givenPolicy()) =>
  propose({ policy, snapshot: givenSnapshot({ signals: { requests } }), lead })[0];

/** The two newest minutes of these are younger than two minutes at noon. */
const withPartial = (...values: readonly number[]): Signal => points(values, noon);

test.each<[string, Signal, number, string, number]>([
  ["an exact multiple needs no spare instance", settledPoints(1_000), 2, "settled", 1_000],
  ["a request more needs one more", settledPoints(1_001), 3, "settled", 1_001],
  ["no requests need no instance", settledPoints(0), 0, "settled", 0],
  ["the newest complete minute counts, not the highest", settledPoints(9_000, 1_000), 2, "settled", 1_000],
  ["a partial minute raises", withPartial(1_000, 1_600, 200), 4, "partial", 1_600],
  ["of two partial minutes the higher one raises", withPartial(1_000, 1_600, 2_600), 6, "partial", 2_600],
  ["a partial minute never lowers", withPartial(1_000, 0, 0), 2, "settled", 1_000],
  ["a partial minute as high says nothing new", withPartial(1_000, 1_000, 10), 2, "settled", 1_000],
])("%s", (_, requests, count, partial, perMinute) => {
  expect(proposalFor(requests)).toMatchObject({
    kind: "wants",
    rule: "demand",
    count,
    reason: { kind: "demand", perMinute, partial, perInstancePerMinute: 1_000, targetRatio: 0.5 },
  });
});

test("says which minute it went by", () => {
  expect(proposalFor(settledPoints(1, 2))).toMatchObject({ reason: { at: settledAt } });
  expect(proposalFor(withPartial(1, 2, 3))).toMatchObject({ reason: { at: noon } });
});

test("a minute is complete two minutes after it began, to the millisecond", () => {
  const [complete, partial] = [
    { at: noon - 2 * minuteMs, value: 500 },
    { at: noon - 2 * minuteMs + 1, value: 400 },
  ];
  expect(proposalFor({ kind: "known", points: [complete] })).toMatchObject({ kind: "wants", count: 1 });
  expect(proposalFor({ kind: "known", points: [partial] })).toMatchObject({ kind: "blind" });
});

test.each<[string, Signal | "absent", string]>([
  ["missing", silent, "no points"],
  ["not read at all", "absent", "not read"],
  ["known only in part", points([900, 900], noon), "no complete minute yet"],
])("demand that is %s makes the rule blind, which is not zero", (_, requests, because) => {
  const policy = givenPolicy({ missing: missing({ kind: "floor", count: 7 }) });
  const signals = requests === "absent" ? {} : { requests };
  expect(propose({ policy, snapshot: givenSnapshot({ signals }), lead })).toEqual([
    { kind: "blind", rule: "demand", metric: "requests", because, choice: { kind: "floor", count: 7 } },
  ]);
});
