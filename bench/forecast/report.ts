// The measurements as tables, and beside the targets.
import type { MethodResult } from "./run.ts";
import { ownName, referenceName } from "./run.ts";
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
  /** wQL95 by that of last week + conformal; absent when that was not run. */
  readonly ratio?: Readonly<Record<Horizon, number>>;
}

export interface Report {
  readonly traces: readonly TraceReport[];
  readonly fine: readonly MethodSummary[];
  readonly coarse: readonly MethodSummary[];
  readonly lines: readonly string[];
}

export function report(traces: readonly TraceReport[]): Report {
  const fineTraces = traces.filter(({ grid }) => grid === "fine");
  const coarseTraces = traces.filter(({ grid }) => grid !== "fine");
  const [fine, coarse] = [summaries(fineTraces), summaries(coarseTraces)];
  const lines = [
    ...traces.flatMap(({ id, name, shape, grid, results }) => [
      `${id} ${name} (${shape}${grid === "fine" ? "" : `; ${grid}, held`}), ${results[0]?.forecastCount ?? 0} forecasts`,
      ...table(results.map(({ method, ms, scores }) => ({ method, ms, ...scores }))),
      "",
    ]),
    ...(fine.length > 0 ? [`Geometric mean of ${fineTraces.map(({ id }) => id).join(", ")}`, ...table(fine), ""] : []),
    ...(coarse.length > 0
      ? [`Coarser than five minutes, held: ${coarseTraces.map(({ id }) => id).join(", ")}`, ...table(coarse)]
      : []),
  ];
  return { traces, fine, coarse, lines };
}

function summaries(traces: readonly TraceReport[]): readonly MethodSummary[] {
  const methods = traces[0]?.results.map(({ method }) => method) ?? [];
  const all = methods.map((method) => {
    const results = traces.flatMap(({ results }) => results.filter((one) => one.method === method));
    const ms = results.reduce((sum, result) => sum + result.ms, 0) / results.length;
    return {
      method,
      ms,
      hour: meanScores(results.map(({ scores }) => scores.hour)),
      day: meanScores(results.map(({ scores }) => scores.day)),
    };
  });
  const reference = all.find(({ method }) => method === referenceName);
  if (reference === undefined) return all;
  return all.map((one) => ({
    ...one,
    ratio: { hour: wql95(one.hour) / wql95(reference.hour), day: wql95(one.day) / wql95(reference.day) },
  }));
}

const wql95 = ({ wql }: Scores): number => wql[2] ?? 0;

const heads = [
  "method",
  ..."MASE,wQL50,wQL90,wQL95,wQL99,cov90,cov95".split(",").flatMap((head) => [`1h ${head}`]),
  ..."MASE,wQL50,wQL90,wQL95,wQL99,cov90,cov95".split(",").map((head) => `24h ${head}`),
  "ms",
  "1h/week",
  "24h/week",
];

function table(rows: readonly MethodSummary[]): readonly string[] {
  const reference = rows.find(({ method }) => method === referenceName);
  const cells = rows.map((row) => [
    row.method === ownName ? `${row.method} *` : row.method,
    ...scoreCells(row.hour),
    ...scoreCells(row.day),
    row.ms.toFixed(2),
    ...(reference === undefined
      ? ["–", "–"]
      : [wql95(row.hour) / wql95(reference.hour), wql95(row.day) / wql95(reference.day)].map((one) => one.toFixed(3))),
  ]);
  const widths = heads.map((head, column) => Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0)));
  return [heads, ...cells].map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  "),
  );
}

const scoreCells = ({ mase, wql, coverage }: Scores): readonly string[] => [
  mase.toFixed(3),
  ...wql.map((one) => one.toFixed(4)),
  (coverage[1] ?? 0).toFixed(3),
  (coverage[2] ?? 0).toFixed(3),
];
