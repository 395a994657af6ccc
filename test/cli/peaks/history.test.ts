// A day's load as a peak's figures, from a trace or from what decisions saw.
import { expect, test } from "@jest/globals";
import { loadsInTrace } from "../../../cli/peaks/history.ts";
import { rehearsed } from "../../../cli/peaks/rehearsed.ts";
import type { LoggedRow } from "../../../shared/aws/log/index.ts";
import { figuresOf, loadsIn } from "../../../shared/control/index.ts";
import { dayMs, hourMs, minuteMs } from "../../../shared/core/index.ts";
import type { Trace } from "../../../shared/sim/index.ts";
import { givenPeak, givenPolicy, givenSnapshot, noon, points } from "../../support/given.ts";

/** Two hours from noon on; each minute has its own number, and the third is no reading. */
const trace: Trace = {
  name: "day",
  startAt: noon,
  loads: Float64Array.from({ length: 120 }, (_, minute) => minute),
  filled: Uint8Array.from({ length: 120 }, (_, minute) => (minute === 2 ? 1 : 0)),
};
const span = { from: noon, to: noon + hourMs };

test("a trace gives its minutes of the span, and what was read", () => {
  const loads = loadsInTrace(trace, span);
  expect(loads.size).toBe(59);
  expect([loads.get(noon), loads.has(noon + 2 * minuteMs), loads.has(noon + hourMs)]).toEqual([0, false, false]);
});

test("figures are the highest of each quarter of an hour, of each hour beyond a day", () => {
  const loads = loadsInTrace(trace, { from: noon, to: noon + 2 * hourMs });
  const figures = figuresOf(loads, { fromMs: noon, holdMs: 50 * minuteMs });
  const perMinute = [14, 29, 44, 59];
  expect(figures).toEqual({ kind: "ok", value: { kind: "figures", fromMs: noon, everyMs: 15 * minuteMs, perMinute } });
  const days = new Map(Array.from({ length: 30 }, (_, hour) => [noon + hour * hourMs, hour]));
  expect(figuresOf(days, { fromMs: noon, holdMs: dayMs + hourMs })).toMatchObject({
    value: { perMinute: { length: 25 } },
  });
});

test("a quarter of an hour that nobody knows is refused", () => {
  expect(figuresOf(loadsInTrace(trace, span), { fromMs: noon, holdMs: 2 * hourMs })).toEqual({
    kind: "error",
    error: "no load is known of 2026-06-16T13:00Z to 2026-06-16T13:15Z, which it is to be like",
  });
});

test("of several decisions that saw a minute the last counts", () => {
  const row = (...seen: readonly number[]): LoggedRow =>
    ({ row: { snapshot: givenSnapshot({ signals: { requests: points(seen, noon + minuteMs) } }) } }) as never;
  expect([...loadsIn([row(5, 3), row(5, 9)], span)]).toEqual([
    [noon, 5],
    [noon + minuteMs, 9],
  ]);
});

test("a rehearsal takes the day from its trace, where the trace has it", () => {
  const like = (fromMs: number) => givenPeak({ holdMs: 15 * minuteMs, expect: { kind: "like", fromMs } });
  const [found] = rehearsed(givenPolicy({ peaks: [like(noon)] }), trace).peaks;
  expect(found?.expect).toMatchObject({ kind: "figures", perMinute: [14] });
  expect(rehearsed(givenPolicy({ peaks: [like(noon - dayMs)] }), trace).peaks).toEqual([like(noon - dayMs)]);
});
