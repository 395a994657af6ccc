// Holidays out of a calendar file (.ics): its all-day events, repeated ones too. Read where policies are read; no Lambda carries it.
import ICAL from "ical.js";
import { dayMs, error, ok, type Result } from "../core/index.ts";

/** A whole day, by whichever clocks the reader lives by. */
export interface CalendarDay {
  /** Such as 2027-12-25. */
  readonly date: string;
  readonly name: string;
}

/** Both included, such as 2027-01-01. */
export interface DateSpan {
  readonly from: string;
  readonly to: string;
}

/**
 * The days in `span` that an all-day event of the file covers, in order, each once. Timed events are meetings, not holidays: they
 * are passed over, and so are cancelled ones. Errors, as half a sentence: no calendar, or more than anybody needs of one.
 */
export function holidaysIn(text: string, span: DateSpan): Result<readonly CalendarDay[], string> {
  const calendar = parsed(text);
  if (calendar.kind === "error") return calendar;
  const events = calendar.value.getAllSubcomponents("vevent");
  if (events.length > eventCountMax) return error(`holds more than ${eventCountMax} events`);
  const days = new Map<string, CalendarDay>();
  for (const component of events) {
    const read = daysOf(component, span);
    if (read.kind === "error") return read;
    for (const day of read.value) if (!days.has(day.date)) days.set(day.date, day);
  }
  return ok([...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1)));
}

const eventCountMax = 5_000;
/** A century of a yearly holiday, ten years of a weekly one. */
const occurrenceCountMax = 600;
/** Longer events are seasons, not holidays. */
const daysMax = 31;

function parsed(text: string): Result<ICAL.Component, string> {
  try {
    const component = new ICAL.Component(ICAL.parse(text));
    if (component.name === "vcalendar") return ok(component);
    return error(component.name ? `is no calendar but a ${component.name}` : "is empty");
  } catch (cause) {
    return error(`is no calendar file: ${(cause as Error).message}`);
  }
}

function daysOf(component: ICAL.Component, span: DateSpan): Result<readonly CalendarDay[], string> {
  const start = component.getFirstPropertyValue("dtstart");
  if (!(start instanceof ICAL.Time) || !start.isDate) return ok([]);
  if (`${component.getFirstPropertyValue("status")}`.toUpperCase() === "CANCELLED") return ok([]);
  try {
    return ok(occurrencesOf(new ICAL.Event(component), span));
  } catch (cause) {
    const name = component.getFirstPropertyValue("summary") ?? start;
    return error(`has an event that cannot be read, ${name}: ${(cause as Error).message}`);
  }
}

function occurrencesOf(event: ICAL.Event, { from, to }: DateSpan): readonly CalendarDay[] {
  const lengthDays = Math.min(daysMax, Math.max(1, Math.round(event.duration.toSeconds() / (dayMs / 1_000))));
  const days: CalendarDay[] = [];
  const iterator = event.iterator();
  for (let count = 0; count < occurrenceCountMax; count++) {
    const start = iterator.next();
    // ical.js types it as always there; it ends with null or undefined.
    if (!start || start.toString().slice(0, 10) > to) break;
    for (let day = 0; day < lengthDays; day++) {
      const date = dateAfter(start, day);
      if (date >= from && date <= to) days.push({ date, name: event.summary ?? "" });
    }
  }
  return days;
}

const dateAfter = ({ year, month, day }: ICAL.Time, days: number): string =>
  new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
