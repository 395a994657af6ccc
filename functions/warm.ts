// Warms one instance, from within its VPC. It calls nothing but that instance, no API of AWS either: what it is told comes in the
// event, and what it returns leaves through a destination (docs/decisions/0017).
import { performance } from "node:perf_hooks";
import middy from "@middy/core";
import type { Context } from "aws-lambda";
import { type DurationMs, secondMs } from "../shared/core/index.ts";
import type { WarmResult } from "../shared/engine/index.ts";
import { answerMsFor, parseJob, refusalOf, usualLimits, warmUp } from "../shared/warm/index.ts";
import { log, namesRequest } from "./log.ts";

/** Left to say how it went. */
const reserveMs: DurationMs = 3 * secondMs;

async function warm(event: unknown, context: Context): Promise<WarmResult> {
  const { fleet, instance } = Object(event);
  const { target, warm } = parseJob(event);
  const timeoutMs = Math.min(warm.timeoutMs, Math.max(0, context.getRemainingTimeInMillis() - reserveMs));
  const limits = { ...usualLimits, answerMs: answerMsFor(warm) };
  const result = await warmUp(
    { target, warm: { ...warm, timeoutMs } },
    { now: () => performance.now(), refusalOf, limits },
  );
  log.info("warmed", { fleet, instance, ...result });
  return result;
}

export const handler = middy(warm).use(namesRequest());
