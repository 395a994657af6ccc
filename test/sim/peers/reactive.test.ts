// Peers that go by the last visible demand.
import { describe, expect, test } from "@jest/globals";
import { minuteMs } from "../../../shared/core/index.ts";
import type { Count, SizingMemory } from "../../../shared/engine/index.ts";
import { peers } from "../../../shared/sim/index.ts";
import { parabolaAt } from "../../../shared/sim/peers/parabola.ts";
import { noon } from "../../support/given.ts";
import { aimedAt, countOf, countsOf, half, type Look, looks, steady } from "./given.ts";

/** So many minutes ago. */
const wished = (...wishes: readonly (readonly [minutesAgo: number, count: number])[]): SizingMemory => ({
  kind: "wishes",
  wishes: wishes.map(([minutesAgo, count]): Count => ({ at: noon - minutesAgo * minuteMs, count })),
});

describe("hpa", () => {
  const hpa = peers.hpa.documented.size;
  test.each<[string, Look, number]>([
    // The documentation: 200m where 100m is desired doubles the number.
    ["twice the desired value doubles", { current: 10, loads: [10_000] }, 20],
    ["half of it halves", { current: 10, loads: [2_500] }, 5],
    ["within a tenth it stays", { current: 10, loads: [5_490] }, 10],
    ["beyond a tenth it goes", { current: 10, loads: [5_600] }, 12],
    // 1 → 5 → 10 → 20 → 40: the larger of four more and twice as many, four times between two looks.
    ["at most the larger of +4 and ×2 each 15 s", { current: 1, loads: [49_000] }, 40],
    // Ratio 1.5 over 10 ready, 5 not: 10 × 1.5 ÷ 15 = 1, so enough are on their way.
    ["those not ready count as idle going up", { current: 15, hosts: 10, warming: 5, loads: [7_500] }, 15],
    [
      "and when it is still too few, the rest comes on top",
      { current: 12, hosts: 10, warming: 2, loads: [10_000] },
      20,
    ],
    ["down no further than the highest of 300 s", { current: 10, loads: [2_500], sizing: wished([4, 8], [1, 6]) }, 8],
    ["what is older is forgotten", { current: 10, loads: [2_500], sizing: wished([5, 8], [1, 6]) }, 6],
    ["missing data stop it", { current: 10, loads: "missing" }, 10],
    ["the maximum holds", { current: 90, loads: [90_000] }, 100],
    ["the minimum holds", { current: 2, loads: [1] }, 1],
  ])("%s", (_, given, count) => {
    expect(countOf(hpa, given)).toBe(count);
  });
});

describe("gcp-mig", () => {
  const mig = peers["gcp-mig"].documented.size;
  test.each<[string, Look, number]>([
    // 9,000 a minute at a half of 1,000 need 18, and did nine minutes ago.
    ["sized for the peak of ten minutes", { current: 18, loads: [4_000], sizing: wished([9, 18], [1, 10]) }, 18],
    ["no longer", { current: 18, loads: [4_000], sizing: wished([10, 18], [1, 10]) }, 10],
    ["grows at once", { current: 10, loads: [9_000] }, 18],
    ["missing data stop it", { current: 10, loads: "missing" }, 10],
    ["the maximum holds", { current: 10, loads: [90_000] }, 100],
  ])("%s", (_, given, count) => {
    expect(countOf(mig, given)).toBe(count);
  });
});

describe("react", () => {
  const react = peers.react.documented.size;
  test.each<[string, Look, number]>([
    // 15 needed, 10 there: 5 × 1.2 = 6 more.
    ["the deficit and a fifth", { current: 10, loads: [7_500] }, 16],
    ["a tenth too many stays", { current: 11, loads: [5_000] }, 11],
    ["more than a tenth goes to the need", { current: 12, loads: [5_000] }, 10],
    ["missing data stop it", { current: 10, loads: "missing" }, 10],
    ["the maximum holds", { current: 10, loads: [60_000] }, 100],
    ["the minimum holds", { current: 10, loads: [0] }, 1],
  ])("%s", (_, given, count) => {
    expect(countOf(react, given)).toBe(count);
  });
});

describe("reg", () => {
  const reg = peers.reg.documented.size;
  /** Needs that fell as 20 − x ÷ 2 over the last half hour, of which the newest is this look's: 8. */
  const falling = wished(...Array.from({ length: 24 }, (_, x) => [24 - x, 20 - x / 2] as const));

  test("a parabola through points of one goes through them", () => {
    const squares = [3, 2, 1, 0].map((x): Count => ({ at: noon - x * minuteMs, count: 7 - 2 * x + x * x }));
    expect(parabolaAt(squares)).toBeCloseTo(7, 9);
  });

  test.each<[string, Look, number]>([
    ["grows to the need at once", { current: 10, loads: [9_000] }, 18],
    ["shrinks to where the fall has come", { current: 20, loads: [4_000], sizing: falling }, 8],
    ["a sudden hole is smoothed", { current: 20, loads: [500], sizing: falling }, 6],
    ["too few needs: it stays", { current: 20, loads: [4_000] }, 20],
    ["missing data stop it", { current: 10, loads: "missing" }, 10],
    ["the maximum holds", { current: 10, loads: [90_000] }, 100],
  ])("%s", (_, given, count) => {
    expect(countOf(reg, given)).toBe(count);
  });
});

describe("no-forecast-limit", () => {
  test("demand × 1 ÷ 60 % + 1, held for ten minutes", () => {
    const { size, label } = peers["no-forecast-limit"].documented;
    expect(label).toBe("60 %, +1, 10 min");
    // 2,400 ÷ 600 + 1 = 5, then 1,200 ÷ 600 + 1 = 3.
    const counts = countsOf(looks(size, [2_400, ...steady(1_200, 11)], { current: 2, loads: [] }));
    expect(counts).toEqual([...steady(5, 10), 3, 3]);
    expect(countOf(size, { current: 10, loads: "missing" })).toBe(10);
  });
});

describe("standing fleets", () => {
  test("static-peak never lets go, and its maximum holds", () => {
    const size = peers["static-peak"].documented.size;
    expect(countsOf(looks(size, [3_000, 9_000, 100], { current: 2, loads: [] }))).toEqual([6, 18, 18]);
    expect(countOf(size, { current: 10, loads: [90_000] })).toBe(100);
    expect(countOf(size, { current: 10, loads: "missing" })).toBe(10);
  });

  test("constant is a tenth of the maximum at 60 %, whatever comes", () => {
    const size = peers.constant.documented.size;
    const policy = aimedAt(0.6, { min: 2, max: 400 });
    expect(countOf(size, { current: 7, loads: [90_000] }, policy)).toBe(40);
    expect(countOf(size, { current: 7, loads: "missing" }, aimedAt(0.8, { min: 2, max: 400 }))).toBe(30);
  });
});

test("a setting of the grid aims at its own target", () => {
  const [full] = peers["gcp-mig"].grid;
  // 7,000 ÷ 700.
  expect(full?.label).toBe("70 %, 10 min");
  expect(full && countOf(full.size, { current: 1, loads: [7_000] }, half)).toBe(10);
});

test.each(Object.entries(peers))("the grid of %s has at most eight points, each of its own", (_, { grid }) => {
  expect(grid.length).toBeGreaterThan(0);
  expect(grid.length).toBeLessThanOrEqual(8);
  expect(new Set(grid.map(({ label }) => label)).size).toBe(grid.length);
});
