// A forecast in one line of the log, which the dashboard and the alarm on stale ones count.
import type { DaysRead, Preflight, Refreshed, StoredForecast } from "../shared/control/index.ts";
import { type EpochMs, minuteMs } from "../shared/core/index.ts";
import type { Summary } from "./summary.ts";

/** Nothing where none has been made yet: a fleet that is too young to have one has none that could grow old. */
export const ageOf = (standing: StoredForecast | "none", now: EpochMs): Summary =>
  standing === "none" || standing.model.kind === "abstains"
    ? {}
    : { ageMinutes: Math.round((now - standing.model.madeAt) / minuteMs) };

export function summaryOfRefresh({ forecast: { model, live, standing }, ahead }: Refreshed): Summary {
  const twoDays = ahead.forecast.kind;
  if (model.kind === "abstains") return { kind: model.kind, knownMinutes: model.knownMinutes, twoDays };
  return {
    kind: model.kind,
    knownDays: Number(model.knownDays.toFixed(2)),
    standing: standing.kind,
    lossRatio: live.lossRatio === "unmeasured" ? live.lossRatio : Number(live.lossRatio.toFixed(3)),
    twoDays,
  };
}

export const summaryOfPeaks = ({ peaks, read, unread }: DaysRead, { findings }: Preflight): Summary => ({
  ahead: peaks.length,
  read: read.length,
  unread: unread.length,
  findings: findings.length,
});
