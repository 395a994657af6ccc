// history → forecast → stored: called by a Lambda on the clock, and by the simulator's virtual one.
import { type DurationMs, dayMs, type EpochMs, hourMs, minuteMs } from "../core/index.ts";
import type { LeadTime } from "../engine/index.ts";
import {
  type CompactForecast,
  type Forecast,
  forecastOf,
  type History,
  noSkill,
  outlookModelOf,
  skillSince,
  toCompact,
} from "../forecast/index.ts";
import type { ForecastRule, Policy } from "../policy/index.ts";
import type { StoredForecast } from "./forecastView.ts";
import { historyFrom, type MarkedSpan, type RawHistory, type Span, unmarked } from "./history.ts";

/** The port to where history is read and forecasts are kept. */
export interface Almanac {
  now(): EpochMs;
  /** One-minute sums of the fleet's requests, and how many hosts were healthy, of [from, to). Throws where they cannot be read. */
  history(policy: Policy, span: Span): Promise<RawHistory>;
  /** What somebody has marked as no teacher: outages, incidents, one-offs. */
  marks(policy: Policy, span: Span): Promise<readonly MarkedSpan[]>;
  previous(policy: Policy): Promise<StoredForecast | "none">;
  /** As the fleet's own launches have shown it. */
  lead(policy: Policy): Promise<LeadTime>;
  store(policy: Policy, made: Refreshed): Promise<void>;
}

/** What a refresh leaves behind. */
export interface Refreshed {
  /** For the looks. */
  readonly forecast: StoredForecast;
  /** For people. */
  readonly ahead: StoredAhead;
}

/** The next 48 hours, small enough for an item. */
export interface StoredAhead {
  readonly at: EpochMs;
  readonly forecast: CompactForecast | Extract<Forecast, { readonly kind: "abstains" }>;
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

/** The clock that asks is not exact to the minute: what is due so soon is due. */
const earlyMs: DurationMs = 10 * minuteMs;

export const isRefreshDue = (stored: StoredForecast | "none", now: EpochMs): boolean =>
  now + earlyMs >= refreshDueAt(stored);

/** One fleet's forecast made anew. Throws where history cannot be read: what is stored then stands until it is too old. */
export async function refresh(almanac: Almanac, policy: Policy): Promise<Refreshed> {
  const now = almanac.now();
  const span = { from: now - historyMs, to: now };
  const [raw, marks, previous, lead] = await Promise.all([
    almanac.history(policy, span),
    almanac.marks(policy, span),
    almanac.previous(policy),
    almanac.lead(policy),
  ]);
  const given: Given = { history: historyFrom(raw, span), marks, previous, lead, now };
  const made = { forecast: forecastFrom(policy, given), ahead: aheadFrom(policy, given) };
  await almanac.store(policy, made);
  return made;
}

interface Given {
  readonly history: History;
  readonly marks: readonly MarkedSpan[];
  readonly previous: StoredForecast | "none";
  readonly lead: LeadTime;
  readonly now: EpochMs;
}

/** The clocks and the calendar that the users live by. */
const livedBy = ({ rules }: Policy): Pick<ForecastRule, "timeZone" | "holidays"> =>
  rules.find((rule): rule is ForecastRule => rule.kind === "forecast") ?? { timeZone: "UTC", holidays: [] };

/** What was marked is missing to it, and to the count of its errors. */
function forecastFrom(policy: Policy, { history: whole, marks, previous, lead, now }: Given): StoredForecast {
  const history = unmarked(whole, marks);
  const { timeZone, holidays } = livedBy(policy);
  const model = outlookModelOf({ history, at: now, timeZone, holidays: holidays.map((date) => ({ date })), lead });
  const live = previous === "none" ? noSkill : skillSince(previous.model, { history, before: previous.live, now });
  const was = previous === "none" ? "sound" : previous.standing.kind;
  return { model, live, standing: standingOf(live.lossRatio, was) };
}

const aheadMs: DurationMs = 48 * hourMs;

function aheadFrom(policy: Policy, { history, marks, now: at }: Given): StoredAhead {
  const events = marks.map(({ from, to }) => ({ from, to, effect: { kind: "masked" } }) as const);
  const { timeZone, holidays } = livedBy(policy);
  const days = holidays.map((date) => ({ date }));
  const forecast = forecastOf({ history, at, timeZone, events, holidays: days, horizonMs: aheadMs });
  return { at, forecast: forecast.kind === "made" ? toCompact(forecast) : forecast };
}

/**
 * Losses past those of “it stays as it is”: then it is of no use, until it is clearly better again. What it is measured against knows
 * its own quantile in hindsight.
 */
const demotedFrom = 1.25;
const restoredBelow = 1;

function standingOf(lossRatio: number | "unmeasured", was: "sound" | "shadow"): StoredForecast["standing"] {
  const isWorse = lossRatio !== "unmeasured" && lossRatio > (was === "shadow" ? restoredBelow : demotedFrom);
  if (!isWorse) return { kind: "sound" };
  const because = `its losses of the last day are ${lossRatio.toFixed(2)} times those of taking the load to stay as it is`;
  return { kind: "shadow", because };
}
