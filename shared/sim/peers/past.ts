// A peer's memory of days gone by: hours of one-minute demand, handed on from look to look, of which only the open one grows.
import { dayMs, type EpochMs, hourMs, minuteMs } from "../../core/index.ts";
import type { PastHour, PastMemory, Point, Snapshot } from "../../engine/index.ts";
import { demandOf } from "./demand.ts";

export const pastDays = 14;
/** A little more than the days that are asked for, so that an hour under way still has its counterpart. */
const hoursKept = pastDays * 24 + 3;
/** As far back as a mean error is taken over. */
const forecastsKept = 6;

/** The past with what this look sees. Forecasts and readings are left as they were. */
export function learntPast(snapshot: Snapshot): PastMemory {
  const before = rememberedPast(snapshot);
  const newestAt = before.open.points.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  return demandOf(snapshot)
    .filter(({ at }) => at > newestAt)
    .reduce(withPoint, before);
}

function rememberedPast({ memory: { sizing }, now }: Snapshot): PastMemory {
  return sizing.kind === "past"
    ? sizing
    : { kind: "past", hours: [], open: { at: hourOf(now - hourMs), points: [] }, forecasts: [], readings: [] };
}

function withPoint(past: PastMemory, point: Point): PastMemory {
  const { open, hours } = past;
  const at = hourOf(point.at);
  if (at === open.at) return { ...past, open: { at, points: [...open.points, point] } };
  const closed = open.points.length === 0 ? hours : [...hours, open].slice(-hoursKept);
  return { ...past, hours: closed, open: { at, points: [point] } };
}

export const hourOf = (at: EpochMs): EpochMs => Math.floor(at / hourMs) * hourMs;

/** The hour that began then, closed or open; none where nothing was seen of it. */
export function hourAt({ hours, open }: PastMemory, at: EpochMs): PastHour | undefined {
  if (open.at === at) return open.points.length > 0 ? open : undefined;
  return hours.findLast((hour) => hour.at === at);
}

/** The same hour of the days before, newest first, with how many days ago. */
export function sameHours(
  past: PastMemory,
  at: EpochMs,
): readonly { readonly hour: PastHour; readonly days: number }[] {
  return Array.from({ length: pastDays }, (_, index) => index + 1).flatMap((days) => {
    const hour = hourAt(past, at - days * dayMs);
    return hour === undefined ? [] : [{ hour, days }];
  });
}

/** Points of the minutes that began in [from, to]. */
export function pointsBetween(past: PastMemory, from: EpochMs, to: EpochMs): readonly Point[] {
  const found: Point[] = [];
  for (let at = hourOf(from); at <= to; at += hourMs)
    for (const point of hourAt(past, at)?.points ?? []) if (point.at >= from && point.at <= to) found.push(point);
  return found;
}

/** The forecast for the hour that began at `at`, made now unless it was made before; none where the maker has no answer. */
export function withForecast(past: PastMemory, at: EpochMs, make: () => number | undefined): PastMemory {
  if (past.forecasts.some((known) => known.at === at)) return past;
  const value = make();
  return value === undefined ? past : { ...past, forecasts: [...past.forecasts, { at, value }].slice(-forecastsKept) };
}

/** The highest forecast for the hours that [from, to] touches; 0 where there is none. */
export const highestForecast = ({ forecasts }: PastMemory, from: EpochMs, to: EpochMs): number =>
  forecasts.reduce((most, { at, value }) => (at >= hourOf(from) && at <= hourOf(to) ? Math.max(most, value) : most), 0);

export const meanOf = (points: readonly Point[]): number =>
  points.reduce((sum, { value }) => sum + value, 0) / Math.max(1, points.length);

/** Nearest rank. */
export function quantileOf(points: readonly Point[], quantile: number): number {
  const values = points.map(({ value }) => value).sort((a, b) => a - b);
  return values[Math.max(0, Math.ceil(quantile * values.length) - 1)] ?? 0;
}

/** So far ahead a launch must be asked for: a drawn-out boot and the look's own minute. */
export const aheadOf = (leadMs: number): number => leadMs + minuteMs;
