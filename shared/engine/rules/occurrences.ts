// When a recurrence starts next, in its own time zone. When the clocks change, a start that does not exist happens at the first
// instant after it, and one that exists twice happens once, at the earlier; one of every hour goes by the clocks as they show.
import { dayMs, type EpochMs, hourMs, minuteMs } from "../../core/index.ts";
import type { ScheduleRule, Starts } from "../../policy/index.ts";
import { firstInstantOf, instantsOf, type LocalMs, localOf, type Offsets, offsetsAround } from "./localTime.ts";

export type Recurrence = Pick<ScheduleRule, "cron" | "starts" | "timeZone">;

interface Gap {
  readonly after: EpochMs;
  readonly next: EpochMs | "never";
}

/**
 * Between two occurrences the answer does not change, and finding it is by far the slowest thing a decision does. A decision
 * asks at a few instants (now, one lead time on, one bridge on), so a few gaps a recurrence are remembered, newest first.
 */
const remembered = new Map<string, readonly Gap[]>();
const recurrencesMax = 1_000;
const gapsMax = 4;

/** The first start strictly after `after`, or `never` where none comes in nine years. */
export function nextStart(recurrence: Recurrence, after: EpochMs): EpochMs | "never" {
  const key = `${recurrence.cron} ${recurrence.timeZone}`;
  const gaps = remembered.get(key) ?? [];
  const known = gaps.find((gap) => gap.after <= after && (gap.next === "never" || after < gap.next));
  if (known) return known.next;
  const next = foundStart(recurrence, after);
  if (remembered.size >= recurrencesMax) remembered.clear();
  remembered.set(key, [{ after, next }, ...gaps].slice(0, gapsMax));
  return next;
}

/** From one 29 February to the next there may be eight. */
const daysMax = 9 * 366;

/** The date may be one that the clocks go back to, so that a start of the date after it can come first. */
function foundStart(recurrence: Recurrence, after: EpochMs): EpochMs | "never" {
  const today = Math.floor(localOf(recurrence.timeZone, after) / dayMs) * dayMs;
  for (let date = today - dayMs; date < today + daysMax * dayMs; date += dayMs) {
    const start = startOn(date, recurrence, after);
    if (start !== "none") return Math.min(start, latest(startOn(date + dayMs, recurrence, after)));
  }
  return "never";
}

const latest = (start: EpochMs | "none"): EpochMs => (start === "none" ? Number.POSITIVE_INFINITY : start);

function startOn(date: LocalMs, { starts, timeZone }: Recurrence, after: EpochMs): EpochMs | "none" {
  if (!isDay(starts, new Date(date))) return "none";
  const offsets = offsetsAround(timeZone, date, date + dayMs);
  const earliestMs = Math.max(offsets.beforeMs, offsets.afterMs);
  const latestMs = Math.min(offsets.beforeMs, offsets.afterMs);
  let first: EpochMs | "none" = "none";
  for (const local of timesOf(date, starts)) {
    if (local - latestMs <= after) continue;
    if (first !== "none" && local - earliestMs >= first) break;
    for (const at of startsAt(local, starts, offsets)) if (at > after && (first === "none" || at < first)) first = at;
  }
  return first;
}

function isDay({ days, months, weekdays, dayIs }: Starts, date: Date): boolean {
  if (!months.includes(date.getUTCMonth() + 1)) return false;
  const ofMonth = days.includes(date.getUTCDate());
  const ofWeek = weekdays.includes(date.getUTCDay());
  return dayIs === "either" ? ofMonth || ofWeek : ofMonth && ofWeek;
}

const timesOf = (date: LocalMs, { hours, minutes }: Starts): readonly LocalMs[] =>
  hours.flatMap((hour) => minutes.map((minute) => date + hour * hourMs + minute * minuteMs));

const startsAt = (local: LocalMs, { clockChange }: Starts, offsets: Offsets): readonly EpochMs[] =>
  clockChange === "as-shown" ? instantsOf(local, offsets) : [firstInstantOf(local, offsets)];
