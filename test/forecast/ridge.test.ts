// The regression against systems whose answer is known.
import { expect, test } from "@jest/globals";
import { addNormal, addRow, emptyNormal, type Normal, ridge } from "../../shared/forecast/ridge.ts";

/** y = 2·a − 3·b + c, exactly. */
const rows = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [2, 1, -1],
  [-1, 3, 0.5],
] as const;
const sumOf = (given: readonly (readonly number[])[], weight = 1): Normal => {
  const sum = emptyNormal(3);
  for (const row of given) {
    const [a = 0, b = 0, c = 0] = row;
    addRow(sum, Float64Array.from([99, a, b, c]), { from: 1, y: 2 * a - 3 * b + c, weight });
  }
  return sum;
};
const near = (values: readonly number[], digits: number) => values.map((value) => expect.closeTo(value, digits));

test("without a penalty it finds the coefficients that made the rows, whatever they weigh", () => {
  expect([...ridge(sumOf(rows), [0, 0, 0], 0)]).toEqual(near([2, -3, 1], 6));
  expect([...ridge(sumOf(rows, 0.01), [7, 7, 7], 0)]).toEqual(near([2, -3, 1], 5));
});

test("a heavy penalty leaves it at what was believed, a light one in between", () => {
  expect([...ridge(sumOf(rows), [5, 5, 5], 1e6)]).toEqual(near([5, 5, 5], 3));
  const [between = 0] = ridge(sumOf(rows), [5, 5, 5], 0.05);
  expect(between).toBeGreaterThan(2.1);
  expect(between).toBeLessThan(5);
});

test("what no row tells of stays as it was believed", () => {
  expect([...ridge(sumOf(rows.slice(0, 2)), [1, 1, 0.25], 1e-9)]).toEqual(near([2, -3, 0.25], 5));
  expect([...ridge(emptyNormal(3), [1, 2, 3], 0.05)]).toEqual(near([1, 2, 3], 9));
});

test("a part taken away again leaves the rest", () => {
  const sum = sumOf(rows);
  addNormal(sum, sumOf(rows.slice(3)), -1);
  const rest = sumOf(rows.slice(0, 3));
  expect([...sum.gram]).toEqual(near([...rest.gram], 9));
  expect([...sum.moments]).toEqual(near([...rest.moments], 9));
  expect([sum.weight, sum.square]).toEqual(near([rest.weight, rest.square], 9));
});
