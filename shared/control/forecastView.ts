// What the engine is told of the coming minutes: the stored forecast read with the minutes that have come in since.
import { type DurationMs, type EpochMs, minuteMs } from "../core/index.ts";
import type { ForecastView } from "../engine/index.ts";
import { type LiveSkill, type OutlookModel, outlookAt } from "../forecast/index.ts";
import type { Policy } from "../policy/index.ts";
import type { RawMetric } from "./signals.ts";

/** What a refresh leaves behind for the looks of the next hours. */
export interface StoredForecast {
  readonly model: OutlookModel;
  readonly live: LiveSkill;
  /** In shadow it has lately been worse than none. */
  readonly standing: { readonly kind: "sound" } | { readonly kind: "shadow"; readonly because: string };
}

/** So many minutes the departures from the usual are told from; other metrics need fewer. */
export const forecastWindowMs: DurationMs = 65 * minuteMs;

export const isForecast = ({ rules }: Policy): boolean => rules.some(({ kind }) => kind === "forecast");

export function forecastView(
  policy: Policy,
  stored: StoredForecast | "none",
  { requests, now }: { readonly requests: RawMetric | undefined; readonly now: EpochMs },
): ForecastView {
  if (!isForecast(policy)) return { kind: "none", because: "no rule forecasts" };
  if (stored === "none") return { kind: "none", because: "no forecast has been made yet" };
  const { model, standing } = stored;
  if (model.kind === "abstains")
    return {
      kind: "none",
      because: `${model.knownMinutes} minutes of history are known, and it takes ${model.neededMinutes}`,
    };
  const outlook = outlookAt(model, requests?.kind === "points" ? requests.points : [], now);
  if (outlook.kind === "blind") return { kind: "none", because: outlook.because };
  const { madeAt, knownDays, levels } = model;
  return { kind: "seen", madeAt, knownDays, standing, levels, windows: outlook.windows };
}
