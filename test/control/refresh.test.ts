// When a forecast is due, and what it is made from: a port that answers from memory.
import { describe, expect, test } from "@jest/globals";
import {
  type Almanac,
  historyFrom,
  historyMs,
  isRefreshDue,
  refresh,
  type StoredForecast,
  unmarked,
} from "../../shared/control/index.ts";
import { dayMs, type EpochMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import { fromCompact, noSkill } from "../../shared/forecast/index.ts";
import { givenForecastRule, givenPolicy, noon } from "../support/given.ts";
import { almanacOf, load } from "./almanac.ts";

const span = { from: noon - 10 * minuteMs, to: noon };
const points = (...pairs: readonly (readonly [minutesAgo: number, value: number])[]) => ({
  kind: "points" as const,
  points: pairs.map(([ago, value]) => ({ at: noon - ago * minuteMs, value })),
});

describe("a history", () => {
  const history = historyFrom(
    { requests: points([10, 7], [2, 9]), healthyHosts: points([10, 2], [5, 2], [4, 0]) },
    span,
  );

  test("has a zero where hosts were counted and requests were not, and a gap where nobody counted", () => {
    expect([...history.loads]).toEqual([7, 0, 0, 0, 0, 0, 0, 0, 9, 0]);
    expect([...history.missing]).toEqual([0, 1, 1, 1, 1, 0, 1, 1, 0, 1]);
  });

  test.each<[string, number, number, readonly number[]]>([
    ["a minute", 10, 9, [1, 1, 1, 1, 1, 0, 1, 1, 0, 1]],
    ["a part of two minutes", 5.5, 4.5, [0, 1, 1, 1, 1, 1, 1, 1, 0, 1]],
    ["more than all of it", 99, -99, Array(10).fill(1)],
    ["what was before it", 99, 10, [0, 1, 1, 1, 1, 0, 1, 1, 0, 1]],
    ["what comes after it", 0, -9, [0, 1, 1, 1, 1, 0, 1, 1, 0, 1]],
  ])("has a gap where %s was marked", (_, from, to, missing) => {
    const mark = { from: noon - from * minuteMs, to: noon - to * minuteMs };
    expect([...unmarked(history, [mark]).missing]).toEqual(missing);
    expect([...history.missing]).toEqual([0, 1, 1, 1, 1, 0, 1, 1, 0, 1]);
  });
});

const forecastRule = givenForecastRule({ aim: { kind: "serve", ratio: 0.999 } });

describe("a refresh", () => {
  test("keeps what it made, for looks and for people, of the same history", async () => {
    const almanac = almanacOf(noon);
    const made = await refresh(almanac, givenPolicy());
    expect(almanac.kept).toEqual([made]);
    expect(made.forecast).toMatchObject({ model: { kind: "made", madeAt: noon }, standing: { kind: "sound" } });
    expect(made.ahead).toMatchObject({
      at: noon,
      forecast: { kind: "made", version: 1, knownDays: historyMs / dayMs },
    });
    expect(JSON.stringify(made.ahead).length).toBeLessThan(8_000);
  });

  test("is not taught by a marked outage: what it says is as if there had been none", async () => {
    const outage = { from: noon - 2 * dayMs, to: noon - dayMs };
    const broken = (at: EpochMs): number => (at >= outage.from && at < outage.to ? 0 : load(at));
    const mark = { ...outage, id: "m", because: "an outage", by: "ann" };
    const highest = async (almanac: Almanac): Promise<number> => {
      const { forecast } = await refresh(almanac, givenPolicy());
      if (forecast.model.kind === "abstains") throw new Error("there is history enough");
      return forecast.model.windows[0]?.expected[0] ?? 0;
    };
    const [whole, marked, taught] = await Promise.all([
      highest(almanacOf(noon)),
      highest(almanacOf(noon, [mark], broken)),
      highest(almanacOf(noon, [], broken)),
    ]);
    expect(Math.abs(marked - whole)).toBeLessThan(0.05);
    expect(Math.abs(taught - whole)).toBeGreaterThan(Math.abs(marked - whole));
  });

  test("expects of the policy's holidays what days of rest have had", async () => {
    // Sundays have half the load; noon is a Tuesday's.
    const restful = (at: EpochMs): number => (new Date(at).getUTCDay() === 0 ? 0.5 : 1) * load(at);
    const [off] = new Date(noon + dayMs).toISOString().split("T") as [string];
    const expectedWith = async (holidays: readonly string[]): Promise<number> => {
      const policy = givenPolicy({ rules: [{ ...forecastRule, holidays }] });
      const { ahead } = await refresh(almanacOf(noon, [], restful), policy);
      if (ahead.forecast.kind === "abstains") throw new Error("there is history enough");
      const read = fromCompact(ahead.forecast);
      if (read.kind === "error") throw new Error(read.error);
      return read.value.medians[288] ?? 0;
    };
    const [ordinary, holiday] = [await expectedWith([]), await expectedWith([off])];
    expect(holiday / ordinary).toBeLessThan(0.75);
  });

  test("goes on from what an older release has kept: sums, of which nobody knows when they were lost", async () => {
    const { forecast: made } = await refresh(almanacOf(noon - 4 * hourMs), givenPolicy());
    const live = { loss: 9, persistence: 1, count: 99, lossRatio: 9 } as unknown as StoredForecast["live"];
    const almanac: Almanac = { ...almanacOf(noon), previous: async () => ({ ...made, live }) };
    const { forecast } = await refresh(almanac, givenPolicy());
    expect(forecast.live.spans).toMatchObject([{ from: noon - 4 * hourMs, to: noon }]);
    expect(forecast.standing).toEqual({ kind: "sound" });
  });

  test("throws where history cannot be read, and keeps nothing", async () => {
    const almanac = almanacOf(noon);
    const failing = { ...almanac, history: () => Promise.reject(new Error("no CloudWatch")) };
    await expect(refresh(failing, givenPolicy())).rejects.toThrow("no CloudWatch");
    expect(almanac.kept).toEqual([]);
  });
});

describe("a forecast is due", () => {
  const made = async (days: number): Promise<StoredForecast> => {
    const from = noon - days * dayMs;
    const { forecast } = await refresh(
      almanacOf(noon, [{ id: "m", from: 0, to: from, because: "before", by: "" }]),
      givenPolicy(),
    );
    return forecast;
  };

  test.each<[string, number, number, boolean]>([
    ["not within three and three quarter hours", 14, 3.75, false],
    ["at four, and a little before: the clock is not exact", 14, 3.9, true],
    ["of a young site not within three quarters of an hour", 2, 0.75, false],
    ["of a young site every hour", 2, 0.9, true],
  ])("%s", async (_, days, hours, expected) => {
    expect(isRefreshDue(await made(days), noon + hours * hourMs)).toBe(expected);
  });

  test("where there is none, or too little was known for one", () => {
    const abstains: StoredForecast = {
      model: { kind: "abstains", knownMinutes: 9, neededMinutes: 180 },
      live: noSkill,
      standing: { kind: "sound" },
    };
    expect([isRefreshDue("none", noon), isRefreshDue(abstains, noon)]).toEqual([true, true]);
  });
});
