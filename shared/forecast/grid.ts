// Lays the history on the site's own clock: days of 288 slots of five minutes. Behind this door nothing knows of zones, and a
// night of 23 or 25 hours is a day like any other, with an hour missing or measured twice.
import { type DurationMs, dayMs, type EpochMs, minuteMs } from "../core/index.ts";
import { eventEffects } from "./events.ts";
import type { OffsetSpan } from "./localClock.ts";
import type { ForecastGiven } from "./types.ts";

export const stepMs: DurationMs = 5 * minuteMs;
export const daySlots = dayMs / stepMs;
export const weekSlots = 7 * daySlots;
/** Older readings teach a website's present less than they cost. */
export const historyDaysMax = 14;

export interface Grid {
  /** Mean load of each slot, with known events divided out; slots after `now` too, empty. */
  readonly loads: Float64Array;
  readonly isKnown: Uint8Array;
  /** The last slot that is over. */
  readonly now: number;
  /** Where each step ahead lies. In the hour that autumn repeats, two steps share a slot. */
  readonly targets: Int32Array;
  /** 1 for each day of the grid that is a holiday. */
  readonly isHoliday: Uint8Array;
  /** 1 for each Sunday and holiday: the days that a coming holiday may resemble. */
  readonly isRest: Uint8Array;
  /** The instant at which a past slot began, for telling. */
  readonly instantOf: (slot: number) => EpochMs;
}

export const stepStartOf = (at: EpochMs): EpochMs => Math.floor(at / stepMs) * stepMs;

/** `spans` reach from fourteen days before `given.at` to the horizon. */
export function layOnLocalClock(given: ForecastGiven, spans: readonly OffsetSpan[]): Grid {
  const endAt = stepStartOf(given.at);
  const shift = dayStartOf(spans[0]);
  const slotOf = (at: EpochMs): number => Math.floor((at + offsetAt(spans, at) - shift) / stepMs);
  const targets = Int32Array.from({ length: Math.floor(given.horizonMs / stepMs) }, (_, i) =>
    slotOf(endAt + i * stepMs),
  );
  const now = slotOf(endAt - stepMs);
  const dayCount = Math.floor(Math.max(now, targets.at(-1) ?? 0) / daySlots) + 2;
  const { loads, isKnown } = averaged(given, { spans, shift, endAt, length: dayCount * daySlots, now });
  const dates = Array.from({ length: dayCount }, (_, day) => new Date(shift + day * dayMs));
  const holidays = new Set(given.holidays.map(({ date }) => date));
  const isHoliday = Uint8Array.from(dates, (date) => (holidays.has(date.toISOString().slice(0, 10)) ? 1 : 0));
  const isRest = Uint8Array.from(dates, (date, day) => (isHoliday[day] === 1 || date.getUTCDay() === 0 ? 1 : 0));
  const instantOf = (slot: number): EpochMs => instantBefore(spans, shift + slot * stepMs);
  return { loads, isKnown, now, targets, isHoliday, isRest, instantOf };
}

/** The local midnight before the first span, as though it were UTC. */
const dayStartOf = (first: OffsetSpan | undefined): number =>
  Math.floor(((first?.from ?? 0) + (first?.offsetMs ?? 0)) / dayMs) * dayMs;

const offsetAt = (spans: readonly OffsetSpan[], at: EpochMs): DurationMs =>
  (spans.find(({ to }) => at < to) ?? spans.at(-1))?.offsetMs ?? 0;

/** The first instant at which the clocks show `localMs`, or have jumped over it. */
function instantBefore(spans: readonly OffsetSpan[], localMs: number): EpochMs {
  const span = spans.find(({ to, offsetMs }) => localMs - offsetMs < to) ?? spans.at(-1);
  return Math.max(span?.from ?? 0, localMs - (span?.offsetMs ?? 0));
}

interface Frame {
  readonly spans: readonly OffsetSpan[];
  readonly shift: number;
  readonly endAt: EpochMs;
  readonly length: number;
  readonly now: number;
}

/** A slot's mean over its readings. What the repeated hour of autumn shows after `now` has not happened yet. */
function averaged({ history, events }: ForecastGiven, { spans, shift, endAt, length, now }: Frame) {
  const totals = new Float64Array(length);
  const counts = new Uint16Array(length);
  const { weights, isMasked } = eventEffects(history, events);
  const { loads: readings, missing, startAt, stepMs: readingMs } = history;
  const hasEvents = events.length > 0;
  for (const span of spans) {
    const { first, last } = indicesIn(history, span.from, Math.min(span.to, endAt));
    const localMs = startAt + span.offsetMs - shift;
    for (let i = first; i <= last; i++) {
      const load = (readings[i] ?? -1) * (hasEvents ? (weights[i] ?? 1) : 1);
      const slot = Math.floor((localMs + i * readingMs) / stepMs);
      if (missing[i] !== 0 || (hasEvents && isMasked[i] === 1) || !isReading(load) || slot > now) continue;
      totals[slot] = (totals[slot] ?? 0) + load;
      counts[slot] = (counts[slot] ?? 0) + 1;
    }
  }
  return meansOf(totals, counts);
}

function meansOf(totals: Float64Array, counts: Uint16Array): Pick<Grid, "loads" | "isKnown"> {
  const loads = new Float64Array(totals.length);
  const isKnown = new Uint8Array(totals.length);
  for (let slot = 0; slot < totals.length; slot++) {
    const count = counts[slot] ?? 0;
    if (count === 0) continue;
    loads[slot] = (totals[slot] ?? 0) / count;
    isKnown[slot] = 1;
  }
  return { loads, isKnown };
}

/** Far above any website: it keeps sums finite. NaN is refused by both comparisons. */
const loadMax = 1e15;
const isReading = (load: number): boolean => load >= 0 && load <= loadMax;

function indicesIn({ startAt, stepMs: readingMs, loads }: ForecastGiven["history"], from: EpochMs, to: EpochMs) {
  const first = Math.max(0, Math.ceil((from - startAt) / readingMs));
  const last = Math.min(loads.length - 1, Math.ceil((to - startAt) / readingMs) - 1);
  return { first, last };
}
