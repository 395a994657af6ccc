// The report as one page without anything from elsewhere: what was to be shown, what happened, and the first minutes beside the rest.
import { style as houseStyle } from "../peers/style.ts";
import { type Chart, drawn, type Series } from "./chart.ts";
import { type Figures, type Latencies, latenciesOf } from "./figures.ts";
import { type Percentile, summed } from "./histogram.ts";
import { type LabReport, reportOf } from "./json.ts";
import type { MinuteRecord, PhaseRun } from "./records.ts";
import type { Settings } from "./settings.ts";
import { failedIn } from "./tally.ts";
import { measuresTable, ms, type Table, tableOf } from "./text.ts";

export function htmlOf(report: LabReport): string {
  const { figures, measures } = reportOf(report);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tidegate's lab</title><style>${houseStyle}${ownStyle}</style></head><body><main>
<header><h1>Tidegate's lab</h1>
<p>${escaped(introduction(report))}</p></header>
${tableHtml(measuresTable(measures))}
<h2>The first minute of new instances</h2>
<p>Answers by instances that had been answering for less than one of the loop's minutes, beside those by all others. Bars are logarithmic.</p>
${firstMinutes(figures)}
<h2>What happened</h2>
${report.runs.map((run) => card(run, report.settings)).join("\n")}
<h2>Figures</h2>
${tableHtml(tableOf(figures))}
</main></body></html>
`;
}

const introduction = ({ haproxy, settings: { minuteTakesMs, instance, load } }: LabReport): string =>
  `The loop that is deployed, in real time on this machine: instances are HTTP servers, the load balancer is ${haproxy}, the load comes from autocannon. A minute of the loop takes ${minuteTakesMs / 1_000} s. An instance has ${instance.workerCount} workers and ${instance.keyCount} keys; a key costs ${instance.coldMs.join("–")} ms the first time and ${instance.warmMs.join("–")} ms after. The load: ${load.told}.`;

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character] ?? character);

const classOf: Readonly<Record<string, string>> = { met: "met", "not met": "unmet", "too short to tell": "short" };

const tableHtml = ({ heads, rows }: Table): string =>
  `<div class="wide"><table class="told"><thead><tr>${heads.map((head) => `<th>${escaped(head)}</th>`).join("")}</tr></thead><tbody>${rows
    .map((row) => `<tr>${row.map((cell) => `<td class="${classOf[cell] ?? ""}">${escaped(cell)}</td>`).join("")}</tr>`)
    .join("")}</tbody></table></div>`;

/** Three decades from a millisecond on. */
const barOf = (value: Percentile): number => (value.kind === "none" ? 0 : Math.max(0, Math.log10(value.ms) / 3.3) * 72);

function firstMinutes(figures: readonly Figures[]): string {
  const rows = figures
    .filter(({ kills, fresh }) => kills.count === 0 && fresh.count > 0)
    .flatMap(({ gate, fresh, settled }) => {
      const how = gate === "with-gate" ? "with the gate" : "without the gate";
      return [barRow(`first minute, ${how}`, fresh, "own"), barRow(`old instances, ${how}`, settled, "yardstick")];
    });
  return `<section class="bars">${rows.join("")}</section>`;
}

const barRow = (name: string, { p99 }: Latencies, kind: string): string =>
  `<div class="${kind}"><span>${name}</span><i style="width:${barOf(p99).toFixed(1)}%"></i><b>p99 ${ms(p99)}</b></div>`;

function card(run: PhaseRun, settings: Settings): string {
  const { minutes } = run;
  return `<section class="card"><h3>${escaped(run.name)}</h3>
<p class="legend"><span class="load">load, in instances at 100 %</span><span class="s-target">target</span><span class="s-serving">serving</span></p>
<figure>${drawn(fleetChart(run, settings))}</figure>
<p class="legend"><span class="s-p50">p50</span><span class="s-p95">p95</span><span class="s-p99">p99</span><span class="s-fresh">p99 of first minutes</span></p>
<figure>${drawn(latencyChart(minutes))}</figure></section>`;
}

const values = (minutes: readonly MinuteRecord[], of: (record: MinuteRecord) => number | "unknown"): Series["values"] =>
  minutes.map(of);

function fleetChart({ minutes, decisions, kills }: PhaseRun, { perInstancePerSecond }: Settings): Chart {
  const out = decisions.filter(({ launchCount, takeBackCount }) => launchCount + takeBackCount > 0);
  const failed = minutes.filter(({ tally }) => failedIn(tally) > 0);
  return {
    label: "load, target and serving instances",
    unit: "",
    scale: "linear",
    step: "minute",
    area: {
      name: "load",
      style: "load",
      values: values(minutes, ({ perSecond }) => perSecond / perInstancePerSecond),
    },
    lines: [
      { name: "target", style: "s-target", values: values(minutes, ({ target }) => target) },
      { name: "serving", style: "s-serving", values: values(minutes, ({ servingCount }) => servingCount) },
    ],
    marks: [
      {
        name: "out",
        style: "s-serving",
        at: out.map(({ minute, launchCount, takeBackCount }) => ({
          minute,
          says: `${launchCount} launched, ${takeBackCount} taken back`,
        })),
      },
      {
        name: "in",
        style: "s-target",
        at: decisions.flatMap(({ minute, drainCount }) =>
          drainCount === 0 ? [] : [{ minute, says: `${drainCount} drained` }],
        ),
      },
      ...(kills.length === 0
        ? []
        : [
            {
              name: "killed",
              style: "s-fresh",
              at: kills.map(({ minute, instance, cutCount }) => ({ minute, says: `${instance}: ${cutCount} cut` })),
            },
          ]),
      {
        name: "failed",
        style: "s-failed",
        at: failed.map(({ minute, tally }) => ({ minute, says: `${failedIn(tally)} failed` })),
      },
    ],
  };
}

function latencyChart(minutes: readonly MinuteRecord[]): Chart {
  const all = minutes.map(({ tally }) => latenciesOf(summed([tally.fresh, tally.settled])));
  const line = (name: string, style: string, of: readonly Percentile[]): Series => ({
    name,
    style,
    values: of.map((value) => (value.kind === "ms" ? value.ms : "unknown")),
  });
  return {
    label: "latency over time",
    unit: " ms",
    scale: "logarithmic",
    step: "minute",
    area: "none",
    lines: [
      line(
        "p50",
        "s-p50",
        all.map(({ p50 }) => p50),
      ),
      line(
        "p95",
        "s-p95",
        all.map(({ p95 }) => p95),
      ),
      line(
        "p99",
        "s-p99",
        all.map(({ p99 }) => p99),
      ),
      line(
        "p99 of first minutes",
        "s-fresh",
        minutes.map(({ tally }) => latenciesOf(tally.fresh).p99),
      ),
    ],
    marks: [],
  };
}

const ownStyle = `
:root{--bad:#c2342b;--good:#2f7d4f;--middle:#5b7f95}
@media(prefers-color-scheme:dark){:root{--bad:#ff7a6e;--good:#6cc48d;--middle:#86a9bd}}
table.told td,table.told th{text-align:left;white-space:normal}
table.told{margin:14px 0}
td.met{color:var(--good);font-weight:600}td.unmet{color:var(--bad);font-weight:600}td.short{color:var(--soft)}
svg .area.load{fill:var(--load)}svg .line{fill:none;stroke-width:1.6;stroke-linejoin:round}
.s-target{color:var(--f1)}.s-serving{color:var(--f0)}.s-p50{color:var(--pale)}.s-p95{color:var(--middle)}.s-p99{color:var(--f0)}
.s-fresh{color:var(--f1)}.s-failed{color:var(--bad)}
.legend span[class^=s-]::before{background:currentColor}
svg .line{stroke:currentColor}svg .mark{fill:currentColor}
`;
