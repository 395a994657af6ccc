// The next start against two who know the calendar: a cron library, and for the nights on which the clocks change, Temporal.
import { expect, test } from "@jest/globals";
import { Cron } from "croner";
import * as fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { dayMs } from "../../../shared/core/index.ts";
import { nextStart } from "../../../shared/engine/index.ts";
import { scheduled } from "../../support/given.ts";

const zones = [
  "Europe/Paris",
  "America/New_York",
  "Australia/Lord_Howe",
  "America/Havana",
  "Asia/Kathmandu",
  "Africa/Casablanca",
  "America/St_Johns",
  "America/Santiago",
];
const zone = fc.constantFrom(...zones, "Pacific/Chatham", "UTC", "Asia/Beirut", "Africa/Cairo");
const whole = (min: number, max: number) => fc.integer({ min, max });
const list = (min: number, max: number) =>
  fc.uniqueArray(whole(min, max), { minLength: 1, maxLength: 3 }).map((all) => all.sort((a, b) => a - b));
const field = (min: number, max: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant("*"),
    list(min, max).map(String),
    fc.tuple(whole(min, max), whole(min, max)).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    whole(2, max).map((step) => `*/${step}`),
  );

/** Runs of the local day around an instant: none of them changes its offset. */
const isQuiet = (timeZone: string, at: number): boolean => {
  const offset = (ms: number) => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).offset;
  return offset(at - 2 * dayMs) === offset(at + 2 * dayMs);
};

test("away from the nights on which the clocks change, it is the library's", () => {
  const pattern = fc
    .tuple(field(0, 59), field(0, 23), field(1, 28), field(1, 12), field(0, 7))
    .map((all) => all.join(" "));
  const instant = fc.date({ min: new Date("2010-01-01"), max: new Date("2040-01-01"), noInvalidDate: true });
  fc.assert(
    fc.property(pattern, zone, instant, (cron, timeZone, after) => {
      const theirs = new Cron(cron, { timezone: timeZone, paused: true, mode: "5-part" }).nextRun(after)?.getTime();
      fc.pre(theirs !== undefined && isQuiet(timeZone, theirs) && isQuiet(timeZone, after.getTime()));
      expect(nextStart(scheduled(cron, { timeZone }), after.getTime())).toBe(theirs);
    }),
    { numRuns: 1_000 },
  );
});

/** The instants of a time on a date: as Temporal knows them. */
function instantsOf(
  timeZone: string,
  local: Temporal.PlainDateTime,
  clockChange: "once" | "as-shown",
): readonly number[] {
  const [earlier, later] = (["earlier", "later"] as const).map((disambiguation) =>
    local.toZonedDateTime(timeZone, { disambiguation }),
  ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime];
  const exists = earlier.toPlainDateTime().equals(local);
  if (clockChange === "as-shown") return exists ? [earlier.epochMilliseconds, later.epochMilliseconds] : [];
  return [
    exists ? earlier.epochMilliseconds : (earlier.getTimeZoneTransition("next")?.epochMilliseconds ?? Number.NaN),
  ];
}

test("in those nights, every start of four days is Temporal's", () => {
  const change = fc.tuple(
    fc.constantFrom(...zones.filter((one) => one !== "Asia/Kathmandu")),
    whole(2010, 2035),
    whole(0, 1),
  );
  const hours = fc.oneof(list(0, 23).map(String), fc.constantFrom("*", "*/2", "*/3", "0-4", "20-23"));
  fc.assert(
    fc.property(change, list(0, 59), hours, ([timeZone, year, nth], minutes, hour) => {
      let transition = Temporal.ZonedDateTime.from({ year, month: 1, day: 1, timeZone }).getTimeZoneTransition("next");
      if (nth === 1) transition = transition?.getTimeZoneTransition("next") ?? null;
      fc.pre(transition !== null);
      const cron = `${minutes} ${hour} * * *`;
      const recurrence = scheduled(cron, { timeZone });
      const from = (transition?.epochMilliseconds ?? 0) - 2 * dayMs;
      expect(startsBetween(recurrence, from, from + 4 * dayMs)).toEqual(
        expectedBetween(recurrence, from, from + 4 * dayMs),
      );
    }),
    { numRuns: 200 },
  );
});

function startsBetween(recurrence: ReturnType<typeof scheduled>, from: number, to: number): readonly number[] {
  const starts: number[] = [];
  for (let at = nextStart(recurrence, from); at !== "never" && at < to; at = nextStart(recurrence, at)) starts.push(at);
  return starts;
}

function expectedBetween(
  { starts, timeZone }: ReturnType<typeof scheduled>,
  from: number,
  to: number,
): readonly number[] {
  const first = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone).toPlainDate();
  const all = Array.from({ length: 7 }, (_, day) => first.add({ days: day - 1 })).flatMap((date) =>
    starts.hours.flatMap((hour) =>
      starts.minutes.flatMap((minute) =>
        instantsOf(timeZone, date.toPlainDateTime({ hour, minute }), starts.clockChange),
      ),
    ),
  );
  return [...new Set(all)].filter((at) => at > from && at < to).sort((a, b) => a - b);
}
