// One-minute history as the model sees it: logarithms, the usual level of each minute, and how far the load departed from it.
import { dayMs, type EpochMs, minuteMs } from "../../core/index.ts";
import { offsetSpans } from "../localClock.ts";
import { isLoad } from "./load.ts";
import { type Teachers, teachersFrom } from "./teachers.ts";
import type { OutlookGiven } from "./types.ts";

export interface Series {
  /** The first minute. */
  readonly startAt: EpochMs;
  /** Minutes of history; `usual` goes on for `aheadMinutes`. */
  readonly length: number;
  readonly isKnown: Uint8Array;
  readonly loads: Float64Array;
  /** log(load + offset); a minute that is not known has its usual level. */
  readonly levels: Float64Array;
  readonly offset: number;
  readonly usual: Float64Array;
  readonly season: "daily" | "none";
  /** The same minute of the day that stands for yesterday, or for that a week ago, where the history reaches: the smoothed level. */
  readonly before: (minute: number, day: "yesterday" | "lastWeek") => number | "unknown";
  /** The mean departure from the usual of the known minutes among the last `minutes` up to `minute`; 0 where none is known. */
  readonly departure: (minute: number, minutes: number) => number;
  readonly knownMinutes: number;
}

export const dayMinutes = dayMs / minuteMs;
const historyDaysMax = 14;
/** With less, the day before says too little of the day. */
const seasonFromMinutes = 2 * dayMinutes;

export function seriesOf(given: OutlookGiven, aheadMinutes: number): Series {
  const { startAt, loads, isKnown } = cut(given);
  const length = loads.length;
  const knownMinutes = isKnown.reduce((count, one) => count + one, 0);
  const offset = offsetOf(loads, isKnown);
  const levels = Float64Array.from(loads, (load) => Math.log(load + offset));
  const season = knownMinutes >= seasonFromMinutes ? "daily" : "none";
  const clocks = clocksOf(given.timeZone, startAt, length + aheadMinutes);
  const teachersOf = teachersFrom(given.holidays);
  const teachers = (minute: number): Teachers => teachersOf(clocks.dayOf(minute));
  const smooth = new Float64Array(length);
  const usual = new Float64Array(length + aheadMinutes);
  const levelBefore = (minute: number, days: number): number | "unknown" => {
    const then = clocks.sameMinute(minute, days);
    return then < 0 || then >= length ? "unknown" : (smooth[then] ?? 0);
  };
  const middle = meanOf(levels, isKnown);
  fill({ levels, isKnown, smooth, usual }, { levelBefore, teachers, middle, season });
  return {
    startAt,
    length,
    isKnown,
    loads,
    levels,
    offset,
    usual,
    season,
    before: (minute, day) => {
      const days = teachers(minute)[day];
      return days === "none" ? "unknown" : levelBefore(minute, days);
    },
    departure: departures(levels, usual, isKnown),
    knownMinutes,
  };
}

interface Cut {
  readonly startAt: EpochMs;
  readonly loads: Float64Array;
  readonly isKnown: Uint8Array;
}

/** The last fourteen days before `at`, whole minutes only. */
function cut({ history, at }: OutlookGiven): Cut {
  const { startAt, loads, missing } = history;
  const to = Math.max(0, Math.min(loads.length, Math.floor((at - startAt) / minuteMs)));
  const from = Math.max(0, to - historyDaysMax * dayMinutes);
  const kept = loads.slice(from, to);
  const isKnown = Uint8Array.from(kept, (load, i) => (missing[from + i] === 0 && isLoad(load) ? 1 : 0));
  for (let i = 0; i < kept.length; i++) if (isKnown[i] === 0) kept[i] = 0;
  return { startAt: startAt + from * minuteMs, loads: kept, isKnown };
}

/** Keeps the logarithm of a site without requests. */
const offsetMin = 1e-6;

/** A twentieth of the mean, or the mean step from minute to minute where that is more: it quietens noisy and sleeping sites. */
function offsetOf(loads: Float64Array, isKnown: Uint8Array): number {
  let [sum, steps, count] = [0, 0, 0];
  for (let i = 0; i < loads.length; i++) {
    if (isKnown[i] === 0) continue;
    sum += loads[i] ?? 0;
    count++;
    if (i > 0 && isKnown[i - 1] === 1) steps += Math.abs((loads[i] ?? 0) - (loads[i - 1] ?? 0));
  }
  return Math.max(offsetMin, (0.05 * sum) / Math.max(1, count), steps / Math.max(1, count));
}

