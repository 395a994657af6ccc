// From entries to what the tables say: means over seeds, geometric means over traces, ratios to the no-forecast limit.
import { budgetPct, chargedCostX, type Score } from "../../shared/sim/index.ts";
import { contestantOf, limit } from "./contestants.ts";
import type { Entry, Runs, Start, Track } from "./types.ts";

/** A contestant as it is documented, or as it was tuned. */
export interface Line {
  readonly controller: string;
  /** A yardstick is documented nowhere: untuned, it has the setting that it was first given. */
  readonly how: "ships" | "documented" | "untuned" | "tuned";
  /** By track, in the tracks' order. */
  readonly cells: readonly Cell[];
}

export interface Cell {
  readonly id: string;
  readonly label: string;
  /** Means over the seeds; charged cost is that of the mean bad requests and the mean cost. */
  readonly mean: Score;
  /** The seeds' own charged costs, lowest and highest. */
  readonly spread: { readonly low: number; readonly high: number };
  readonly serving: Uint16Array;
}

/** Every contestant's lines at one boot, in the order they were asked for. */
export function linesOf(entries: readonly Entry[], bootSeconds: number, start: Start = "even"): readonly Line[] {
  const here = entries.filter((entry) => entry.bootSeconds === bootSeconds && entry.start === start);
  const names = [...new Set(here.map(({ controller }) => controller))];
  return names.flatMap((controller): readonly Line[] => {
    const own = here.filter((entry) => entry.controller === controller);
    const cells = own.map((entry) => cellOf(entry, entry.documented));
    const tuned = own.flatMap((entry) => (entry.tuned.kind === "tuned" ? [cellOf(entry, entry.tuned.runs)] : []));
    if (tuned.length === 0) return [{ controller, how: "ships", cells }];
    return [
      { controller, how: contestantOf(controller).kind === "yardstick" ? "untuned" : "documented", cells },
      { controller, how: "tuned", cells: tuned },
    ];
  });
}

function cellOf({ id, neededX }: Entry, { label, scores, serving }: Runs): Cell {
  const charged = scores.map((score) => score.chargedCostX);
  return {
    id,
    label,
    mean: meanScore(scores, neededX),
    spread: { low: Math.min(...charged), high: Math.max(...charged) },
    serving,
  };
}

/** Every measure's mean; charged cost is reckoned anew, since a miss of one seed may not hide behind another's plenty. */
export function meanScore(scores: readonly Score[], neededX: number): Score {
  const mean = (key: keyof Score): number => scores.reduce((sum, score) => sum + score[key], 0) / scores.length;
  const means = Object.fromEntries((Object.keys(scores[0] ?? {}) as (keyof Score)[]).map((key) => [key, mean(key)]));
  const { costX = 0, badRequestsPct = 0 } = means;
  return { ...(means as unknown as Score), chargedCostX: chargedCostX({ costX, badRequestsPct, neededX }) };
}

export type Geometric = { readonly kind: "none" } | { readonly kind: "mean"; readonly value: number };

export function geometricMean(values: readonly number[]): Geometric {
  if (values.length === 0) return { kind: "none" };
  return { kind: "mean", value: Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length) };
}

/** The tracks that the headline's mean is taken over. */
export const headlineTracks = (tracks: readonly Track[]): readonly Track[] => tracks.filter(isHeadline);

export const isHeadline = ({ grid, standing }: Pick<Track, "grid" | "standing">): boolean =>
  grid === "native-minute" && standing.kind === "counts";

export const coarseTracks = (tracks: readonly Track[]): readonly Track[] =>
  tracks.filter(({ grid, standing }) => grid === "coarse" && standing.kind === "counts");

/** Charged cost over these tracks. */
export const chargedOver = ({ cells }: Line, tracks: readonly Track[]): Geometric =>
  geometricMean(cellsOf(cells, tracks).map(({ mean }) => mean.chargedCostX));

const cellsOf = (cells: readonly Cell[], tracks: readonly Track[]): readonly Cell[] =>
  cells.filter(({ id }) => tracks.some(({ split }) => split.id === id));

/** On how many of these tracks it kept 99.9 %. */
export const metCount = ({ cells }: Line, tracks: readonly Track[]): number =>
  cellsOf(cells, tracks).filter(({ mean }) => mean.badRequestsPct <= budgetPct).length;

/** Its charged cost in multiples of the tuned no-forecast limit's at the same boot; none where that did not run. */
export function ratioToLimit(line: Line, lines: readonly Line[], tracks: readonly Track[]): Geometric {
  const nf = lines.find(({ controller, how }) => controller === limit && how === "tuned");
  const [own, its] = [
    chargedOver(line, tracks),
    nf === undefined ? { kind: "none" as const } : chargedOver(nf, tracks),
  ];
  return own.kind === "none" || its.kind === "none" ? { kind: "none" } : { kind: "mean", value: own.value / its.value };
}

/** A measure's plain mean over these tracks. */
export function measureOver({ cells }: Line, key: keyof Score, tracks: readonly Track[]): number {
  const among = cellsOf(cells, tracks);
  return among.reduce((sum, { mean }) => sum + mean[key], 0) / Math.max(1, among.length);
}
