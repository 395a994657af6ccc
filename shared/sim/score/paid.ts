// What the run bought: every minute begun of every instance, launch to termination.
import { type EpochMs, minuteMs } from "../../core/index.ts";
import type { InstanceRow, MinuteRow } from "./types.ts";

/** Paid instance-minutes that count. */
export const paidInstanceMinutes = (minutes: readonly MinuteRow[], instances: readonly InstanceRow[]): number =>
  paidCounts(minutes, instances).reduce((sum, count) => sum + count, 0);

/** From each start to the stop that follows. */
function timesRun({ launchedAt, terminatedAt, stopped = [] }: InstanceRow, endAt: EpochMs) {
  const starts = [launchedAt, ...stopped.map(({ to }) => to)];
  const ends = [...stopped.map(({ from }) => from), terminatedAt ?? endAt];
  return starts.flatMap((from, i) => (from === null ? [] : [{ from, to: ends[i] ?? endAt }]));
}

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
  for (const { from, to } of instances.flatMap((instance) => timesRun(instance, endAt))) {
    const begunMinutes = Math.max(1, Math.ceil((to - from) / minuteMs));
    const firstRow = Math.floor((from - startAt) / minuteMs);
    change(firstRow, 1);
    change(firstRow + begunMinutes, -1);
  }
  let count = 0;
  return minutes.flatMap(({ scored }, row) => {
    count += changes[row] ?? 0;
    return scored ? count : [];
  });
}