function meanOf(levels: Float64Array, isKnown: Uint8Array): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < levels.length; i++) {
    sum += (isKnown[i] ?? 0) * (levels[i] ?? 0);
    count += isKnown[i] ?? 0;
  }
  return sum / Math.max(1, count);
}

interface Clocks {
  /** By the clocks' date, counted from 1970-01-01. */
  readonly dayOf: (minute: number) => number;
  /** Where the clocks changed in between, the same time of the day lies an hour off. */
  readonly sameMinute: (minute: number, daysBefore: number) => number;
}

/** Error in the zone's name: as in UTC. */
function clocksOf(timeZone: string, startAt: EpochMs, length: number): Clocks {
  const spans = offsetSpans(timeZone, startAt - historyDaysMax * dayMs, startAt + length * minuteMs);
  const offsets = spans.kind === "error" ? [] : spans.value;
  const offsetAt = (minute: number): number => {
    const at = startAt + minute * minuteMs;
    return ((offsets.find(({ to }) => at < to) ?? offsets.at(-1))?.offsetMs ?? 0) / minuteMs;
  };
  const sameMinute = (minute: number, daysBefore: number): number => {
    const then = minute - daysBefore * dayMinutes;
    return offsets.length < 2 ? then : then + offsetAt(minute) - offsetAt(then);
  };
  const dayOf = (minute: number): number => Math.floor((startAt + (minute + offsetAt(minute)) * minuteMs) / dayMs);
  return { dayOf, sameMinute };
}

interface Filled {
  readonly levels: Float64Array;
  readonly isKnown: Uint8Array;
  readonly smooth: Float64Array;
  readonly usual: Float64Array;
}

/** In order of time: a minute's usual level needs the smoothed days before it, and a gap is filled with the usual. */
function fill({ levels, isKnown, smooth, usual }: Filled, given: Taught & Pick<Series, "season">) {
  const length = levels.length;
  for (let i = 0; i < usual.length; i++) {
    usual[i] = given.season === "daily" ? usualAt(i, given) : given.middle;
    if (i < length && isKnown[i] === 0) levels[i] = usual[i] ?? 0;
    if (i >= smoothMinutes && i - smoothMinutes < length) smooth[i - smoothMinutes] = around(levels, i - smoothMinutes);
  }
  for (let i = Math.max(0, length - smoothMinutes); i < length; i++) smooth[i] = around(levels, i);
}

const smoothMinutes = 2;

function around(levels: Float64Array, minute: number): number {
  const [from, to] = [Math.max(0, minute - smoothMinutes), Math.min(levels.length - 1, minute + smoothMinutes)];
  let sum = 0;
  for (let i = from; i <= to; i++) sum += levels[i] ?? 0;
  return sum / (to - from + 1);
}

interface Taught {
  readonly teachers: (minute: number) => Teachers;
  readonly levelBefore: (minute: number, days: number) => number | "unknown";
  /** Where nothing teaches. */
  readonly middle: number;
}

/** The mean of the days that teach, mostly the last seven, the highest left out: one flash crowd makes no habit. */
function usualAt(minute: number, { teachers, levelBefore, middle }: Taught): number {
  let [sum, highest, count] = [0, Number.NEGATIVE_INFINITY, 0];
  for (const days of teachers(minute).usual) {
    const level = levelBefore(minute, days);
    if (level === "unknown") continue;
    sum += level;
    highest = Math.max(highest, level);
    count++;
  }
  if (count === 0) return middle;
  return count < 3 ? sum / count : (sum - highest) / (count - 1);
}

function departures(levels: Float64Array, usual: Float64Array, isKnown: Uint8Array): Series["departure"] {
  const sums = new Float64Array(levels.length + 1);
  const counts = new Uint32Array(levels.length + 1);
  for (let i = 0; i < levels.length; i++) {
    sums[i + 1] = (sums[i] ?? 0) + (isKnown[i] === 1 ? (levels[i] ?? 0) - (usual[i] ?? 0) : 0);
    counts[i + 1] = (counts[i] ?? 0) + (isKnown[i] ?? 0);
  }
  return (minute, minutes) => {
    const from = Math.max(0, minute + 1 - minutes);
    const count = (counts[minute + 1] ?? 0) - (counts[from] ?? 0);
    return count === 0 ? 0 : ((sums[minute + 1] ?? 0) - (sums[from] ?? 0)) / count;
  };
}
