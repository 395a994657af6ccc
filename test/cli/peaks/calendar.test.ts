// Events of a calendar as an operator would have written them. It is the 1st of March 2027.
import { expect, test } from "@jest/globals";
import { peaksIn } from "../../../cli/peaks/calendar.ts";
import { peakOf, type Written } from "../../../cli/peaks/written.ts";

const now = Date.UTC(2027, 2, 1);
const calendar = (...events: readonly (readonly string[])[]): string =>
  [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//test//EN",
    ...events.flatMap((lines, index) => ["BEGIN:VEVENT", `UID:${index}`, ...lines, "END:VEVENT"]),
    "END:VCALENDAR",
    "",
  ].join("\r\n");

function read(text: string, otherwise: Written = { expect: "5x" }) {
  const found = peaksIn(text, { timeZone: "Europe/Paris", otherwise, now });
  if (found.kind === "error") throw new Error(found.error);
  return found.value;
}

test.each<[string, readonly string[], object]>([
  [
    "with a zone",
    [
      "SUMMARY:Spring sale",
      "DTSTART;TZID=America/New_York:20270320T090000",
      "DTEND;TZID=America/New_York:20270320T120000",
    ],
    { name: "spring-sale", at: "2027-03-20T09:00", timeZone: "America/New_York", hold: "10800s" },
  ],
  ["in UTC", ["SUMMARY:A", "DTSTART:20270320T090000Z", "DURATION:PT1H"], { at: "2027-03-20T09:00Z", hold: "3600s" }],
  [
    "without a zone",
    ["SUMMARY:A", "DTSTART:20270320T090000", "DURATION:PT1H"],
    { at: "2027-03-20T09:00", timeZone: "Europe/Paris" },
  ],
  ["a whole day", ["SUMMARY:A", "DTSTART;VALUE=DATE:20270320"], { at: "2027-03-20T00:00", hold: "86400s" }],
  [
    "that says more than when",
    [
      "SUMMARY:Été – Soldes!",
      "DTSTART:20270320T090000Z",
      "DURATION:PT1H",
      "DESCRIPTION:See the plan\\nexpect: 60000/min\\nRamp: 5m\\nsure: likely",
    ],
    { name: "ete-soldes", expect: "60000/min", ramp: "5m", sure: "likely" },
  ],
  [
    "that is like a day",
    ["SUMMARY:A", "DTSTART:20270320T090000Z", "DURATION:PT1H", "DESCRIPTION:like: 2026-11-27"],
    { expect: { like: "2026-11-27" } },
  ],
])("an event %s", (_, lines, written) => {
  const { peaks, leftOut } = read(calendar(lines));
  expect(leftOut).toEqual([]);
  expect(peaks).toEqual([expect.objectContaining(written)]);
  expect(peakOf(peaks[0] as Written).holdMs).toBeGreaterThan(0);
});

test("a recurring event is one peak each time, without those that are past, taken out or moved", () => {
  const weekly = [
    "SUMMARY:Drop",
    "DTSTART;TZID=Europe/Paris:20270219T180000",
    "DURATION:PT2H",
    "RRULE:FREQ=WEEKLY;COUNT=6",
  ];
  const { peaks } = read(
    calendar([...weekly, "EXDATE;TZID=Europe/Paris:20270312T180000"]).replace(
      "END:VCALENDAR",
      [
        "BEGIN:VEVENT",
        "UID:0",
        "SUMMARY:Drop",
        "RECURRENCE-ID;TZID=Europe/Paris:20270319T180000",
        "DTSTART;TZID=Europe/Paris:20270319T200000",
        "DURATION:PT1H",
        "END:VEVENT",
        "END:VCALENDAR",
      ].join("\r\n"),
    ),
  );
  expect(peaks.map(({ name, at, hold }) => [name, at, hold])).toEqual([
    ["drop-20270305", "2027-03-05T18:00", "7200s"],
    ["drop-20270319", "2027-03-19T20:00", "3600s"],
    ["drop-20270326", "2027-03-26T18:00", "7200s"],
  ]);
});

test("an endless event is unrolled a year ahead, and no further than fifty times", () => {
  const daily = ["SUMMARY:Lunch", "DTSTART:20270219T120000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"];
  expect(read(calendar(daily)).peaks).toHaveLength(50);
  expect(read(calendar([...daily.slice(0, 3), "RRULE:FREQ=MONTHLY"])).peaks).toHaveLength(12);
});

test("two events of one name are told apart by their day", () => {
  const on = (day: number) => ["SUMMARY:Sale", `DTSTART:202703${day}T120000Z`, "DURATION:PT1H"];
  expect(read(calendar(on(20), on(27))).peaks.map(({ name }) => name)).toEqual(["sale-20270320", "sale-20270327"]);
});

test.each([
  ["is over", ["DTSTART:20260320T090000Z", "DURATION:PT1H"], { expect: "5x" }, "A: it is over"],
  [
    "is cancelled",
    ["DTSTART:20270320T090000Z", "DURATION:PT1H", "STATUS:CANCELLED"],
    { expect: "5x" },
    "A: it is cancelled",
  ],
  [
    "says nothing of load",
    ["DTSTART:20270320T090000Z", "DURATION:PT1H"],
    {},
    "A: neither it nor --expect says what to expect",
  ],
])("an event that %s is left out", (_, lines, otherwise, why) => {
  expect(read(calendar(["SUMMARY:A", ...lines]), otherwise)).toEqual({ peaks: [], leftOut: [why] });
});

test.each([
  [
    "that ends before it starts",
    ["DTSTART:20270320T090000Z", "DTEND:20270320T080000Z"],
    /^a: it ends before it starts$/,
  ],
  [
    "at a time that the clocks skip",
    ["DTSTART;TZID=Europe/Paris:20270328T023000", "DURATION:PT1H"],
    /^a: --at 2027-03-28T02:30 does not exist in Europe\/Paris: the clocks jump/,
  ],
  [
    "in a zone that nobody knows",
    ["DTSTART;TZID=Nowhere:20270320T090000", "DURATION:PT1H"],
    /^a: --time-zone expected an IANA time zone/,
  ],
])("an event %s is refused", (_, lines, message) => {
  const [written] = read(calendar(["SUMMARY:A", ...lines])).peaks;
  expect(() => peakOf(written as Written)).toThrow(message);
});

test("a zone of the calendar's own is converted", () => {
  const zone = [
    "BEGIN:VTIMEZONE",
    "TZID:Romance Standard Time",
    "BEGIN:STANDARD",
    "DTSTART:16010101T030000",
    "TZOFFSETFROM:+0200",
    "TZOFFSETTO:+0100",
    "END:STANDARD",
    "END:VTIMEZONE",
  ];
  const text = calendar(["SUMMARY:A", "DTSTART;TZID=Romance Standard Time:20270320T090000", "DURATION:PT1H"]);
  const { peaks } = read(text.replace("BEGIN:VEVENT", [...zone, "BEGIN:VEVENT"].join("\r\n")));
  expect(peaks).toEqual([expect.objectContaining({ at: "2027-03-20T08:00:00Z" })]);
});

test("what is no calendar is told", () => {
  expect(peaksIn("name,when\nsale,tomorrow\n", { timeZone: "UTC", otherwise: {}, now })).toMatchObject({
    kind: "error",
    error: expect.stringMatching(/^it is no calendar: /),
  });
});
