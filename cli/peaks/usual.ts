// The usual demand before a peak: that of the same hour of the week, as the log last saw it.
import { dayMs, hourMs } from "../../shared/core/index.ts";
import type { Peak } from "../../shared/policy/index.ts";
import { type Log, newestOf } from "../log.ts";
import { loadsOf } from "./history.ts";
import { startsAt } from "./standing.ts";
import { minute } from "./words.ts";

export interface Usual {
  readonly perMinute: number;
  /** Where it is from, in words. */
  readonly from: string;
}

const weekMs = 7 * dayMs;

/** The mean of the hour before the ramp, whole weeks earlier; where that is not in the log, what the newest decision saw. */
export async function usualOf(log: Log, fleet: string, peak: Peak): Promise<Usual | "unknown"> {
  const { row } = await newestOf(log, fleet);
  const weeks = Math.max(0, Math.ceil((startsAt(peak) - row.at) / weekMs));
  const to = startsAt(peak) - weeks * weekMs;
  const then = [...(await loadsOf(log, fleet, { from: to - hourMs, to })).values()];
  if (then.length > 0) return { perMinute: mean(then), from: `the hour before ${minute(to)}` };
  const { requests } = row.snapshot.signals;
  if (requests?.kind !== "known" || requests.points.length === 0) return "unknown";
  return { perMinute: mean(requests.points.map(({ value }) => value)), from: `the newest decision, ${row.id}` };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
