// A fleet's past as a forecast reads it: raw metrics on a grid of minutes, and what somebody has said teaches nothing.
import { type EpochMs, minuteMs } from "../core/index.ts";
import type { History } from "../forecast/index.ts";
import type { RawMetric } from "./signals.ts";

/** [from, to). */
export interface Span {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

export interface RawHistory {
  readonly requests: RawMetric;
  readonly healthyHosts: RawMetric;
}

/** A span of which the measurements do not show what is usual. */
export interface MarkedSpan extends Span {
  readonly id: string;
  readonly because: string;
  readonly by: string;
}

/** A minute without requests has no point of them; but its hosts were counted. */
export function historyFrom({ requests, healthyHosts }: RawHistory, { from, to }: Span): History {
  const startAt = Math.ceil(from / minuteMs) * minuteMs;
  const length = Math.max(0, Math.floor((to - startAt) / minuteMs));
  const loads = new Float64Array(length);
  const missing = new Uint8Array(length).fill(1);
  const put = ({ at, value }: { at: EpochMs; value: number }): void => {
    const minute = (at - startAt) / minuteMs;
    if (minute < 0 || minute >= length) return;
    loads[minute] = value;
    missing[minute] = 0;
  };
  for (const { at, value } of pointsOf(healthyHosts)) if (value > 0) put({ at, value: 0 });
  for (const point of pointsOf(requests)) put(point);
  return { startAt, stepMs: minuteMs, loads, missing };
}

const pointsOf = (metric: RawMetric) => (metric.kind === "points" ? metric.points : []);

/** The same history without the minutes that a mark reaches into. */
export function unmarked(history: History, marks: readonly Span[]): History {
  const { startAt, stepMs } = history;
  const missing = history.missing.slice();
  for (const { from, to } of marks) {
    const first = Math.max(0, Math.floor((from - startAt) / stepMs));
    const end = Math.max(first, Math.min(missing.length, Math.ceil((to - startAt) / stepMs)));
    missing.fill(1, first, end);
  }
  return { ...history, missing };
}
