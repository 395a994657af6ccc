// The coming minutes as tables: each trace's, and the means.
import { aligned } from "../aligned.ts";
import { geometric, mean } from "../means.ts";
import { type ComingReport, comingWindow } from "./run.ts";
import type { ComingScores } from "./score.ts";

const heads = ["wQL.5", "wQL.9", "wQL.95", "wQL.99", "cov.9", "cov.95", "cov.99"];
const ratios = ["MASE day", "MASE week", "to staying", "peaks"];

export function comingLines(reports: readonly ComingReport[]): readonly string[] {
  const { fromMinute, toMinute } = comingWindow;
  return [
    `The coming minutes: the highest load of minutes ${fromMinute} to ${toMinute} after the newest that is known, seen each minute.`,
    "MASE is the median's error by that of yesterday, and of last week; “to staying” by that of the load as it is; “peaks” is how",
    "much of the highest hundredth of the minutes the 0.95 quantile reached into.",
    ...reports.flatMap(({ id, results }) => table(id, results)),
    ...table(`Mean of ${reports.map(({ id }) => id).join(", ")}`, meansOf(reports)),
  ];
}

const table = (head: string, rows: ComingReport["results"]): readonly string[] => [
  "",
  ...aligned([[head, ...heads, ...ratios], ...rows.map(({ method, scores }) => [method, ...cellsOf(scores)])]),
  "",
];

const cellsOf = ({ wql, coverage, maseDay, maseWeek, toPersistence, peakRecall }: ComingScores): readonly string[] => [
  ...wql.map((one) => one.toFixed(4)),
  ...coverage.slice(1).map((one) => one.toFixed(3)),
  ...[maseDay, maseWeek, toPersistence, peakRecall].map((one) => one.toFixed(3)),
];

/** Geometric for losses and ratios, plain for shares. */
function meansOf(reports: readonly ComingReport[]): ComingReport["results"] {
  return (reports[0]?.results ?? []).map(({ method }) => {
    const all = reports
      .flatMap(({ results }) => results.filter((one) => one.method === method))
      .map((one) => one.scores);
    const ofList = (key: "wql" | "coverage", of: (values: readonly number[]) => number): readonly number[] =>
      (all[0]?.[key] ?? []).map((_, which) => of(all.map((scores) => scores[key][which] ?? 0)));
    const ofRatio = (key: "maseDay" | "maseWeek" | "toPersistence"): number => geometric(all.map((one) => one[key]));
    return {
      method,
      scores: {
        wql: ofList("wql", geometric),
        coverage: ofList("coverage", mean),
        maseDay: ofRatio("maseDay"),
        maseWeek: ofRatio("maseWeek"),
        toPersistence: ofRatio("toPersistence"),
        peakRecall: mean(all.map(({ peakRecall }) => peakRecall)),
        minuteCount: all.reduce((sum, { minuteCount }) => sum + minuteCount, 0),
      },
    };
  });
}
