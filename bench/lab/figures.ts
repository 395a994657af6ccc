// From a phase's records to its figures.
import type { DurationMs } from "../../shared/core/index.ts";
import { countIn, type Histogram, type Percentile, percentile, summed } from "./histogram.ts";
import type { Gate } from "./policy.ts";
import { cutMaxOf, type PhaseRun } from "./records.ts";
import { type Failure, failedIn, noFailures } from "./tally.ts";
import { isWarm } from "./warmer.ts";

export interface Latencies {
  readonly count: number;
  readonly p50: Percentile;
  readonly p95: Percentile;
  readonly p99: Percentile;
}
export interface Spread {
  readonly count: number;
  readonly medianMs: DurationMs;
  readonly longestMs: DurationMs;
}
export interface Figures {
  readonly name: string;
  readonly gate: Gate;
  readonly loopMinutes: number;
  readonly answered: number;
  readonly failed: number;
  readonly failures: Readonly<Record<Failure, number>>;
  readonly unanswered: number;
  readonly all: Latencies;
  /** Answers by instances in their first minute of service; by all others; by all others in minutes that had such. */
  readonly fresh: Latencies;
  readonly settled: Latencies;
  readonly settledBeside: Latencies;
  /** Decisions that launched or took back, and decisions that drained. */
  readonly scaleOuts: number;
  readonly scaleIns: number;
  readonly launched: number;
  readonly takenBack: number;
  readonly drained: number;
  /** Actions that could not be done, or came too late for the lease. */
  readonly refused: number;
  readonly idleAfter: Spread;
  readonly leftAfter: Spread;
  readonly kills: {
    readonly count: number;
    readonly inFlight: number;
    readonly idle: number;
    readonly cut: number;
    readonly cutMost: number;
    /** Kills that cut more than can be. */
    readonly beyondBound: number;
  };
  readonly warmed: {
    readonly requests: number;
    readonly took: Spread;
    readonly firstP95: Spread;
    readonly lastP95: Spread;
  };
  readonly warmFailed: number;
}

export function figuresOf(run: PhaseRun): Figures {
  const { minutes, decisions, drains, kills, warmings } = run;
  const fresh = summed(minutes.map(({ tally }) => tally.fresh));
  const settled = summed(minutes.map(({ tally }) => tally.settled));
  const beside = minutes.filter(({ tally }) => countIn(tally.fresh) > 0);
  const warm = warmings.filter(isWarm);
  return {
    name: run.name,
    gate: run.gate,
    loopMinutes: minutes.length,
    answered: sum(minutes, ({ tally }) => tally.answeredCount),
    failed: sum(minutes, ({ tally }) => failedIn(tally)),
    failures: failuresOf(run),
    unanswered: run.unansweredCount,
    all: latenciesOf(summed([fresh, settled])),
    fresh: latenciesOf(fresh),
    settled: latenciesOf(settled),
    settledBeside: latenciesOf(summed(beside.map(({ tally }) => tally.settled))),
    scaleOuts: decisions.filter(({ launchCount, takeBackCount }) => launchCount + takeBackCount > 0).length,
    scaleIns: decisions.filter(({ drainCount }) => drainCount > 0).length,
    launched: sum(decisions, ({ launchCount }) => launchCount),
    takenBack: sum(decisions, ({ takeBackCount }) => takeBackCount),
    drained: sum(decisions, ({ drainCount }) => drainCount),
    refused: sum(decisions, ({ refusedCount }) => refusedCount),
    idleAfter: spreadOf(drains.map(({ idleAfterMs }) => idleAfterMs)),
    leftAfter: spreadOf(drains.map(({ leftAfterMs }) => leftAfterMs)),
    kills: {
      count: kills.length,
      inFlight: sum(kills, ({ inFlightCount }) => inFlightCount),
      idle: sum(kills, ({ idleCount }) => idleCount),
      cut: sum(kills, ({ cutCount }) => cutCount),
      cutMost: Math.max(0, ...kills.map(({ cutCount }) => cutCount)),
      beyondBound: kills.filter((kill) => kill.cutCount > cutMaxOf(kill)).length,
    },
    warmed: {
      requests: sum(warm, ({ requests }) => requests),
      took: spreadOf(warm.map(({ durationMs }) => durationMs)),
      firstP95: spreadOf(warm.flatMap(({ firstP95Ms }) => (firstP95Ms === "none" ? [] : firstP95Ms))),
      lastP95: spreadOf(warm.flatMap(({ lastP95Ms }) => (lastP95Ms === "none" ? [] : lastP95Ms))),
    },
    warmFailed: warmings.length - warm.length,
  };
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

function failuresOf({ minutes }: PhaseRun): Figures["failures"] {
  const kinds = Object.keys(noFailures) as Failure[];
  return Object.fromEntries(
    kinds.map((kind) => [kind, sum(minutes, ({ tally }) => tally.failed[kind])]),
  ) as unknown as Figures["failures"];
}

export const latenciesOf = (histogram: Histogram): Latencies => ({
  count: countIn(histogram),
  p50: percentile(histogram, 0.5),
  p95: percentile(histogram, 0.95),
  p99: percentile(histogram, 0.99),
});

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    medianMs: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0,
    longestMs: sorted.at(-1) ?? 0,
  };
}

export type Factor = { readonly kind: "none" } | { readonly kind: "times"; readonly times: number };

/** How many times the p99 of one is that of the other. */
export const p99Factor = (of: Latencies, over: Latencies): Factor =>
  of.p99.kind === "ms" && over.p99.kind === "ms" ? { kind: "times", times: of.p99.ms / over.p99.ms } : { kind: "none" };
