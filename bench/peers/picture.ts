// What a picture of a trace shows: load and need against two fleets, in buckets of minutes. A shortage is never averaged away:
// a bucket keeps the highest need, the fewest that served, and the worst that was missing.
import { type EpochMs, minuteMs } from "../../shared/core/index.ts";
import { neededFor } from "../../shared/sim/index.ts";
import type { Track } from "./types.ts";

export interface Picture {
  readonly fromAt: EpochMs;
  readonly bucketMinutes: number;
  readonly buckets: readonly Bucket[];
}

export interface Bucket {
  /** Instances that the load would fill to the objective's edge, and the whole ones it needs; the highest of the bucket. */
  readonly load: number;
  readonly needed: number;
  readonly fleets: readonly FleetThen[];
}
export interface FleetThen {
  readonly serving: number;
  /** The worst share of a minute's requests that found no room. */
  readonly missedRatio: number;
}

export interface View {
  /** Minutes of the scored window. */
  readonly from: number;
  readonly to: number;
  readonly bucketsMax: number;
}

export function pictureOf(track: Track, fleets: readonly Uint16Array[], { from, to, bucketsMax }: View): Picture {
  const bucketMinutes = Math.max(1, Math.ceil((to - from) / bucketsMax));
  const count = Math.ceil((to - from) / bucketMinutes);
  const buckets = Array.from({ length: count }, (_, index) => {
    const start = from + index * bucketMinutes;
    return bucketOf(track, fleets, { from: start, to: Math.min(to, start + bucketMinutes) });
  });
  return { fromAt: track.split.from + from * minuteMs, bucketMinutes, buckets };
}

function bucketOf(track: Track, fleets: readonly Uint16Array[], { from, to }: Omit<View, "bucketsMax">): Bucket {
  const { plant } = track;
  const sloCapacity = plant.capacityPerMinute * plant.sloUtilization;
  const loads = scoredLoads(track).subarray(from, to);
  const highest = loads.reduce((most, load) => Math.max(most, load), 0);
  return {
    load: highest / sloCapacity,
    needed: neededFor(highest, plant),
    fleets: fleets.map((serving) => ({
      serving: serving.subarray(from, to).reduce((fewest, count) => Math.min(fewest, count), Number.POSITIVE_INFINITY),
      missedRatio: loads.reduce(
        (worst, load, index) => Math.max(worst, missedOf(load, (serving[from + index] ?? 0) * sloCapacity)),
        0,
      ),
    })),
  };
}

const missedOf = (load: number, room: number): number => (load > room ? (load - room) / load : 0);

const firstScored = ({ split, trace }: Track): number =>
  Math.max(0, Math.round((split.from - trace.startAt) / minuteMs));
const scoredLoads = (track: Track): Float64Array => track.trace.loads.subarray(firstScored(track));

/** The day, from midnight, in which the fleet missed most; where it missed nothing, the day of the highest load. */
export function worstDay(track: Track, serving: Uint16Array): Omit<View, "bucketsMax"> {
  const loads = scoredLoads(track);
  const room = track.plant.capacityPerMinute * track.plant.sloUtilization;
  const worst = { day: 0, missed: -1, highest: -1 };
  for (let from = 0; from < loads.length; from += dayMinutes) {
    const day = loads.subarray(from, from + dayMinutes);
    const missed = day.reduce((sum, load, index) => sum + Math.max(0, load - (serving[from + index] ?? 0) * room), 0);
    const highest = day.reduce((most, load) => Math.max(most, load), 0);
    if (missed > worst.missed || (missed === worst.missed && highest > worst.highest))
      Object.assign(worst, { day: from, missed, highest });
  }
  return { from: worst.day, to: Math.min(loads.length, worst.day + dayMinutes) };
}

const dayMinutes = 24 * 60;
export const wholeWindow = (track: Track): Omit<View, "bucketsMax"> => ({ from: 0, to: scoredLoads(track).length });
