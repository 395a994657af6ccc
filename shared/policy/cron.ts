// Cron patterns: checked here, where a mistake still has a line and a column, and taken apart into sets, so that nobody who
// decides needs a cron library.
import { Cron } from "croner";
import { ok } from "../core/index.ts";
import { found, quote, textAt } from "./place.ts";
import { refuse, type Shape, unexpected } from "./shape.ts";
import type { Starts } from "./types.ts";

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

/** The sets that the five fields of a pattern name. Throws where croner does: the pattern has passed `cron`. */
export function startsOf(pattern: string): Starts {
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = pattern.split(" ");
  return {
    minutes: matched(`${minute} * * * *`, 60, (value) => Date.UTC(2024, 0, 1, 0, value)),
    hours: matched(`* ${hour} * * *`, 24, (value) => Date.UTC(2024, 0, 1, value)),
    days: matched(`* * ${day} * *`, 31, (value) => Date.UTC(2024, 0, 1 + value)).map((value) => value + 1),
    months: matched(`* * * ${month} *`, 12, (value) => Date.UTC(2024, value, 1)).map((value) => value + 1),
    weekdays: matched(`* * * * ${weekday}`, 7, (value) => Date.UTC(2024, 8, 1 + value)),
    dayIs: day === "*" || weekday === "*" ? "both" : "either",
    clockChange: hour.startsWith("*") ? "as-shown" : "once",
  };
}

/** Which of the values 0 to `count` - 1 a pattern of one field matches, asked at an instant of each. */
function matched(pattern: string, count: number, instantOf: (value: number) => number): readonly number[] {
  const schedule = new Cron(pattern, { paused: true, timezone: "UTC", mode: "5-part" });
  return Array.from({ length: count }, (_, value) => value).filter((value) =>
    schedule.match(new Date(instantOf(value))),
  );
}
