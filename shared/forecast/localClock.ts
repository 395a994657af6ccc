// What the clocks of a zone show. People live by them, so a day's shape is learnt by them too: after a change of clocks the
// rush still comes at nine.
import { type DurationMs, dayMs, type EpochMs, error, minuteMs, ok, type Result } from "../core/index.ts";

/** A stretch of time in which the zone's clocks keep one distance from UTC. */
export interface OffsetSpan {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly offsetMs: DurationMs;
}

/** The spans of [from, to), to the minute. Error: no such zone. No zone changes its clocks twice within a day. */
export function offsetSpans(
  timeZone: string,
  from: EpochMs,
  to: EpochMs,
): Result<readonly OffsetSpan[], "no such zone"> {
  const offset = offsetReader(timeZone);
  if (offset.kind === "error") return offset;
  const spans: OffsetSpan[] = [];
  let start = { from, offsetMs: offset.value(from) };
  for (let at = from; at < to; at += dayMs) {
    const next = Math.min(at + dayMs, to);
    const offsetMs = offset.value(next);
    if (offsetMs === start.offsetMs) continue;
    const changeAt = changeBetween(at, next, (instant) => offset.value(instant) === offsetMs);
    spans.push({ ...start, to: changeAt });
    start = { from: changeAt, offsetMs };
  }
  return ok([...spans, { ...start, to }]);
}

/** The first whole minute after `before` for which `isChanged` holds, as it does for `after`. */
function changeBetween(before: EpochMs, after: EpochMs, isChanged: (at: EpochMs) => boolean): EpochMs {
  let [low, high] = [Math.floor(before / minuteMs), Math.ceil(after / minuteMs)];
  while (high - low > 1) {
    const between = Math.floor((low + high) / 2);
    if (isChanged(between * minuteMs)) high = between;
    else low = between;
  }
  return high * minuteMs;
}

/** Making one takes longer than a forecast's fit. */
const formats = new Map<string, Intl.DateTimeFormat>();
/** More zones than there are: the names come from policies, but a limit is a limit. */
const formatCountMax = 1_000;

function offsetReader(timeZone: string): Result<(at: EpochMs) => DurationMs, "no such zone"> {
  try {
    const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
    if (formats.size < formatCountMax) formats.set(timeZone, format);
    return ok((at) => offsetIn(format.format(at)));
  } catch {
    return error("no such zone");
  }
}

/** Seconds, which only the local mean times of the nineteenth century have, are dropped. */
function offsetIn(text: string): DurationMs {
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(text) ?? [];
  if (sign === undefined) return 0;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * minuteMs;
}
