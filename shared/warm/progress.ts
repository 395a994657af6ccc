// How far a warm-up has come, and whether it has come to an end. Pure: the time that is left is told.
import type { DurationMs, Ratio } from "../core/index.ts";
import type { WarmResult, WarmVerdict } from "../engine/index.ts";
import type { Answer } from "./answer.ts";

export interface Aim {
  readonly untilP95Ms: DurationMs;
  readonly untilCount: number;
  readonly requestsMax: number;
}
export interface Progress {
  readonly paths: readonly string[];
  /** Where in `paths` the next request goes. */
  readonly next: number;
  readonly requests: number;
  /** The first good answers, and the last of all that count: `untilCount` of each. */
  readonly first: readonly DurationMs[];
  readonly last: readonly Time[];
  /** Of this lap. */
  readonly answered: number;
  /** The p95 at the end of each of the last laps. */
  readonly laps: readonly P95[];
  readonly hits: number;
  readonly cacheTold: number;
  readonly trouble: string;
}
type Time = DurationMs | "bad";
type P95 = DurationMs | "none";

export const begun = (paths: readonly string[]): Progress => ({
  ...{ paths, next: 0, requests: 0, first: [], last: [], answered: 0, laps: [], hits: 0, cacheTold: 0, trouble: "" },
});

/** The path to ask for now, and who asks for the one after it. */
export function taken(progress: Progress): { readonly path: string; readonly progress: Progress } {
  const { paths, next } = progress;
  return { path: paths[next] ?? "/", progress: { ...progress, next: (next + 1) % Math.max(1, paths.length) } };
}

export function noted(progress: Progress, { path, answer }: { path: string; answer: Answer }, aim: Aim): Progress {
  const asked = { ...progress, requests: progress.requests + 1 };
  switch (answer.kind) {
    case "good":
      return counted(
        {
          ...asked,
          first: asked.first.length < aim.untilCount ? [...asked.first, answer.ms] : asked.first,
          hits: asked.hits + (answer.cache === "hit" ? 1 : 0),
          cacheTold: asked.cacheTold + (answer.cache === "untold" ? 0 : 1),
        },
        answer.ms,
        aim,
      );
    case "bad":
      return counted(troubled(asked, path, answer.because), "bad", aim);
    case "useless":
      return without(troubled(asked, path, answer.because), path);
    case "not-listening":
      return troubled(asked, path, answer.because);
  }
}

/** What went wrong first is what to look at. */
const troubled = (progress: Progress, path: string, because: string): Progress =>
  progress.trouble === "" ? { ...progress, trouble: `${path.slice(0, pathQuotedMax)} ${because}` } : progress;
const pathQuotedMax = 200;

function without(progress: Progress, path: string): Progress {
  const at = progress.paths.indexOf(path);
  if (at === -1) return progress;
  const paths = progress.paths.filter((one) => one !== path);
  const next = at < progress.next ? progress.next - 1 : progress.next;
  return { ...progress, paths, next: next < paths.length ? next : 0 };
}

/** In a lap every path has been asked for, and there are answers enough to judge by. */
function counted(progress: Progress, time: Time, { untilCount }: Aim): Progress {
  const last = [...progress.last, time].slice(-untilCount);
  const answered = progress.answered + 1;
  if (answered < Math.max(progress.paths.length, untilCount)) return { ...progress, last, answered };
  return { ...progress, last, answered: 0, laps: [...progress.laps, p95Of(last)].slice(-lapsCompared) };
}

/** One slow lap says nothing; two more that are no quicker say that there is nothing left to warm. */
const lapsCompared = 3;
/** Less than this of the time is noise. */
const fallMin: Ratio = 0.05;

/** Nearest rank; what was no good is slower than anything. */
function p95Of(times: readonly Time[]): P95 {
  const good = times.filter((time) => time !== "bad").sort((a, b) => a - b);
  return good[Math.ceil(0.95 * times.length) - 1] ?? "none";
}

/** A path asked for the first time is cold wherever it stands in the list: nothing is judged before the first lap has ended. */
export function verdictOn(progress: Progress, aim: Aim, clock: "time-left" | "time-up"): WarmVerdict | "go-on" {
  if (progress.paths.length === 0) return "no-paths";
  const p95 = p95Of(progress.last);
  if (progress.laps.length > 0 && p95 !== "none" && p95 <= aim.untilP95Ms) return "under-bound";
  if (hasStoppedFalling(progress.laps)) return "stopped-falling";
  if (clock === "time-up") return clock;
  return progress.requests >= aim.requestsMax ? "requests-spent" : "go-on";
}

function hasStoppedFalling(laps: readonly P95[]): boolean {
  const [before, ...since] = laps;
  if (laps.length < lapsCompared || before === undefined || before === "none") return false;
  return since.every((lap) => lap !== "none" && lap > before * (1 - fallMin));
}

export function resultOf(progress: Progress, verdict: WarmVerdict, durationMs: DurationMs): WarmResult {
  const { requests, first, last, hits, cacheTold, trouble } = progress;
  return {
    verdict,
    requests,
    firstP95Ms: rounded(p95Of(first)),
    lastP95Ms: rounded(p95Of(last)),
    hitRatio: cacheTold === 0 ? "none" : hits / cacheTold,
    durationMs: Math.round(durationMs),
    trouble,
  };
}

const rounded = (p95: P95): P95 => (p95 === "none" ? p95 : Math.max(1, Math.round(p95)));
