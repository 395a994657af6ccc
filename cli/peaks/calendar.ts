// An .ics feed as peaks: each event that says, or is told by an option, what to expect. What is over is left out.
import ICAL from "ical.js";
import { dayMs, type EpochMs, error, ok, type Result } from "../../shared/core/index.ts";
import type { Written } from "./written.ts";

export interface CalendarOptions {
  /** Where a time names no zone, and where a whole day begins. */
  readonly timeZone: string;
  /** What an event does not say itself. */
  readonly otherwise: Written;
  readonly now: EpochMs;
}

export interface Calendar {
  readonly peaks: readonly Written[];
  /** A sentence for each event that was left out, and why. */
  readonly leftOut: readonly string[];
}

/** Recurring events are unrolled so far ahead. */
const horizonMs = 366 * dayMs;
/** Of one event; and an endless one has to end somewhere. */
const occurrencesMax = 50;
const stepsMax = 10_000;

export function peaksIn(text: string, options: CalendarOptions): Result<Calendar, string> {
  const events = eventsIn(text);
  if (events.kind === "error") return events;
  const told = events.value.map((event) => toldBy(event, options));
  const found = told.flatMap(({ found }) => found);
  const names = found.map(({ name }) => name);
  const peaks = found.map(({ name, dated, written }) => ({
    ...written,
    name: names.indexOf(name) === names.lastIndexOf(name) ? name : dated,
  }));
  return ok({ peaks, leftOut: told.flatMap(({ leftOut }) => leftOut) });
}

function eventsIn(text: string): Result<readonly ICAL.Event[], string> {
  try {
    const calendar = new ICAL.Component(ICAL.parse(text));
    for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
    const events = calendar.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event));
    return ok(events.filter((event) => !event.isRecurrenceException()));
  } catch (cause) {
    return error(`it is no calendar: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

interface Found {
  readonly name: string;
  /** The name where it has to be told from others. */
  readonly dated: string;
  readonly written: Written;
}
interface Told {
  readonly found: readonly Found[];
  readonly leftOut: readonly string[];
}

function toldBy(event: ICAL.Event, options: CalendarOptions): Told {
  const leave = (because: string): Told => ({ found: [], leftOut: [`${event.summary ?? "an event"}: ${because}`] });
  if (event.component.getFirstPropertyValue("status") === "CANCELLED") return leave("it is cancelled");
  const written = { ...options.otherwise, ...saidIn(event.description ?? "") };
  if (written.expect === undefined) return leave("neither it nor --expect says what to expect");
  const occurrences = occurrencesOf(event, options.now);
  if (occurrences.length === 0) return leave("it is over");
  return {
    found: occurrences.map(({ startDate, endDate }) => ({
      ...namesOf(event, startDate),
      written: { ...written, ...timesOf(event, { startDate, endDate }, options), ...heldFor(startDate, endDate) },
    })),
    leftOut: [],
  };
}

/** `expect: 5x` on a line of its own in the event's description; likewise ramp, release and sure, and `like: 2026-11-27`. */
function saidIn(description: string): Written {
  const said = [...description.matchAll(/^\s*(expect|like|ramp|release|sure)\s*:\s*(\S.*?)\s*$/gim)].map(
    ([, key = "", value = ""]) => [key.toLowerCase(), value] as const,
  );
  const { like, ...rest } = Object.fromEntries(said);
  return like === undefined ? rest : { ...rest, expect: { like } };
}

interface Occurrence {
  readonly startDate: ICAL.Time;
  readonly endDate: ICAL.Time;
}

function occurrencesOf(event: ICAL.Event, now: EpochMs): readonly Occurrence[] {
  const isAhead = ({ endDate }: Occurrence): boolean => endDate.toUnixTime() * 1_000 > now;
  if (!event.isRecurring()) return [{ startDate: event.startDate, endDate: event.endDate }].filter(isAhead);
  const ahead: Occurrence[] = [];
  const times = event.iterator();
  for (let step = 0; step < stepsMax && ahead.length < occurrencesMax; step++) {
    const next = times.next();
    if (!next || next.toUnixTime() * 1_000 > now + horizonMs) break;
    const { startDate, endDate } = event.getOccurrenceDetails(next);
    if (isAhead({ startDate, endDate })) ahead.push({ startDate, endDate });
  }
  return ahead;
}

const nameMax = 40;

function namesOf(event: ICAL.Event, at: ICAL.Time): { readonly name: string; readonly dated: string } {
  const plain = (event.summary ?? "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  const slug = (length: number): string => plain.slice(0, length).replace(/^-+|-+$/g, "") || "event";
  const day = at.toString().slice(0, 10).replaceAll("-", "");
  const dated = `${slug(nameMax - day.length - 1)}-${day}`;
  return { name: event.isRecurring() ? dated : slug(nameMax), dated };
}

/** As a policy would write it, so that the same parser reads it, with the same refusals. */
function timesOf(event: ICAL.Event, { startDate: at }: Occurrence, { timeZone }: CalendarOptions): Written {
  const named = event.component.getFirstProperty("dtstart")?.getFirstParameter("tzid");
  const local = `${at.toString().slice(0, 10)}T${at.isDate ? "00:00" : at.toString().slice(11, 16)}`;
  if (at.zone === ICAL.Timezone.utcTimezone) return { at: `${local}Z` };
  if (at.isDate || named === undefined) return { at: local, timeZone };
  if (!isIana(named) && ICAL.TimezoneService.has(named))
    return { at: `${new Date(at.toUnixTime() * 1_000).toISOString().slice(0, 19)}Z` };
  return { at: local, timeZone: named };
}

function isIana(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}

/** An event without an end leaves it to --hold. */
function heldFor(startDate: ICAL.Time, endDate: ICAL.Time): Written {
  const seconds = endDate.subtractDate(startDate).toSeconds();
  return seconds === 0 ? {} : { hold: `${seconds < 0 ? "-" : ""}${Math.abs(seconds)}s` };
}
