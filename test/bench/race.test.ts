// A real race on two generated days: what tuning may look at, and that the same race gives the same result.
import { expect, test } from "@jest/globals";
import { tasksOf, workOf } from "../../bench/peers/plan.ts";
import { race } from "../../bench/peers/race.ts";
import { trackOf } from "../../bench/peers/tracks.ts";
import type { Task, Track } from "../../bench/peers/types.ts";
import { dayMs } from "../../shared/core/index.ts";
import { type ParsedTrace, peers } from "../../shared/sim/index.ts";
import { flat, parsedDays, split } from "./given.ts";

const task: Task = { split, bootSeconds: 180, start: "even", controller: "gcp-mig", seeds: [1, 2], depth: "bare" };
const made = (parsed: ParsedTrace): Track => {
  const track = trackOf(parsed, split, "whole");
  if (track.kind === "error") throw new Error(track.error);
  return track.value;
};
const track = made(parsedDays(2));

test("two seeds as documented and as tuned, by a setting of the grid", async () => {
  const { documented, tuned, hindsight, neededX } = await race(track, task);
  expect(documented.scores).toHaveLength(2);
  expect(documented.scores[0]).not.toEqual(documented.scores[1]);
  expect(tuned.kind === "tuned" && tuned.runs.scores.length).toBe(2);
  const labels = peers["gcp-mig"].grid.map(({ label }) => label);
  expect(labels).toContain(tuned.kind === "tuned" && tuned.runs.label);
  expect(hindsight).toEqual({ kind: "none" });
  expect(neededX).toBeGreaterThan(0.5);
  expect(neededX).toBeLessThan(1);
});

/** Another second day; the plant is the track's, so that nothing else differs. */
const withSecondDay = (loadAt: (minute: number) => number): Track => {
  const loads = track.trace.loads.map((load, minute) => (minute < 1_440 ? load : loadAt(minute)));
  return { ...track, trace: { ...track.trace, loads } };
};
const bursty = withSecondDay((minute) => (minute % 60 < 5 ? 40_000 : 2_000));

test("tuning does not see what is scored: another second day, the same choice", async () => {
  const labelOf = async (on: Track): Promise<string> => {
    const { tuned } = await race(on, { ...task, seeds: [1] });
    return tuned.kind === "tuned" ? tuned.runs.label : "none";
  };
  expect(await labelOf(bursty)).toBe(await labelOf(track));
});

test("hindsight is never worse than what tuning chose, and tuning chooses the same with it", async () => {
  const deep = await race(track, { ...task, seeds: [1], depth: "with-hindsight" });
  const bare = await race(track, { ...task, seeds: [1] });
  const chosen = deep.tuned.kind === "tuned" ? deep.tuned.runs : undefined;
  expect(bare.tuned.kind === "tuned" && bare.tuned.runs.scores).toEqual(chosen?.scores);
  expect(deep.hindsight.kind === "best" && deep.hindsight.chargedCostX).toBeLessThanOrEqual(
    chosen?.scores[0]?.chargedCostX ?? 0,
  );
  expect(deep.documented.serving).toHaveLength(1_440);
});

test("Tidegate is not tuned", async () => {
  const { tuned, documented } = await race(track, { ...task, controller: "tidegate", seeds: [1] });
  expect([tuned.kind, documented.label]).toEqual(["none", "ships"]);
});

test("a longer boot misses more", async () => {
  const badAt = async (bootSeconds: number): Promise<number> => {
    const { documented } = await race(bursty, { ...task, controller: "tidegate", bootSeconds, seeds: [1] });
    return documented.scores[0]?.badRequestsPct ?? 0;
  };
  expect(await badAt(600)).toBeGreaterThan(await badAt(90));
});

