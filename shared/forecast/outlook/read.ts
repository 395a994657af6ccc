// A model and the last minutes in, the loads of the coming windows out. This is all of it that a look carries.
import { type EpochMs, minuteMs, minuteOf } from "../../core/index.ts";
import { departureMinutes, longestDeparture } from "./features.ts";
import { isLoad } from "./load.ts";
import { minuteOfHour } from "./tails.ts";
import type { MadeOutlookModel, Outlook, Tails, WindowLoads, WindowModel } from "./types.ts";
import { lagMinutes, middleOf } from "./windows.ts";

/** Loads of whole minutes, ascending; gaps are minutes that nobody knows, and so is what can be no load. */
export type Readings = readonly { readonly at: EpochMs; readonly value: number }[];

/** A reading may be higher than any of the history; what is expected above both is not believed. */
const aboveNow = 1.3;
/** Older readings than these say nothing of the next minutes. */
const freshMinutes = 15;

/** The loads to expect as seen at `now`. Blind where the model is too old or the last minutes are not known. */
export function outlookAt(model: MadeOutlookModel, all: Readings, now: EpochMs): Outlook {
  const readings = all.filter(({ value }) => isLoad(value));
  const last = minuteOf(now) - lagMinutes * minuteMs;
  if (now >= model.until) return { kind: "blind", because: "the forecast is too old" };
  const departure = departuresUpTo(model, readings, last);
  const [lately] = departureMinutes;
  const recent = departure(freshMinutes);
  if (recent === "unknown") return { kind: "blind", because: "the last minutes are not known" };
  const of = (minutes: number): number => {
    const mean = departure(minutes);
    return mean === "unknown" ? recent : mean;
  };
  const departures = departureMinutes.map(of);
  const isExcited = of(lately) - of(longestDeparture) > model.excitedFrom;
  const cap = Math.max(model.highestLoad, aboveNow * highestOf(readings, last));
  return {
    kind: "seen",
    at: last,
    windows: model.windows.map((window) => loadsOf(window, { model, last, departures, isExcited, cap })),
  };
}

/** The mean departure from the usual over so many last minutes. */
function departuresUpTo({ usual, usualFrom, offset }: MadeOutlookModel, readings: Readings, last: EpochMs) {
  return (minutes: number): number | "unknown" => {
    const from = last - (minutes - 1) * minuteMs;
    const those = readings.filter(({ at }) => at >= from && at <= last && at >= usualFrom);
    if (those.length === 0) return "unknown";
    const sum = those.reduce(
      (total, { at, value }) => total + Math.log(value + offset) - (usual[(at - usualFrom) / minuteMs] ?? 0),
      0,
    );
    return sum / those.length;
  };
}

/** The newest minutes, those too that may still grow. */
const highestOf = (readings: Readings, last: EpochMs): number =>
  readings.reduce((most, { at, value }) => (at >= last ? Math.max(most, value) : most), 0);

interface Seen {
  readonly model: MadeOutlookModel;
  readonly last: EpochMs;
  readonly departures: readonly number[];
  readonly isExcited: boolean;
  readonly cap: number;
}

function loadsOf(window: WindowModel, { model, last, departures, isExcited, cap }: Seen): WindowLoads {
  const { role, fromMinute, toMinute, expected, expectedFrom, weights } = window;
  const usual = expected[(last - expectedFrom) / minuteMs] ?? expected.at(-1) ?? 0;
  const level = departures.reduce((sum, departure, i) => sum + (weights[i] ?? 0) * departure, usual);
  const distances = distancesAt(isExcited ? window.excited : window.calm, last + middleOf(window) * minuteMs);
  return {
    role,
    from: last + fromMinute * minuteMs,
    to: last + (toMinute + 1) * minuteMs,
    loads: distances.map((distance) =>
      Math.max(0, Math.min(cap, round(Math.exp(Math.min(levelMax, level + distance)) - model.offset))),
    ),
  };
}

/** What any number stays finite under. */
const levelMax = 100;

/** A row keeps six figures of each. */
const round = (load: number): number => Number(load.toPrecision(6));

const distancesAt = (tails: Tails, at: EpochMs): readonly number[] =>
  tails.kind === "alike" ? tails.distances : (tails.distances[minuteOfHour(at)] ?? []);
