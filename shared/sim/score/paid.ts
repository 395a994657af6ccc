// What the run bought: every minute begun of every instance, launch to termination.
import { minuteMs } from "../../core/index.ts";
import type { InstanceRow, MinuteRow } from "./types.ts";

/**
 * Paid instance-minutes that count. Minute k of an instance begins k minutes after its launch and counts where the row
 * it begins in is scored. One that was not terminated pays to the end of the run; the shortest life pays one minute.
 */
export function paidInstanceMinutes(minutes: readonly MinuteRow[], instances: readonly InstanceRow[]): number {
  const startAt = minutes[0]?.t ?? 0;
  const endAt = startAt + minutes.length * minuteMs;
  const scoredBefore = scoredMinutesBefore(minutes);
  const countBefore = (row: number): number => scoredBefore[Math.min(Math.max(row, 0), minutes.length)] ?? 0;
  let paid = 0;
  for (const { launchedAt, terminatedAt } of instances) {
    const begunMinutes = Math.max(1, Math.ceil(((terminatedAt ?? endAt) - launchedAt) / minuteMs));
    const firstRow = Math.floor((launchedAt - startAt) / minuteMs);
    paid += countBefore(firstRow + begunMinutes) - countBefore(firstRow);
  }
  return paid;
}

/** Element i: how many of the first i rows are scored. */
function scoredMinutesBefore(minutes: readonly MinuteRow[]): Float64Array {
  const before = new Float64Array(minutes.length + 1);
  let count = 0;
  for (const [i, { scored }] of minutes.entries()) {
    if (scored) count += 1;
    before[i + 1] = count;
  }
  return before;
}
