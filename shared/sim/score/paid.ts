// What the run bought: every minute begun of every instance, launch to termination.
import { minuteMs } from "../../core/index.ts";
import type { InstanceRow, MinuteRow } from "./types.ts";

/** Paid instance-minutes that count. */
export const paidInstanceMinutes = (minutes: readonly MinuteRow[], instances: readonly InstanceRow[]): number =>
  paidCounts(minutes, instances).reduce((sum, count) => sum + count, 0);

/**
 * How many instances are paid in each scored row. Minute k of an instance begins k minutes after its launch and counts in the row
 * it begins in. One that was not terminated pays to the end of the run; the shortest life pays one minute.
 */
export function paidCounts(minutes: readonly MinuteRow[], instances: readonly InstanceRow[]): readonly number[] {
  const startAt = minutes[0]?.t ?? 0;
  const endAt = startAt + minutes.length * minuteMs;
  const changes = new Float64Array(minutes.length + 1);
  const change = (row: number, by: 1 | -1): void => {
    const at = Math.min(Math.max(row, 0), minutes.length);
    changes[at] = (changes[at] ?? 0) + by;
  };
  for (const { launchedAt, terminatedAt } of instances) {
    const begunMinutes = Math.max(1, Math.ceil(((terminatedAt ?? endAt) - launchedAt) / minuteMs));
    const firstRow = Math.floor((launchedAt - startAt) / minuteMs);
    change(firstRow, 1);
    change(firstRow + begunMinutes, -1);
  }
  let count = 0;
  return minutes.flatMap(({ scored }, row) => {
    count += changes[row] ?? 0;
    return scored ? count : [];
  });
}
