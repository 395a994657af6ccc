// Two sides of a comparison: the scores, what each did, and the difference in a sentence.
import Table from "cli-table3";
import { dollarsLine } from "./dollars.ts";
import type { Actions, Rehearsed } from "./rehearsal.ts";
import { scoreTable } from "./scoreTable.ts";

export interface Compared extends Rehearsed {
  readonly name: string;
}

const done: readonly (readonly [keyof Actions, string])[] = [
  ["targetChanges", "looks that changed the target"],
  ["launched", "instances launched"],
  ["drained", "instances drained"],
  ["terminated", "instances terminated"],
];

export const comparedTable = (first: Compared, second: Compared): string =>
  [
    scoreTable([first, second]),
    actionsTable(first, second),
    ...[first, second].flatMap(paidBy),
    verdict(first, second),
  ].join("\n");

function actionsTable(first: Compared, second: Compared): string {
  const table = new Table({
    head: ["actions", first.name, second.name],
    colAligns: ["left", "right", "right"],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const [key, meaning] of done) table.push([meaning, `${first.actions[key]}`, `${second.actions[key]}`]);
  return table.toString();
}

const paidBy = ({ name, dollars }: Compared): readonly string[] =>
  dollars === "unknown" ? [] : [`${name}: ${dollarsLine(dollars)}`];

/** Cost and misses apart: which of the two matters more is the reader's. */
function verdict(first: Compared, second: Compared): string {
  const cost = 100 * (second.score.costX / first.score.costX - 1);
  const paid =
    Math.abs(cost) < 0.05 ? "costs the same" : `costs ${Math.abs(cost).toFixed(1)} % ${cost > 0 ? "more" : "less"}`;
  const bad = (side: Compared): string => `${side.score.badRequestsPct.toFixed(3)} %`;
  return `${second.name} ${paid} than ${first.name}, with ${bad(second)} bad requests against ${bad(first)}.`;
}
