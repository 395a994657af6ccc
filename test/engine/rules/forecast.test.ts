// The forecast rule: what is ordered, what is kept, and what it does where there is no forecast.
import { describe, expect, test } from "@jest/globals";
import { minuteMs } from "../../../shared/core/index.ts";
import type { ForecastView, ForecastWindow, Snapshot } from "../../../shared/engine/index.ts";
import { mayOutgrow } from "../../../shared/engine/rules/forecast.ts";
import { propose } from "../../../shared/engine/rules/index.ts";
import type { ForecastRule } from "../../../shared/policy/index.ts";
import {
  aiming,
  givenForecastRule,
  givenPolicy,
  givenSnapshot,
  noon,
  points,
  settledAt,
  settledPoints,
  silent,
} from "../../support/given.ts";

const rule = givenForecastRule({ name: "f", aim: { kind: "quantile", ratio: 0.9 } });
const lead = { p50Ms: 3 * minuteMs, p95Ms: 5 * minuteMs, launchCount: 9 };
const windowOf = (role: ForecastWindow["role"], loads: readonly number[]): ForecastWindow => ({
  role,
  from: noon + 3 * minuteMs,
  to: noon + 4 * minuteMs,
  loads,
});
/** 1,000 a minute at least everywhere; at 0.5, 0.9 and 0.99. */
const low = [500, 600, 700];
const view = (loads: Partial<Record<ForecastWindow["role"], readonly number[]>>): ForecastView => ({
  kind: "seen",
  madeAt: noon,
  knownDays: 14,
  standing: { kind: "sound" },
  levels: [0.5, 0.9, 0.99],
  windows: (["buy", "serve", "keep", "half-hour"] as const).map((role) => windowOf(role, loads[role] ?? low)),
});
/** Ten instances, 1,000 a minute now; each fills up at 800. */
const given = (forecast: ForecastView, overrides: Partial<Snapshot> = {}): Snapshot =>
  givenSnapshot({ forecast, memory: aiming(10), signals: { requests: settledPoints(1_000) }, ...overrides });
const proposalOf = (snapshot: Snapshot, change: Partial<ForecastRule> = {}) =>
  propose({ policy: givenPolicy({ rules: [{ ...rule, ...change }] }), snapshot, lead })[0];
const wants = (count: number, by: string) => ({ kind: "wants", count, reason: { kind: "forecast", by } });

describe("ten instances", () => {
  test.each<[string, ForecastView, ReturnType<typeof wants>]>([
    ["become what an order of now will be asked for", view({ buy: [500, 9_601, 20_000] }), wants(13, "buy")],
    ["stay until the minutes before are over", view({ serve: [500, 7_500, 9_000] }), wants(10, "keep")],
    [
      "are not made more by minutes that an order cannot reach",
      view({ serve: [500, 20_000, 30_000] }),
      wants(10, "keep"),
    ],
    ["stay where they are wanted again soon", view({ keep: [500, 6_400, 9_000] }), wants(8, "keep")],
    ["stay for what the half hour expects", view({ "half-hour": [5_600, 9_000, 9_900] }), wants(7, "keep")],
    ["go down to the load that is there and a little", view({}), wants(2, "load")],
  ])("%s", (_, forecast, expected) => {
    expect(proposalOf(given(forecast))).toMatchObject(expected);
  });

  test("never are fewer than a partial minute already needs", () => {
    const signals = { requests: points([1_000, 9_600], settledAt + minuteMs) };
    expect(proposalOf(given(view({}), { signals }))).toMatchObject(wants(13, "load"));
  });
});

test.each([
  [0.9, 11],
  [0.7, 11],
  [0.5, 10],
])("the load that is there is met with a little to spare, unless many may be late: at %d", (ratio, count) => {
  const full = given(view({}), { signals: { requests: settledPoints(8_000) } });
  expect(proposalOf(full, { aim: { kind: "quantile", ratio } })).toMatchObject(wants(count, "load"));
});

test("between two levels the load lies between theirs, by the logit", () => {
  const at = (ratio: number) =>
    proposalOf(given(view({ buy: [1_000, 10_000, 20_000] })), { aim: { kind: "quantile", ratio } });
  expect(at(0.9)).toMatchObject({ reason: { perMinute: 10_000 } });
  // logit(0.97) lies a good half of the way from logit(0.9) to logit(0.99).
  const { reason } = at(0.97) as { reason: { perMinute: number } };
  expect(reason.perMinute).toBeCloseTo(10_000 + 10_000 * ((3.4761 - 2.1972) / (4.5951 - 2.1972)), -1);
  expect(at(0.995)).toMatchObject({ reason: { perMinute: 20_000 } });
});

describe("without a forecast", () => {
  const signals = { requests: settledPoints(3_200, 1_000) };
  test.each<[string, ForecastView, string]>([
    ["none was made", { kind: "none", because: "no forecast has been made yet" }, "no forecast has been made yet"],
    [
      "it was worse than none",
      { ...(view({}) as object), standing: { kind: "shadow", because: "worse" } } as ForecastView,
      "worse",
    ],
  ])("because %s, the highest minute and a quarter more count", (_, forecast, because) => {
    expect(proposalOf(given(forecast, { signals }))).toMatchObject({
      kind: "wants",
      count: 5,
      reason: { kind: "unforecast", because, perMinute: 3_200 },
    });
  });
});

test("in shadow it says what it would want, and stands aside", () => {
  expect(proposalOf(given(view({ buy: [500, 9_601, 20_000] })), { mode: "shadow" })).toMatchObject({
    kind: "stands-aside",
    reason: { kind: "forecast-shadow", count: 13, reason: { kind: "forecast", by: "buy" } },
  });
});

test("without requests it is blind, whatever was forecast", () => {
  expect(proposalOf(given(view({}), { signals: { requests: silent } }))).toMatchObject({ kind: "blind" });
});

describe("a calm fleet is looked at each minute where the coming ones may ask for more", () => {
  const outgrows = (forecast: ForecastView, change: Partial<ForecastRule> = {}): boolean =>
    mayOutgrow({ policy: givenPolicy({ rules: [{ ...rule, ...change }] }), snapshot: given(forecast), lead }, 10);
  test.each<[string, boolean, boolean]>([
    ["the half hour may", outgrows(view({ "half-hour": [500, 8_100, 9_000] })), true],
    ["no window may", outgrows(view({ "half-hour": [500, 7_900, 9_000] })), false],
    ["in shadow", outgrows(view({ "half-hour": [500, 8_100, 9_000] }), { mode: "shadow" }), false],
    ["without a forecast", outgrows({ kind: "none", because: "" }), false],
  ])("%s", (_, does, expected) => {
    expect(does).toBe(expected);
  });
});
