// ISO 8601 as traces write it. Read digit by digit, since a trace has as many timestamps as rows and a regular
// expression with its substrings costs ten times as much.
import { type EpochMs, error, minuteMs, ok, type Result } from "../../core/index.ts";

/** `2027-03-20T09:00:00Z`; seconds, their fraction and the offset may be left out. No offset is read as UTC. */
export function parseTimestamp(text: string): Result<EpochMs, string> {
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const hasSeconds = text[16] === ":";
  const second = hasSeconds ? digits(text, 17, 19) : 0;
  const zone = parseZone(text.slice(hasSeconds ? 19 : 16));
  const isRead =
    hasSeparators(text) && year >= 1000 && isDay(year, month, day) && hour <= 23 && minute <= 59 && second <= 59;
  if (!isRead || zone.kind === "error") return error("is not an ISO 8601 timestamp such as 2027-03-20T09:00:00Z");
  return ok(Date.UTC(year, month - 1, day, hour, minute, second) + zone.value);
}

/** The number in these places, or NaN, which no comparison above lets through. */
function digits(text: string, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

const hasSeparators = (text: string): boolean =>
  text[4] === "-" && text[7] === "-" && (text[10] === "T" || text[10] === " ") && text[13] === ":";

const isDay = (year: number, month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && (day <= 28 || day <= new Date(Date.UTC(year, month, 0)).getUTCDate());

const zoneShape = /^(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):?([0-5]\d))?$/;

/** What is to be added to the wall clock, in milliseconds; digits below one are dropped. */
function parseZone(text: string): Result<number, "unread"> {
  if (text === "Z" || text === "") return ok(0);
  const match = zoneShape.exec(text);
  if (match === null) return error("unread");
  const [, fraction = "0", sign, hours = "0", minutes = "0"] = match;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * minuteMs;
  return ok(Number(fraction.padEnd(3, "0").slice(0, 3)) + (sign === "-" ? offsetMs : -offsetMs));
}
