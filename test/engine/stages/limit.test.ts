// At most a share of max(current, min) in any window, and always at least one. The target until now is 10.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../../shared/core/index.ts";
import { limit } from "../../../shared/engine/stages/limit.ts";
import type { Policy } from "../../../shared/policy/index.ts";
import { givenPolicy } from "../../support/given.ts";
import { type Ago, counts, givenContext } from "./context.ts";

const limits: Policy["limits"] = {
  scaleOut: { ratio: 0.5, windowMs: 3 * minuteMs },
  scaleIn: { ratio: 0.25, windowMs: 5 * minuteMs },
  budget: { kind: "none" },
  surgeRatio: 0.1,
};
const policy = givenPolicy({ limits });

test.each<[string, number, readonly Ago[], number, "within" | number]>([
  ["growth inside the limit passes", 15, [], 15, "within"],
  ["growth beyond it is cut", 16, [], 15, 10],
  ["shrinking inside the limit passes", 8, [], 8, "within"],
  ["shrinking beyond it is cut, and rounded down", 2, [], 8, 10],
  ["no move passes", 10, [], 10, "within"],
  ["growth made within the window counts", 20, [[2, 8]], 12, 8],
  ["and may leave nothing", 20, [[2, 5]], 10, 5],
  ["growth before it does not", 20, [[3, 5]], 15, 10],
  ["shrinking made within the window counts", 2, [[4, 12]], 9, 12],
  ["and may leave nothing, never growing instead", 2, [[4, 16]], 10, 16],
  ["shrinking before it does not", 2, [[5, 16]], 8, 10],
  ["a dip within the window does not slow shrinking", 2, [[1, 5]], 8, 10],
  ["a crest within the window does not slow growth", 20, [[1, 16]], 15, 10],
])("%s", (_, from, targets, to, base) => {
  const step = limit(from, givenContext({ policy, remembered: { targets: counts(...targets) } }));
  const [direction, velocity] = from > 10 ? (["out", limits.scaleOut] as const) : (["in", limits.scaleIn] as const);
  const reason = base === "within" ? { kind: "within-velocity" } : { kind: "velocity", direction, base, ...velocity };
  expect(step).toEqual({ stage: "limit", from, to, reason });
});

test.each([
  ["up by one at least", 9, 1, 2],
  ["down by one at least", 0, 3, 2],
  ["the minimum is the base of a fleet below it", 90, 2, 32],
])("%s", (_, from, current, to) => {
  const bounds = current === 2 ? { min: 60, max: 100 } : { min: 1, max: 100 };
  expect(limit(from, givenContext({ policy: { ...policy, bounds }, current })).to).toBe(to);
});

test("a share that is whole but for its floating point is whole", () => {
  const policy = givenPolicy({
    limits: { ...limits, scaleOut: { ratio: 0.07, windowMs: minuteMs }, scaleIn: { ratio: 0.29, windowMs: minuteMs } },
  });
  expect(0.07 * 100).toBeGreaterThan(7);
  expect(0.29 * 100).toBeLessThan(29);
  expect(limit(200, givenContext({ policy, current: 100 })).to).toBe(107);
  expect(limit(0, givenContext({ policy, current: 100 })).to).toBe(71);
});
