import { describe, expect, test } from "@jest/globals";
import { parseTrace, type TraceOptions } from "../../shared/sim/trace/trace.ts";

const options: TraceOptions = { name: "t", unit: "per-minute", repair: "refuse" };
const repairing: TraceOptions = { ...options, repair: "repair" };

/** Rows of `HH:MM[:SS],value[,filled]` on one day, below the header. */
function csv(header: string, ...rows: readonly string[]): string {
  return [header, ...rows.map((row) => row.replace(/^(\d\d:\d\d)(:\d\d)?/, (time) => stamp(time)))].join("\n");
}
const stamp = (time: string): string => `2027-03-20T${time.length === 5 ? `${time}:00` : time}Z`;
const plain = (...rows: readonly string[]): string => csv("timestamp,value", ...rows);
const marked = (...rows: readonly string[]): string => csv("timestamp,value,filled", ...rows);

function parsed(text: string, given: TraceOptions = options) {
  const result = parseTrace(text, given);
  if (result.kind === "error") throw new Error(JSON.stringify(result.error));
  const { trace, repairs } = result.value;
  return {
    start: new Date(trace.startAt).toISOString(),
    loads: [...trace.loads],
    filled: [...trace.filled],
    repairs,
    name: trace.name,
  };
}

function refused(text: string, given: TraceOptions = options): readonly string[] {
  const result = parseTrace(text, given);
  if (result.kind === "ok") throw new Error("the trace was not refused");
  return result.error.map(({ line, message }) => `${line}: ${message}`);
}

describe("a trace that is well formed", () => {
  test("of minutes", () => {
    expect(parsed(plain("09:00,10", "09:01,11.5", "09:02,1e3"))).toEqual({
      name: "t",
      start: "2027-03-20T09:00:00.000Z",
      loads: [10, 11.5, 1000],
      filled: [0, 0, 0],
      repairs: [],
    });
  });

  test("of five minutes off the minute: floored, and each value holds for its five minutes", () => {
    expect(parsed(plain("09:02:53,7.8", "09:07:53,9.6"))).toMatchObject({
      start: "2027-03-20T09:02:00.000Z",
      loads: [7.8, 7.8, 7.8, 7.8, 7.8, 9.6, 9.6, 9.6, 9.6, 9.6],
    });
  });

  test("of an hour", () => {
    const { loads } = parsed(plain("09:00,60", "10:00,120"));
    expect(loads).toHaveLength(120);
    expect([loads[0], loads[59], loads[60], loads[119]]).toEqual([60, 60, 120, 120]);
  });

  test("of twenty seconds: averaged over the minute, also where the ends have fewer readings", () => {
    // 09:00 has 3 and 5: 4. 09:01 has 1, 2 and 6: 3. 09:02 has 8.
    const rows = ["09:00:20,3", "09:00:40,5", "09:01:00,1", "09:01:20,2", "09:01:40,6", "09:02:00,8"];
    expect(parsed(plain(...rows))).toMatchObject({ start: "2027-03-20T09:00:00.000Z", loads: [4, 3, 8] });
  });

  test.each([
    // Three in a minute: 60 · 3 = 180 a second's rate, 3 · 60/60 = 3 for an interval of one minute.
    ["per-second", ["09:00,3", "09:01,3"], [180, 180]],
    ["per-interval", ["09:00,3", "09:01,3"], [3, 3]],
    // Fifteen in five minutes are 3 a minute, for each of five minutes.
    ["per-interval", ["09:00,15", "09:05,15"], Array(10).fill(3)],
    // Two and four in half a minute each are 4 and 8 a minute, 6 on average.
    ["per-interval", ["09:00:00,2", "09:00:30,4"], [6]],
  ] as const)("in %s: %j are %j a minute", (unit, rows, loads) => {
    expect(parsed(plain(...rows), { ...options, unit }).loads).toEqual(loads);
  });

  test("filled readings fill their minutes", () => {
    expect(parsed(marked("09:00,1,0", "09:02,2,1", "09:04,3,0"))).toMatchObject({
      loads: [1, 1, 2, 2, 3, 3],
      filled: [0, 0, 1, 1, 0, 0],
    });
  });

  test("a minute of parts is filled only if all its parts are; otherwise its real ones are averaged", () => {
    const rows = ["09:00:00,1,0", "09:00:30,9,1", "09:01:00,4,1", "09:01:30,6,1"];
    expect(parsed(marked(...rows))).toMatchObject({ loads: [1, 5], filled: [0, 1] });
  });

  test("with a byte order mark, CRLF, blanks, and blank lines at the end", () => {
    const text = "\uFEFFtimestamp,value\r\n2027-03-20T09:00:00Z, 1\r\n2027-03-20 09:01:00 ,2\r\n\r\n";
    expect(parsed(text).loads).toEqual([1, 2]);
  });

  test.each([
    ["2027-03-20T09:00:00Z"],
    ["2027-03-20T09:00:00"],
    ["2027-03-20 09:00"],
    ["2027-03-20T09:00:00.000Z"],
    ["2027-03-20T10:00:00+01:00"],
    ["2027-03-20T03:30:00-0530"],
    ["2027-03-19T23:00:00-10:00"],
  ])("%s is nine o'clock in UTC", (first) => {
    const { start, loads } = parsed(`timestamp,value\n${first},1\n2027-03-20T09:01:00Z,2`);
    expect({ start, loads }).toEqual({ start: "2027-03-20T09:00:00.000Z", loads: [1, 2] });
  });

  test("29 February of a leap year is a day", () => {
    const text = "timestamp,value\n2028-02-28T23:59:00Z,1\n2028-02-29T00:00:00Z,2\n2028-02-29T00:01:00Z,3";
    expect(parsed(text).loads).toEqual([1, 2, 3]);
  });

  test("fifty thousand rows are a matter of moments", () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => `${new Date(i * 60_000).toISOString()},${i % 97}.5,0`);
    const text = `timestamp,value,filled\n${rows.join("\n")}\n`;
    const before = process.cpuUsage();
    expect(parsed(text).loads).toHaveLength(50_000);
    const { user, system } = process.cpuUsage(before);
    // Takes about a tenth of this; a parser that is quadratic takes minutes.
    expect((user + system) / 1000).toBeLessThan(2_000);
  });
});

