// The report as one page without anything from elsewhere: the tables, and for each trace what happened on it.
import { contestantOf, own } from "./contestants.ts";
import { drawn } from "./drawing.ts";
import { pictureOf, type View, wholeWindow, worstDay } from "./picture.ts";
import { headlineOf } from "./plan.ts";
import { bestOf } from "./race.ts";
import { ranked, tablesOf } from "./report.ts";
import { type Cell, chargedOver, headlineTracks, type Line, linesOf } from "./results.ts";
import { style } from "./style.ts";
import type { Track } from "./types.ts";
import { type Report, type TableOf, written } from "./words.ts";

export function htmlOf(report: Report): string {
  const [first, ...others] = tablesOf(report);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tidegate and its peers</title><style>${style}</style></head><body><main>
<header><h1>Tidegate and its peers</h1>
<p>Recorded traffic, one simulated plant, the same metrics at the same age for everybody. A boot takes ${headlineOf(report.given)} s
where nothing else is said.</p></header>
${bars(report)}
${first === undefined ? "" : tableHtml(first)}
<h2>What happened</h2>
${report.tracks.map((track) => card(report, track)).join("\n")}
${others.map(tableHtml).join("\n")}
</main></body></html>
`;
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character] ?? character);

const tableHtml = ({ title, says, heads, rows }: TableOf): string =>
  `<section><h2>${escaped(title)}</h2><p>${escaped(says)}</p><div class="wide"><table><thead><tr>${heads
    .map((head) => `<th>${escaped(head)}</th>`)
    .join("")}</tr></thead><tbody>${rows
    .map((row) => `<tr${row[0] === own ? ' class="own"' : ""}>${row.map(cellHtml).join("")}</tr>`)
    .join("")}</tbody></table></div></section>`;

const cellHtml = (text: string): string => `<td${text.length > 24 ? ' class="prose"' : ""}>${escaped(text)}</td>`;

/** The headline at a glance. A bar grows with the logarithm: the worst are many times the best. */
function bars(report: Report): string {
  const counted = headlineTracks(report.tracks);
  const lines = ranked(report, counted).flatMap((line) => {
    const mean = chargedOver(line, counted);
    return mean.kind === "none" ? [] : [{ line, value: mean.value }];
  });
  const longest = Math.log(Math.max(1.01, ...lines.map(({ value }) => value)));
  return `<section class="bars">${lines
    .map(({ line, value }) => {
      const share = (100 * Math.log(Math.max(1, value))) / longest;
      return `<div class="${kindOf(line)}"><span>${escaped(nameOf(line))}</span><i style="width:${(0.72 * share).toFixed(1)}%"></i><b>${written(value)}</b></div>`;
    })
    .join(
      "",
    )}<p>Charged cost, geometric mean over the one-minute traces; the clairvoyant is 1. Bars are logarithmic; pale ones are
nobody's product.</p></section>`;
}

const kindOf = ({ controller }: Line): string => contestantOf(controller).kind;
const nameOf = ({ controller, how }: Line): string => (how === "ships" ? controller : `${controller}, ${how}`);

interface Shown {
  readonly name: string;
  readonly cell: Cell;
}

/** Ours, and the peer that did best on this very trace. */
function shownOn({ entries, given }: Report, { split }: Track): readonly Shown[] {
  const all = linesOf(entries, headlineOf(given)).flatMap((line) => {
    const cell = line.cells.find(({ id }) => id === split.id);
    return cell === undefined ? [] : [{ name: nameOf(line), kind: kindOf(line), cell }];
  });
  const best = bestOf(
    all.filter(({ kind }) => kind === "product" || kind === "research"),
    ({ cell }) => cell.mean.chargedCostX,
  );
  return [...all.filter(({ kind }) => kind === "own"), ...(best.kind === "best" ? [best.of] : [])];
}

const bucketsMax = 700;

function card(report: Report, track: Track): string {
  const shown = shownOn(report, track);
  const [first] = shown;
  if (first === undefined) return "";
  const views: readonly (readonly [string, Omit<View, "bucketsMax">])[] = [
    ["the whole window", wholeWindow(track)],
    [`${first.name}'s hardest day`, worstDay(track, first.cell.serving)],
  ];
  return `<section class="card"><h3>${escaped(track.split.id)} <small>${escaped(track.split.shape)}</small></h3>
<p class="legend"><span class="load">load</span><span class="needed">instances needed</span>${shown.map(legend).join("")}</p>
${views.map(([title, view]) => figure(track, shown, { title, view })).join("")}</section>`;
}

const legend = ({ name, cell: { mean } }: Shown, fleet: number): string =>
  `<span class="f${fleet}">${escaped(name)} <small>charged ${written(mean.chargedCostX)}, cost ${written(mean.costX)}, bad ${mean.badRequestsPct.toFixed(3)} %</small></span>`;

interface Figure {
  readonly title: string;
  readonly view: Omit<View, "bucketsMax">;
}

function figure(track: Track, shown: readonly Shown[], { title, view }: Figure): string {
  const picture = pictureOf(
    track,
    shown.map(({ cell }) => cell.serving),
    { ...view, bucketsMax },
  );
  const day = new Date(picture.fromAt).toISOString().slice(0, 10);
  return `<figure><figcaption>${escaped(title)}, from ${day}</figcaption>${drawn(
    picture,
    shown.map(({ name }) => escaped(name)),
  )}</figure>`;
}
