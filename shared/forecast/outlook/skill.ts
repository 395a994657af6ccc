// How well a model has done since it was made, by what really came: the test that nobody can fit to.
import { type DurationMs, dayMs, type EpochMs, minuteMs } from "../../core/index.ts";
import type { History } from "../types.ts";
import { longestDeparture } from "./features.ts";
import { outlookAt, type Readings } from "./read.ts";
import { quantileOf } from "./tails.ts";
import type { MadeOutlookModel, OutlookModel } from "./types.ts";
import { lagMinutes } from "./windows.ts";

/**
 * Sums of losses at 0.95, of the forecast and of “it stays as it is” with the quantile that its own errors turned out to have; what is
 * a day older counts half. Instances are bought by the upper quantile: on bursts a good one may have the larger mean error.
 */
export interface LiveSkill {
  readonly loss: number;
  readonly persistence: number;
  readonly count: number;
  readonly lossRatio: number | "unmeasured";
}

export const noSkill: LiveSkill = { loss: 0, persistence: 0, count: 0, lossRatio: "unmeasured" };

const judgedLevel = 0.95;

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
  const tries = triesSince(model, history, now);
  const usual = quantileOf(Float64Array.from(tries, ({ rose }) => rose).sort(), judgedLevel);
  const loss = before.loss * faded + lossOf(tries.map(({ beyond }) => beyond));
  const persistence = before.persistence * faded + lossOf(tries.map(({ rose }) => rose - usual));
  const count = before.count * faded + tries.length;
  const isEnough = count >= triedMin && persistence > 0;
  return { loss, persistence, count, lossRatio: isEnough ? loss / persistence : "unmeasured" };
}

/** Pinball: what lies above the quantile costs nineteen times what lies below. */
const lossOf = (beyond: readonly number[]): number =>
  beyond.reduce((sum, one) => sum + (one > 0 ? judgedLevel * one : (judgedLevel - 1) * one), 0);

interface Try {
  /** How far what came lies above the forecast's quantile, and above the last minute; in logarithms. */
  readonly beyond: number;
  readonly rose: number;
}

function triesSince(model: MadeOutlookModel, history: History, now: EpochMs) {
  const minuteAt = (at: EpochMs): number => Math.round((at - history.startAt) / minuteMs);
  const first = Math.max(longestDeparture, minuteAt(model.madeAt));
  const last = Math.min(history.loads.length, minuteAt(now)) - 1;
  const tries: Try[] = [];
  for (let minute = first; minute <= last; minute += triedEach) {
    const one = tryAt(model, history, minute);
    if (one !== "not known") tries.push(one);
  }
  return tries;
}

/** As it was seen when `minute` was the newest that is known. */
function tryAt(model: MadeOutlookModel, { loads, missing, startAt }: History, minute: number): Try | "not known" {
  const ahead = model.windows[0]?.toMinute ?? 0;
  if (missing[minute] !== 0 || missing[minute + ahead] !== 0) return "not known";
  const readings: Readings = Array.from({ length: longestDeparture }, (_, i) => minute - longestDeparture + 1 + i)
    .filter((i) => missing[i] === 0)
    .map((i) => ({ at: startAt + i * minuteMs, value: loads[i] ?? 0 }));
  const outlook = outlookAt(model, readings, startAt + (minute + lagMinutes) * minuteMs);
  if (outlook.kind === "blind") return "not known";
  const levelOf = (load: number): number => Math.log(load + model.offset);
  const came = levelOf(loads[minute + ahead] ?? 0);
  const said = levelOf(outlook.windows[0]?.loads[model.levels.indexOf(judgedLevel)] ?? 0);
  return { beyond: came - said, rose: came - levelOf(loads[minute] ?? 0) };
}
