// What one instance serves, learned from its processors and from answers that were late; and what a saturated fleet is taken to need.
import { describe, expect, test } from "@jest/globals";
import { minuteMs } from "../../shared/core/index.ts";
import { learnCapacity } from "../../shared/engine/capacity.ts";
import {
  type CapacityMemory,
  capacityFigure,
  decide,
  metricsWhereFull,
  sizeByRules,
} from "../../shared/engine/index.ts";
import { propose } from "../../shared/engine/rules/index.ts";
import type { Policy, StepRule } from "../../shared/policy/index.ts";
import {
  aiming,
  givenForecastRule,
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

describe("a saturated fleet of whose latencies, errors and rejections no rule speaks", () => {
  const written = givenPolicy({ rules: [givenForecastRule()] });
  const wished = (signals: Record<string, readonly number[]>, policy = written) =>
    propose({
      policy,
      snapshot: givenSnapshot({
        memory: aiming(10),
        signals: Object.fromEntries(Object.entries(signals).map(([name, values]) => [name, settledPoints(...values)])),
      }),
      lead: { p50Ms: 0, p95Ms: 0, launchCount: 0 },
    }).filter(({ rule }) => rule === "saturation");
  /** Ten that may take on 800 each are given so many, minute by minute. */
  const full = (...requests: readonly number[]) => ({ requests, "healthy-hosts": requests.map(() => 10) });
  const capped = full(5_000, 6_500, 8_000, 8_000, 8_100, 8_000);

  test.each<[string, Record<string, readonly number[]>, string]>([
    ["answers have come to take twice as long", { "latency-p95": [300, 310, 400, 900, 2_000, 5_000] }, "latency-p95"],
    ["connections have come to be refused", { rejected: [0, 0, 0, 200, 700, 900] }, "rejected"],
    ["errors have come up", { "errors-5xx": [3, 4, 2, 90, 100, 120] }, "errors-5xx"],
  ])("%s: a quarter more is taken to wait", (_, told, metric) => {
    expect(wished({ ...capped, ...told })).toEqual([
      {
        kind: "wants",
        rule: "saturation",
        count: 13,
        reason: { kind: "saturated", metric, perMinute: 8_000, moreRatio: 0.25, servingCount: 10 },
      },
    ]);
  });

  const late = { "latency-p95": [300, 310, 400, 900, 2_000, 5_000] };
  test.each<[string, Record<string, readonly number[]>]>([
    ["there is room", { ...full(5_000, 6_500, 7_900, 7_900, 7_900, 7_900), ...late }],
    ["what is answered still grows", { ...full(5_000, 6_500, 7_000, 7_400, 7_800, 8_400), ...late }],
    ["more is counted than can be answered", { ...full(5_000, 6_500, 12_000, 12_000, 12_000, 12_000), ...late }],
    ["latencies are what they were", { ...capped, "latency-p95": [300, 310, 400, 410, 400, 420] }],
    ["it errs as often as ever", { ...capped, "errors-5xx": [100, 110, 120, 100, 120, 110] }],
    ["less than one in a hundred is refused", { ...capped, rejected: [0, 0, 0, 0, 70, 79] }],
    ["nothing was read of it", capped],
    ["nobody knows how many served before", { requests: [8_000, 8_000, 8_000, 8_000], "healthy-hosts": [10], ...late }],
  ])("%s: nothing is taken for more than it is", (_, signals) => {
    expect(wished(signals)).toEqual([]);
  });

  test("a rule's threshold is the operator's word on latencies: that they have doubled says nothing beside it", () => {
    const latencies = { "latency-p95": [90, 100, 110, 300, 300, 300] };
    expect(wished({ ...capped, ...latencies })).toMatchObject([{ reason: { metric: "latency-p95" } }]);
    expect(wished({ ...capped, ...latencies }, givenPolicy({ rules: [slow] }))).toEqual([]);
  });

  test.each<[string, readonly number[], Policy, readonly string[]]>([
    ["what no rule reads, where the fleet is full", [8_000], written, ["latency-p95", "errors-5xx", "rejected"]],
    [
      "what is left, where a rule reads the latencies",
      [8_000],
      givenPolicy({ rules: [slow] }),
      ["errors-5xx", "rejected"],
    ],
    ["nothing, where there is room", [7_900], written, []],
    ["nothing, where demand is seen whole", [12_000], written, []],
    [
      "nothing that HAProxy does not tell",
      [8_000],
      givenPolicy({ targetGroup: { kind: "haproxy", backend: "fleet", slotPrefix: "s", nodes: [], port: 80 } }),
      [],
    ],
  ])("the next look reads %s", (_, requests, policy, names) => {
    const signals = { requests: settledPoints(...requests), "healthy-hosts": settledPoints(10) };
    expect(metricsWhereFull(policy, givenSnapshot({ signals }), { kind: "none" })).toEqual(names);
  });
});
