// Rolls over one trace: every hour a forecast from the fourteen days before, scored on what came.
import { type ForecastGiven, forecastOf, loadsAt, type MadeForecast } from "../../shared/forecast/index.ts";
import { harmonic } from "./baselines/harmonic.ts";
import { holtWinters } from "./baselines/holtWinters.ts";
import { lastWeek, yesterday } from "./baselines/naive.ts";
import { profile } from "./baselines/profile.ts";
import { levels, type PastForecast, type Quantiles, quantilesAround, type Truth } from "./conformal.ts";
import { addForecast, emptySums, type Horizon, horizons, type Scores, type Sums, scoresOf } from "./score.ts";
import type { Measured } from "./traces.ts";
import { daySteps, type Medians, type Window, weekSteps } from "./window.ts";

export const ownName = "Tidegate";
export const referenceName = "last week + conformal";

const baselines: Readonly<Record<string, Medians>> = {
  "yesterday + conformal": yesterday,
  [referenceName]: lastWeek,
  "same-hour profile + conformal": profile,
  "harmonic ridge + conformal": harmonic,
  "double-seasonal Holt-Winters + conformal": holtWinters,
};

export const methodNames: readonly string[] = [...Object.keys(baselines), ownName];

export interface MethodResult {
  readonly method: string;
  readonly scores: Readonly<Record<Horizon, Scores>>;
  readonly forecastCount: number;
  /** Moments at which the method said nothing; the week's naive stands in for it there. */
  readonly abstainedCount: number;
  /** Of the forecasts made, those that asked not to be acted on. */
  readonly shadowCount: number;
  /** Median processor time of one forecast: others on the machine prolong what the clock shows, hardly this. */
  readonly ms: number;
}

export interface RunOptions {
  /** Steps between two moments: an hour is 12. */
  readonly every: number;
  readonly methods: readonly string[];
  readonly onMethod: (method: string) => void;
}

export const runTrace = (trace: Measured, { every, methods, onMethod }: RunOptions): readonly MethodResult[] =>
  methods.map((method) => {
    onMethod(method);
    const medians = baselines[method];
    return medians === undefined ? own(trace, every) : baseline(trace, { method, medians, every });
  });

const hourSteps = 12;
const windowSteps = 2 * weekSteps;

function own(trace: Measured, every: number): MethodResult {
  const tally = createTally(trace);
  let [abstainedCount, shadowCount] = [0, 0];
  for (let now = trace.scoreFrom; now < trace.scoreTo; now += every) {
    const given = givenAt(trace, now);
    const forecast = tally.timed(() => forecastOf(given));
    if (forecast.kind === "abstains") abstainedCount += 1;
    else if (forecast.standing.kind === "shadow") shadowCount += 1;
    tally.add(now, forecast.kind === "made" ? quantilesOf(forecast) : alone(lastWeek(windowAt(trace, now))));
  }
  return tally.result(ownName, { abstainedCount, shadowCount });
}

const alone = (medians: Float64Array): Quantiles => levels.map(() => medians);

const quantilesOf = (forecast: MadeForecast): Quantiles =>
  levels.map((level) => Float64Array.from(loadsAt(forecast, level)));

function givenAt({ startAt, loads, isKnown, timeZone, holidays }: Measured, now: number): ForecastGiven {
  const from = Math.max(0, now - windowSteps);
  const missing = isKnown.subarray(from, now).map((known) => 1 - known);
  const history = { startAt: startAt + from * stepMs, stepMs, loads: loads.subarray(from, now), missing };
  return { history, at: startAt + now * stepMs, timeZone, events: [], holidays, horizonMs: 48 * hourSteps * stepMs };
}

const stepMs = 300_000;

/** Its quantiles come of its own forecasts of the seven days before, made likewise. */
function baseline(trace: Measured, { method, medians, every }: { method: string; medians: Medians; every: number }) {
  const tally = createTally(trace);
  const truth: Truth = { ...trace, offset: 0.05 * meanOf(trace.loads.subarray(0, trace.scoreFrom)) + 1e-9 };
  const past: PastForecast[] = [];
  const first =
    trace.scoreFrom - Math.min(weekSteps, Math.floor((trace.scoreFrom - 2 * daySteps) / hourSteps) * hourSteps);
  for (let now = first; now < trace.scoreTo; now += hourSteps) {
    const forecast = tally.timed(() => medians(windowAt(trace, now)));
    if (now >= trace.scoreFrom && (now - trace.scoreFrom) % every === 0)
      tally.add(now, quantilesAround(forecast, past, { ...truth, now }));
    past.push({ origin: now, medians: forecast });
  }
  return tally.result(method, { abstainedCount: 0, shadowCount: 0 });
}

const meanOf = (values: Float64Array): number => values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length);

/** Gaps take what stood there a day before, else the value before. */
function windowAt({ startAt, loads, isKnown }: Measured, now: number): Window {
  const from = Math.max(0, now - windowSteps);
  const filled = loads.slice(from, now);
  for (let i = 0; i < filled.length; i++)
    if (isKnown[from + i] === 0) filled[i] = filled[i - daySteps] ?? filled[i - 1] ?? 0;
  return { loads: filled, phase: (Math.floor(startAt / stepMs) + from) % weekSteps };
}

type Counts = Pick<MethodResult, "abstainedCount" | "shadowCount">;

interface Tally {
  readonly timed: <T>(work: () => T) => T;
  readonly add: (now: number, quantiles: Quantiles) => void;
  readonly result: (method: string, counts: Counts) => MethodResult;
}

function createTally(trace: Measured): Tally {
  const sums: Readonly<Record<Horizon, Sums>> = { hour: emptySums(), day: emptySums() };
  const times: number[] = [];
  let forecastCount = 0;
  const timed: Tally["timed"] = (work) => {
    const before = process.cpuUsage();
    const result = work();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1_000);
    return result;
  };
  const add: Tally["add"] = (now, quantiles) => {
    forecastCount += 1;
    for (const horizon of ["hour", "day"] as const) {
      const to = Math.min(now + horizons[horizon], trace.scoreTo);
      addForecast(sums[horizon], quantiles, {
        loads: trace.loads.subarray(now, to),
        isKnown: trace.isKnown.subarray(now, to),
      });
    }
  };
  const result: Tally["result"] = (method, counts) => {
    const change = dayChange(trace);
    const scores = { hour: scoresOf(sums.hour, change), day: scoresOf(sums.day, change) };
    const ms = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
    return { method, scores, forecastCount, ...counts, ms };
  };
  return { timed, add, result };
}

/** Mean absolute change from a day before over the whole trace: what MASE is measured in. */
function dayChange({ loads, isKnown }: Measured): number {
  let [total, count] = [0, 0];
  for (let i = daySteps; i < loads.length; i++) {
    if (isKnown[i] === 0 || isKnown[i - daySteps] === 0) continue;
    total += Math.abs((loads[i] ?? 0) - (loads[i - daySteps] ?? 0));
    count += 1;
  }
  return total / count;
}
