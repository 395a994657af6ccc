// Noise moves nothing: every wish of the window must lie on the same side. The target until now is 10, looked at at noon.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../../shared/core/index.ts";
import type { Reason } from "../../../shared/engine/index.ts";
import { stabilise } from "../../../shared/engine/stages/stabilise.ts";
import { givenPolicy, givenSnapshot, noon } from "../../support/given.ts";
import { type Ago, counts, givenContext } from "./context.ts";

const stabilization = { scaleOutMs: 3 * minuteMs, scaleInMs: 10 * minuteMs };
const policy = givenPolicy({ stabilization });
const stable: Reason = { kind: "stable" };
const above = (count: number, minutesAgo: number): Reason => ({
  kind: "recent-wish",
  side: "above",
  count,
  at: noon - minutesAgo * minuteMs,
  windowMs: stabilization.scaleInMs,
});
const below = (count: number, minutesAgo: number): Reason => ({
  kind: "recent-wish",
  side: "below",
  count,
  at: noon - minutesAgo * minuteMs,
  windowMs: stabilization.scaleOutMs,
});

test.each<[string, number, readonly Ago[], number, Reason]>([
  [
    "shrinks when all wishes of the window were as low",
    4,
    [
      [9, 4],
      [5, 3],
    ],
    4,
    stable,
  ],
  [
    "shrinks as far as the highest of them",
    4,
    [
      [9, 6],
      [5, 3],
    ],
    6,
    above(6, 9),
  ],
  [
    "stays while one was as high as the target",
    4,
    [
      [9, 10],
      [5, 3],
    ],
    10,
    above(10, 9),
  ],
  ["never grows by an old wish", 4, [[9, 15]], 10, above(15, 9)],
  [
    "forgets a wish once the window has passed",
    4,
    [
      [10, 10],
      [5, 3],
    ],
    4,
    stable,
  ],
  [
    "grows when all wishes of the window were as high",
    14,
    [
      [2, 14],
      [1, 15],
    ],
    14,
    stable,
  ],
  [
    "grows as far as the lowest of them",
    14,
    [
      [2, 12],
      [1, 15],
    ],
    12,
    below(12, 2),
  ],
  ["waits while one was at the target", 14, [[2, 10]], 10, below(10, 2)],
  ["never shrinks by an old wish", 14, [[2, 3]], 10, below(3, 2)],
  ["growing has a window of its own", 14, [[3, 10]], 14, stable],
  [
    "a wish for the target moves nothing",
    10,
    [
      [2, 3],
      [1, 15],
    ],
    10,
    stable,
  ],
])("%s", (_, from, wishes, to, reason) => {
  expect(stabilise(from, givenContext({ policy, remembered: { wishes: counts(...wishes) } }))).toEqual({
    stage: "stabilise",
    from,
    to,
    reason,
  });
});

test("without a window the newest wish is all that counts", () => {
  const remembered = { wishes: counts([1, 10]) };
  expect(stabilise(14, givenContext({ remembered })).to).toBe(14);
  expect(stabilise(4, givenContext({ remembered })).to).toBe(4);
});

test("a log younger than the window takes what it was born with for a wish", () => {
  const bornAgo = (minutes: number) =>
    givenContext({ policy, snapshot: givenSnapshot({ birth: noon - minutes * minuteMs }) });
  expect(stabilise(4, bornAgo(9))).toMatchObject({ to: 10, reason: above(10, 9) });
  expect(stabilise(4, bornAgo(10))).toMatchObject({ to: 4, reason: stable });
  expect(stabilise(14, bornAgo(0))).toMatchObject({ to: 14, reason: stable });
});
