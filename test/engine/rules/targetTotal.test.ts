// A total of the operator's own ÷ 100, which one instance takes on.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../../shared/core/index.ts";
import type { Signal } from "../../../shared/engine/index.ts";
import { propose } from "../../../shared/engine/rules/index.ts";
import { givenPolicy, givenSnapshot, noon, points, settledPoints, silent } from "../../support/given.ts";

const lead = { p50Ms: 0, p95Ms: 0, launchCount: 0 };
const usual = givenPolicy();
const policy = givenPolicy({
  rules: [{ kind: "target-total", name: "queue", metric: "orders-waiting", perInstance: 100 }],
  missing: { ...usual.missing, "orders-waiting": { kind: "floor", count: 7 } },
});
const proposalFor = (signal: Signal) =>
  propose({ policy, snapshot: givenSnapshot({ signals: { "orders-waiting": signal } }), lead })[0];

test.each<[string, Signal, number, "settled" | "partial", number]>([
  [
    "an exact multiple needs no spare instance, whatever the capacity's share",
    settledPoints(1_000),
    10,
    "settled",
    1_000,
  ],
  ["one more needs one more", settledPoints(1_001), 11, "settled", 1_001],
  ["nothing waiting needs nobody: the bounds are another's business", settledPoints(0), 0, "settled", 0],
  ["below nothing is nobody too", settledPoints(-40), 0, "settled", -40],
  ["the newest complete minute counts, not the highest", settledPoints(9_000, 1_000), 10, "settled", 1_000],
  ["a minute not yet whole may raise", points([1_000, 1_600, 200], noon), 16, "partial", 1_600],
  ["and never lowers", points([1_000, 0, 0], noon), 10, "settled", 1_000],
])("%s", (_, signal, count, partial, value) => {
  const at = partial === "settled" ? noon - 2 * minuteMs : noon - minuteMs;
  expect(proposalFor(signal)).toEqual({
    kind: "wants",
    rule: "queue",
    count,
    reason: { kind: "total", value, at, partial, perInstance: 100 },
  });
});

test("missing is not zero: the policy's choice for this metric", () => {
  expect(proposalFor(silent)).toEqual({
    kind: "blind",
    rule: "queue",
    metric: "orders-waiting",
    because: "no points",
    choice: { kind: "floor", count: 7 },
  });
});
