// What is usual before a peak, out of a log that looked every five minutes: former peaks and marked spans are no measure of it.
import { expect, test } from "@jest/globals";
import { endsAt, type MarkedSpan } from "../../shared/control/index.ts";
import { dayMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import type { Peak } from "../../shared/policy/index.ts";
import { type Past, usualOf } from "../../shared/preflight/index.ts";
import { givenPeak, givenSnapshot, noon, points } from "../support/given.ts";

const weekMs = 7 * dayMs;
/** The hour before its ramp ends at noon; it is in a week less a day. */
const next = givenPeak({ name: "next", atMs: noon + 6 * dayMs + 30 * minuteMs });

interface Given {
  /** How often a minute is asked for, by the week before `next`: 1 is the last one. */
  readonly weeks?: Readonly<Record<number, number>>;
  readonly peaks?: readonly Peak[];
  readonly marks?: readonly MarkedSpan[];
  /** What the newest decision saw. */
  readonly lately?: number;
}

/** Looks in the two hours around noon of each week that is given, and in the last quarter of an hour. */
function logOf({ weeks = {}, peaks = [], marks = [], lately = 100 }: Given): Past {
  const looks = Object.entries(weeks).flatMap(([week, perMinute]) =>
    Array.from({ length: 25 }, (_, look) => ({
      at: noon + 6 * dayMs - Number(week) * weekMs + (look * 5 - 60) * minuteMs,
      perMinute,
    })),
  );
  const last = [15, 10, 5, 0].map((agoMinutes) => ({ at: noon - agoMinutes * minuteMs, perMinute: lately }));
  const rows = [...looks, ...last]
    .sort((a, b) => a.at - b.at)
    .map(({ at, perMinute }, index) => ({
      outcomes: [],
      row: {
        id: `shop@${index + 1}`,
        generation: index + 1,
        at,
        snapshot: givenSnapshot({
          birth: noon - 400 * dayMs,
          peaks: peaks.filter((peak) => endsAt(peak) > at),
          signals: { requests: points(Array(20).fill(perMinute), at - 2 * minuteMs) },
        }),
      },
    }));
  const found = (generation: number) => ({ kind: "row", ...rows[generation - 1] }) as never;
  return {
    newest: async () => found(rows.length),
    rowOf: async (_, generation) => found(generation),
    rowsBackwards: async function* (_, from = rows.length) {
      for (let generation = from; generation >= 1; generation--) yield found(generation);
    },
    marks: async (_, { from, to }) => marks.filter((mark) => mark.from < to && mark.to > from),
  };
}

const saleIn = (weeks: number, changed: Partial<Peak> = {}): Peak =>
  givenPeak({ name: `sale-${weeks}`, atMs: next.atMs - weeks * weekMs - hourMs, ...changed });
const outage = (weeks: number, fromMinutes: number, toMinutes: number): MarkedSpan => {
  const hour = noon + 6 * dayMs - weeks * weekMs;
  return {
    id: "1",
    by: "ann",
    because: "outage",
    from: hour + fromMinutes * minuteMs,
    to: hour + toMinutes * minuteMs,
  };
};

test.each<[string, Given, number, string]>([
  ["the same hour a week before", { weeks: { 1: 1_000, 2: 3_000 } }, 1_000, "the hour before 2026-06-15 12:00Z"],
  [
    "of the week before that, where a peak stood in the last",
    { weeks: { 1: 5_000, 2: 1_000 }, peaks: [saleIn(1)] },
    1_000,
    "the hour before 2026-06-08 12:00Z",
  ],
  [
    "of the week before that, where one climbed in the last",
    { weeks: { 1: 5_000, 2: 1_000 }, peaks: [saleIn(1, { atMs: noon - dayMs, rampMs: 90 * minuteMs })] },
    1_000,
    "the hour before 2026-06-08 12:00Z",
  ],
  [
    "of the week before that, where one was let go in the last",
    { weeks: { 1: 5_000, 2: 1_000 }, peaks: [saleIn(1, { atMs: noon - dayMs - 5 * hourMs, releaseMs: 4 * hourMs })] },
    1_000,
    "the hour before 2026-06-08 12:00Z",
  ],
  [
    "of a week before that, where the last is marked",
    { weeks: { 1: 9, 2: 9, 3: 1_000 }, marks: [outage(1, -60, 0), outage(2, -90, 30)] },
    1_000,
    "the hour before 2026-06-01 12:00Z",
  ],
  [
    "what is left of an hour",
    { weeks: { 1: 1_000 }, marks: [outage(1, -30, 0)] },
    1_000,
    "the hour before 2026-06-15 12:00Z",
  ],
  ["what the newest decision saw, where the log has no such hour", {}, 100, "the newest decision, shop@4"],
  ["not of nine weeks ago", { weeks: { 9: 1_000 } }, 100, "the newest decision, shop@29"],
])("usual is %s", async (_, given, perMinute, from) => {
  expect(await usualOf(logOf(given), "shop", next)).toEqual({ kind: "known", perMinute, from });
});

test.each<[string, Given, string]>([
  [
    "in each such hour of the log",
    { weeks: { 1: 5_000, 2: 9 }, peaks: [saleIn(1)], marks: [outage(2, -60, 0)] },
    "the hour before 2026-06-15 12:00Z is no measure (sale-1 stood), the hour before 2026-06-08 12:00Z is no measure (marked: outage)",
  ],
  [
    "now, in a log that has no such hour",
    { peaks: [givenPeak({ name: "now", atMs: noon })] },
    "the newest decision, shop@4 is no measure (now stood)",
  ],
  [
    "just now, in a log that has no such hour",
    {
      peaks: [givenPeak({ name: "just", atMs: noon - 90 * minuteMs, holdMs: hourMs, releaseMs: 28 * minuteMs })],
      marks: [outage(6 / 7, -18, 0)],
    },
    "the newest decision, shop@4 is no measure (just stood, marked: outage)",
  ],
])("unknown is what is usual where something was on %s", async (_, given, because) => {
  expect(await usualOf(logOf(given), "shop", next)).toEqual({ kind: "unknown", because });
});
