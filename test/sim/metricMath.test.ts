// The imagined CloudWatch's metric math, minute by minute.
import { describe, expect, test } from "@jest/globals";
import { evaluate } from "../../shared/sim/cloud/metricMath.ts";

const pointsOf = (...entries: readonly (readonly [number, number])[]) => entries.map(([at, value]) => ({ at, value }));
const given = new Map([
  ["busy", pointsOf([1, 30], [2, 20], [3, 0])],
  ["bu", pointsOf([1, 10], [2, 20], [3, 0], [4, 5])],
]);
const valuesOf = (text: string) => evaluate(text, given).map(({ at, value }) => [at, value]);

test.each([
  [
    "busy",
    [
      [1, 30],
      [2, 20],
      [3, 0],
    ],
  ],
  [
    "2 * busy + 1",
    [
      [1, 61],
      [2, 41],
      [3, 1],
    ],
  ],
  [
    "1 + busy * 2",
    [
      [1, 61],
      [2, 41],
      [3, 1],
    ],
  ],
  [
    "100 - busy - 10",
    [
      [1, 60],
      [2, 70],
      [3, 90],
    ],
  ],
  [
    "(busy + bu) * 2",
    [
      [1, 80],
      [2, 80],
      [3, 0],
    ],
  ],
  [
    "SUM([busy, bu])",
    [
      [1, 40],
      [2, 40],
      [3, 0],
      [4, 5],
    ],
  ],
  [
    "AVG([busy, bu])",
    [
      [1, 20],
      [2, 20],
      [3, 0],
      [4, 5],
    ],
  ],
  [
    "MAX([busy, bu]) - MIN([busy, bu])",
    [
      [1, 20],
      [2, 0],
      [3, 0],
      [4, 0],
    ],
  ],
])("%s", (text, expected) => {
  expect(valuesOf(text)).toEqual(expected);
});

test("a minute that divides by zero has no value", () => {
  expect(valuesOf("100 * busy / (busy + bu)")).toEqual([
    [1, 75],
    [2, 50],
  ]);
});

describe("is refused", () => {
  test.each([
    "",
    "idle",
    "busy +",
    "(busy",
    "busy)",
    "busy bu",
    "[busy, bu]",
    "3",
    "SUM(busy)",
    "RATE(busy)",
    "SUM([3])",
  ])("%s", (text) => {
    expect(() => evaluate(text, given)).toThrow(`Error in expression '${text}'`);
  });
});
