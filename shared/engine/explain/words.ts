// How numbers, times and other people's words are written in sentences: always the same, whatever the machine's locale.
import { type DurationMs, dayMs, type EpochMs, hourMs, minuteMs, type Ratio, secondMs } from "../../core/index.ts";
import type { MetricName } from "../types.ts";

/** `10920` is written `10 920`; five digits that matter, and every digit of a large whole number. */
export function written(value: number): string {
  const rounded = Math.abs(value) >= 100_000 ? Math.round(value) : Number(value.toPrecision(5));
  const [whole = "", fraction] = String(rounded).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, " ");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** `0.65` is written `65 %`. */
export const percent = (ratio: Ratio): string => `${written(Number((ratio * 100).toPrecision(4)))} %`;

/** `1 instance`, `2 instances`. */
export const counted = (count: number, noun: string): string => `${written(count)} ${noun}${count === 1 ? "" : "s"}`;

/** `2026-11-22 09:00Z`. */
export const instant = (at: EpochMs): string => (isDate(at) ? `${iso(at).slice(0, 16).replace("T", " ")}Z` : "never");

/** `09:00Z`, for what lies within the hour. */
export const clock = (at: EpochMs): string => (isDate(at) ? `${iso(at).slice(11, 16)}Z` : "never");

const iso = (at: EpochMs): string => new Date(at).toISOString();
/** https://tc39.es/ecma262/#sec-time-values-and-time-range */
const isDate = (at: EpochMs): boolean => Math.abs(at) <= 8.64e15;

/** `1h30m`, `45s`; below a second `250ms`. */
export function lasting(durationMs: DurationMs): string {
  if (Math.abs(durationMs) < secondMs) return durationMs === 0 ? "0s" : `${Math.round(durationMs)}ms`;
  if (durationMs < 0) return `-${lasting(-durationMs)}`;
  let left = Math.round(durationMs / secondMs) * secondMs;
  return units
    .map(([unit, unitMs]) => {
      const count = Math.floor(left / unitMs);
      left -= count * unitMs;
      return count === 0 ? "" : `${count}${unit}`;
    })
    .join("");
}
const units = [
  ["d", dayMs],
  ["h", hourMs],
  ["m", minuteMs],
  ["s", secondMs],
] as const;

/** A reading in its metric's unit; the bare number where the metric is not known. */
export function reading(value: number, metric: MetricName | "unknown"): string {
  switch (metric) {
    case "requests":
      return `${written(value)} requests/min`;
    case "errors-5xx":
      return `${written(value)} errors/min`;
    case "rejected":
      return `${written(value)} rejected/min`;
    case "cpu":
      return percent(value);
    case "latency-p50":
    case "latency-p90":
    case "latency-p95":
    case "latency-p99":
      return `${written(value)} ms`;
    case "healthy-hosts":
      return counted(value, "host");
    case "unknown":
      return written(value);
  }
}

/** No sentence quotes more than this of somebody else's text. */
const quotedMax = 300;

/** Text from outside, on one line: control characters would move a terminal's cursor or forge a line of the log. */
export function quoted(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return line.length > quotedMax ? `${line.slice(0, quotedMax)}…` : line;
}

/** Ids named one by one in a sentence, at most. */
const listedMax = 10;

/** `i-1, i-2 and 3 more`. */
export function listed(names: readonly string[]): string {
  const more = names.length - listedMax;
  return `${names.slice(0, listedMax).join(", ")}${more > 0 ? ` and ${written(more)} more` : ""}`;
}
