// Whether a trace says anything about scaling: where a single minute is the whole budget, or where the fleet stands at its
// floor most of the time, a score is luck.
import { minuteMs } from "../../shared/core/index.ts";
import { budgetPct, neededFor, type Plant, type ScoredWindow, type Trace } from "../../shared/sim/index.ts";
import type { Standing } from "./types.ts";

const peakMinutesMin = 2;
const floorShareMax = 0.5;

/** By the whole scored window: a quick run leaves out the same traces as a full one. */
export function standingOf(trace: Trace, { from, to }: Pick<ScoredWindow, "from" | "to">, plant: Plant): Standing {
  const sums = { load: 0, peak: 0, minutes: 0, atFloor: 0 };
  for (const [index, load] of trace.loads.entries()) {
    const at = trace.startAt + index * minuteMs;
    if (at < from || at >= to || trace.filled[index] === 1) continue;
    sums.load += load;
    sums.peak = Math.max(sums.peak, load);
    sums.minutes += 1;
    if (neededFor(load, plant) === plant.min) sums.atFloor += 1;
  }
  const budgetMinutes = (sums.load * budgetPct) / 100 / sums.peak;
  if (budgetMinutes < peakMinutesMin)
    return { kind: "left-out", because: `its 0.1 % budget is ${budgetMinutes.toFixed(1)} peak minutes` };
  const floorShare = sums.atFloor / sums.minutes;
  if (floorShare > floorShareMax)
    return {
      kind: "left-out",
      because: `it needs no more than the floor ${Math.round(100 * floorShare)} % of the time`,
    };
  return { kind: "counts" };
}
