// The written form: every figure behind the tables, for programs. The same traces give the same bytes.
import { headlineOf } from "./plan.ts";
import { chargedOver, headlineTracks, linesOf, metCount, ratioToLimit } from "./results.ts";
import type { Report } from "./words.ts";

export function jsonOf({ given, tracks, entries }: Report): unknown {
  const counted = headlineTracks(tracks);
  return {
    headlineBootSeconds: headlineOf(given),
    given,
    traces: tracks.map(({ split, grid, standing, plant }) => ({
      id: split.id,
      shape: split.shape,
      scored: { from: isoOf(split.from), to: isoOf(split.to) },
      grid,
      standing,
      capacityPerMinute: plant.capacityPerMinute,
    })),
    boots: given.bootSeconds.map((bootSeconds) => {
      const lines = linesOf(entries, bootSeconds);
      return {
        bootSeconds,
        lines: lines.map((line) => ({
          controller: line.controller,
          how: line.how,
          chargedCostX: chargedOver(line, counted),
          ratioToNoForecastLimit: ratioToLimit(line, lines, counted),
          met: { count: metCount(line, counted), of: counted.length },
          traces: line.cells.map(({ id, label, mean, spread }) => ({ id, setting: label, mean, spread })),
        })),
      };
    }),
    runs: entries.map(({ id, bootSeconds, start, controller, neededX, documented, tuned, hindsight }) => ({
      ...{ id, bootSeconds, start, controller, neededX, hindsight },
      documented: { setting: documented.label, scores: documented.scores },
      tuned: tuned.kind === "none" ? tuned : { setting: tuned.runs.label, scores: tuned.runs.scores },
    })),
  };
}

const isoOf = (at: number): string => new Date(at).toISOString().replace(".000Z", "Z");
