// What the fleet may cost: half a dollar an instance on demand, a fifth on spot.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../../shared/core/index.ts";
import { budget } from "../../../shared/engine/stages/budget.ts";
import type { Budget, Launch, Policy } from "../../../shared/policy/index.ts";
import { givenPolicy } from "../../support/given.ts";
import { givenContext } from "./context.ts";

/** Ten stand; they may all go at once. */
const hourly = (softUsd: number | "none", hardUsd: number | "none"): Budget => ({
  kind: "hourly",
  softUsd,
  hardUsd,
  onDemandUsd: 0.5,
  spotUsd: 0.2,
});
const buying = (onDemandBase: number, spotShareRatio: number): Launch["purchase"] => ({ onDemandBase, spotShareRatio });
const onDemand = buying(0, 0);

test.each<[string, number, Budget, Launch["purchase"], number, object]>([
  ["none", 90, { kind: "none" }, onDemand, 90, { kind: "no-budget" }],
  ["inside both limits", 4, hourly(2, 3), onDemand, 4, { kind: "within-budget", usd: 2 }],
  ["over the soft limit it warns", 5, hourly(2, 3), onDemand, 5, { kind: "near-budget", usd: 2.5, softUsd: 2 }],
  ["at the hard limit it warns", 6, hourly(2, 3), onDemand, 6, { kind: "near-budget", usd: 3, softUsd: 2 }],
  ["over the hard limit it caps", 9, hourly(2, 3), onDemand, 6, { kind: "over-budget", usd: 4.5, hardUsd: 3 }],
  ["without a soft limit", 6, hourly("none", 3), onDemand, 6, { kind: "within-budget", usd: 3 }],
  ["without a hard limit", 90, hourly(2, "none"), onDemand, 90, { kind: "near-budget", usd: 45, softUsd: 2 }],
  ["never under the minimum", 9, hourly("none", 0.5), onDemand, 3, { kind: "over-budget", usd: 4.5, hardUsd: 0.5 }],
  ["at the minimum", 3, hourly("none", 0.5), onDemand, 3, { kind: "over-budget", usd: 1.5, hardUsd: 0.5 }],
  ["spot is cheaper", 10, hourly("none", 3), buying(0, 1), 10, { kind: "within-budget", usd: 2 }],
  ["base and share as they are bought", 12, hourly("none", 3.5), buying(2, 0.5), 8, { kind: "over-budget" }],
])("%s", (_, from, limits, purchase, to, reason) => {
  const given = givenPolicy({ bounds: { min: 3, max: 100 } });
  const policy: Policy = {
    ...given,
    launch: { ...given.launch, purchase },
    limits: { ...given.limits, budget: limits },
  };
  expect(budget(from, givenContext({ policy }))).toMatchObject({ stage: "budget", from, to, reason });
});

test.each<[string, number, number, string, number]>([
  ["a hard limit far below takes instances away only as fast as the policy lets the fleet shrink", 47, 47, "20%", 38],
  ["a fleet that has grown meanwhile does not grow", 60, 47, "20%", 38],
  ["one that shrinks by itself is not held back", 30, 47, "40%", 29],
  ["where it may shrink at once, it does", 47, 47, "100%", 6],
])("%s", (_, from, current, ratio, to) => {
  const given = givenPolicy({ bounds: { min: 3, max: 100 } });
  const scaleIn = { ratio: Number.parseInt(ratio, 10) / 100, windowMs: 5 * minuteMs };
  const policy: Policy = { ...given, limits: { ...given.limits, scaleIn, budget: hourly("none", 3) } };
  expect(budget(from, givenContext({ policy, current }))).toMatchObject({ to, reason: { kind: "over-budget" } });
});
