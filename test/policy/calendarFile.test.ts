// Holidays out of a calendar file.
import { expect, test } from "@jest/globals";
import { holidaysIn } from "../../shared/policy/index.ts";

const calendar = (...events: readonly string[]): string =>
  [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//test//EN",
    ...events.flatMap((event) => ["BEGIN:VEVENT", ...event.split("\n"), "END:VEVENT"]),
    "END:VCALENDAR",
  ].join("\r\n");
const allDay = (date: string, name: string, more = ""): string =>
  `DTSTART;VALUE=DATE:${date}\nSUMMARY:${name}${more === "" ? "" : `\n${more}`}`;
const year = { from: "2027-01-01", to: "2027-12-31" };

test.each<[string, string, readonly string[]]>([
  ["one day", allDay("20271225", "Christmas"), ["2027-12-25 Christmas"]],
  [
    "two days, the end not included",
    allDay("20271225", "Christmas", "DTEND;VALUE=DATE:20271227"),
    ["2027-12-25 Christmas", "2027-12-26 Christmas"],
  ],
  [
    "one that began years ago and comes each year",
    allDay("20001003", "Unity", "RRULE:FREQ=YEARLY"),
    ["2027-10-03 Unity"],
  ],
  [
    "one that comes on the first Monday of September",
    allDay("20200907", "Labor", "RRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=1MO"),
    ["2027-09-06 Labor"],
  ],
  ["one that is left out this year", allDay("20200501", "May", "RRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20270501"), []],
  ["one at the turn of the year", allDay("20261231", "Turn", "DTEND;VALUE=DATE:20270102"), ["2027-01-01 Turn"]],
  ["one of another year", allDay("20281225", "Christmas"), []],
  ["a meeting", "DTSTART:20270301T090000Z\nDTEND:20270301T100000Z\nSUMMARY:Meeting", []],
  ["one that was cancelled", allDay("20270301", "Strike", "STATUS:CANCELLED"), []],
])("%s", (_, event, days) => {
  const read = holidaysIn(calendar(event), year);
  expect(read.kind === "ok" ? read.value.map(({ date, name }) => `${date} ${name}`) : read).toEqual(days);
});

test("days are in order, and a day that two events cover is there once", () => {
  const text = calendar(allDay("20270703", "Late"), allDay("20270101", "New Year"), allDay("20270703", "Late too"));
  expect(holidaysIn(text, year)).toEqual({
    kind: "ok",
    value: [
      { date: "2027-01-01", name: "New Year" },
      { date: "2027-07-03", name: "Late" },
    ],
  });
});

test.each<[string, string, string | RegExp]>([
  ["text that is none", "holidays: 2027-12-25", /^is no calendar file: /],
  ["nothing", "", "is empty"],
  ["an address book", "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:A\r\nEND:VCARD", "is no calendar but a vcard"],
  ["a repetition that is none", calendar(allDay("20270101", "X", "RRULE:FREQ=SOMETIMES")), /./],
  [
    "too many events",
    calendar(...Array.from({ length: 5_001 }, () => allDay("20270101", "X"))),
    "holds more than 5000 events",
  ],
])("%s is refused in a few words", (_, text, message) => {
  const read = holidaysIn(text, year);
  if (read.kind === "ok") throw new Error(JSON.stringify(read.value));
  expect(read.error).toMatch(message);
});
