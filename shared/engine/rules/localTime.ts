// When the clocks of a zone show a time: once, never in the gap of spring, twice in the fold of autumn.
import { dayMs, type EpochMs, minuteMs } from "../../core/index.ts";

/** A date and a time of day without a zone, in ms, as though it were UTC. */
export type LocalMs = number;

/** The offsets from UTC before and after whatever the clocks do around a local time. */
export interface Offsets {
  readonly timeZone: string;
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** No zone is further than 14 hours from UTC, and none changes twice in three days. */
export const offsetsAround = (timeZone: string, from: LocalMs, to: LocalMs): Offsets => ({
  timeZone,
  beforeMs: offsetMs(timeZone, from - dayMs),
  afterMs: offsetMs(timeZone, to + dayMs),
});

/** Every instant at which the clocks show the time, ascending: one, none or two. */
export function instantsOf(local: LocalMs, { timeZone, beforeMs, afterMs }: Offsets): readonly EpochMs[] {
  if (beforeMs === afterMs) return [local - beforeMs];
  return [local - Math.max(beforeMs, afterMs), local - Math.min(beforeMs, afterMs)].filter(
    (at) => at + offsetMs(timeZone, at) === local,
  );
}

/** The first instant at which the clocks show the time, or have jumped over it. */
export function firstInstantOf(local: LocalMs, offsets: Offsets): EpochMs {
  const [first] = instantsOf(local, offsets);
  if (first !== undefined) return first;
  let before = local - offsets.afterMs;
  let after = local - offsets.beforeMs;
  while (after - before > 1) {
    const between = Math.floor((before + after) / 2);
    if (offsetMs(offsets.timeZone, between) === offsets.beforeMs) before = between;
    else after = between;
  }
  return after;
}

export const localOf = (timeZone: string, at: EpochMs): LocalMs => at + offsetMs(timeZone, at);

const formats = new Map<string, Intl.DateTimeFormat>();

function offsetMs(timeZone: string, at: EpochMs): number {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  formats.set(timeZone, format);
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?$/.exec(format.format(at)) ?? [];
  if (sign === undefined) return 0;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * minuteMs;
}
