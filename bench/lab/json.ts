// Every figure, for programs. Latencies of each minute stand as percentiles; histograms are the lab's own.
import { type Figures, figuresOf, latenciesOf } from "./figures.ts";
import { summed } from "./histogram.ts";
import { type Measure, measuresOf } from "./measures.ts";
import type { PhaseRun } from "./records.ts";
import type { Settings } from "./settings.ts";
import { failedIn } from "./tally.ts";

export interface LabReport {
  readonly haproxy: string;
  readonly settings: Settings;
  readonly runs: readonly PhaseRun[];
}

export const reportOf = ({ runs }: LabReport): { figures: readonly Figures[]; measures: readonly Measure[] } => {
  const figures = runs.map(figuresOf);
  return { figures, measures: measuresOf(figures) };
};

export const jsonOf = (report: LabReport): object => ({
  haproxy: report.haproxy,
  settings: report.settings,
  measures: reportOf(report).measures,
  phases: report.runs.map((run) => ({
    figures: figuresOf(run),
    minutes: run.minutes.map(({ tally, ...record }) => ({
      ...record,
      sent: tally.sentCount,
      answered: tally.answeredCount,
      failed: failedIn(tally),
      latencies: latenciesOf(summed([tally.fresh, tally.settled])),
    })),
    decisions: run.decisions,
    drains: run.drains,
    kills: run.kills,
    warmings: run.warmings,
  })),
});
