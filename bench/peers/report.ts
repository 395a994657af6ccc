// What a run of the benchmark says, once: the console, the document and the page all draw these tables.
import type { Score } from "../../shared/sim/index.ts";
import { contestantOf, own } from "./contestants.ts";
import { coldSeedCount, type Given, hasColdPlant, headlineOf } from "./plan.ts";
import {
  chargedOver,
  coarseTracks,
  headlineTracks,
  type Line,
  linesOf,
  measureOver,
  metCount,
  ratioToLimit,
} from "./results.ts";
import { traceByTrace } from "./traceByTrace.ts";
import type { Entry, Track } from "./types.ts";
import { headOf, name, type Report, shown, type TableOf, written } from "./words.ts";

export const tablesOf = (report: Report): readonly TableOf[] => [
  headline(report),
  ...(coarseTracks(report.tracks).length > 0 ? [coarse(report)] : []),
  boots(report),
  traceByTrace(report),
  ...(hasColdPlant(report.given) ? [cold(report), gate(report)] : []),
  measures(report),
  tracksTable(report),
  settings(report),
  ...(report.given.depth === "with-hindsight" ? [hindsight(report)] : []),
  takesPart(report),
];

/** Lowest charged cost first; a line without one last. */
export function ranked({ given, entries }: Report, tracks: readonly Track[]): readonly Line[] {
  const costOf = (line: Line): number => {
    const mean = chargedOver(line, tracks);
    return mean.kind === "none" ? Number.POSITIVE_INFINITY : mean.value;
  };
  return linesOf(entries, headlineOf(given)).toSorted((a, b) => costOf(a) - costOf(b));
}

function headline(report: Report): TableOf {
  const { tracks, given } = report;
  const minutely = tracks.filter(({ grid }) => grid === "native-minute");
  const counted = headlineTracks(tracks);
  return {
    title: `Charged cost, boot ${headlineOf(given)} s`,
    says: `What was paid in multiples of a clairvoyant, misses beyond 0.1 % billed 300-fold. The mean is geometric over ${counted.length} one-minute traces; a trace in brackets is left out of it. ${seedsSay(given)}`,
    heads: ["", "mean", ...minutely.map(headOf), "met 99.9 %"],
    rows: ranked(report, counted.length > 0 ? counted : tracks).map((line) => [
      name(line),
      shown(chargedOver(line, counted)),
      ...minutely.map(({ split }) => cell(line, split.id)),
      `${metCount(line, counted)} of ${counted.length}`,
    ]),
  };
}

const seedsSay = ({ seedCount }: Given): string =>
  seedCount === 1 ? "One seed." : `The mean of ${seedCount} seeds; behind it the lowest and the highest of them.`;

function cell(line: Line, id: string): string {
  const found = line.cells.find((one) => one.id === id);
  if (found === undefined) return "–";
  const { low, high } = found.spread;
  const mean = written(found.mean.chargedCostX);
  return written(low) === written(high) ? mean : `${mean} (${written(low)}–${written(high)})`;
}

function coarse(report: Report): TableOf {
  const all = report.tracks.filter(({ grid }) => grid === "coarse");
  const counted = coarseTracks(report.tracks);
  return {
    title: "Charged cost on coarser traces",
    says: "Readings of five minutes or an hour, held for each of their minutes: within one there is nothing to react to. Not part of the headline.",
    heads: ["", "mean", ...all.map(headOf), "met 99.9 %"],
    rows: ranked(report, counted).map((line) => [
      name(line),
      shown(chargedOver(line, counted)),
      ...all.map(({ split }) => cell(line, split.id)),
      `${metCount(line, counted)} of ${counted.length}`,
    ]),
  };
}

function boots(report: Report): TableOf {
  const { given, entries, tracks } = report;
  const counted = headlineTracks(tracks);
  const byBoot = given.bootSeconds.map((boot) => linesOf(entries, boot));
  return {
    title: "Charged cost in multiples of the tuned no-forecast limit, by boot",
    says: `Boots are compared by this ratio and not by cost: the clairvoyant pays longer boots too. How far below 1.00 somebody comes is what knowing more than the last demand is worth.${given.bootSeconds.length > 1 ? " Other boots than the headline's ran on three seeds at most." : ""}`,
    heads: ["", ...given.bootSeconds.map((boot) => `${boot} s`)],
    rows: ranked(report, counted).map((line) => [
      name(line),
      ...byBoot.map((lines) => {
        const same = lines.find(({ controller, how }) => controller === line.controller && how === line.how);
        return same === undefined ? "–" : shown(ratioToLimit(same, lines, counted));
      }),
    ]),
  };
}

function cold(report: Report): TableOf {
  const { given, entries, tracks } = report;
  const counted = headlineTracks(tracks);
  const courses = (["even", "cold", "warmed"] as const).map((start) => linesOf(entries, headlineOf(given), start));
  const cells = (line: Line): readonly string[] =>
    courses.flatMap((lines, index) => {
      const same = lines.find((one) => one.controller === line.controller && one.how === line.how);
      if (same === undefined) return index === 0 ? ["–"] : ["–", "–"];
      const cost = shown(chargedOver(same, counted));
      return index === 0 ? [cost] : [cost, measureOver(same, "badRequestsPct", counted).toFixed(3)];
    });
  return {
    title: `Charged cost on the cold plant, boot ${headlineOf(given)} s`,
    says: `There an instance serves at 40 % of its capacity for its first 180 s of traffic, unless its cache was warmed before it was registered, which takes 30 to 60 s more. Peers are tuned there too; seed${coldSeedCount === 1 ? " 1" : `s 1 to ${coldSeedCount}`}. Beside it the headline's plant, where nothing starts cold.`,
    heads: ["", "nothing cold", "cold, unwarmed", "bad %", "cold, warmed first", "bad %"],
    rows: ranked(report, counted).map((line) => [name(line), ...cells(line)]),
  };
}

