// Time as an operator writes it: time zones, cron patterns and local dates. All of it is checked here, where a mistake
// still has a line and a column.
import { Cron } from "croner";
import { Temporal } from "temporal-polyfill";
import { type EpochMs, error, ok, type Result } from "../core/index.ts";
import { found, quote, textAt } from "./place.ts";
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

export const cron: Shape<string> = {
  expects: "five Unix cron fields (minute hour day month weekday) such as 0 8 * * MON-FRI",
  schema: { type: "string", examples: ["0 8 * * MON-FRI"] },
  read: (at) => {
    const written = textAt(at);
    if (written === undefined || written.length > cronLengthMax) return unexpected(at, cron.expects);
    const pattern = written.trim().split(/\s+/).join(" ");
    const mistake = extensionIn(pattern) ?? grammarMistakeIn(pattern);
    return mistake === undefined ? ok(pattern) : refuse(at, `expected ${cron.expects}, found ${found(at)}: ${mistake}`);
  },
};

/** A list of every minute of the hour fits; it bounds the work of the cron parser. */
const cronLengthMax = 200;

const unixNames = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC SUN MON TUE WED THU FRI SAT".split(" ");

/** What croner understands beyond Unix; the schedule must mean the same to whoever reads it. */
function extensionIn(pattern: string): string | undefined {
  if (pattern.startsWith("@")) return "nicknames such as @daily are not Unix fields";
  const count = pattern.split(" ").length;
  if (count !== 5) return `it has ${count} field${count === 1 ? "" : "s"}`;
  const stranger = /[^\dA-Za-z*,/ -]/.exec(pattern)?.[0];
  if (stranger !== undefined) return `${quote(stranger)} is not Unix`;
  const word = pattern.match(/[A-Za-z]+/g)?.find((name) => !unixNames.includes(name.toUpperCase()));
  return word === undefined ? undefined : `${quote(word)} is neither a month nor a weekday`;
}

/** A leap year begins here, so that 29 February occurs as soon as it can. */
const anyInstant = new Date("2024-01-01T00:00:00Z");

function grammarMistakeIn(pattern: string): string | undefined {
  try {
    const schedule = new Cron(pattern, { paused: true, timezone: "UTC", mode: "5-part" });
    return schedule.nextRun(anyInstant) === null ? "it never occurs" : undefined;
  } catch (refusal) {
    return String(refusal instanceof Error ? refusal.message : refusal).replace(/^CronPattern: /, "");
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

function spellJump(jump: Temporal.ZonedDateTime): string {
  const from = jump.subtract({ nanoseconds: 1 }).toPlainDateTime().add({ nanoseconds: 1 });
  return `from ${spell(from)} to ${spell(jump.toPlainDateTime())}`;
}

const spell = (at: Temporal.PlainDateTime): string => at.toString({ smallestUnit: "minute" });
