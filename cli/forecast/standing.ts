// What stands of a fleet's forecasts, as its items say it: for programs as it is, for people in sentences.
import {
  endsAt,
  type MarkedSpan,
  type StoredAhead,
  type StoredForecast,
  startsAt,
} from "../../shared/control/index.ts";
import type { EpochMs } from "../../shared/core/index.ts";
import { fromCompact, loadsAt } from "../../shared/forecast/index.ts";
import type { Peak } from "../../shared/policy/index.ts";
import { CliError } from "../failure.ts";
import { minute } from "../history/marked.ts";
import { abstaining, doubtful } from "./doubts.ts";
import type { StepAhead } from "./picture.ts";

export interface StandingForecast {
  readonly now: EpochMs;
  readonly forecast: StoredForecast;
  readonly ahead: StoredAhead | "none";
  readonly marks: readonly MarkedSpan[];
  /** Those that have begun, and reach into what it learns from. */
  readonly peaks: readonly Peak[];
}

/** The steps that are not over at `now`; none where no forecast of two days was made. */
export function stepsAhead({ ahead, now }: Pick<StandingForecast, "ahead" | "now">): readonly StepAhead[] {
  if (ahead === "none" || ahead.forecast.kind === "abstains") return [];
  const read = fromCompact(ahead.forecast);
  if (read.kind === "error") throw new CliError(`the stored forecast is ${read.error}: the next refresh replaces it`);
  const { startAt, stepMs } = read.value;
  const [p50 = [], p95 = [], p99 = []] = [0.5, 0.95, 0.99].map((level) => loadsAt(read.value, level));
  return p50
    .map((median, i) => ({ at: startAt + i * stepMs, p50: median, p95: p95[i] ?? 0, p99: p99[i] ?? 0 }))
    .filter(({ at }) => at + stepMs > now);
}

export function sentences(fleet: string, standing: StandingForecast): readonly string[] {
  const { now, forecast, ahead, marks, peaks } = standing;
  return [
    `${fleet}: ${told(forecast, now)}`,
    // A shadow's reason has said it.
    ...(forecast.model.kind === "made" && forecast.standing.kind === "sound" ? [`  ${errorsOf(forecast)}`] : []),
    `  two days ahead: ${aheadTold(ahead)}`,
    ...shiftsOf(ahead).map(({ at, ratio }) => `  ${shifted(at, ratio)}`),
    ...untaught(
      "marked",
      marks.map(({ because }) => because),
    ),
    ...untaught(
      "announced",
      peaks.map(({ name }) => name),
    ),
  ];
}

const untaught = (how: string, what: readonly string[]): readonly string[] =>
  what.length === 0 ? [] : [`  ${how}, so that it teaches nothing: ${what.join("; ")}`];

function told({ model, standing }: StoredForecast, now: EpochMs): string {
  if (model.kind === "abstains")
    return `no forecast yet: ${model.knownMinutes} minutes of history are known, and it takes ${model.neededMinutes}`;
  const made = `forecast of ${minute(model.madeAt)}, out of ${model.knownDays.toFixed(1)} days of history`;
  if (now >= model.until) return `${made}; too old since ${minute(model.until)}, so nobody acts on it`;
  const use = standing.kind === "sound" ? "sound" : `in shadow, so nobody acts on it: ${standing.because}`;
  return `${made}; looks read it until ${minute(model.until)}; ${use}`;
}

const errorsOf = ({ live }: StoredForecast): string =>
  live.lossRatio === "unmeasured"
    ? "too little has come since it was first made to tell how well it does"
    : `its losses are ${live.lossRatio.toFixed(2)} times those of taking the load to stay as it is`;

function aheadTold(ahead: StoredAhead | "none"): string {
  if (ahead === "none") return "none has been made";
  const { forecast } = ahead;
  if (forecast.kind === "abstains") return `none: ${abstaining(forecast.because)}`;
  const { standing } = forecast;
  return standing.kind === "sound" ? "sound" : `doubtful: ${standing.because.map(doubtful).join("; ")}`;
}

const shiftsOf = (ahead: StoredAhead | "none") =>
  ahead === "none" || ahead.forecast.kind === "abstains" ? [] : ahead.forecast.levelShifts;

const shifted = (at: EpochMs, ratio: number): string =>
  `since ${minute(at)} the load is ${ratio.toFixed(2)} times what it was at the same hours of the week before`;

/** Instants as ISO 8601, loads in requests a minute. */
export function forPrograms(fleet: string, standing: StandingForecast): object {
  const { forecast, ahead, marks, peaks } = standing;
  const { model } = forecast;
  const iso = (at: EpochMs): string => new Date(at).toISOString();
  const near =
    model.kind === "abstains"
      ? model
      : { kind: model.kind, madeAt: iso(model.madeAt), until: iso(model.until), knownDays: model.knownDays };
  const made = ahead !== "none" && ahead.forecast.kind === "made" ? ahead.forecast : undefined;
  return {
    fleet,
    forecast: { ...near, standing: forecast.standing, lossRatio: forecast.live.lossRatio },
    ahead:
      ahead === "none"
        ? { kind: "none" }
        : {
            at: iso(ahead.at),
            ...(made
              ? {
                  kind: "made",
                  standing: made.standing,
                  backtest: made.backtest,
                  levelShifts: made.levelShifts.map(({ at, ratio }) => ({ at: iso(at), ratio })),
                }
              : ahead.forecast),
          },
    steps: stepsAhead(standing).map(({ at, ...loads }) => ({ at: iso(at), ...loads })),
    marks: marks.map(({ from, to, ...rest }) => ({ from: iso(from), to: iso(to), ...rest })),
    peaks: peaks.map((peak) => ({ name: peak.name, from: iso(startsAt(peak)), to: iso(endsAt(peak)) })),
  };
}
