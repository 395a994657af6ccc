// A warm-up that an instance does itself: what the command is told.
import type { Parameter } from "../policy/index.ts";
import { answerMsFor, type WarmJob } from "./job.ts";

/** As SSM takes them. The address goes unsaid: an instance asks itself. */
export function parametersFor({ target, warm }: WarmJob): Readonly<Record<Parameter, readonly [string]>> {
  const { from, headers, method, cacheHeader, concurrency, untilP95Ms, untilCount, timeoutMs } = warm;
  const paths = from.kind === "paths" ? from.paths : [from.path];
  const named = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  return {
    Protocol: [target.protocol],
    Port: [String(target.port)],
    Method: [method],
    Paths: [paths.join(" ")],
    Headers: [named.join("|") || "none"],
    CacheHeader: [cacheHeader],
    Concurrency: [String(concurrency)],
    BoundMs: [String(untilP95Ms)],
    Count: [String(untilCount)],
    AnswerMs: [String(answerMsFor(warm))],
    TimeoutMs: [String(timeoutMs)],
  };
}