describe("a trace that is not", () => {
  const unread = (text: string): string => `"${text}" is not an ISO 8601 timestamp such as 2027-03-20T09:00:00Z`;
  const minutes = ["09:00,1", "09:01,2", "09:02,3"];

  test.each<[string, string, readonly string[]]>([
    ["is empty", "", ["1: the file is empty"]],
    ["is blank", "\uFEFF \r\n\n", ["1: the file is empty"]],
    ["has no rows", "timestamp,value\n", ["1: there is no row below the header"]],
    [
      "has no header",
      "2027-03-20T09:00:00Z,1",
      ["1: the column timestamp is missing: the header must be timestamp,value or timestamp,value,filled"],
    ],
    [
      "has no values",
      csv("timestamp,count", ...minutes),
      ["1: the column value is missing: the header must be timestamp,value or timestamp,value,filled"],
    ],
    [
      "has a column too many",
      csv("timestamp,value,filled,note", ...minutes),
      ["1: the header must be timestamp,value or timestamp,value,filled, not timestamp,value,filled,note"],
    ],
    ["has a field too few", plain("09:00,1", "09:01", "09:02,3"), ["3: 1 fields, but the header has 2"]],
    ["has a field too many", plain("09:00,1", "09:01,2,0"), ["3: 3 fields, but the header has 2"]],
    ["has a blank line inside", plain("09:00,1", "", "09:01,2"), ["3: 1 fields, but the header has 2"]],
    ["has no value", plain("09:00,1", "09:01,"), ['3: "" is not a number']],
    ["has a word for a value", plain("09:00,1", "09:01,NaN"), ['3: "NaN" is not a number']],
    ["has a hexadecimal value", plain("09:00,1", "09:01,0x10"), ['3: "0x10" is not a number']],
    ["has an endless value", plain("09:00,1", "09:01,1e999"), ["3: 1e999 is beyond 1000000000000 requests"]],
    ["has an odd mark", marked("09:00,1,0", "09:01,2,yes"), ['3: filled must be 0 or 1, not "yes"']],
    ["has a word for a time", plain("noon,1", "09:01,2"), [`2: ${unread("noon")}`]],
    [
      "has one row",
      plain("09:00,1"),
      ["2: one timestamp with a usable value does not tell the interval: two are needed"],
    ],
    [
      "has a gap",
      plain("09:00,1", "09:01,2", "09:04,3", "09:05,4"),
      ["4: a gap of 2 rows before 2027-03-20T09:04:00Z"],
    ],
    [
      "has a duplicate",
      plain("09:00,1", "09:01,2", "09:01,3", "09:02,4"),
      ["4: 2027-03-20T09:01:00Z stands already on line 3"],
    ],
    ["has only duplicates", plain("09:00,1", "09:00,2"), ["3: 2027-03-20T09:00:00Z stands already on line 2"]],
    ["steps back", plain("09:00,1", "09:01,2", "08:59,3", "09:02,4"), ["4: a step back to 2027-03-20T08:59:00Z"]],
    ["has a negative value", plain("09:00,1", "09:01,-2", "09:02,3"), ["3: the value -2 is negative"]],
    [
      "leaves the grid",
      plain(...minutes, "09:03:20,4", "09:04:20,5"),
      ["5: 2027-03-20T09:03:20Z comes 80 s after the row before, off the grid of 1 min"],
    ],
    [
      "is too fine",
      plain("09:00:00,1").concat("\n2027-03-20T09:00:00.500Z,2"),
      ["3: a step of 0.5 s: the grid must be of 1 s to 1 h"],
    ],
    ["is too coarse", plain("09:00,1", "11:00,2"), ["3: a step of 120 min: the grid must be of 1 s to 1 h"]],
    [
      "has steps of 90 s",
      plain("09:00:00,1", "09:01:30,2"),
      ["3: a step of 90 s is neither whole minutes nor a part that divides a minute evenly"],
    ],
    [
      "has steps of 7 s",
      plain("09:00:00,1", "09:00:07,2"),
      ["3: a step of 7 s is neither whole minutes nor a part that divides a minute evenly"],
    ],
    [
      "has several mistakes",
      plain("09:00,1", "09:01,-2", "09:02,3", "09:02,3", "09:03,4", "09:05,5", "09:04,6"),
      [
        "3: the value -2 is negative",
        "5: 2027-03-20T09:02:00Z stands already on line 4",
        "7: a gap of 1 rows before 2027-03-20T09:05:00Z",
        "8: a step back to 2027-03-20T09:04:00Z",
      ],
    ],
  ])("%s", (_, text, issues) => {
    expect(refused(text)).toEqual(issues);
  });

  test.each([
    ["2027-02-30T09:00:00Z"],
    ["2027-02-29T09:00:00Z"],
    ["2027-13-01T09:00:00Z"],
    ["2027-00-10T09:00:00Z"],
    ["2027-03-00T09:00:00Z"],
    ["2027-03-20T24:00:00Z"],
    ["2027-03-20T09:60:00Z"],
    ["2027-03-20T09:00:60Z"],
    ["2027-03-20T09:00:00+1"],
    ["2027-03-20T09:00:00ZZ"],
    ["2027/03/20T09:00:00Z"],
    ["2027-03-20"],
    ["20.03.2027 09:00"],
    ["1805533200"],
    [""],
  ])("has the timestamp %j", (timestamp) => {
    expect(refused(`timestamp,value\n${timestamp},1\n2027-03-20T09:00:00Z,2`)).toEqual([`2: ${unread(timestamp)}`]);
  });

  test("twenty mistakes are told, then how many more there are", () => {
    const rows = Array.from({ length: 50 }, (_, i) => `${stamp(`09:${String(i).padStart(2, "0")}`)},x`);
    const issues = refused(`timestamp,value\n${rows.join("\n")}`);
    expect(issues).toHaveLength(21);
    expect(issues[19]).toBe('21: "x" is not a number');
    expect(issues[20]).toBe("22: and 30 more from here on");
  });
});

