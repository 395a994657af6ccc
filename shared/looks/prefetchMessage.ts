// The wish that one peak's pages be fetched, in the queue of forecasts until its time has come.
import type { Message } from "../aws/index.ts";
import { type DurationMs, secondMs } from "../core/index.ts";

export interface PrefetchWish {
  readonly fleet: string;
  readonly peak: string;
}

/** SQS delays no longer: what is due later is sent again when it comes. Five times at most; Lambda ends a chain at sixteen. */
const delaySecondsMax = 900;

export const prefetchMessage = ({ fleet, peak }: PrefetchWish, delayMs: DurationMs): Message => ({
  about: `${fleet}/${peak}`,
  body: JSON.stringify({ fleet, prefetch: peak }),
  delaySeconds: Math.min(delaySecondsMax, Math.max(0, Math.ceil(delayMs / secondMs))),
});

/** None where the message is another's. */
export function prefetchIn(message: string): PrefetchWish | "none" {
  const { fleet, prefetch: peak } = fieldsOf(message);
  return typeof fleet === "string" && fleet !== "" && typeof peak === "string" ? { fleet, peak } : "none";
}

function fieldsOf(message: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(message));
  } catch {
    return {};
  }
}
