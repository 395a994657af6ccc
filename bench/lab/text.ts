// The report in words and columns: for standard output, and for the page's tables.

import type { Figures, Latencies, Spread } from "./figures.ts";
import type { Percentile } from "./histogram.ts";
import { type Measure, written } from "./measures.ts";

/** One row for each thing told, one column for each phase. */
export interface Table {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export const ms = (value: Percentile): string => (value.kind === "none" ? "–" : `${value.ms.toFixed(1)} ms`);
const percentiles = ({ p50, p95, p99 }: Latencies): string => [p50, p95, p99].map(ms).join(" · ");
const spread = ({ count, medianMs, longestMs }: Spread): string =>
  count === 0 ? "–" : `${(medianMs / 1_000).toFixed(2)} s, at most ${(longestMs / 1_000).toFixed(2)} s`;

const told: readonly (readonly [string, (figures: Figures) => string])[] = [
  ["the loop's minutes", ({ loopMinutes }) => written(loopMinutes)],
  ["requests answered", ({ answered }) => written(answered)],
  ["requests failed", ({ failed, unanswered }) => written(failed + unanswered)],
  [
    "… status, cut, connection, timed out",
    ({ failures: { status, cut, connection, timeout } }) => [status, cut, connection, timeout].map(written).join(" · "),
  ],
  ["p50 · p95 · p99, all answers", ({ all }) => percentiles(all)],
  ["… by instances in their first minute", ({ fresh }) => percentiles(fresh)],
  ["… by old instances", ({ settled }) => percentiles(settled)],
  ["… by old ones in the same minutes", ({ settledBeside }) => percentiles(settledBeside)],
  ["answers in first minutes", ({ fresh }) => written(fresh.count)],
  ["scale-outs · scale-ins", ({ scaleOuts, scaleIns }) => `${scaleOuts} · ${scaleIns}`],
  ["launched · taken back · drained", ({ launched, takenBack, drained }) => `${launched} · ${takenBack} · ${drained}`],
  ["actions refused or too late", ({ refused }) => written(refused)],
  ["a drain until nothing is in flight", ({ idleAfter }) => spread(idleAfter)],
  ["… until it has left", ({ leftAfter }) => spread(leftAfter)],
  ["warm-ups · that failed", ({ warmed, warmFailed }) => `${warmed.took.count} · ${warmFailed}`],
  ["a warm-up", ({ warmed }) => spread(warmed.took)],
  [
    "… p95 of its first and last round",
    ({ warmed: { firstP95, lastP95 } }) =>
      firstP95.count === 0 ? "–" : `${firstP95.medianMs.toFixed(0)} ms, ${lastP95.medianMs.toFixed(1)} ms`,
  ],
  ["kills", ({ kills }) => written(kills.count)],
  [
    "… in flight · idle when frozen · cut",
    ({ kills }) =>
      kills.count === 0 ? "–" : `${kills.inFlight} · ${kills.idle} · ${kills.cut}, at most ${kills.cutMost} with one`,
  ],
];

export const tableOf = (phases: readonly Figures[]): Table => ({
  heads: ["", ...phases.map(({ name }) => name)],
  rows: told.map(([what, of]) => [what, ...phases.map(of)]),
});

export const measuresTable = (measures: readonly Measure[]): Table => ({
  heads: ["measure", "asked", "found", ""],
  rows: measures.map(({ what, asked, found, verdict }) => [what, asked, found, verdict]),
});

export function aligned({ heads, rows }: Table): string {
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [heads, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export const textOf = (phases: readonly Figures[], measures: readonly Measure[]): string =>
  `${aligned(tableOf(phases))}\n\n${aligned(measuresTable(measures))}`;
