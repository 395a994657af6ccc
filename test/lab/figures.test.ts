// The lab's arithmetic, without a process: percentiles, ages, tallies, figures, measures.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { figuresOf, p99Factor } from "../../bench/lab/figures.ts";
import { countIn, percentile, recorded, summed } from "../../bench/lab/histogram.ts";
import { measuresOf } from "../../bench/lab/measures.ts";
import { createAges, createTallying, failedIn } from "../../bench/lab/tally.ts";
import { minuteOf, phase, times } from "./given.ts";

const histogramOf = (values: readonly number[]) => {
  const histogram: Record<number, number> = {};
  for (const value of values) recorded(histogram, value);
  return histogram;
};
const latencies = fc.array(fc.double({ min: 0.05, max: 20_000, noNaN: true }), { minLength: 1, maxLength: 300 });

describe("histograms", () => {
  test("a percentile is the nearest rank, at most a fiftieth above it and never below", () => {
    fc.assert(
      fc.property(latencies, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, ratio) => {
        const exact = values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(ratio * values.length - 1e-9)) - 1] ?? 0;
        const found = percentile(histogramOf(values), ratio);
        expect(found.kind === "ms" && found.ms >= exact * 0.999999 && found.ms <= exact * 1.02 + 1e-9).toBe(true);
      }),
    );
  });

  test("adding histograms is adding their values", () => {
    fc.assert(
      fc.property(latencies, latencies, (some, others) => {
        expect(summed([histogramOf(some), histogramOf(others)])).toEqual(histogramOf([...some, ...others]));
      }),
    );
  });

  test("of nothing there is no percentile", () => {
    expect(percentile({}, 0.99)).toEqual({ kind: "none" });
    expect(countIn({})).toBe(0);
  });
});

test("an instance is new for its first minute from its first answer on, by when the request was sent", () => {
  const ageOf = createAges({ freshMs: 1_000, oldIds: ["old"] });
  expect(ageOf("old", 10, 20)).toBe("settled");
  expect(ageOf("a", 400, 500)).toBe("fresh");
  expect(ageOf("a", 1_499, 9_000)).toBe("fresh");
  expect(ageOf("a", 1_500, 1_501)).toBe("settled");
  expect(ageOf("b", 1_500, 1_501)).toBe("fresh");
});

test("a tally ends with its minute and the next begins empty", () => {
  const tallying = createTallying();
  tallying.sent();
  tallying.answered(5, "fresh");
  tallying.failed("cut");
  const first = tallying.next(1);
  expect([first.minute, first.sentCount, first.answeredCount, failedIn(first)]).toEqual([0, 1, 1, 1]);
  const second = tallying.next(2);
  expect([second.minute, second.sentCount, second.answeredCount, failedIn(second)]).toEqual([1, 0, 0, 0]);
  expect([countIn(first.fresh), countIn(second.fresh)]).toEqual([1, 0]);
});

