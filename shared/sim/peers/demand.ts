// What a peer sees of the demand, and how many instances that needs at the policy's target.
import { type DurationMs, minuteMs } from "../../core/index.ts";
import type { Count, Point, Snapshot } from "../../engine/index.ts";
import type { Policy } from "../../policy/index.ts";

/** Requests a minute as far as they are visible, ascending; none where the metric is missing or too old to act on. */
export function demandOf({ signals: { requests }, now }: Snapshot): readonly Point[] {
  if (requests?.kind !== "known") return [];
  const newest = requests.points.at(-1);
  return newest === undefined || now - newest.at > staleMs ? [] : requests.points;
}

/** A newest point that began longer ago says nothing of now: what it misses is a gap, not the lag. */
const staleMs: DurationMs = 5 * minuteMs;

/** Floating point may land a hair above a whole number of instances. */
const hair = 1e-9;

export const neededAtTarget = (perMinute: number, { capacity }: Policy): number =>
  Math.ceil(perMinute / (capacity.perInstancePerMinute * capacity.targetRatio) - hair);

/** The wishes that lie within the window, and this look's; `undefined` of this look leaves those there are. */
export function withWish(snapshot: Snapshot, count: number | undefined, windowMs: DurationMs): readonly Count[] {
  const { memory, now } = snapshot;
  const before = memory.sizing.kind === "wishes" ? memory.sizing.wishes : [];
  const recent = before.filter(({ at }) => at > now - windowMs);
  return count === undefined ? recent : [...recent, { at: now, count }];
}

export const highestOf = (wishes: readonly Count[]): number =>
  wishes.reduce((most, { count }) => Math.max(most, count), 0);
