// The day that `npm start` plays: two ordinary weeks before it teach its forecasts.
import { expect, jest, test } from "@jest/globals";
import { type Day, saleDay } from "../../cli/day/day.ts";
import { play } from "../../cli/day/play.ts";
import { answeredTable, createMemoryTable, getAhead, standingOf } from "../../shared/aws/index.ts";
import { historyMs } from "../../shared/control/index.ts";
import { dayMs, minuteMs } from "../../shared/core/index.ts";

jest.setTimeout(60_000);

const day = saleDay();
/** Its first quarter of an hour, in a hurry. */
const begun: Day = {
  ...day,
  trace: { ...day.trace, loads: day.trace.loads.slice(0, 15), filled: day.trace.filled.slice(0, 15) },
};

test("two weeks end where the day begins", () => {
  expect(day.past.startAt).toBe(day.trace.startAt - historyMs);
  expect(day.past.loads.length * minuteMs).toBe(historyMs);
});

test("its forecast is made after the first look, read by the next, and kept for who asks", async () => {
  const table = answeredTable(createMemoryTable().answer, "local");
  const { looks } = await play(begun, table, () => {});
  const { forecast } = await standingOf(table, "shop");
  expect(forecast).toMatchObject({
    model: { kind: "made", madeAt: day.trace.startAt, knownDays: expect.closeTo(historyMs / dayMs, 1) },
  });
  expect(await getAhead(table, "shop")).toMatchObject({ forecast: { kind: "made" } });
  const views = looks.map(({ row }) => row.snapshot.forecast.kind);
  expect(views).toEqual(["none", ...Array(14).fill("seen")]);
});
