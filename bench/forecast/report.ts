// The measurements as tables, and beside the targets.
import { aligned } from "./aligned.ts";
import { comingLines } from "./coming/lines.ts";
import type { ComingReport } from "./coming/run.ts";
import { type MethodResult, ownName, referenceName } from "./run.ts";
import { type Horizon, meanScores, type Scores } from "./score.ts";

export interface TraceReport {
  readonly id: string;
  readonly name: string;
  readonly shape: string;
  readonly grid: string;
  readonly results: readonly MethodResult[];
}

export interface MethodSummary {
  readonly method: string;
  readonly ms: number;
  readonly hour: Scores;
  readonly day: Scores;
}

export interface Report {
  readonly traces: readonly TraceReport[];
  /** Means over the traces of five minutes or less. */
  readonly fine: readonly MethodSummary[];
  /** Over the others, whose values are held. */
  readonly coarse: readonly MethodSummary[];
  readonly coming: readonly ComingReport[];
  readonly targets: readonly Target[];
  readonly bundleKb: number;
}

export interface Target {
  readonly what: string;
  readonly measured: number;
  readonly from: number;
  readonly to: number;
  readonly verdict: "met" | "missed";
}

export function reportOf(
  traces: readonly TraceReport[],
  { coming, bundleKb }: Pick<Report, "coming" | "bundleKb">,
): Report {
  const fine = summaries(traces.filter(({ grid }) => grid === "fine"));
  const coarse = summaries(traces.filter(({ grid }) => grid !== "fine"));
  return { traces, fine, coarse, coming, targets: targetsOf(fine, bundleKb), bundleKb };
}

function summaries(traces: readonly TraceReport[]): readonly MethodSummary[] {
  const methods = traces[0]?.results.map(({ method }) => method) ?? [];
  return methods.map((method) => {
    const results = traces.flatMap(({ results }) => results.filter((one) => one.method === method));
    const ms = results.reduce((sum, result) => sum + result.ms, 0) / results.length;
    const [hour, day] = [results.map(({ scores }) => scores.hour), results.map(({ scores }) => scores.day)];
    return { method, ms, hour: meanScores(hour), day: meanScores(day) };
  });
}

/** Of the losses at 0.95 by those of last week + conformal; of other methods', below 1; coverage; time and size. */
function targetsOf(fine: readonly MethodSummary[], bundleKb: number): readonly Target[] {
  const own = fine.find(({ method }) => method === ownName);
  if (own === undefined) return [];
  const others = fine.filter(({ method }) => method !== ownName);
  const losses = others.flatMap(({ method, hour, day }) => {
    const isReference = method === referenceName;
    return [
      target(`loss at .95 by that of ${method}, 1 h`, wql95(own.hour) / wql95(hour), { to: isReference ? 0.4 : 1 }),
      target(`loss at .95 by that of ${method}, 24 h`, wql95(own.day) / wql95(day), { to: isReference ? 0.72 : 1 }),
    ];
  });
  return [
    ...losses,
    target("share of the truth under .95, 1 h", own.hour.coverage[2] ?? 0, { from: 0.93, to: 0.97 }),
    target("share of the truth under .95, 24 h", own.day.coverage[2] ?? 0, { from: 0.93, to: 0.97 }),
    target("ms of processor a fleet", own.ms, { to: 3 }),
    target("s of processor for 10,000 fleets", own.ms * 10, { to: 35 }),
    target("kB of the library, gzipped", bundleKb, { to: 25 }),
  ];
}

const target = (what: string, measured: number, { from = 0, to }: { from?: number; to: number }): Target => ({
  what,
  measured,
  from,
  to,
  verdict: measured >= from && measured <= to ? "met" : "missed",
});

const wql95 = ({ wql }: Scores): number => wql[2] ?? 0;

export function linesOf({ traces, fine, coarse, coming, targets }: Report): readonly string[] {
  const [fineIds, coarseIds] = ["fine", "coarse"].map((which) =>
    traces.filter(({ grid }) => (grid === "fine") === (which === "fine")).map(({ id }) => id),
  );
  return [
    ...traces.flatMap(({ id, name, shape, grid, results }) => [
      `${id} ${name}: ${shape}${grid === "fine" ? "" : `; ${grid}, held`}`,
      `${results[0]?.forecastCount ?? 0} forecasts${ownDoubts(results)}`,
      ...tables(results.map(({ method, ms, scores }) => ({ method, ms, ...scores }))),
    ]),
    ...(fine.length > 0 ? [`Mean of ${fineIds?.join(", ")}: geometric, of coverage plain`, ...tables(fine)] : []),
    ...(coarse.length > 0 ? [`Coarser than five minutes, held: ${coarseIds?.join(", ")}`, ...tables(coarse)] : []),
    ...(coming.length > 0 ? comingLines(coming) : []),
    ...targets.map(targetLine),
  ];
}

function ownDoubts(results: readonly MethodResult[]): string {
  const own = results.find(({ method }) => method === ownName);
  return own === undefined ? "" : `, of ${ownName}'s ${own.shadowCount} in shadow and ${own.abstainedCount} abstained`;
}

const targetLine = ({ what, measured, from, to, verdict }: Target): string =>
  `${what.padEnd(74)} ${measured.toFixed(3).padStart(8)}   ${from > 0 ? `${from} to` : "at most"} ${to}: ${verdict}`;

const tables = (rows: readonly MethodSummary[]): readonly string[] => [
  "",
  ...table(rows, { horizon: "hour", head: "up to 1 h ahead" }),
  "",
  ...table(rows, { horizon: "day", head: "up to 24 h ahead" }),
  "",
];

const heads = ["MASE", "wQL.5", "wQL.9", "wQL.95", "wQL.99", "cov.9", "cov.95", "to week's", "ms"];

function table(
  rows: readonly MethodSummary[],
  { horizon, head }: { horizon: Horizon; head: string },
): readonly string[] {
  const reference = rows.find(({ method }) => method === referenceName);
  const cells = rows.map((row) => {
    const { mase, wql, coverage } = row[horizon];
    const ratio = reference === undefined ? "–" : (wql95(row[horizon]) / wql95(reference[horizon])).toFixed(3);
    const covered = [coverage[1] ?? 0, coverage[2] ?? 0].map((one) => one.toFixed(3));
    return [row.method, mase.toFixed(3), ...wql.map((one) => one.toFixed(4)), ...covered, ratio, row.ms.toFixed(2)];
  });
  return aligned([[head, ...heads], ...cells]);
}
