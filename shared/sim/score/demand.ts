// What each scored minute asked for and what stood there to serve it: all that the shares below are reckoned from.
import { assert, minuteMs } from "../../core/index.ts";
import type { Plant } from "../plant.ts";
import type { MinuteRow } from "./types.ts";

export interface ScoredMinute {
  readonly t: number;
  /** d: requests in the minute. */
  readonly load: number;
  /** n: instances that the load needs at the objective's utilisation, the plant's min at least. */
  readonly needed: number;
  /** As counted, cold ones whole. */
  readonly serving: number;
  /** s: a cold instance counts with the share that it really serves. */
  readonly effective: number;
}

/** n = max(min, ⌈d ÷ (C · u_slo)⌉). The plant's max does not bound it: demand does not know what can be bought. */
export const neededFor = (load: number, { min, capacityPerMinute, sloUtilization }: Plant): number =>
  Math.max(min, Math.ceil(load / (capacityPerMinute * sloUtilization)));

/** The scored minutes in order. Throws where rows do not follow each other minute by minute. */
export function scoredMinutes(minutes: readonly MinuteRow[], plant: Plant): readonly ScoredMinute[] {
  const startAt = minutes[0]?.t ?? 0;
  const scored: ScoredMinute[] = [];
  for (const [i, { t, load, serving, cold, scored: isScored }] of minutes.entries()) {
    assert(t === startAt + i * minuteMs, "minute rows follow each other minute by minute");
    if (!isScored) continue;
    const effective = serving - cold * (1 - plant.cold.ratio);
    scored.push({ t, load, needed: neededFor(load, plant), serving, effective });
  }
  return scored;
}
