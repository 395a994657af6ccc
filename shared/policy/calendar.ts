// Time as an operator writes it: time zones and local dates. All of it is checked here, where a mistake still has a line
// and a column.
import { Temporal } from "temporal-polyfill";
import { type EpochMs, error, ok, type Result } from "../core/index.ts";
import { found, textAt } from "./place.ts";
import { refuse, type Shape, text, unexpected } from "./shape.ts";
import { didYouMean } from "./suggest.ts";

export const timeZone: Shape<string> = {
  expects: "an IANA time zone such as Europe/Paris",
  schema: { type: "string", examples: ["UTC", "Europe/Paris", "America/New_York"] },
  read: (at) => {
    const zone = textAt(at) ?? "";
    if (isTimeZone(zone)) return ok(zone);
    const hint = didYouMean(zone, ["UTC", ...Intl.supportedValuesOf("timeZone")]);
    return refuse(at, `expected ${timeZone.expects}, found ${found(at)}${hint}`);
  },
};

/** Offsets such as `+02:00` are refused: they do not know when the clocks change. */
function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z][\w+/-]{0,60}$/.test(zone)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** A moment as written: by the clocks of some place, or with an offset and so the same everywhere. */
export type WrittenTime =
  | { readonly kind: "local"; readonly at: string }
  | { readonly kind: "instant"; readonly atMs: EpochMs };

const dateTime =
  /^2\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)?$/;

const writtenText = text({
  expects: "a date and time such as 2027-03-20T09:00",
  pattern: dateTime,
  examples: ["2027-03-20T09:00", "2027-03-20T08:00Z"],
});

export const writtenTime: Shape<WrittenTime> = {
  ...writtenText,
  read: (at) => {
    const reading = writtenText.read(at);
    if (reading.kind === "error") return reading;
    if (!hasDay(reading.value)) return unexpected(at, `a day that the month has`);
    const hasOffset = dateTime.exec(reading.value)?.[1] !== undefined;
    return ok(
      hasOffset
        ? { kind: "instant", atMs: Temporal.Instant.from(reading.value).epochMilliseconds }
        : { kind: "local", at: reading.value },
    );
  },
};

/** `2026-11-27` */
export type Day = string;
const dayText = text({
  expects: "a day such as 2026-11-27",
  pattern: /^2\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
  examples: ["2026-11-27"],
});
export const writtenDay: Shape<Day> = {
  ...dayText,
  read: (at) => {
    const reading = dayText.read(at);
    return reading.kind === "ok" && !hasDay(reading.value) ? unexpected(at, "a day that the month has") : reading;
  },
};

/** As the clocks show it; of an instant, in UTC. */
export const timeOfDay = (written: WrittenTime): string =>
  written.kind === "local" ? written.at.slice(11) : new Date(written.atMs).toISOString().slice(11, 19);

function hasDay(written: string): boolean {
  const [year = 0, month = 0, day = 0] = written.slice(0, 10).split("-").map(Number);
  return day <= Temporal.PlainYearMonth.from({ year, month }).daysInMonth;
}

/** The instant of a local time. One that occurs twice, in autumn, is its first; one that the clocks skip is refused. */
export function instantOf(local: string, zone: string): Result<EpochMs, string> {
  const wanted = Temporal.PlainDateTime.from(local);
  const instant = wanted.toZonedDateTime(zone, { disambiguation: "earlier" });
  if (instant.toPlainDateTime().equals(wanted)) return ok(instant.epochMilliseconds);
  const jump = instant.getTimeZoneTransition("next");
  return error(
    `${spell(wanted)} does not exist in ${zone}${jump === null ? "" : `: the clocks jump ${spellJump(jump)}`}`,
  );
}

/** The second instant of a local time that the clocks run through twice. */
export function secondOf(local: string, zone: string): EpochMs | "none" {
  const wanted = Temporal.PlainDateTime.from(local);
  const last = wanted.toZonedDateTime(zone, { disambiguation: "later" });
  const first = instantOf(local, zone);
  return first.kind === "ok" && last.epochMilliseconds > first.value ? last.epochMilliseconds : "none";
}

function spellJump(jump: Temporal.ZonedDateTime): string {
  const from = jump.subtract({ nanoseconds: 1 }).toPlainDateTime().add({ nanoseconds: 1 });
  return `from ${spell(from)} to ${spell(jump.toPlainDateTime())}`;
}

const spell = (at: Temporal.PlainDateTime): string => at.toString({ smallestUnit: "minute" });
