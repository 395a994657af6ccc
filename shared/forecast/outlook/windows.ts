// Which minutes ahead matter, told by how long a launch takes.
import { minuteMs } from "../../core/index.ts";
import type { Lead, Window } from "./types.ts";

/** The newest minute that is known whole began so many minutes before the look. */
export const lagMinutes = 2;
/** Longer leads are sized for as if they were this long: two hours ahead the last minutes say little. */
const leadMinutesMax = 60;
const halfHourMinutes = 30;

/**
 * Instances are ordered for the minutes in which the middle one and a late one will serve. An instance let go and ordered again costs
 * its boot and its drain: for so long, twice over, it is asked whether it is wanted again.
 */
export function windowsFor({ p50Ms, p95Ms }: Lead): readonly Window[] {
  const [soon, late] = [minutesOf(p50Ms), minutesOf(p95Ms)].map((minutes) => lagMinutes + minutes) as [number, number];
  const between = Math.round((soon + late) / 2);
  const rebuy = minutesOf(p50Ms) + 1;
  const keepEnds = between + 2 * rebuy;
  return [
    { role: "buy", fromMinute: soon, toMinute: soon },
    { role: "buy", fromMinute: between, toMinute: between },
    { role: "serve", fromMinute: lagMinutes, toMinute: soon - 1 },
    { role: "keep", fromMinute: between + 1, toMinute: between + rebuy },
    { role: "keep", fromMinute: between + rebuy + 1, toMinute: keepEnds },
    { role: "half-hour", fromMinute: keepEnds + 1, toMinute: Math.max(keepEnds + 2, lagMinutes + halfHourMinutes) },
  ];
}

const minutesOf = (ms: number): number => Math.min(leadMinutesMax, Math.max(1, Math.ceil(ms / minuteMs)));

/** The minute of a window that its season is read at. */
export const middleOf = ({ fromMinute, toMinute }: Window): number => Math.round((fromMinute + toMinute) / 2);
