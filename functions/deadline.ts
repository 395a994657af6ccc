// Work that hangs must not take with it what is to be said in its end: it ends before Lambda ends everything.
import type { Context } from "aws-lambda";
import { type DurationMs, secondMs } from "../shared/core/index.ts";

/** Left for the batch to say which of its looks failed. */
const batchReserveMs: DurationMs = secondMs;

/** What `work` comes to, or an Error `reserveMs` before this invocation's time is up. */
export async function beforeTimeout<T>(
  context: Context,
  work: Promise<T>,
  reserveMs: DurationMs = batchReserveMs,
): Promise<T> {
  const leftMs = context.getRemainingTimeInMillis() - reserveMs;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${leftMs} ms`)), leftMs);
  });
  return await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
