// Scores side by side, one line a measure, each with what it means.
import Table from "cli-table3";
import type { Score } from "../shared/sim/index.ts";

export interface NamedScore {
  readonly name: string;
  readonly score: Score;
}

const measures: readonly (readonly [keyof Score, string, number])[] = [
  ["badRequestsPct", "requests beyond what met the latency objective, %", 3],
  ["lostRequestsPct", "requests beyond all capacity, %", 3],
  ["costX", "paid, in multiples of a clairvoyant", 3],
  ["chargedCostX", "the same, with misses beyond 0.1 % charged", 3],
  ["tauUPct", "time with too few instances, %", 2],
  ["thetaUPct", "how far too few, %", 2],
  ["tauOPct", "time with more than needed, %", 2],
  ["thetaOPct", "how far more, %", 2],
  ["instabilityPct", "steps that moved against the demand, %", 2],
  ["launchesPerDay", "launches a day", 1],
  ["worst15MinShortfallPct", "worst quarter of an hour, bad requests, %", 2],
];

export function scoreTable(scores: readonly NamedScore[]): string {
  const table = new Table({
    head: ["", ...scores.map(({ name }) => name)],
    colAligns: ["left", ...scores.map((): "right" => "right")],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const [key, meaning, decimals] of measures)
    table.push([meaning, ...scores.map(({ score }) => score[key].toFixed(decimals))]);
  return table.toString();
}
