// The usual demand before a peak: that of the same hour of the week, as the log last saw it.
import { loadsOf, type Rows, startsAt } from "../control/index.ts";
import { dayMs, hourMs } from "../core/index.ts";
import type { Peak } from "../policy/index.ts";
import { minute } from "./words.ts";

export interface Usual {
  readonly perMinute: number;
  /** Where it is from, in words. */
  readonly from: string;
}

const weekMs = 7 * dayMs;

/** The mean of the hour before the ramp, whole weeks earlier; where that is not in the log, what the newest decision saw. */
export async function usualOf(log: Rows, fleet: string, peak: Peak): Promise<Usual | "unknown"> {
  const newest = await log.newest(fleet);
  if (newest.kind === "none") return "unknown";
  const { row } = newest;
  const weeks = Math.max(0, Math.ceil((startsAt(peak) - row.at) / weekMs));
  const to = startsAt(peak) - weeks * weekMs;
  const then = [...(await loadsOf(log, fleet, { from: to - hourMs, to })).values()];
  if (then.length > 0) return { perMinute: mean(then), from: `the hour before ${minute(to)}` };
  const { requests } = row.snapshot.signals;
  if (requests?.kind !== "known" || requests.points.length === 0) return "unknown";
  return { perMinute: mean(requests.points.map(({ value }) => value)), from: `the newest decision, ${row.id}` };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
