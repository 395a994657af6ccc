// Events of a calendar as an operator would have written them. It is the 1st of March 2027.
import { expect, test } from "@jest/globals";
import { type Calendar, peaksIn } from "../../../cli/peaks/calendar.ts";
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

function read(text: string, otherwise: Written = { expect: "5x" }): Calendar & { readonly peaks: readonly Written[] } {
  const found = peaksIn(text, { timeZone: "Europe/Paris", otherwise, now });
  if (found.kind === "error") throw new Error(found.error);
  return { ...found.value, peaks: found.value.events.map(({ written }) => written) };
}
const none = { events: [], peaks: [], passedOver: [], bad: [] };

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
  const { peaks, passedOver, bad } = read(calendar(lines));
  expect([passedOver, bad]).toEqual([[], []]);
  expect(peaks).toEqual([expect.objectContaining(written)]);
  expect(peakOf(peaks[0] as Written, "calendar").kind).toBe("ok");
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
  expect(read(calendar(["SUMMARY:A", ...lines]), otherwise)).toEqual({ ...none, passedOver: [why] });
});

const hour = ["DTSTART:20270320T090000Z", "DURATION:PT1H"];
const skipped = ["DTSTART;TZID=Europe/Paris:20270328T023000", "DURATION:PT1H"];

test.each([
  [
    "that ends before it starts",
    ["DTSTART:20270320T090000Z", "DTEND:20270320T080000Z"],
    "A: it ends before it starts: correct it in the calendar",
  ],
  ["that has no end", ["DTSTART:20270320T090000Z"], "A: it has no end: give it one in the calendar, or say --hold"],
  [
    "that has none each time",
    ["DTSTART:20270320T090000Z", "RRULE:FREQ=DAILY"],
    "A: it has no end: give it one in the calendar, or say --hold",
  ],
  [
    "that has no start",
    ["DTEND:20270320T080000Z"],
    "A: it cannot be read (it has no start): correct it in the calendar",
  ],
  [
    "at a time that is none",
    ["DTSTART:tomorrow", "DURATION:PT1H"],
    expect.stringMatching(/^A: it cannot be read \(invalid date-time .*\): correct it in the calendar$/),
  ],
  [
    "that comes back by no rule",
    [...hour, "RRULE:FREQ=SOMETIMES"],
    expect.stringMatching(/^A: it cannot be read \(invalid frequency .*\): correct it in the calendar$/),
  ],
  [
    "with a line that is none",
    [...hour, "come in numbers"],
    expect.stringMatching(/^A: it cannot be read \(invalid line .*\): correct it in the calendar$/),
  ],
])("an event %s is told, and keeps no other from being read", (_, lines, why) => {
  const { peaks, passedOver, bad } = read(calendar(["SUMMARY:A", ...lines], ["SUMMARY:B", ...hour]));
  expect([passedOver, bad]).toEqual([[], [why]]);
  expect(peaks).toMatchObject([{ name: "b" }]);
});

test("an event without an end takes --hold, and of one that is over there is nothing to tell", () => {
  const open = ["SUMMARY:A", "DTSTART:20270320T090000Z"];
  expect(read(calendar(open), { expect: "5x", hold: "2h" }).peaks).toMatchObject([{ hold: "2h" }]);
  const longAgo = ["SUMMARY:A", "DTSTART:20200320T090000Z"];
  const backwards = [...longAgo, "DTEND:20200320T080000Z"];
  expect(read(calendar([...longAgo, "DURATION:PT1H"], longAgo, backwards))).toEqual(none);
});

test.each([
  [
    "at a time that the clocks skip",
    skipped,
    /^a: its start 2027-03-28T02:30 does not exist in Europe\/Paris: the clocks jump .*: correct it in the calendar$/,
  ],
  [
    "in a zone that nobody knows",
    ["DTSTART;TZID=Nowhere:20270320T090000", "DURATION:PT1H"],
    /^a: its time zone expected an IANA time zone .*: correct it in the calendar$/,
  ],
])("an event %s is refused", (_, lines, message) => {
  const [written] = read(calendar(["SUMMARY:A", ...lines])).peaks;
  expect(peakOf(written as Written, "calendar")).toEqual({ kind: "error", error: expect.stringMatching(message) });
});

test("an event keeps its id, wherever it moves: its own, and of a recurring one the day by its rule", () => {
  const ids = (...events: readonly (readonly string[])[]) =>
    read(calendar(...events)).events.map(({ id, written }) => [id, written.name, written.at]);
  expect(ids(["SUMMARY:A", ...hour])).toEqual([["0", "a", "2027-03-20T09:00Z"]]);
  expect(ids(["SUMMARY:A", "DTSTART:20270402T100000Z", "DURATION:PT1H"])).toEqual([["0", "a", "2027-04-02T10:00Z"]]);
  const text = (...exception: readonly string[]) =>
    calendar(["SUMMARY:A", ...hour, "RRULE:FREQ=WEEKLY;COUNT=2"]).replace(
      "END:VCALENDAR",
      [
        "BEGIN:VEVENT",
        "UID:0",
        "SUMMARY:A",
        "RECURRENCE-ID:20270327T090000Z",
        ...exception,
        "END:VEVENT",
        "END:VCALENDAR",
      ].join("\r\n"),
    );
  const moved = read(text("DTSTART:20270329T100000Z", "DURATION:PT1H"));
  expect(moved.events.map(({ id, written }) => [id, written.name, written.at])).toEqual([
    ["0 2027-03-20T09:00:00Z", "a-20270320", "2027-03-20T09:00Z"],
    ["0 2027-03-27T09:00:00Z", "a-20270327", "2027-03-29T10:00Z"],
  ]);
  const cancelled = read(text("DTSTART:20270327T090000Z", "DURATION:PT1H", "STATUS:CANCELLED"));
  expect(cancelled.peaks.map(({ name }) => name)).toEqual(["a-20270320"]);
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
