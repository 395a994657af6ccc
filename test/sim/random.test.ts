import { describe, expect, test } from "@jest/globals";
import { createRandom } from "../../shared/sim/random.ts";

const many = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);
const mean = (draws: readonly number[]): number => draws.reduce((sum, draw) => sum + draw, 0) / draws.length;
const quantile = (draws: readonly number[], share: number): number =>
  draws.toSorted((a, b) => a - b)[Math.floor(share * draws.length)] ?? Number.NaN;

describe("streams", () => {
  test("the same seed draws the same, another seed does not", () => {
    const first = many(100, createRandom(7).uniform);
    expect(many(100, createRandom(7).uniform)).toEqual(first);
    expect(many(100, createRandom(8).uniform)).not.toEqual(first);
  });

  test("a fork depends on seed and label, not on what was drawn before", () => {
    const fresh = createRandom(7);
    const used = createRandom(7);
    many(10, used.normal);
    expect(used.fork("boot").uniform()).toBe(fresh.fork("boot").uniform());
    expect(fresh.fork("boot").uniform()).not.toBe(fresh.fork("drain").uniform());
    expect(fresh.fork("boot").uniform()).not.toBe(createRandom(8).fork("boot").uniform());
  });

  test("a fork of a fork is neither its parent nor its sibling", () => {
    const parent = createRandom(7).fork("a");
    expect(new Set([parent, parent.fork("b"), parent.fork("c")].map((each) => each.uniform())).size).toBe(3);
  });

  test("the first draws of neighbouring seeds spread over the whole range", () => {
    const firsts = Array.from({ length: 2_000 }, (_, seed) => createRandom(seed).uniform());
    expect(mean(firsts)).toBeCloseTo(0.5, 1);
    expect(quantile(firsts, 0.1)).toBeCloseTo(0.1, 1);
    expect(quantile(firsts, 0.9)).toBeCloseTo(0.9, 1);
  });

  test("a seed that is no number breaks an invariant", () => {
    expect(() => createRandom(Number.NaN)).toThrow("a seed is a finite number");
  });
});

describe("distributions", () => {
  const random = createRandom(1);

  test("uniform lies in [0, 1)", () => {
    const draws = many(20_000, random.uniform);
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws)).toBeLessThan(1);
    expect(Math.abs(mean(draws) - 0.5)).toBeLessThan(0.01);
  });

  test("normal has mean 0 and deviation 1", () => {
    const draws = many(20_000, random.normal);
    expect(Math.abs(mean(draws))).toBeLessThan(0.03);
    expect(Math.abs(mean(draws.map((draw) => draw ** 2)) - 1)).toBeLessThan(0.04);
  });

  test.each([
    [150, 270],
    [75, 135],
    [1, 1],
  ])("lognormal has the median %d and the 95th percentile %d asked for, within 3 %%", (p50, p95) => {
    const draws = many(20_000, () => random.lognormal(p50, p95));
    expect(Math.abs(quantile(draws, 0.5) / p50 - 1)).toBeLessThan(0.03);
    expect(Math.abs(quantile(draws, 0.95) / p95 - 1)).toBeLessThan(0.03);
  });

  test("lognormal refuses a 95th percentile below the median", () => {
    expect(() => random.lognormal(2, 1)).toThrow("0 < p50 ≤ p95");
  });

  test.each([[0], [0.01], [0.5], [1]])("chance(%d) is true in that share of draws", (rate) => {
    const hits = many(20_000, () => (random.chance(rate) ? 1 : 0));
    expect(Math.abs(mean(hits) - rate)).toBeLessThan(rate === 0 || rate === 1 ? 1e-12 : 0.012);
  });
});
