// The coming minutes on each trace of a minute: what a scaler buys by, seen each minute of the scored window.
import { type EpochMs, minuteMs } from "../../../shared/core/index.ts";
import { lagMinutes, type Window } from "../../../shared/forecast/index.ts";
import type { Track } from "../../peers/types.ts";
import { type Minutes, methods, ownName } from "./methods.ts";
import { type ComingScores, comingScores } from "./score.ts";

/** The headline's boot, after the two minutes until what was ordered by is known; and the ten minutes from then on. */
const leadMinutes = 3;
export const comingWindow: Window = {
  role: "keep",
  fromMinute: lagMinutes + leadMinutes,
  toMinute: lagMinutes + leadMinutes + 9,
};

export interface ComingResult {
  readonly method: string;
  readonly scores: ComingScores;
}

export interface ComingReport {
  readonly id: string;
  readonly results: readonly ComingResult[];
}

export interface ComingOptions {
  readonly only: "own" | "all";
  readonly onMethod: (method: string) => void;
}

export function runComing({ split, trace }: Track, { only, onMethod }: ComingOptions): ComingReport {
  const { startAt, loads, filled } = trace;
  const isKnown = filled.map((one) => 1 - one);
  const minutes: Minutes = { startAt, loads, isKnown, window: comingWindow };
  const minuteAt = (at: EpochMs): number => Math.max(0, Math.round((at - startAt) / minuteMs));
  const scored = { from: minuteAt(split.from), to: Math.min(loads.length, minuteAt(split.to)) };
  const names = only === "own" ? [ownName] : Object.keys(methods);
  const results = names.flatMap((method): readonly ComingResult[] => {
    onMethod(method);
    const foresee = methods[method];
    return foresee === undefined ? [] : [{ method, scores: comingScores(minutes, foresee(minutes), scored) }];
  });
  return { id: split.id, results };
}
