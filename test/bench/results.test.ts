// The benchmark's arithmetic on made-up scores: means, spreads, ratios, who is counted.
import { describe, expect, test } from "@jest/globals";
import { jsonOf } from "../../bench/peers/json.ts";
import { bestOf } from "../../bench/peers/race.ts";
import { tablesOf } from "../../bench/peers/report.ts";
import {
  chargedOver,
  geometricMean,
  headlineTracks,
  linesOf,
  meanScore,
  metCount,
  ratioToLimit,
} from "../../bench/peers/results.ts";
import { markdownOf, textOf } from "../../bench/peers/text.ts";
import type { Report } from "../../bench/peers/words.ts";
import { entryOf, scoreOf, trackNamed } from "./given.ts";

test("bad requests and cost are averaged over the seeds, and what that comes to is charged", () => {
  // Seeds at 0 and 0.4 %: 0.2 % on average is 0.1 over the budget, times 3 × 0.9, on a cost of 1.5.
  const mean = meanScore(
    [scoreOf({ costX: 1, chargedCostX: 1 }), scoreOf({ costX: 2, badRequestsPct: 0.4, chargedCostX: 2.81 })],
    0.9,
  );
  expect(mean.chargedCostX).toBeCloseTo(1.5 + 3 * 0.9 * 0.1, 12);
  expect(mean.badRequestsPct).toBeCloseTo(0.2, 12);
});

test("a miss within the budget costs nothing", () => {
  expect(meanScore([scoreOf({ costX: 1.2, badRequestsPct: 0.1 })], 0.9).chargedCostX).toBe(1.2);
});

test.each([
  ["of two", [2, 8], 4],
  ["of one", [3], 3],
])("the geometric mean %s", (_, values, mean) => {
  expect(geometricMean(values)).toEqual({ kind: "mean", value: expect.closeTo(mean, 12) });
});
test("of none there is none", () => {
  expect(geometricMean([])).toEqual({ kind: "none" });
});

test("the lowest is the best; of equals the first, so that the grid's order decides", () => {
  const points = [
    { at: "a", cost: 2 },
    { at: "b", cost: 1 },
    { at: "c", cost: 1 },
  ];
  expect(bestOf(points, ({ cost }) => cost)).toEqual({ kind: "best", of: points[1] });
  expect(bestOf([], () => 0)).toEqual({ kind: "none" });
});

const tracks = [
  trackNamed("T1"),
  trackNamed("T2"),
  trackNamed("T3", { standing: { kind: "left-out", because: "it is tiny" } }),
  trackNamed("T4", { grid: "coarse" }),
];
const ids = ["T1", "T2", "T3", "T4"];
const entries = [
  ...ids.map((id, index) => entryOf({ id, controller: "tidegate", documented: [scoreOf({ costX: 1 + index })] })),
  ...ids.map((id) =>
    entryOf({
      id,
      controller: "no-forecast-limit",
      documented: [scoreOf({ costX: 5 })],
      tuned: [scoreOf({ costX: 2, badRequestsPct: 0.2, chargedCostX: id === "T1" ? 2.27 : 2 }), scoreOf({ costX: 2 })],
    }),
  ),
];
const lines = linesOf(entries, 180);
const [ours, nfUntuned, nfTuned] = lines;

describe("lines", () => {
  test("Tidegate has one, a peer two", () => {
    expect(lines.map(({ controller, how }) => [controller, how])).toEqual([
      ["tidegate", "ships"],
      ["no-forecast-limit", "untuned"],
      ["no-forecast-limit", "tuned"],
    ]);
  });

  test("the headline's mean leaves out the coarse and the tiny", () => {
    expect(headlineTracks(tracks).map(({ split }) => split.id)).toEqual(["T1", "T2"]);
    expect(ours && chargedOver(ours, headlineTracks(tracks))).toEqual({
      kind: "mean",
      value: expect.closeTo(2 ** 0.5, 12),
    });
  });

  test("99.9 % is met by the mean of the seeds", () => {
    expect(nfTuned && metCount(nfTuned, headlineTracks(tracks))).toBe(2);
  });

  test("the ratio is to the tuned no-forecast limit", () => {
    const counted = headlineTracks(tracks);
    expect(nfUntuned && ratioToLimit(nfUntuned, lines, counted)).toEqual({
      kind: "mean",
      value: expect.closeTo(2.5, 12),
    });
    expect(ours && ratioToLimit(ours, lines.slice(0, 1), counted)).toEqual({ kind: "none" });
  });

  test("the spread is that of the seeds' own charged costs", () => {
    expect(nfTuned?.cells[0]?.spread).toEqual({ low: 2, high: 2.27 });
  });
});

const report: Report = {
  given: { controllers: ["tidegate", "no-forecast-limit"], bootSeconds: [180], seedCount: 2, depth: "pictured" },
  tracks,
  entries,
};

describe("tables", () => {
  test("the headline: lowest first, what is left out in brackets, the spread behind the mean", () => {
    const [headline] = tablesOf(report);
    expect(headline?.heads).toEqual(["", "mean", "T1", "T2", "(T3)", "met 99.9 %"]);
    expect(headline?.rows).toEqual([
      ["tidegate", "1.41", "1.00", "2.00", "3.00", "2 of 2"],
      ["no-forecast-limit, tuned", "2.00", "2.00 (2.00–2.27)", "2.00", "2.00", "2 of 2"],
      ["no-forecast-limit, untuned", "5.00", "5.00", "5.00", "5.00", "2 of 2"],
    ]);
  });

  test("trace by trace: what is late too often is marked, and who pays less is named", () => {
    const late = entries.map((entry) =>
      entry.controller === "tidegate" && entry.id === "T2"
        ? entryOf({ id: "T2", controller: "tidegate", documented: [scoreOf({ costX: 2.5, badRequestsPct: 0.2 })] })
        : entry,
    );
    const table = tablesOf({ ...report, entries: late }).find(({ title }) => title.includes("trace by trace"));
    expect(table?.heads).toEqual(["", "bad %", "charged ×", "charged less there", "ratio, 180 s"]);
    expect(table?.rows.slice(0, 3)).toEqual([
      ["T1", "0.000", "1.00", "nobody", "0.50"],
      ["T2", "0.200 (!)", "2.77", "no-forecast-limit, tuned 2.00", "1.39"],
      ["(T3)", "0.000", "3.00", "no-forecast-limit, tuned 2.00", "1.50"],
    ]);
  });

  test("the text and the document show the same cells", () => {
    const markdown = markdownOf(report, "npm run bench");
    for (const said of ["2.00 (2.00–2.27)", "no-forecast-limit, tuned", "no: it is tiny"]) {
      expect(textOf(report)).toContain(said);
      expect(markdown).toContain(said);
    }
    expect(markdown).toContain("## Who takes part");
    expect(
      markdown
        .split("\n")
        .filter((line) => line.length > 0 && line.startsWith("|"))
        .every((line) => line.endsWith("|")),
    ).toBe(true);
  });

  test("the JSON is plain, and has every run", () => {
    const json = JSON.parse(JSON.stringify(jsonOf(report)));
    expect(json.runs).toHaveLength(8);
    expect(json.boots[0].lines[0].chargedCostX.value).toBeCloseTo(2 ** 0.5, 12);
  });
});
