// Late requests are counted minute by minute, and the quantile follows the count.
import { describe, expect, test } from "@jest/globals";
import { minuteMs } from "../../shared/core/index.ts";
import type { ServiceMemory, Snapshot } from "../../shared/engine/index.ts";
import { levelOf, reportOf, serviceAfter } from "../../shared/engine/service.ts";
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
const serve = policyTo({ kind: "serve", ratio: 0.999 });
/** 1,000 a minute an instance, up to 80 %. */
const hosts = 10;
const sound = { kind: "seen", madeAt: 0, knownDays: 9, standing: { kind: "sound" }, levels: [], windows: [] } as const;

const counted = (overrides: Partial<Extract<ServiceMemory, { kind: "counted" }>> = {}): ServiceMemory => ({
  kind: "counted",
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
    expect(reportOf(policy, { kind: "none" })).toEqual({ kind: "not-asked" });
  });

  test("is reported as a share", () => {
    expect(reportOf(serve, counted())).toEqual({ kind: "counting", askedRatio: 0.999 });
    expect(reportOf(serve, counted({ requests: 10_000, late: 5 }))).toEqual({
      kind: "counted",
      askedRatio: 0.999,
      lateRatio: 0.0005,
    });
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
