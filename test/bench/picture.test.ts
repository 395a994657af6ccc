// Pictures: a shortage is never averaged away, and what is drawn is well-formed.
import { expect, test } from "@jest/globals";
import { drawn } from "../../bench/peers/drawing.ts";
import { htmlOf } from "../../bench/peers/html.ts";
import { pictureOf, worstDay } from "../../bench/peers/picture.ts";
import { entryOf, scoreOf, split, trackNamed } from "./given.ts";

const loads = Float64Array.from({ length: 2_880 }, (_, minute) => (minute === 2_000 ? 8_000 : 1_600));
const trace = { name: "t", startAt: split.warmup, loads, filled: new Uint8Array(2_880) };
/** All of it is scored: two days. */
const track = trackNamed("T<1>", { split: { ...split, id: "T<1>", from: split.warmup }, trace });
const serving = new Uint16Array(2_880).fill(4);

test("a bucket keeps its highest need, its fewest serving and its worst miss", () => {
  const { bucketMinutes, buckets } = pictureOf(track, [serving], { from: 0, to: 2_880, bucketsMax: 288 });
  expect([bucketMinutes, buckets.length]).toEqual([10, 288]);
  // 8,000 need 10 of 800 each; four serve 3,200.
  expect(buckets[200]).toEqual({ load: 10, needed: 10, fleets: [{ serving: 4, missedRatio: 0.6 }] });
  expect(buckets[199]).toEqual({ load: 2, needed: 2, fleets: [{ serving: 4, missedRatio: 0 }] });
});

test("the hardest day is the one that missed most; without a miss, that of the highest load", () => {
  expect(worstDay(track, serving)).toEqual({ from: 1_440, to: 2_880 });
  const early = serving.slice();
  early.fill(0, 0, 100);
  expect(worstDay(track, early)).toEqual({ from: 0, to: 1_440 });
  expect(worstDay(track, new Uint16Array(2_880).fill(20))).toEqual({ from: 1_440, to: 2_880 });
});

test("the drawing has its fleets, one mark for the one miss, and no number that is none", () => {
  const svg = drawn(pictureOf(track, [serving], { from: 0, to: 2_880, bucketsMax: 288 }), ["tidegate"]);
  expect(svg).toContain('class="fleet f0"');
  expect(/class="missed f0" d="([^"]*)"/.exec(svg)?.[1]?.match(/M/g)).toHaveLength(1);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test("the page needs nothing from elsewhere, and a trace's name cannot break it", () => {
  const html = htmlOf({
    given: { controllers: ["tidegate", "hpa"], bootSeconds: [180], seedCount: 1, depth: "pictured" },
    tracks: [track],
    entries: [
      {
        ...entryOf({ id: "T<1>", controller: "tidegate", documented: [scoreOf()] }),
        documented: { label: "ships", scores: [scoreOf()], serving },
      },
      entryOf({ id: "T<1>", controller: "hpa", documented: [scoreOf({ costX: 2 })], tuned: [scoreOf({ costX: 3 })] }),
    ],
  });
  expect(html).toContain("T&lt;1&gt;");
  expect(html).not.toContain("T<1>");
  expect(html).not.toMatch(/(src|href)=/);
  expect(html).toContain("hpa, documented");
});
