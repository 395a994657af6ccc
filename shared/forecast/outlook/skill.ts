// How well a model has done since it was made, by what really came: the test that nobody can fit to.
import { type DurationMs, dayMs, type EpochMs, minuteMs } from "../../core/index.ts";
import type { History } from "../types.ts";
import { longestDeparture } from "./features.ts";
import { outlookAt, type Readings } from "./read.ts";
import type { MadeOutlookModel, OutlookModel } from "./types.ts";
import { lagMinutes } from "./windows.ts";

/** Sums of absolute errors, of the forecast and of “it stays as it is”; what is a day older counts half. */
export interface LiveSkill {
  readonly errors: number;
  readonly persistence: number;
  readonly count: number;
  readonly errorRatio: number | "unmeasured";
}

export const noSkill: LiveSkill = { errors: 0, persistence: 0, count: 0, errorRatio: "unmeasured" };

const halfLifeMs: DurationMs = dayMs;
/** Every third minute is tried. */
const triedEach = 3;
/** Two hours' worth. */
const triedMin = 40;

interface Given {
  readonly history: History;
  readonly before: LiveSkill;
  readonly now: EpochMs;
}

export function skillSince(model: OutlookModel, { history, before, now }: Given): LiveSkill {
  if (model.kind === "abstains") return before;
  const faded = 0.5 ** ((now - model.madeAt) / halfLifeMs);
  const sums = { errors: before.errors * faded, persistence: before.persistence * faded, count: before.count * faded };
  for (const one of triesSince(model, history, now)) {
    sums.errors += one.error;
    sums.persistence += one.persistence;
    sums.count++;
  }
  const isEnough = sums.count >= triedMin && sums.persistence > 0;
  return { ...sums, errorRatio: isEnough ? sums.errors / sums.persistence : "unmeasured" };
}

function triesSince(model: MadeOutlookModel, history: History, now: EpochMs) {
  const minuteAt = (at: EpochMs): number => Math.round((at - history.startAt) / minuteMs);
  const first = Math.max(longestDeparture, minuteAt(model.madeAt));
  const last = Math.min(history.loads.length, minuteAt(now)) - 1;
  const tries: { readonly error: number; readonly persistence: number }[] = [];
  for (let minute = first; minute <= last; minute += triedEach) {
    const one = tryAt(model, history, minute);
    if (one !== "not known") tries.push(one);
  }
  return tries;
}

/** As it was seen when `minute` was the newest that is known. */
function tryAt(model: MadeOutlookModel, { loads, missing, startAt }: History, minute: number) {
  const ahead = model.windows[0]?.toMinute ?? 0;
  if (missing[minute] !== 0 || missing[minute + ahead] !== 0) return "not known";
  const readings: Readings = Array.from({ length: longestDeparture }, (_, i) => minute - longestDeparture + 1 + i)
    .filter((i) => missing[i] === 0)
    .map((i) => ({ at: startAt + i * minuteMs, value: loads[i] ?? 0 }));
  const outlook = outlookAt(model, readings, startAt + (minute + lagMinutes) * minuteMs);
  if (outlook.kind === "blind") return "not known";
  const levelOf = (load: number): number => Math.log(load + model.offset);
  const came = levelOf(loads[minute + ahead] ?? 0);
  const said = levelOf(outlook.windows[0]?.loads[0] ?? 0);
  return { error: Math.abs(came - said), persistence: Math.abs(came - levelOf(loads[minute] ?? 0)) };
}
