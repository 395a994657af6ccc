// The policy's bounds, then the hand on the wheel.
import { expect, test } from "@jest/globals";
import { hourMs } from "../../../shared/core/index.ts";
import type { Override } from "../../../shared/engine/index.ts";
import { bound, override } from "../../../shared/engine/stages/bound.ts";
import { givenPolicy, givenSnapshot, noon } from "../../support/given.ts";
import { givenContext } from "./context.ts";

test.each([
  ["over the maximum", 9, 8, { kind: "capped", max: 8 }],
  ["at the maximum", 8, 8, { kind: "within-bounds" }],
  ["at the minimum", 3, 3, { kind: "within-bounds" }],
  ["under the minimum", 2, 3, { kind: "raised", min: 3 }],
])("%s", (_, from, to, reason) => {
  const policy = givenPolicy({ bounds: { min: 3, max: 8 } });
  expect(bound(from, givenContext({ policy }))).toEqual({ stage: "bound", from, to, reason });
});

const by = (id: string, min: number, max: number, until = noon + hourMs): Override => ({
  id,
  min,
  max,
  until,
  by: "ada",
  reason: "launch day",
});

test.each<[string, number, readonly Override[], number, "none" | [string, "min" | "max"]]>([
  ["none", 5, [], 5, "none"],
  ["a floor raises", 5, [by("a", 7, 1_000)], 7, ["a", "min"]],
  ["a floor raises over the policy's maximum", 100, [by("a", 120, 1_000)], 120, ["a", "min"]],
  ["a floor leaves a higher number", 9, [by("a", 7, 1_000)], 9, "none"],
  ["a roof lowers", 5, [by("a", 0, 3)], 3, ["a", "max"]],
  ["a roof lowers to the policy's minimum, and no further", 9, [by("a", 0, 0)], givenPolicy().bounds.min, ["a", "max"]],
  ["a pause is floor and roof in one", 9, [by("a", 6, 6)], 6, ["a", "max"]],
  ["of several the highest floor", 1, [by("a", 4, 1_000), by("b", 7, 1_000), by("c", 5, 1_000)], 7, ["b", "min"]],
  ["of several the lowest roof", 50, [by("a", 0, 40), by("b", 0, 20), by("c", 0, 30)], 20, ["b", "max"]],
  ["of equals the first is named", 1, [by("a", 7, 1_000), by("b", 7, 1_000)], 7, ["a", "min"]],
  ["of equal roofs the first is named", 50, [by("a", 0, 20), by("b", 0, 20)], 20, ["a", "max"]],
  ["contradicting from below, the floor wins", 5, [by("a", 10, 1_000), by("b", 0, 4)], 10, ["a", "min"]],
  ["contradicting from above, the floor wins", 20, [by("a", 10, 1_000), by("b", 0, 4)], 10, ["a", "min"]],
  ["contradicting at the floor, it stays there", 10, [by("a", 10, 1_000), by("b", 0, 4)], 10, ["a", "min"]],
  ["an expired one is past", 5, [by("a", 7, 1_000, noon - 1)], 5, "none"],
  ["it ends at its end", 5, [by("a", 7, 1_000, noon)], 5, "none"],
  ["and lasts until then", 5, [by("a", 7, 1_000, noon + 1)], 7, ["a", "min"]],
  ["an expired one leaves the others", 5, [by("a", 9, 1_000, noon), by("b", 7, 1_000)], 7, ["b", "min"]],
])("override: %s", (_, from, overrides, to, expected) => {
  const step = override(from, givenContext({ snapshot: givenSnapshot({ overrides }) }));
  const named = overrides.find(({ id }) => id === expected[0]);
  const side = expected[1] === "min" ? "min" : "max";
  const reason = named
    ? {
        kind: "overridden",
        id: named.id,
        bound: side,
        count: to,
        until: named.until,
        by: "ada",
        why: "launch day",
      }
    : { kind: "no-override" };
  expect(step).toEqual({ stage: "override", from, to, reason });
});
