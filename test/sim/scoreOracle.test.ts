import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { defaultPlant, type Plant } from "../../shared/sim/plant.ts";
import { oracleInstanceMinutes } from "../../shared/sim/score/oracle.ts";
import type { MinuteRow } from "../../shared/sim/score/types.ts";

const plantOf = (bootSeconds: number, drainSeconds: number): Plant => ({
  ...defaultPlant,
  capacityPerMinute: 100,
  sloUtilization: 0.8,
  min: 1,
  boot: { ...defaultPlant.boot, nominalSeconds: bootSeconds },
  drainSeconds,
});
/** Boots three minutes and drains one. */
const plant = plantOf(180, 60);

/** Rows that need so many instances each; all scored but those named. */
const rowsOf = (needs: readonly number[], unscored: readonly number[] = []): readonly MinuteRow[] =>
  needs.map((needed, i) => ({
    t: i * 60_000,
    load: needed * 80,
    target: 0,
    serving: 0,
    cold: 0,
    booting: 0,
    warming: 0,
    draining: 0,
    scored: !unscored.includes(i),
  }));

describe("reckoned by hand", () => {
  test.each<[string, readonly number[], readonly number[], number]>([
    ["a level fleet neither boots nor drains", [3, 3, 3, 3], [], 12],
    // Slot 1 works 5. Slot 2 works 2 and is paid through the gap of 3, less than 3 + 1.
    ["a short gap is bridged", [2, 1, 1, 1, 2], [], 10],
    ["a gap of just boot and drain costs the same either way", [2, 1, 1, 1, 1, 2], [], 12],
    // Slot 1 works 7. Slot 2 works 2, drains 1 and boots 3 in the gap of 5.
    ["a long gap is drained and booted", [2, 1, 1, 1, 1, 1, 2], [], 13],
    // Slot 1: 8. Slot 2 boots 3, of which one minute lies before the window, works 1, drains 1.
    ["a boot that would begin before the window is paid in full", [1, 1, 2, 1, 1, 1, 1, 1], [], 13],
    // Slot 1: 8. Slot 2 boots 3, works 4 up to the window's end.
    ["what works to the window's end does not drain", [1, 1, 1, 1, 2, 2, 2, 2], [], 15],
    // Slot 1: 5. Slot 2 works 4 from the window's start and drains 1.
    ["what works from the window's start does not boot", [2, 2, 2, 2, 1], [], 10],
    // Slot 1: 11. Slot 2: boots 3, works 2, drains 1 and boots 3 in the gap of 6, works 1, drains 1. Slot 3: 3 + 1 + 1.
    ["a hill and a spike", [1, 2, 2, 1, 1, 1, 1, 1, 1, 3, 1], [], 27],
    // The same without minute 7: slot 1 works 10, slots 2 and 3 boot in minutes 6 to 8 and save one each.
    ["an unscored minute is left out of work and boots", [1, 2, 2, 1, 1, 1, 1, 1, 1, 3, 1], [7], 24],
    // The same without minutes 3 and 10, so that the window ends with minute 9: slot 1 works 9, slot 2 pays neither
    // drain: 3 + 2 + 3 + 1, slot 3 boots 3 and works 1.
    ["an unscored minute is left out of drains", [1, 2, 2, 1, 1, 1, 1, 1, 1, 3, 1], [3, 10], 22],
    // Slot 1: 4. Slot 2 works 2 and bridges a gap of 3, one of it unscored.
    ["an unscored minute is left out of a bridge", [2, 1, 1, 1, 2], [2], 8],
    // Minutes 0 and 5 lie outside the window, so the window starts and ends with 2 and 2: slots 1 and 2 work 4 each.
    ["unscored minutes at the ends are outside the window", [1, 2, 2, 2, 2, 1], [0, 5], 8],
    ["the floor is paid when nobody asks", [0, 0, 0], [], 3],
  ])("%s", (_, needs, unscored, expected) => {
    expect(oracleInstanceMinutes(rowsOf(needs, unscored), plant)).toBe(expected);
  });

  test("a boot may be a fraction of a minute, and of an unscored one", () => {
    // Boot 90 s. Slot 1 works 4 of 5. Slot 2 boots 1.5 before minute 3, of which half a minute falls on minute 1, which
    // does not count; works 1; drains 1.
    expect(oracleInstanceMinutes(rowsOf([1, 1, 1, 2, 1], [1]), plantOf(90, 60))).toBe(7);
  });
});

describe("against painting every slot", () => {
  test("they agree", () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 4 }));
    const quarterMinutes = (max: number) => fc.integer({ min: 0, max }).map((quarters) => quarters * 15);
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        quarterMinutes(24),
        quarterMinutes(12),
        (given, boot, drain) => {
          const unscored = given.flatMap(([, mark], i) => (mark === 0 ? [i] : []));
          if (unscored.length === given.length) return;
          const rows = rowsOf(
            given.map(([needed]) => needed),
            unscored,
          );
          expect(oracleInstanceMinutes(rows, plantOf(boot, drain))).toBeCloseTo(painted(rows, boot, drain), 9);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

/** The oracle the slow way: a strip of quarter minutes for each slot, wide enough for what reaches over the edges. */
function painted(rows: readonly MinuteRow[], bootSeconds: number, drainSeconds: number): number {
  const scored = rows.flatMap((row, i) => (row.scored ? [i] : []));
  const window = rows.slice(Math.min(...scored), Math.max(...scored) + 1);
  const [boot, drain, margin] = [bootSeconds / 15, drainSeconds / 15, 100];
  let quarters = 0;
  for (let slot = 1; slot <= 7; slot++) {
    const strip: boolean[] = Array(window.length * 4 + 2 * margin).fill(false);
    const paint = (from: number, to: number) => strip.fill(true, margin + from, margin + to);
    const works = intervals(window.map(({ load }) => Math.max(1, Math.ceil(load / 80)) >= slot));
    for (const [i, { from, to }] of works.entries()) {
      const next = works[i + 1];
      const isBridged = (gap: number) => gap <= boot + drain;
      paint(from, to);
      if (i === 0 && from > 0) paint(from - boot, from);
      if (next === undefined && to < 4 * window.length) paint(to, to + drain);
      if (next !== undefined && isBridged(next.from - to)) paint(to, next.from);
      if (next !== undefined && !isBridged(next.from - to)) {
        paint(to, to + drain);
        paint(next.from - boot, next.from);
      }
    }
    const counts = (cell: number) => window[Math.floor((cell - margin) / 4)]?.scored ?? true;
    quarters += strip.filter((isPaid, cell) => isPaid && counts(cell)).length;
  }
  return quarters / 4;
}

/** Runs of true, in quarter minutes. */
function intervals(isWorking: readonly boolean[]): readonly { readonly from: number; readonly to: number }[] {
  const starts = isWorking.flatMap((is, i) => (is && isWorking[i - 1] !== true ? [4 * i] : []));
  const ends = isWorking.flatMap((is, i) => (is && isWorking[i + 1] !== true ? [4 * i + 4] : []));
  return starts.map((from, i) => ({ from, to: ends[i] ?? from }));
}
