// history → forecast → stored: called by a Lambda on the clock, and by the simulator's virtual one.
import { type DurationMs, dayMs, type EpochMs, hourMs, minuteMs } from "../core/index.ts";
import type { LeadTime } from "../engine/index.ts";
import {
  type CompactForecast,
  type Forecast,
  forecastOf,
  type History,
  type LiveSkill,
  noSkill,
  type OutlookGiven,
  type OutlookModel,
  outlookModelOf,
  skillBefore,
  skillSince,
  toCompact,
} from "../forecast/index.ts";
import type { ForecastRule, Peak, Policy } from "../policy/index.ts";
import type { StoredForecast } from "./forecastView.ts";
import { historyFrom, type MarkedSpan, type RawHistory, type Span, unmarked } from "./history.ts";
import { peaksAt, standsIn } from "./peaks.ts";

/** The port to where history is read and forecasts are kept. */
export interface Almanac {
  now(): EpochMs;
  /** One-minute sums of the fleet's requests, and how many hosts were healthy, of [from, to). Throws where they cannot be read. */
  history(policy: Policy, span: Span): Promise<RawHistory>;
  /** What somebody has marked as no teacher: outages, incidents, one-offs. */
  marks(policy: Policy, span: Span): Promise<readonly MarkedSpan[]>;
  /** Peaks beside the policy's, those that are over too. */
  added(policy: Policy): Promise<readonly Peak[]>;
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
  return model.kind === "abstains" ? 0 : model.madeAt + madeEvery(model);
}

const madeEvery = (model: OutlookModel): DurationMs =>
  model.kind === "abstains" || model.knownDays < youngDays ? youngEveryMs : refreshEveryMs;

/** The clock that asks is not exact to the minute: what is due so soon is due. */
const earlyMs: DurationMs = 10 * minuteMs;

export const isRefreshDue = (stored: StoredForecast | "none", now: EpochMs): boolean =>
  now + earlyMs >= refreshDueAt(stored);

/** One fleet's forecast made anew. Throws where history cannot be read: what is stored then stands until it is too old. */
export async function refresh(almanac: Almanac, policy: Policy): Promise<Refreshed> {
  const now = almanac.now();
  const span = { from: now - historyMs, to: now };
  const [raw, marks, added, previous, lead] = await Promise.all([
    almanac.history(policy, span),
    almanac.marks(policy, span),
    almanac.added(policy),
    almanac.previous(policy),
    almanac.lead(policy),
  ]);
  const unusual = [...marks, ...peaksAt(policy, added, span.from).map(standsIn)];
  const given: Given = { history: historyFrom(raw, span), unusual, previous, lead, now };
  const made = { forecast: forecastFrom(policy, given), ahead: aheadFrom(policy, given) };
  await almanac.store(policy, made);
  return made;
}

interface Given {
  readonly history: History;
  /** What was marked, and what was announced: of neither a forecast could have known, nor do they come again by themselves. */
  readonly unusual: readonly Span[];
  readonly previous: StoredForecast | "none";
  readonly lead: LeadTime;
  readonly now: EpochMs;
}

/** The clocks and the calendar that the users live by. */
const livedBy = ({ rules }: Policy): Pick<ForecastRule, "timeZone" | "holidays"> =>
  rules.find((rule): rule is ForecastRule => rule.kind === "forecast") ?? { timeZone: "UTC", holidays: [] };

/** What was unusual is missing to it, and to the count of its errors. */
function forecastFrom(policy: Policy, { history: whole, unusual, previous, lead, now }: Given): StoredForecast {
  const history = unmarked(whole, unusual);
  const { timeZone, holidays } = livedBy(policy);
  const given = { history, at: now, timeZone, holidays: holidays.map((date) => ({ date })), lead };
  const model = outlookModelOf(given);
  const live = previous === "none" ? noSkill : skillSince(previous.model, { history, before: counted(previous), now });
  return { model, live, standing: standingOf(judged(live, given, model), previous) };
}

/** An older release kept sums, of which nobody knows when they were lost. */
const counted = ({ live }: StoredForecast): LiveSkill => ({ ...live, spans: live.spans ?? [] });

const aheadMs: DurationMs = 48 * hourMs;

function aheadFrom(policy: Policy, { history, unusual, now: at }: Given): StoredAhead {
  const events = unusual.map(({ from, to }) => ({ from, to, effect: { kind: "masked" } }) as const);
  const { timeZone, holidays } = livedBy(policy);
  const days = holidays.map((date) => ({ date }));
  const forecast = forecastOf({ history, at, timeZone, events, holidays: days, horizonMs: aheadMs });
  return { at, forecast: forecast.kind === "made" ? toCompact(forecast) : forecast };
}

interface Judged {
  readonly lossRatio: LiveSkill["lossRatio"];
  readonly of: string;
}

/** By what came; where too little has, by what came before it was made. */
const judged = ({ lossRatio }: LiveSkill, given: OutlookGiven, model: OutlookModel): Judged =>
  lossRatio === "unmeasured"
    ? { lossRatio: skillBefore(given, madeEvery(model)).lossRatio, of: "tried on the half day before it, its losses" }
    : { lossRatio, of: "its losses of the last day" };

/**
 * Losses past those of “it stays as it is”: then it is of no use, until it is clearly better again. What it is measured against knows
 * its own quantile in hindsight.
 */
const demotedFrom = 1.25;
const restoredBelow = 1;

function standingOf({ lossRatio, of }: Judged, previous: StoredForecast | "none"): StoredForecast["standing"] {
  const wasShadow = previous !== "none" && previous.standing.kind === "shadow";
  if (lossRatio === "unmeasured" || lossRatio <= (wasShadow ? restoredBelow : demotedFrom)) return { kind: "sound" };
  return {
    kind: "shadow",
    because: `${of} are ${lossRatio.toFixed(2)} times those of taking the load to stay as it is`,
  };
}
