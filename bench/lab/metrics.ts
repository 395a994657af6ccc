// The lab's CloudWatch: at the end of each of the loop's minutes HAProxy is read, and that minute has its points.
import type { RawMetrics } from "../../shared/control/index.ts";
import type { EpochMs } from "../../shared/core/index.ts";
import type { Point } from "../../shared/engine/index.ts";
import { ratesBetween, type Slot } from "../../shared/haproxy/index.ts";

export interface Reading {
  readonly at: EpochMs;
  readonly slots: readonly Slot[];
}

export interface Metrics {
  /** The reading that ends the minute which began at `minuteAt`. */
  close(minuteAt: EpochMs, reading: Reading): void;
  raw(): RawMetrics;
}

/** As far back as any rule reads. */
const keptCount = 30;

export function createMetrics(first: Reading): Metrics {
  let before = first;
  const requests: Point[] = [];
  const hosts: Point[] = [];
  const put = (points: Point[], point: Point): void => {
    points.push(point);
    if (points.length > keptCount) points.shift();
  };
  return {
    close: (at, reading) => {
      const { perMinute } = ratesBetween(before.slots, reading.slots, Math.max(1, reading.at - before.at));
      put(requests, { at, value: Math.round(perMinute) });
      put(hosts, { at, value: healthyCountOf(reading.slots) });
      before = reading;
    },
    raw: () => ({
      requests: { kind: "points", points: [...requests] },
      "healthy-hosts": { kind: "points", points: [...hosts] },
    }),
  };
}

export const healthyCountOf = (slots: readonly Slot[]): number =>
  slots.filter(({ state }) => state.kind === "healthy").length;
