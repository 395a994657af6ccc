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
  /** Those to take, by when they begin. */
  readonly events: readonly TakenEvent[];
  /** A sentence for each event that is no peak, and why. */
  readonly passedOver: readonly string[];
  /** A sentence for each that is none as it stands, why, and what to do. */
  readonly bad: readonly string[];
}
export interface TakenEvent {
  /** The same at each reading, though the event has moved. */
  readonly id: string;
  readonly written: Written;
}

/** Recurring events are unrolled so far ahead. */
const horizonMs = 366 * dayMs;
/** Of one event; and an endless one has to end somewhere. */
const occurrencesMax = 50;
const stepsMax = 10_000;

export function peaksIn(text: string, options: CalendarOptions): Result<Calendar, string> {
  const events = eventsIn(text);
  if (events.kind === "error") return events;
  const told = [...events.value.bad, ...events.value.events.flatMap((event) => toldBy(event, options))];
  const found = told.filter((one) => one.kind === "found").sort((a, b) => a.startsAt - b.startsAt);
  const names = found.map(({ name }) => name);
  const isAlone = (name: string): boolean => names.indexOf(name) === names.lastIndexOf(name);
  // Of a recurring event what is wrong each time is told once.
  const sentences = (kind: Left["kind"]): readonly string[] => [
    ...new Set(told.flatMap((one) => (one.kind === kind ? [one.because] : []))),
  ];
  return ok({
    events: found.map(({ id, name, dated, written }) => ({
      id,
      written: { ...written, name: isAlone(name) ? name : dated },
    })),
    passedOver: sentences("passed-over"),
    bad: sentences("bad"),
  });
}

interface Read {
  readonly events: readonly ICAL.Event[];
  readonly bad: readonly Left[];
}

/** ical.js parses all or nothing: where it is nothing, without the events that are none by themselves. */
function eventsIn(text: string): Result<Read, string> {
  const whole = parsed(text);
  if (whole.kind === "ok") return ok({ events: whole.value, bad: [] });
  const bad: Left[] = [];
  const rest = parsed(
    text.replace(/^BEGIN:VEVENT[\s\S]*?^END:VEVENT\r?$/gm, (block) => {
      const one = parsed(`BEGIN:VCALENDAR\r\n${block}\r\nEND:VCALENDAR`);
      if (one.kind === "ok") return block;
      bad.push(leftOut(/^SUMMARY[^:\r\n]*:(.*)/m.exec(block)?.[1], "bad", unreadable(one.error)));
      return "";
    }),
  );
  return rest.kind === "ok" ? ok({ events: rest.value, bad }) : error(`it is no calendar: ${whole.error}`);
}

function parsed(text: string): Result<readonly ICAL.Event[], string> {
  try {
    const calendar = new ICAL.Component(ICAL.parse(text));
    for (const zone of calendar.getAllSubcomponents("vtimezone")) ICAL.TimezoneService.register(zone);
    const events = calendar.getAllSubcomponents("vevent").map((event) => new ICAL.Event(event));
    return ok(events.filter((event) => !event.isRecurrenceException()));
  } catch (cause) {
    return error(cause instanceof Error ? cause.message : String(cause));
  }
}

const unreadable = (because: string): string => `it cannot be read (${because}): correct it in the calendar`;

interface Found {
  readonly kind: "found";
  readonly id: string;
  readonly startsAt: EpochMs;
  readonly name: string;
  /** The name where it has to be told from others. */
  readonly dated: string;
  readonly written: Written;
}
interface Left {
  readonly kind: "passed-over" | "bad";
  readonly because: string;
}

/** Of one that is over, nothing: a feed keeps them for years. */
function toldBy(event: ICAL.Event, options: CalendarOptions): readonly (Found | Left)[] {
  const left = (kind: Left["kind"], because: string): Left => leftOut(event.summary, kind, because);
  if (isCancelled(event)) return [left("passed-over", "it is cancelled")];
  const written = { ...options.otherwise, ...saidIn(event.description ?? "") };
  if (written.expect === undefined) return [left("passed-over", "neither it nor --expect says what to expect")];
  try {
    const ahead = occurrencesOf(event, options.now);
    return ahead.map((one) => {
      const seconds = one.endDate.subtractDate(one.startDate).toSeconds();
      if (seconds < 0) return left("bad", "it ends before it starts: correct it in the calendar");
      const all = { ...written, ...timesOf(event, one, options), ...(seconds === 0 ? {} : { hold: `${seconds}s` }) };
      if (all.hold === undefined) return left("bad", "it has no end: give it one in the calendar, or say --hold");
      return { kind: "found", ...namesOf(event, one), startsAt: one.startDate.toUnixTime() * 1_000, written: all };
    });
  } catch (cause) {
    // ical.js throws an Error for times that are none, once they are asked for.
    return [left("bad", unreadable((cause as Error).message))];
  }
}

const isCancelled = (event: ICAL.Event): boolean =>
  `${event.component.getFirstPropertyValue("status")}`.toUpperCase() === "CANCELLED";

const leftOut = (title: string | null | undefined, kind: Left["kind"], because: string): Left => ({
  kind,
  because: `${title?.trim() || "an event without a title"}: ${because}`,
});

/** `expect: 5x` on a line of its own in the event's description; likewise ramp, release and sure, and `like: 2026-11-27`. */
function saidIn(description: string): Written {
  const said = [...description.matchAll(/^\s*(expect|like|ramp|release|sure)\s*:\s*(\S.*?)\s*$/gim)].map(
    ([, key = "", value = ""]) => [key.toLowerCase(), value] as const,
  );
  const { like, ...rest } = Object.fromEntries(said);
  return like === undefined ? rest : { ...rest, expect: { like } };
}

interface Occurrence {
  /** When it would be by its event's rule, wherever it was moved. */
  readonly by: ICAL.Time;
  readonly startDate: ICAL.Time;
  readonly endDate: ICAL.Time;
}

function occurrencesOf(event: ICAL.Event, now: EpochMs): readonly Occurrence[] {
  const isAhead = ({ startDate, endDate }: Occurrence): boolean =>
    Math.max(startDate.toUnixTime(), endDate.toUnixTime()) * 1_000 > now;
  if (!event.startDate) throw new Error("it has no start");
  if (!event.isRecurring())
    return [{ by: event.startDate, startDate: event.startDate, endDate: event.endDate }].filter(isAhead);
  const ahead: Occurrence[] = [];
  const times = event.iterator();
  for (let step = 0; step < stepsMax && ahead.length < occurrencesMax; step++) {
    const next = times.next();
    if (!next || next.toUnixTime() * 1_000 > now + horizonMs) break;
    const { item, startDate, endDate } = event.getOccurrenceDetails(next);
    const one = { by: next, startDate, endDate };
    if (isAhead(one) && !isCancelled(item)) ahead.push(one);
  }
  return ahead;
}

const nameMax = 40;

function namesOf(event: ICAL.Event, { by }: Occurrence): Pick<Found, "id" | "name" | "dated"> {
  const plain = (event.summary ?? "")
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-");
  const slug = (length: number): string => plain.slice(0, length).replace(/^-+|-+$/g, "") || "event";
  const day = by.toString().slice(0, 10).replaceAll("-", "");
  const dated = `${slug(nameMax - day.length - 1)}-${day}`;
  const name = event.isRecurring() ? dated : slug(nameMax);
  const uid = event.uid ?? name;
  return { id: event.isRecurring() ? `${uid} ${by}` : uid, name, dated };
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