describe("a trace that is repaired", () => {
  test("a gap holds the value before, and is filled", () => {
    expect(parsed(plain("09:00,1", "09:01,2", "09:04,3"), repairing)).toMatchObject({
      loads: [1, 2, 2, 2, 3],
      filled: [0, 0, 1, 1, 0],
      repairs: ["line 4: a gap of 2 rows before 2027-03-20T09:04:00Z: the value before is held and counts as filled"],
    });
  });

  test("a gap between coarse rows", () => {
    expect(parsed(plain("09:00,1", "09:02,2", "09:06,3"), repairing)).toMatchObject({
      loads: [1, 1, 2, 2, 2, 2, 3, 3],
      filled: [0, 0, 0, 0, 1, 1, 0, 0],
    });
  });

  test("a gap between fine rows fills only the minutes that have none at all", () => {
    const rows = ["09:00:00,1", "09:00:30,3", "09:01:30,5", "09:03:00,7"];
    expect(parsed(plain(...rows), repairing)).toMatchObject({ loads: [2, 5, 5, 7], filled: [0, 0, 1, 0] });
  });

  test("of duplicates the first is kept", () => {
    expect(parsed(plain("09:00,1", "09:01,2", "09:01,9", "09:02,3"), repairing)).toMatchObject({
      loads: [1, 2, 3],
      filled: [0, 0, 0],
      repairs: ["line 4: 2027-03-20T09:01:00Z stands already on line 3: the first is kept"],
    });
  });

  test("steps back are sorted", () => {
    expect(parsed(plain("09:02,3", "09:00,1", "09:01,2"), repairing)).toMatchObject({
      start: "2027-03-20T09:00:00.000Z",
      loads: [1, 2, 3],
      repairs: [
        "line 3: a step back to 2027-03-20T09:00:00Z: sorted",
        "line 4: a step back to 2027-03-20T09:01:00Z: sorted",
      ],
    });
  });

  test("a negative value becomes the one before, and is filled", () => {
    expect(parsed(plain("09:00,1", "09:01,-2", "09:02,3"), repairing)).toMatchObject({
      loads: [1, 1, 3],
      filled: [0, 1, 0],
      repairs: ["line 3: the value -2 is negative: the value before is held and counts as filled"],
    });
  });

  test("a negative start is left out", () => {
    expect(parsed(plain("09:00,-1", "09:01,2", "09:02,3"), repairing)).toMatchObject({
      start: "2027-03-20T09:01:00.000Z",
      loads: [2, 3],
      repairs: ["line 2: the value -1 is negative: left out"],
    });
  });

  test.each<[string, string, readonly string[]]>([
    [
      "off the grid",
      plain("09:00,1", "09:01,2", "09:01:20,2", "09:02:20,3"),
      ["4: 2027-03-20T09:01:20Z comes 20 s after the row before, off the grid of 1 min"],
    ],
    ["not numbers", plain("09:00,1", "09:01,x"), ['3: "x" is not a number']],
    [
      "on the wrong grid",
      plain("09:00:00,1", "09:01:30,2"),
      ["3: a step of 90 s is neither whole minutes nor a part that divides a minute evenly"],
    ],
    [
      "nowhere usable",
      plain("09:00,-1", "09:01,-2"),
      ["3: one timestamp with a usable value does not tell the interval: two are needed"],
    ],
    [
      "decades apart",
      "timestamp,value\n1970-01-01T00:00:00Z,1\n1970-01-01T00:01:00Z,1\n2027-01-01T00:00:00Z,1",
      ["4: more than 5000000 minutes"],
    ],
  ])("rows %s stay an error", (_, text, issues) => {
    expect(refused(text, repairing)).toEqual(issues);
  });
});
