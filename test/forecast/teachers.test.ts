// Which days teach which, holidays among them.
import { expect, test } from "@jest/globals";
import { dayMs } from "../../shared/core/index.ts";
import { type Teachers, teachersFrom } from "../../shared/forecast/outlook/teachers.ts";

const dayOf = (date: string): number => Date.parse(date) / dayMs;
/** A Wednesday, and the Monday before it. */
const holidays = [{ date: "2026-11-11" }, { date: "2026-11-09" }];

test.each<[string, string, Teachers]>([
  ["a day like any other", "2026-11-06", { yesterday: 1, lastWeek: 7, usual: [1, 2, 3, 4, 5, 6, 7] }],
  ["a holiday after another and a Sunday", "2026-11-11", { yesterday: 2, lastWeek: 2, usual: [2, 3, 10] }],
  ["the day after it", "2026-11-12", { yesterday: 2, lastWeek: 7, usual: [2, 4, 5, 6, 7] }],
  ["the same day a week later", "2026-11-18", { yesterday: 1, lastWeek: 14, usual: [1, 2, 3, 4, 5, 6] }],
])("%s", (_, date, teachers) => {
  expect(teachersFrom(holidays)(dayOf(date))).toEqual(teachers);
});

test("without holidays every day is like any other", () => {
  expect(teachersFrom([])(dayOf("2026-11-12"))).toEqual(teachersFrom(holidays)(dayOf("2026-11-06")));
});

test("two holidays in a row leave no yesterday", () => {
  const two = teachersFrom([{ date: "2026-11-10" }, { date: "2026-11-11" }]);
  expect(two(dayOf("2026-11-12")).yesterday).toBe("none");
});