/** What the gate is worth, trace by trace. */
function gate({ given, entries, tracks }: Report): TableOf {
  const starts = ["even", "cold", "warmed"] as const;
  const ours = starts.map((start) =>
    linesOf(entries, headlineOf(given), start).find((line) => line.controller === own),
  );
  return {
    title: `${own} on the cold plant, with and without its warm-up gate, trace by trace`,
    says: `Late requests in per cent, and the cost in multiples of the clairvoyant's. Seed 1 where something is cold.`,
    heads: ["", "nothing cold, bad %", "cost ×", "no gate, bad %", "cost ×", "gate, bad %", "cost ×"],
    rows: tracks.map((track) => [
      headOf(track),
      ...ours.flatMap((line) => {
        const mean = line?.cells.find(({ id }) => id === track.split.id)?.mean;
        return mean === undefined ? ["–", "–"] : [mean.badRequestsPct.toFixed(3), written(mean.costX)];
      }),
    ]),
  };
}

const measured: readonly (readonly [keyof Score, string, number])[] = [
  ["badRequestsPct", "bad %", 3],
  ["lostRequestsPct", "lost %", 3],
  ["costX", "cost ×", 2],
  ["tauUPct", "τ_U %", 2],
  ["thetaUPct", "θ_U %", 2],
  ["tauOPct", "τ_O %", 1],
  ["thetaOPct", "θ_O %", 1],
  ["instabilityPct", "instability %", 1],
  ["launchesPerDay", "launches a day", 1],
  ["worst15MinShortfallPct", "worst 15 min %", 1],
];

function measures(report: Report): TableOf {
  const counted = headlineTracks(report.tracks);
  return {
    title: "What lies behind it",
    says: "Plain means over the headline's traces. θ and τ are how far and how long a fleet was under (U) and over (O) what was needed.",
    heads: ["", ...measured.map(([, head]) => head)],
    rows: ranked(report, counted).map((line) => [
      name(line),
      ...measured.map(([key, , decimals]) => measureOver(line, key, counted).toFixed(decimals)),
    ]),
  };
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

const tracksTable = ({ tracks }: Report): TableOf => ({
  title: "Traces",
  says: "What lies before the scored days is history to learn from. An instance is sized so that the p99.9 minute needs 40 at 60 %.",
  heads: ["", "shape", "grid", "learnt from", "scored", "in the mean"],
  rows: tracks.map(({ split, grid, standing }) => [
    split.id,
    split.shape,
    grid === "native-minute" ? "one minute" : "coarser",
    day(split.warmup),
    `${day(split.from)} to ${day(split.to)}`,
    standing.kind === "counts" ? (grid === "native-minute" ? "yes" : "apart") : `no: ${standing.because}`,
  ]),
});

function settings(report: Report): TableOf {
  const tuned = linesOf(report.entries, headlineOf(report.given)).filter(({ how }) => how === "tuned");
  return {
    title: "Settings that tuning chose",
    says: "By charged cost on the time before what is scored, from the grid that is listed with each contestant.",
    heads: ["", ...report.tracks.map(({ split }) => split.id)],
    rows: tuned.map((line) => [
      line.controller,
      ...report.tracks.map(({ split }) => line.cells.find(({ id }) => id === split.id)?.label ?? "–"),
    ]),
  };
}

function hindsight({ entries, tracks, given }: Report): TableOf {
  const here = entries.filter(({ bootSeconds }) => bootSeconds === headlineOf(given));
  const names = [...new Set(here.map(({ controller }) => controller))];
  return {
    title: "In hindsight: a diagnostic, nobody's result",
    says: "The best point of each grid, chosen trace by trace on what is scored, first seed. It rewards hindsight. The clairvoyant is 1.00.",
    heads: ["", ...tracks.map(headOf)],
    rows: names.flatMap((controller) => {
      const own = here.filter((entry) => entry.controller === controller);
      if (own.every((entry) => entry.hindsight.kind === "none")) return [];
      return [[controller, ...tracks.map(({ split }) => bestPoint(own.find(({ id }) => id === split.id)))]];
    }),
  };
}

const bestPoint = (entry: Entry | undefined): string =>
  entry?.hindsight.kind === "best" ? `${written(entry.hindsight.chargedCostX)} (${entry.hindsight.label})` : "–";

const takesPart = ({ given }: Report): TableOf => ({
  title: "Who takes part",
  says: "Each peer's rule is re-made from its public description. The grid is the published list that tuning chooses from: how full a fleet is run, and how long it waits to shrink.",
  heads: ["", "rule", "documented", "grid"],
  rows: given.controllers.map((controller) => {
    const { about, documented, grid } = contestantOf(controller);
    return [controller, about, documented.label, grid.length === 0 ? "–" : grid.map(({ label }) => label).join("; ")];
  }),
});
