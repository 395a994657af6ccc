// Late requests are counted minute by minute, and the quantile follows the count.
import { describe, expect, test } from "@jest/globals";
import { hourMs, minuteMs } from "../../shared/core/index.ts";
import type { ServiceMemory, Snapshot } from "../../shared/engine/index.ts";
import { levelOf, serviceAfter, serviceMetrics } from "../../shared/engine/service.ts";
import type { ForecastRule, Policy } from "../../shared/policy/index.ts";
import {
  givenForecastRule,
  givenMemory,
  givenPolicy,
  givenSnapshot,
  settledAt,
  settledPoints,
} from "../support/given.ts";

const policyTo = (aim: ForecastRule["aim"]): Policy => givenPolicy({ rules: [givenForecastRule({ aim })] });
const serveMost = { kind: "serve", ratio: 0.999 } as const;
const serve = policyTo(serveMost);
/** 1,000 a minute an instance, up to 80 %. */
const hosts = 10;
const sound = { kind: "seen", madeAt: 0, knownDays: 9, standing: { kind: "sound" }, levels: [], windows: [] } as const;

const counted = (overrides: Partial<Extract<ServiceMemory, { kind: "counted" }>> = {}): ServiceMemory => ({
  kind: "counted",
  since: settledAt - hourMs,
  until: settledAt - minuteMs,
  logit: 3,
  meanPerMinute: 8_000,
  requests: 0,
  late: 0,
  ...overrides,
});
const snapshotWith = (service: ServiceMemory, requests: readonly number[], overrides: Partial<Snapshot> = {}) =>
  givenSnapshot({
    signals: { requests: settledPoints(...requests), "healthy-hosts": settledPoints(...requests.map(() => hosts)) },
    forecast: sound,
    memory: givenMemory({
      sizing: { kind: "rules", wishes: [], targets: [], peakBaselines: [], blindBases: [], service },
    }),
    ...overrides,
  });
const countedFrom = (...given: Parameters<typeof snapshotWith>) => {
  const service = serviceAfter(serve, snapshotWith(...given));
  if (service.kind === "none") throw new Error("nothing was counted");
  return service;
};

describe("a minute", () => {
  test("that went well lowers the quantile a little", () => {
    const { logit, late, requests, until } = countedFrom(counted(), [7_000]);
    expect(logit).toBeCloseTo(3 - 0.8 * 0.9 * 0.001, 9);
    expect([late, requests, until]).toEqual([0, 7_000, settledAt]);
  });

  test("beyond what was in time raises it by its share of a mean minute", () => {
    const { logit, late } = countedFrom(counted(), [8_800]);
    expect(late).toBe(800);
    expect(logit).toBeCloseTo(3 + 0.8 * (800 / 8_000.556 - 0.0009), 4);
  });

  describe("of which a bound is asked", () => {
    const within = policyTo({ kind: "serve-within", ratio: 0.999, boundMs: 400 });
    const boundedBy = (requests: number, share: readonly number[]) => {
      const signals = {
        requests: settledPoints(requests),
        "healthy-hosts": settledPoints(hosts),
        ...(share.length > 0 ? { within_400_ms: settledPoints(...share) } : {}),
      };
      const service = serviceAfter(within, snapshotWith(counted(), [requests], { signals }));
      if (service.kind === "none") throw new Error("nothing was counted");
      return service;
    };
    const well = 3 - 0.8 * 0.9 * 0.001;

    test("counts what was answered later than that as late, though capacity was there", () => {
      const { logit, late } = boundedBy(7_000, [0.98]);
      expect(late).toBeCloseTo(140, 6);
      expect(logit).toBeGreaterThan(3);
    });

    test("counts what was beyond capacity where that is more", () => {
      expect(boundedBy(8_800, [0.98]).late).toBeCloseTo(800, 6);
    });

    test("counts by capacity alone where nobody measured", () => {
      expect(boundedBy(7_000, []).late).toBe(0);
    });

    test("is late, but not for want of instances, where they have half of what they may take on to spare", () => {
      const { logit, late } = boundedBy(3_900, [0.9]);
      expect(late).toBeCloseTo(390, 6);
      expect(logit).toBeCloseTo(well, 9);
    });

    test("reads the share of answers within it", () => {
      expect(serviceMetrics(within)).toEqual(["within_400_ms"]);
      expect(serviceMetrics(serve)).toEqual([]);
    });
  });

  test("is counted once", () => {
    const once = countedFrom(counted(), [8_800]);
    expect(serviceAfter(serve, snapshotWith(once, [8_800]))).toEqual(once);
  });

  test("and those before it that were not counted yet are counted with it", () => {
    expect(countedFrom(counted({ until: settledAt - 3 * minuteMs }), [9_000, 8_400, 8_100]).late).toBeCloseTo(1_500, 0);
  });

  test("without a count of its hosts says nothing", () => {
    const { logit, requests, until } = countedFrom(counted(), [9_000], { signals: { requests: settledPoints(9_000) } });
    expect([logit, requests, until]).toEqual([3, 0, settledAt]);
  });

  test.each<[string, Snapshot["forecast"]]>([
    ["no forecast", { kind: "none", because: "too young" }],
    ["a forecast in shadow", { ...sound, standing: { kind: "shadow", because: "worse" } }],
  ])("with %s counts and leaves the quantile", (_, view) => {
    const { logit, late } = countedFrom(counted(), [9_000], { forecast: view });
    expect([logit, late]).toEqual([3, 1_000]);
  });
});