describe("figures", () => {
  const run = phase({
    minutes: [
      minuteOf(0, { settled: times(200, 10) }),
      minuteOf(1, { settled: times(100, 40), fresh: times(50, 80), failed: ["cut", "status"] }),
    ],
    decisions: [
      { minute: 0, launchCount: 2, takeBackCount: 0, drainCount: 0, refusedCount: 0 },
      { minute: 1, launchCount: 0, takeBackCount: 1, drainCount: 0, refusedCount: 0 },
      { minute: 2, launchCount: 0, takeBackCount: 0, drainCount: 3, refusedCount: 0 },
      { minute: 3, launchCount: 0, takeBackCount: 0, drainCount: 0, refusedCount: 1 },
    ],
    drains: [
      { instance: "a", idleAfterMs: 100, leftAfterMs: 900 },
      { instance: "b", idleAfterMs: 300, leftAfterMs: 800 },
    ],
    kills: [
      { minute: 1, instance: "a", inFlightCount: 1, idleCount: 3, cutCount: 2 },
      { minute: 2, instance: "b", inFlightCount: 0, idleCount: 1, cutCount: 0 },
    ],
    unansweredCount: 4,
  });

  test("counts are sums over minutes, decisions, drains and kills", () => {
    expect(figuresOf(run)).toMatchObject({
      answered: 350,
      failed: 2,
      failures: { status: 1, cut: 1, connection: 0, timeout: 0 },
      unanswered: 4,
      scaleOuts: 2,
      scaleIns: 1,
      launched: 2,
      takenBack: 1,
      drained: 3,
      refused: 1,
      idleAfter: { count: 2, medianMs: 100, longestMs: 300 },
      leftAfter: { count: 2, medianMs: 800, longestMs: 900 },
      kills: { count: 2, inFlight: 1, idle: 4, cut: 2, cutMost: 2, beyondBound: 0 },
    });
  });

  test("the first minute stands beside all old answers, and beside those of the same minutes", () => {
    const { fresh, settled, settledBeside, all } = figuresOf(run);
    expect([fresh.count, settled.count, settledBeside.count, all.count]).toEqual([50, 300, 100, 350]);
    const [over, beside] = [p99Factor(fresh, settled), p99Factor(fresh, settledBeside)];
    expect(over.kind === "times" && over.times).toBeCloseTo(2, 1);
    expect(beside.kind === "times" && beside.times).toBeCloseTo(2, 1);
    expect(p99Factor(fresh, figuresOf(phase({})).settled)).toEqual({ kind: "none" });
  });
});

describe("measures", () => {
  const often = Array.from({ length: 50 }, (_, minute) => [
    { minute, launchCount: 1, takeBackCount: 0, drainCount: 0, refusedCount: 0 },
    { minute, launchCount: 0, takeBackCount: 0, drainCount: 1, refusedCount: 0 },
  ]).flat();
  const million = times(1_000_000, 10);
  const good = phase({ minutes: [minuteOf(0, { settled: million, fresh: times(1_000, 11) })], decisions: often });
  const verdicts = (...runs: readonly ReturnType<typeof phase>[]) =>
    Object.fromEntries(measuresOf(runs.map(figuresOf)).map(({ what, verdict }) => [what.split(/[:,]/)[0], verdict]));

  test("are met by a run that has seen enough", () => {
    expect(verdicts(good)).toEqual({
      "Planned scale-outs and scale-ins": "met",
      "Scale-outs and scale-ins under load": "met",
      "First minute of new instances": "met",
    });
  });

  test("a shorter one tells nothing, but for what went wrong in it", () => {
    const short = phase({ minutes: [minuteOf(0, { settled: [10], fresh: [10] })] });
    expect(new Set(Object.values(verdicts(short)))).toEqual(new Set(["too short to tell"]));
    const failed = phase({ minutes: [minuteOf(0, { settled: [10], failed: ["timeout"] })] });
    expect(verdicts(failed)["Planned scale-outs and scale-ins"]).toBe("not met");
    expect(verdicts(phase({ ...short, unansweredCount: 1 }))["Planned scale-outs and scale-ins"]).toBe("not met");
  });

  test("a first minute slower than 1.2 times is not met with the gate, and told without it", () => {
    const slow = { ...good, minutes: [minuteOf(0, { settled: times(10_000, 10), fresh: times(1_000, 12.6) })] };
    expect(verdicts(slow)["First minute of new instances"]).toBe("not met");
    expect(verdicts({ ...slow, gate: "without-gate" })["First minute of new instances"]).toBe("met");
  });

  test.each([
    [["cut", "cut"], 2, "met"],
    [["cut", "cut", "status"], 2, "not met"],
    [[], 20, "met"],
    [[], 21, "not met"],
  ] as const)(
    "a kill may cost what was in flight, its bound is 1 in flight, 3 idle and 16: %j failed, %d in flight: %s",
    (failed, cutCount, verdict) => {
      const wounded = phase({
        minutes: [minuteOf(0, { settled: [10], failed })],
        kills: [{ minute: 0, instance: "a", inFlightCount: 1, idleCount: 3, cutCount }],
      });
      expect(verdicts(good, wounded)["Killed without notice"]).toBe(verdict);
    },
  );
});
