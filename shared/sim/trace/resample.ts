// From readings on any grid to one load a minute. A reading longer than a minute holds for each of its minutes, since a
// line drawn towards the next one would leak it; shorter ones are averaged over their minute.
import { type DurationMs, type EpochMs, minuteMs, minuteOf } from "../../core/index.ts";
import type { Grid } from "./grid.ts";
import type { Reading } from "./readings.ts";
import type { Trace } from "./trace.ts";

export type Unit = "per-minute" | "per-second" | "per-interval";

/** One load a minute, in requests a minute, from the first reading's minute to the last one's. */
export function resample(grid: Grid, { name, unit }: { readonly name: string; readonly unit: Unit }): Trace {
  const startAt = minuteOf(grid.firstAt);
  const length = (minuteOf(grid.lastAt) - startAt) / minuteMs + Math.max(1, grid.intervalMs / minuteMs);
  const minutes = grid.intervalMs < minuteMs ? averaged(grid, startAt, length) : spread(grid, startAt, length);
  const perMinute = unitFactor(unit, grid.intervalMs);
  return { name, startAt, loads: minutes.loads.map((load) => load * perMinute), filled: minutes.filled };
}

const unitFactor = (unit: Unit, intervalMs: DurationMs): number => {
  switch (unit) {
    case "per-minute":
      return 1;
    case "per-second":
      return 60;
    case "per-interval":
      return minuteMs / intervalMs;
  }
};

type Minutes = Pick<Trace, "loads" | "filled">;

/** Each reading's minutes carry its value. Minutes without a reading keep the one before, and are filled. */
function spread({ readings, intervalMs }: Grid, startAt: EpochMs, length: number): Minutes {
  const loads = new Float64Array(length);
  const filled = new Uint8Array(length);
  let next = 0;
  let held: Reading | undefined;
  for (let minute = 0; minute < length; minute++) {
    const at = startAt + minute * minuteMs;
    const candidate = readings[next];
    if (candidate !== undefined && candidate.at < at + minuteMs) {
      held = candidate;
      next += 1;
    }
    const isReal = held !== undefined && held.kind === "real" && minuteOf(held.at) + intervalMs > at;
    loads[minute] = held?.value ?? 0;
    filled[minute] = isReal ? 0 : 1;
  }
  return { loads, filled };
}

/** The mean of the minute's real readings; of its filled ones if it has no others; the last value before if none. */
function averaged({ readings }: Grid, startAt: EpochMs, length: number): Minutes {
  const loads = new Float64Array(length);
  const filled = new Uint8Array(length);
  let start = 0;
  let heldValue = 0;
  for (let minute = 0; minute < length; minute++) {
    const endAt = startAt + (minute + 1) * minuteMs;
    const sums = { real: 0, realCount: 0, filled: 0, filledCount: 0 };
    for (let reading = readings[start]; reading !== undefined && reading.at < endAt; reading = readings[++start]) {
      sums[reading.kind] += reading.value;
      sums[`${reading.kind}Count`] += 1;
      heldValue = reading.value;
    }
    filled[minute] = sums.realCount > 0 ? 0 : 1;
    if (sums.realCount > 0) loads[minute] = sums.real / sums.realCount;
    else loads[minute] = sums.filledCount > 0 ? sums.filled / sums.filledCount : heldValue;
  }
  return { loads, filled };
}