test("the quantile stays within what history can tell", () => {
  const levelFrom = (logit: number, load: number): number => levelOf(countedFrom(counted({ logit }), [load]));
  expect(levelFrom(50, 7_000)).toBeCloseTo(0.9975, 9);
  expect(levelFrom(-50, 7_000)).toBeCloseTo(0.05, 9);
});

describe("the count", () => {
  test("begins with the first whole minute, in the middle", () => {
    const service = countedFrom({ kind: "none" }, [7_000]);
    expect(service).toMatchObject({ until: settledAt, meanPerMinute: 7_000, requests: 0, late: 0 });
    expect(levelOf(service)).toBeCloseTo(0.95, 9);
  });

  test("waits where nothing was read", () => {
    const snapshot = snapshotWith(counted(), [], { signals: {} });
    expect(serviceAfter(serve, snapshot)).toEqual(counted());
  });

  test("is not asked of a quantile", () => {
    const policy = policyTo({ kind: "quantile", ratio: 0.9 });
    expect(serviceAfter(policy, snapshotWith({ kind: "none" }, [7_000]))).toEqual({ kind: "none" });
  });

  test.each([
    ["the rule", givenPolicy({ rules: [givenForecastRule({ aim: serveMost, mode: "shadow" })] })],
    ["the policy", { ...serve, mode: "shadow" } as const],
  ])("moves no quantile that nothing is bought by: %s is in shadow", (_, policy) => {
    const service = serviceAfter(policy, snapshotWith(counted(), [8_800]));
    expect(service).toMatchObject({ logit: 3, late: 800 });
  });
});

test("in the long run the share of late requests is near what was asked, whatever the tails", () => {
  // Loads beyond the capacity at the quantile with the probability that is left, by half as much again.
  let service: ServiceMemory = counted({ logit: 0 });
  let [requests, late] = [0, 0];
  for (let i = 0; i < 40_000; i++) {
    const isBeyond = (i * 0.6180339887) % 1 > levelOf(service);
    const load = isBeyond ? 12_000 : 7_000;
    requests += load;
    late += isBeyond ? 4_000 : 0;
    const before: ServiceMemory = service.kind === "counted" ? { ...service, until: settledAt - minuteMs } : service;
    service = countedFrom(before, [load]);
  }
  expect(late / requests).toBeGreaterThan(0.0004);
  expect(late / requests).toBeLessThan(0.002);
});
