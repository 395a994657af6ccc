// Days that peaks are to be like: a port that answers from memory.
import { expect, test } from "@jest/globals";
import { type Days, findingsAt, finestStep, type Loads, minutesOf, readDays } from "../../shared/control/index.ts";
import { dayMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import type { PeakFinding } from "../../shared/engine/index.ts";
import type { Peak } from "../../shared/policy/index.ts";
import { givenPeak, givenPolicy, noon } from "../support/given.ts";

const fromMs = noon - dayMs;
const again = givenPeak({ name: "again", holdMs: hourMs / 2, expect: { kind: "like", fromMs } });
const policy = givenPolicy({ peaks: [again] });
const figures = (...perMinute: readonly number[]) =>
  ({ kind: "figures", fromMs, everyMs: hourMs / 4, perMinute }) as const;

/** Minutes from the day's hour on, each of this many. */
const minutes = (from: number, to: number, value: number): Loads =>
  new Map(Array.from({ length: to - from }, (_, index) => [fromMs + (from + index) * minuteMs, value]));

interface Given {
  readonly logged?: Loads;
  readonly measured?: Loads;
  readonly added?: readonly Peak[];
}
function daysOf({ logged = new Map(), measured = new Map(), added = [] }: Given) {
  const kept: Peak[] = [];
  const asked: string[] = [];
  const days: Days = {
    now: () => noon,
    added: async () => added,
    logged: async () => {
      asked.push("log");
      return logged;
    },
    measured: async () => {
      asked.push("metrics");
      return measured;
    },
    keep: async (_, peak) => void kept.push(peak),
  };
  return { days, kept, asked };
}

test("a day that the log has whole is read and kept, and costs no metrics", async () => {
  const { days, kept, asked } = daysOf({ logged: minutes(0, 30, 7), measured: minutes(0, 30, 9) });
  const known = { ...again, expect: figures(7, 7) };
  expect(await readDays(days, policy)).toEqual({ peaks: [known], read: ["again"], unread: [] });
  expect([kept, asked]).toEqual([[known], ["log"]]);
});

test("what the log lacks is measured, and where both know a minute the log is believed", async () => {
  const { days, kept } = daysOf({ logged: minutes(0, 15, 7), measured: minutes(0, 30, 9) });
  await readDays(days, policy);
  expect(kept).toEqual([{ ...again, expect: figures(7, 9) }]);
});

test("a day that nobody knows stays unread, with the hours that are missing, and nothing is kept", async () => {
  const { days, kept } = daysOf({ measured: minutes(0, 15, 9) });
  const { peaks, unread } = await readDays(days, policy);
  const because = "no load is known of 2026-06-15T12:15Z to 2026-06-15T12:30Z, which it is to be like";
  expect([peaks, unread, kept]).toEqual([[again], [{ peak: "again", kind: "unknown", because }], []]);
});

test("a day whose hours are not over is not read yet, and nobody is asked", async () => {
  const soon = { ...again, expect: { kind: "like", fromMs: noon - minuteMs } } as const;
  const { days, asked } = daysOf({ logged: minutes(0, 30, 7) });
  const { unread } = await readDays(days, givenPolicy({ peaks: [soon] }));
  expect(unread).toEqual([
    { peak: "again", kind: "ahead", because: "the hours that it is to be like end at 2026-06-16T12:29Z, still ahead" },
  ]);
  expect(asked).toEqual([]);
});

test("what was read, by hand or before, is not read again; a peak that lasts longer now is", async () => {
  const known = { ...again, expect: figures(3, 3) };
  const { days, asked } = daysOf({ added: [known], logged: minutes(0, 60, 7) });
  expect(await readDays(days, policy)).toEqual({ peaks: [known], read: [], unread: [] });
  expect(asked).toEqual([]);
  const longer = { ...again, holdMs: hourMs };
  expect((await readDays(days, givenPolicy({ peaks: [longer] }))).read).toEqual(["again"]);
});

test("peaks of other kinds are passed on as they are, and those that are over are not", async () => {
  const over = givenPeak({ name: "over", atMs: noon - 3 * hourMs });
  const { days } = daysOf({ added: [over] });
  expect(await readDays(days, givenPolicy({ peaks: [givenPeak()] }))).toEqual({
    peaks: [givenPeak()],
    read: [],
    unread: [],
  });
});

test("a sum of five minutes is five minutes, each with its share", () => {
  const [first, second] = [0, 1].map((minute) => [noon + minute * minuteMs, 20] as const);
  expect([...minutesOf([{ at: noon, value: 100 }], 5 * minuteMs)].slice(0, 2)).toEqual([first, second]);
  expect(minutesOf([{ at: noon, value: 100 }], 5 * minuteMs).size).toBe(5);
});

test.each([
  [15 * dayMs, minuteMs],
  [15 * dayMs + 1, 5 * minuteMs],
  [63 * dayMs + 1, hourMs],
  [455 * dayMs + 1, "none"],
])("what is %d ms ago CloudWatch has in steps of %s", (ageMs, stepMs) => {
  expect(finestStep(ageMs)).toBe(stepMs);
});

const finding: PeakFinding = { peak: "peak", level: "problem", check: "quota", found: "too few", toDo: "ask" };
const peak = givenPeak({ name: "peak" });
test.each<[string, Parameters<typeof findingsAt>, readonly PeakFinding[]]>([
  ["are told of a peak that is ahead", [{ until: noon + 1, findings: [finding] }, [peak], noon], [finding]],
  ["are not when nobody has looked for too long", [{ until: noon, findings: [finding] }, [peak], noon], []],
  ["are not when the peak is gone", [{ until: noon + 1, findings: [finding] }, [], noon], []],
  ["are none before anybody looked", ["none", [peak], noon], []],
])("findings %s", (_, given, told) => {
  expect(findingsAt(...given)).toEqual(told);
});
