// A warm-up from end to end: asks an instance for its pages, a few at a time, until it answers as quickly as it should or will. It
// always comes to an end within its time, and what went wrong is part of the result.
import { setTimeout as wait } from "node:timers/promises";
import { assert } from "../core/index.ts";
import type { WarmResult, WarmVerdict } from "../engine/index.ts";
import { type Answer, answerOf } from "./answer.ts";
import { type Link, openLink } from "./exchange.ts";
import { type Found, pathsFor } from "./found.ts";
import type { WarmJob, Ways } from "./job.ts";
import { type Aim, begun, noted, type Progress, resultOf, taken, verdictOn } from "./progress.ts";

export async function warmUp(job: WarmJob, ways: Ways): Promise<WarmResult> {
  const startedAt = ways.now();
  const refusal = ways.refusalOf(job.target.address);
  if (refusal !== "none") return resultOf({ ...begun([]), trouble: refusal }, "address-refused", 0);
  const link = openLink(job, ways.limits);
  const over = new AbortController();
  const inTime = AbortSignal.timeout(job.warm.timeoutMs);
  const run: Run = { job, ways, link, over, inTime, signal: AbortSignal.any([over.signal, inTime]) };
  try {
    const { progress, verdict } = await warmed(run);
    return resultOf(progress, verdict, ways.now() - startedAt);
  } finally {
    link.close();
  }
}

interface Run {
  readonly job: WarmJob;
  readonly ways: Ways;
  readonly link: Link;
  /** Ends what is still under way once there is a verdict. */
  readonly over: AbortController;
  /** Aborted once the time is up. */
  readonly inTime: AbortSignal;
  /** Of both. */
  readonly signal: AbortSignal;
}
interface End {
  readonly progress: Progress;
  readonly verdict: WarmVerdict;
}

async function warmed(run: Run): Promise<End> {
  const { paths, requests, trouble, again } = await foundInTime(run);
  const { untilP95Ms, untilCount, concurrency } = run.job.warm;
  const aim: Aim = { untilP95Ms, untilCount, requestsMax: run.ways.limits.requestsMax };
  let progress: Progress = { ...begun(paths), requests, trouble };
  if (again === "worth-it") return { progress, verdict: "time-up" };
  let verdict = verdictOn(progress, aim, "time-left");
  const ask = async (): Promise<void> => {
    while (verdict === "go-on") {
      const turn = taken(progress);
      progress = turn.progress;
      const answer = await answered(run, turn.path);
      if (verdict !== "go-on") return;
      progress = noted(progress, { path: turn.path, answer }, aim);
      verdict = verdictOn(progress, aim, run.inTime.aborted ? "time-up" : "time-left");
      if (verdict === "go-on" && (answer.kind === "bad" || answer.kind === "not-listening")) await paused(run);
    }
    run.over.abort();
  };
  await Promise.all(Array.from({ length: concurrency }, ask));
  assert(verdict !== "go-on", "asking ends with a verdict");
  return { progress, verdict };
}

/** An application that starts answers nothing, or 503, for a while. */
async function foundInTime(run: Run): Promise<Found> {
  let requests = 0;
  let trouble = "";
  for (;;) {
    const found = await pathsFor(run.job.warm, { ...run, limits: run.ways.limits });
    requests += found.requests;
    trouble ||= found.trouble;
    if (found.again === "in-vain" || run.inTime.aborted) return { ...found, requests, trouble };
    await paused(run);
  }
}

async function answered({ link, ways, job, signal }: Run, path: string): Promise<Answer> {
  const startedAt = ways.now();
  let bytes = 0;
  const exchange = await link.exchange(path, {
    signal,
    sink: ({ length }) => {
      bytes += length;
      return bytes > ways.limits.bodyBytesMax ? "enough" : "more";
    },
  });
  return answerOf(exchange, { ms: ways.now() - startedAt, cacheHeader: job.warm.cacheHeader });
}

/** Less where the time is up before. */
async function paused({ ways, signal }: Run): Promise<void> {
  await wait(ways.limits.pauseMs, undefined, { signal }).catch(() => {});
}
