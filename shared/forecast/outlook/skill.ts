// How well models have done since they were made, by what really came: the test that nobody can fit to.
import { type DurationMs, dayMs, type EpochMs, minuteMs } from "../../core/index.ts";
import type { History } from "../types.ts";
import { longestDeparture } from "./features.ts";
import { isLoad } from "./load.ts";
import { outlookAt, type Readings } from "./read.ts";
import { quantileOf } from "./tails.ts";
import type { MadeOutlookModel, OutlookModel } from "./types.ts";
import { lagMinutes } from "./windows.ts";

/** What was lost since models were made, one span for each; lossRatio is of those that still count, what is a day older half as much. */
export interface LiveSkill {
  readonly spans: readonly SkillSpan[];
  readonly lossRatio: number | "unmeasured";
}

/**
 * Sums of losses at 0.95 of one model until the next was made, [from, to), and of “it stays as it is” with the quantile that its own
 * errors turned out to have. Instances are bought by the upper quantile: on bursts a good model may have the larger mean error.
 */
export interface SkillSpan {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Minutes that were not known, or taught nothing, when it was counted: where there are more by now, it counts no longer. */
  readonly gaps: number;
  readonly loss: number;
  readonly persistence: number;
  readonly count: number;
}

export const noSkill: LiveSkill = { spans: [], lossRatio: "unmeasured" };

const judgedLevel = 0.95;

const halfLifeMs: DurationMs = dayMs;
/** By then a loss counts a thirtieth. */
const keptMs: DurationMs = 5 * dayMs;
/** Where the load never changes, nobody is better than the other. */
const nothingToLose = 1;
/** Every third minute is tried. */
const triedEach = 3;
/** Two hours' worth. */
const triedMin = 40;

interface Given {
  readonly history: History;
  readonly before: LiveSkill;
  readonly now: EpochMs;
}

/** With what `model` has lost until now. A span of which minutes have been marked since it was counted stays, for the mark may go again. */
export function skillSince(model: OutlookModel, { history, before, now }: Given): LiveSkill {
  const added = model.kind === "abstains" ? [] : spansOf(model, history, now);
  const spans = [...before.spans, ...added].filter(({ to }) => now - to < keptMs);
  return {
    spans,
    lossRatio: lossRatioOf(
      spans.filter((span) => gapsIn(history, span) <= span.gaps),
      now,
    ),
  };
}

function lossRatioOf(spans: readonly SkillSpan[], now: EpochMs): LiveSkill["lossRatio"] {
  const sumOf = (key: "loss" | "persistence" | "count"): number =>
    spans.reduce((sum, span) => sum + span[key] * 0.5 ** ((now - span.to) / halfLifeMs), 0);
  if (sumOf("count") < triedMin) return "unmeasured";
  const persistence = sumOf("persistence");
  return persistence > 0 ? sumOf("loss") / persistence : nothingToLose;
}

function spansOf(model: MadeOutlookModel, history: History, now: EpochMs): readonly SkillSpan[] {
  const tries = triesSince(model, history, now);
  if (tries.length === 0) return [];
  const usual = quantileOf(Float64Array.from(tries, ({ rose }) => rose).sort(), judgedLevel);
  const span = { from: model.madeAt, to: now };
  return [
    {
      ...span,
      gaps: gapsIn(history, span),
      loss: rounded(lossOf(tries.map(({ beyond }) => beyond))),
      persistence: rounded(lossOf(tries.map(({ rose }) => rose - usual))),
      count: tries.length,
    },
  ];
}

/** A look reads them all. */
const rounded = (loss: number): number => Number(loss.toPrecision(3));

const minuteAt = ({ startAt }: History, at: EpochMs): number => Math.round((at - startAt) / minuteMs);

function gapsIn(history: History, { from, to }: Pick<SkillSpan, "from" | "to">): number {
  const those = history.missing.subarray(Math.max(0, minuteAt(history, from)), Math.max(0, minuteAt(history, to)));
  return those.reduce((count, one) => count + one, 0);
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
  const first = Math.max(longestDeparture, minuteAt(history, model.madeAt));
  const last = Math.min(history.loads.length, minuteAt(history, now)) - 1;
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
  const isKnown = (i: number): boolean => missing[i] === 0 && isLoad(loads[i] ?? 0);
  if (!isKnown(minute) || !isKnown(minute + ahead)) return "not known";
  const readings: Readings = Array.from({ length: longestDeparture }, (_, i) => minute - longestDeparture + 1 + i)
    .filter(isKnown)
    .map((i) => ({ at: startAt + i * minuteMs, value: loads[i] ?? 0 }));
  const outlook = outlookAt(model, readings, startAt + (minute + lagMinutes) * minuteMs);
  if (outlook.kind === "blind") return "not known";
  const levelOf = (load: number): number => Math.log(load + model.offset);
  const came = levelOf(loads[minute + ahead] ?? 0);
  const said = levelOf(outlook.windows[0]?.loads[model.levels.indexOf(judgedLevel)] ?? 0);
  return { beyond: came - said, rose: came - levelOf(loads[minute] ?? 0) };
}
