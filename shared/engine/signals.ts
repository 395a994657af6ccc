// How rules read signals. A settled point may lower a wish; one under two minutes old may be partial and only raise it.
import { minuteMs } from "../core/index.ts";
import type { Point, Snapshot } from "./types.ts";

/** CloudWatch may still be adding to a minute that began less than this ago. */
export const settledAgeMs = 2 * minuteMs;

export type Reading =
  | { readonly kind: "read"; readonly points: readonly Point[] }
  | { readonly kind: "unread"; readonly because: string };

/** Points of a metric that are complete, ascending; at least one. */
export function settled(snapshot: Snapshot, metric: string): Reading {
  const signal = snapshot.signals[metric];
  if (!signal) return { kind: "unread", because: "not read" };
  if (signal.kind === "missing") return { kind: "unread", because: signal.because };
  const points = signal.points.filter(({ at }) => snapshot.now - at >= settledAgeMs);
  return points.length > 0 ? { kind: "read", points } : { kind: "unread", because: "no complete minute yet" };
}

/** A metric's value for the complete minute that began at `at`. */
export function settledAt(snapshot: Snapshot, metric: string, at: number): number | "unknown" {
  const reading = settled(snapshot, metric);
  const point = reading.kind === "read" ? reading.points.find((one) => one.at === at) : undefined;
  return point === undefined ? "unknown" : point.value;
}

/** Points that may still be partial, ascending; often none. */
export function partial(snapshot: Snapshot, metric: string): readonly Point[] {
  const signal = snapshot.signals[metric];
  return signal?.kind === "known" ? signal.points.filter(({ at }) => snapshot.now - at < settledAgeMs) : [];
}

export type Highest =
  | { readonly kind: "read"; readonly point: Point; readonly partial: "partial" | "settled" }
  | Extract<Reading, { kind: "unread" }>;

/** The newest complete point of a total, or a partial one that is already higher. */
export function highest(snapshot: Snapshot, metric: string): Highest {
  const reading = settled(snapshot, metric);
  if (reading.kind === "unread") return reading;
  const complete = reading.points.at(-1) as Point;
  const point = partial(snapshot, metric).reduce((best, next) => (next.value > best.value ? next : best), complete);
  return { kind: "read", point, partial: point === complete ? "settled" : "partial" };
}

/** How many hosts served in the minute that began at `at`. */
export function servingCountAt(snapshot: Snapshot, at: number): number | "unknown" {
  const hosts = snapshot.signals["healthy-hosts"];
  const point = hosts?.kind === "known" ? hosts.points.find((candidate) => candidate.at === at) : undefined;
  return point === undefined || point.value <= 0 ? "unknown" : point.value;
}
