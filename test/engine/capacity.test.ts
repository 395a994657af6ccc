// What one instance serves, learned from its processors and from answers that were late; and what a saturated fleet is taken to need.
import { describe, expect, test } from "@jest/globals";
import { minuteMs } from "../../shared/core/index.ts";
import { learnCapacity } from "../../shared/engine/capacity.ts";
import { type CapacityMemory, capacityFigure, decide, sizeByRules } from "../../shared/engine/index.ts";
import { propose } from "../../shared/engine/rules/index.ts";
import type { Policy, StepRule } from "../../shared/policy/index.ts";
import {
  aiming,
  givenMemory,
  givenPolicy,
  givenSnapshot,
  noon,
  points,
  seen,
  serving,
  settledPoints,
} from "../support/given.ts";

const slow: StepRule = {
  kind: "step",
  name: "slow",
  metric: "latency-p95",
  above: [{ over: 400, add: { kind: "count", count: 1 } }],
  below: [],
  minutes: 1,
};
/** Written are 1,000 a minute; learned may be 500 to 3,000. */
const learning = (overrides: Partial<Policy> = {}): Policy =>
  givenPolicy({
    capacity: {
      perInstancePerMinute: 1_000,
      targetRatio: 0.5,
      limitRatio: 0.8,
      learn: { kind: "between", fromPerMinute: 500, toPerMinute: 3_000 },
    },
    ...overrides,
  });
const hosts = 10;

/** Minute by minute: so many requests a host, and what its processor and its latency make of them. */
function learned(
  rates: readonly number[],
  cpuOf: (rate: number) => number,
  given: { readonly policy?: Policy; readonly latencyOf?: (rate: number) => number } = {},
): CapacityMemory {
  return rates.reduce<CapacityMemory>(
    (capacity, rate, minute) => {
      const now = noon + minute * minuteMs;
      const at = (value: number) => points([value], now - 2 * minuteMs);
      return learnCapacity(
        given.policy ?? learning(),
        givenSnapshot({
          now,
          memory: givenMemory({ capacity }),
          signals: {
            requests: at(rate * hosts),
            "healthy-hosts": at(hosts),
            cpu: at(cpuOf(rate)),
            ...(given.latencyOf ? { "latency-p95": at(given.latencyOf(rate)) } : {}),
          },
        }),
      );
    },
    { kind: "none" },
  );
}
const wave = Array.from({ length: 200 }, (_, i) => 600 + 400 * Math.sin(i / 10));

describe("what one instance serves", () => {
  test("is where the line through its processors' minutes meets 100 %", () => {
    const figure = capacityFigure(
      learning(),
      learned(wave, (rate) => 0.1 + (0.9 * rate) / 2_000),
    );
    expect(figure.source).toBe("cpu");
    expect(figure.perInstancePerMinute).toBeCloseTo(2_000, 0);
    expect(figure.errorRatio).toBeLessThan(0.001);
  });

  test("with noise is told with its error", () => {
    const noisy = learned(wave, (rate) => rate / 2_000 + ((Math.round(rate * 7) % 11) - 5) / 100);
    const figure = capacityFigure(learning(), noisy);
    expect(figure.perInstancePerMinute / 2_000).toBeCloseTo(1, 1);
    expect(figure.errorRatio).toBeGreaterThan(0.03);
  });

  test("of a load that never changes takes the processor to idle at nothing", () => {
    const figure = capacityFigure(
      learning(),
      learned(
        Array.from({ length: 100 }, () => 600),
        () => 0.3,
      ),
    );
    expect(figure.perInstancePerMinute).toBeCloseTo(2_000, 6);
  });

  test("is less where answers were late before the processors were full", () => {
    const late = learned(wave, (rate) => rate / 2_500, {
      policy: learning({ rules: [slow] }),
      latencyOf: (rate) => (rate > 900 ? 800 : 200),
    });
    const figure = capacityFigure(learning(), late);
    expect(figure.source).toBe("latency");
    // 900 a minute were late: they are taken for the 80 % up to which answers come in time.
    expect(figure.perInstancePerMinute).toBeGreaterThan(900 / 0.8);
    expect(figure.perInstancePerMinute).toBeLessThan(960 / 0.8);
  });

  test.each([
    ["more than may be learned", (rate: number) => rate / 9_000, 3_000],
    ["less than may be learned", (rate: number) => rate / 400, 500],
  ])("%s is the bound", (_, cpuOf, expected) => {
    expect(capacityFigure(learning(), learned(wave, cpuOf))).toMatchObject({
      perInstancePerMinute: expected,
      source: "bound",
    });
  });

  test("is as written until an hour is known, and where nothing is to be learned", () => {
    const written = { perInstancePerMinute: 1_000, source: "written" };
    expect(
      capacityFigure(
        learning(),
        learned(wave.slice(0, 50), (rate) => rate / 2_000),
      ),
    ).toMatchObject(written);
    expect(learned(wave, (rate) => rate / 2_000, { policy: givenPolicy() })).toEqual({ kind: "none" });
  });

  test("is what the decision sizes by, and what it remembers", () => {
    const memory = aiming(10, { capacity: learned(wave, (rate) => rate / 2_000) });
    const snapshot = givenSnapshot({
      memory,
      instances: seen(...serving(10)),
      signals: { requests: settledPoints(10_000), "healthy-hosts": settledPoints(10) },
    });
    const decision = decide(learning(), snapshot, sizeByRules);
    expect(decision.proposals[0]).toMatchObject({ kind: "wants", count: 10, reason: { kind: "demand" } });
    expect(decision.memory.capacity).toMatchObject({ kind: "learning" });
    expect(decide(givenPolicy(), snapshot, sizeByRules).proposals[0]).toMatchObject({ count: 20 });
  });
});

describe("a saturated fleet", () => {
  const proposals = (load: number, latency: number) =>
    propose({
      policy: givenPolicy({ rules: [slow] }),
      snapshot: givenSnapshot({
        memory: aiming(10),
        signals: {
          requests: settledPoints(load),
          "healthy-hosts": settledPoints(10),
          "latency-p95": settledPoints(latency),
        },
      }),
      lead: { p50Ms: 0, p95Ms: 0, launchCount: 0 },
    }).filter(({ rule }) => rule === "saturation");

  test("as full as it may be and late is taken to have a quarter more waiting", () => {
    expect(proposals(8_000, 900)).toMatchObject([
      { kind: "wants", count: 13, reason: { kind: "saturated", metric: "latency-p95", perMinute: 8_000 } },
    ]);
  });

  test.each([
    ["is only late", 5_000, 900],
    ["is only full", 8_000, 200],
  ])("%s: nothing is taken for more than it is", (_, load, latency) => {
    expect(proposals(load, latency)).toEqual([]);
  });
});