test("the headline's boot gets every seed, the others three at most and no hindsight", () => {
  const given = {
    controllers: ["tidegate", "hpa"],
    bootSeconds: [90, 180],
    seedCount: 5,
    depth: "with-hindsight" as const,
  };
  const tasks = tasksOf([{ ...track, grid: "coarse" }], given).filter(({ start }) => start === "even");
  expect(tasks.map(({ bootSeconds, seeds, depth }) => [bootSeconds, seeds.length, depth])).toEqual([
    [90, 3, "bare"],
    [90, 3, "bare"],
    [180, 5, "with-hindsight"],
    [180, 5, "with-hindsight"],
  ]);
  // Eight points over two days each, and five seeds as documented and as tuned; a day of Tidegate takes as long as twenty.
  expect(tasks.map(workOf)).toEqual([20 * 6 * dayMs, 20 * dayMs, 20 * 10 * dayMs, 36 * dayMs]);
});

test("on other traces than the headline's only Tidegate is run cold", () => {
  const given = {
    controllers: ["tidegate", "hpa"],
    bootSeconds: [180],
    seedCount: 1,
    depth: "with-hindsight" as const,
  };
  const tasks = tasksOf([{ ...track, grid: "coarse" }], given);
  expect(tasks.map(({ start, controller }) => [start, controller])).toEqual([
    ["even", "tidegate"],
    ["even", "hpa"],
    ["cold", "tidegate"],
    ["warmed", "tidegate"],
  ]);
});

test("a trace of the headline is also run cold, with warming and without; a quick run is not", () => {
  const counted = { ...track, standing: { kind: "counts" as const } };
  const coursesAt = (depth: Task["depth"]) =>
    tasksOf([counted], { controllers: ["tidegate"], bootSeconds: [180], seedCount: 5, depth }).map(
      ({ start, seeds, depth }) => [start, seeds.length, depth],
    );
  expect(coursesAt("with-hindsight")).toEqual([
    ["even", 5, "with-hindsight"],
    ["cold", 1, "bare"],
    ["warmed", 1, "bare"],
  ]);
  expect(coursesAt("pictured")).toEqual([["even", 5, "pictured"]]);
});

test("an instance that starts cold serves less; one that was warmed first serves all, later", async () => {
  const busyHalfHours = withSecondDay((minute) => (minute % 60 < 30 ? 8_000 : 2_000));
  const badAt = async (start: Task["start"]): Promise<number> => {
    const { documented } = await race(busyHalfHours, { ...task, start, seeds: [1] });
    return documented.scores[0]?.badRequestsPct ?? 0;
  };
  const [even, cold, warmed] = await Promise.all([badAt("even"), badAt("cold"), badAt("warmed")]);
  expect(cold).toBeGreaterThan(even);
  expect(warmed).toBeGreaterThan(even);
  expect(warmed).toBeLessThan(cold);
});

/** A day to learn from and four that are scored. */
const standingOf = (loads: readonly number[]): Track["standing"] => {
  const long = trackOf(flat(loads), { ...split, to: split.from + 4 * dayMs }, "whole");
  if (long.kind === "error") throw new Error(long.error);
  return long.value.standing;
};
const many = (count: number, load: number): readonly number[] => Array.from({ length: count }, () => load);

test.each<[string, readonly number[], Track["standing"]]>([
  // 5,760 minutes: the budget is 5.8 of them.
  ["counts", many(7_200, 5_000), { kind: "counts" }],
  [
    "one minute is more than the budget",
    [...many(7_199, 500), 1_000_000],
    { kind: "left-out", because: "its 0.1 % budget is 0.0 peak minutes" },
  ],
  [
    "it sleeps at its floor",
    [...many(4_800, 10), ...many(2_400, 5_000)],
    { kind: "left-out", because: "it needs no more than the floor 58 % of the time" },
  ],
])("a trace's standing: %s", (_, loads, standing) => {
  expect(standingOf(loads)).toEqual(standing);
});

test("a quick run's week is sized and judged by the whole window", () => {
  const long = { ...split, to: split.from + 9 * dayMs };
  const [whole, week] = (["whole", "week"] as const).map((extent) => trackOf(parsedDays(10), long, extent));
  expect(week?.kind === "ok" && week.value.trace.loads.length).toBe(8 * 1_440);
  expect(week?.kind === "ok" && week.value.plant).toEqual(whole?.kind === "ok" && whole.value.plant);
});
