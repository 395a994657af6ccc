// Trace by trace, what a mean hides: where Tidegate is late too often, who pays less there, and what longer boots do to it.
import { own } from "./contestants.ts";
import { headlineOf } from "./plan.ts";
import { type Line, linesOf, ratioToLimit } from "./results.ts";
import type { Track } from "./types.ts";
import { headOf, name, type Report, shown, type TableOf, written } from "./words.ts";

/** So much late is what is asked. */
const badPctMax = 0.1;

export function traceByTrace({ given, entries, tracks }: Report): TableOf {
  const lines = linesOf(entries, headlineOf(given));
  const byBoot = given.bootSeconds.map((boot) => linesOf(entries, boot));
  return {
    title: `${own} trace by trace, where it falls short included`,
    says: `Late requests beyond ${badPctMax} % are marked. Who pays less is named, its misses billed; and how the ratio to the tuned no-forecast limit goes with the boot.`,
    heads: ["", "bad %", "charged ×", "charged less there", ...given.bootSeconds.map((boot) => `ratio, ${boot} s`)],
    rows: tracks.map((track) => [
      headOf(track),
      ...standing(lines, track),
      ...byBoot.map((some) => {
        const ours = some.find(({ controller }) => controller === own);
        return ours === undefined ? "–" : shown(ratioToLimit(ours, some, [track]));
      }),
    ]),
  };
}

function standing(lines: readonly Line[], { split }: Track): readonly [bad: string, charged: string, less: string] {
  const meanOf = ({ cells }: Line) => cells.find(({ id }) => id === split.id)?.mean;
  const ours = lines.filter(({ controller }) => controller === own).map(meanOf)[0];
  if (ours === undefined) return ["–", "–", "–"];
  const cheaper = lines
    .flatMap((line) => {
      const charged = meanOf(line)?.chargedCostX ?? Number.POSITIVE_INFINITY;
      return charged < ours.chargedCostX ? [{ line, charged }] : [];
    })
    .toSorted((a, b) => a.charged - b.charged);
  const bad = `${ours.badRequestsPct.toFixed(3)}${ours.badRequestsPct > badPctMax ? " (!)" : ""}`;
  const less = cheaper.map(({ line, charged }) => `${name(line)} ${written(charged)}`).join("; ");
  return [bad, written(ours.chargedCostX), less === "" ? "nobody" : less];
}
