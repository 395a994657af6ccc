// How far behind what AWS shows may be.
import { type DurationMs, minuteMs } from "../core/index.ts";

/**
 * For so long after a call a target may be shown as it was before it, an instance just started as stopped or one just stopped as running,
 * and an instance just seen may not be shown.
 */
export const staleReadMs: DurationMs = 2 * minuteMs;
