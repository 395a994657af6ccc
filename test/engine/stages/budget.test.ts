// What the fleet may cost: half a dollar an instance on demand, a fifth on spot.
import { expect, test } from "@jest/globals";
import { budget } from "../../../shared/engine/stages/budget.ts";
import type { Budget, Launch, Policy } from "../../../shared/policy/index.ts";
import { givenPolicy } from "../../support/given.ts";
import { givenContext } from "./context.ts";

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
