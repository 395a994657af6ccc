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

/** What demand is divided by. */
export const perInstance = (reason: { readonly perInstancePerMinute: number; readonly targetRatio: number }): string =>
  `÷ (${written(reason.perInstancePerMinute)} × ${percent(reason.targetRatio)})`;

/** `4.08 USD/h`. */
export const usd = (perHour: number): string => `${written(perHour)} USD/h`;

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

const milliseconds = (value: number): string => `${written(value)} ms`;
const spellings: Readonly<Record<MetricName, (value: number) => string>> = {
  requests: (value) => `${written(value)} requests/min`,
  "requests-per-target": (value) => `${written(value)} requests/min`,
  "errors-5xx": (value) => `${written(value)} errors/min`,
  rejected: (value) => `${written(value)} rejected/min`,
  cpu: percent,
  "latency-p50": milliseconds,
  "latency-p90": milliseconds,
  "latency-p95": milliseconds,
  "latency-p99": milliseconds,
  "healthy-hosts": (value) => counted(value, "host"),
};
const isSpelt = (metric: string): metric is MetricName => Object.hasOwn(spellings, metric);

/** A reading in its metric's unit; the bare number where the metric is `unknown`, or the operator's own. */
export const reading = (value: number, metric: string): string =>
  isSpelt(metric) ? spellings[metric](value) : written(value);

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
