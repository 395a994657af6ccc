// history → forecast → stored: called by a Lambda on the clock, and by the simulator's virtual one.
import { type DurationMs, dayMs, type EpochMs, hourMs, minuteMs } from "../core/index.ts";
import type { LeadTime } from "../engine/index.ts";
import { type History, noSkill, outlookModelOf, skillSince } from "../forecast/index.ts";
import type { Policy } from "../policy/index.ts";
import type { StoredForecast } from "./forecastView.ts";
import type { RawMetric } from "./signals.ts";

/** The port to where history is read and forecasts are kept. */
export interface Almanac {
  now(): EpochMs;
  /** One-minute sums of the fleet's requests, and how many hosts were healthy, of [from, to). */
  history(policy: Policy, span: Span): Promise<RawHistory>;
  previous(policy: Policy): Promise<StoredForecast | "none">;
  /** As the fleet's own launches have shown it. */
  lead(policy: Policy): Promise<LeadTime>;
  store(policy: Policy, forecast: StoredForecast): Promise<void>;
}
export interface Span {
  readonly from: EpochMs;
  readonly to: EpochMs;
}
export interface RawHistory {
  readonly requests: RawMetric;
  readonly healthyHosts: RawMetric;
}

/** Older readings teach a website's present less than they cost. */
export const historyMs: DurationMs = 14 * dayMs;
/** Measured: a fit each hour is no better than one in twelve. A young site learns more from every hour. */
const refreshEveryMs: DurationMs = 4 * hourMs;
const youngDays = 3;
const youngEveryMs: DurationMs = hourMs;

/** When the forecast is to be made anew. */
export function refreshDueAt(stored: StoredForecast | "none"): EpochMs {
  if (stored === "none") return 0;
  const { model } = stored;
  if (model.kind === "abstains") return 0;
  return model.madeAt + (model.knownDays < youngDays ? youngEveryMs : refreshEveryMs);
}

/** One fleet's forecast made anew. Throws where history cannot be read: what is stored then stands until it is too old. */
export async function refresh(almanac: Almanac, policy: Policy): Promise<StoredForecast> {
  const now = almanac.now();
  const span = { from: now - historyMs, to: now };
  const [raw, previous, lead] = await Promise.all([
    almanac.history(policy, span),
    almanac.previous(policy),
    almanac.lead(policy),
  ]);
  const forecast = forecastFrom(policy, { history: historyFrom(raw, span), previous, lead, now });
  await almanac.store(policy, forecast);
  return forecast;
}

interface Given {
  readonly history: History;
  readonly previous: StoredForecast | "none";
  readonly lead: LeadTime;
  readonly now: EpochMs;
}

function forecastFrom(policy: Policy, { history, previous, lead, now }: Given): StoredForecast {
  const rule = policy.rules.find((one) => one.kind === "forecast");
  const timeZone = rule?.kind === "forecast" ? rule.timeZone : "UTC";
  const model = outlookModelOf({ history, at: now, timeZone, lead });
  const live = previous === "none" ? noSkill : skillSince(previous.model, { history, before: previous.live, now });
  const was = previous === "none" ? "sound" : previous.standing.kind;
  return { model, live, standing: standingOf(live.errorRatio, was) };
}

/** Errors past those of “it stays as it is”: then it is of no use, until it is clearly better again. */
const demotedFrom = 1.15;
const restoredBelow = 1;

function standingOf(errorRatio: number | "unmeasured", was: "sound" | "shadow"): StoredForecast["standing"] {
  const isWorse = errorRatio !== "unmeasured" && errorRatio > (was === "shadow" ? restoredBelow : demotedFrom);
  if (!isWorse) return { kind: "sound" };
  const because = `its errors of the last day are ${errorRatio.toFixed(2)} times those of taking the load to stay as it is`;
  return { kind: "shadow", because };
}

/** A minute without requests has no point of them; but its hosts were counted. */
function historyFrom({ requests, healthyHosts }: RawHistory, { from, to }: Span): History {
  const startAt = Math.ceil(from / minuteMs) * minuteMs;
  const length = Math.max(0, Math.floor((to - startAt) / minuteMs));
  const loads = new Float64Array(length);
  const missing = new Uint8Array(length).fill(1);
  const put = ({ at, value }: { at: EpochMs; value: number }): void => {
    const minute = (at - startAt) / minuteMs;
    if (minute < 0 || minute >= length) return;
    loads[minute] = value;
    missing[minute] = 0;
  };
  for (const { at, value } of pointsOf(healthyHosts)) if (value > 0) put({ at, value: 0 });
  for (const point of pointsOf(requests)) put(point);
  return { startAt, stepMs: minuteMs, loads, missing };
}

const pointsOf = (metric: RawMetric) => (metric.kind === "points" ? metric.points : []);
