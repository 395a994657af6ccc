import { describe, expect, test } from "@jest/globals";
import { autoPlant, defaultPlant, parsePlant, parsePlantOption } from "../../shared/sim/plant.ts";
import type { Trace } from "../../shared/sim/trace/trace.ts";

describe("a plant file", () => {
  test("an empty one is the default plant", () => {
    expect(parsePlant({})).toEqual({ kind: "ok", value: defaultPlant });
  });

  test("is merged on the default, section by section", () => {
    expect(parsePlant({ capacityPerMinute: 1200, boot: { failureRate: 0 }, cold: { ratio: 0.4 } })).toEqual({
      kind: "ok",
      value: {
        ...defaultPlant,
        capacityPerMinute: 1200,
        boot: { nominalSeconds: 180, p50Seconds: 150, p95Seconds: 270, failureRate: 0 },
        cold: { seconds: 0, ratio: 0.4 },
      },
    });
  });

  test.each([
    // 600 · 150/180 = 500 and 600 · 270/180 = 900; 90 · 150/180 = 75 and 90 · 270/180 = 135.
    [{ nominalSeconds: 600 }, { p50Seconds: 500, p95Seconds: 900 }],
    [{ nominalSeconds: 90 }, { p50Seconds: 75, p95Seconds: 135 }],
    [
      { nominalSeconds: 90, p95Seconds: 500 },
      { p50Seconds: 75, p95Seconds: 500 },
    ],
    [{ p50Seconds: 100 }, { nominalSeconds: 180, p50Seconds: 100, p95Seconds: 270 }],
  ])("a boot of %j has %j", (boot, expected) => {
    expect(parsePlant({ boot })).toMatchObject({ kind: "ok", value: { boot: expected } });
  });

  test.each([
    ["not an object", 7, /^plant: /],
    ["an unknown key", { capacity: 1 }, /capacity/],
    ["an unknown key further down", { boot: { p99Seconds: 1 } }, /^boot: .*p99Seconds/],
    ["no capacity", { capacityPerMinute: 0 }, /^capacityPerMinute: /],
    ["an objective beyond 100 %", { sloUtilization: 1.01 }, /^sloUtilization: /],
    ["a negative lag", { lagSeconds: -1 }, /^lagSeconds: /],
    ["a floor of nothing", { min: 0 }, /^min: /],
    ["half an instance", { max: 2.5 }, /^max: /],
    ["min above max", { min: 3, max: 2 }, /^min: 3 is more than max, 2$/],
    ["min above the default max", { min: 401 }, /^min: 401 is more than max, 400$/],
    ["p50 above p95", { boot: { p50Seconds: 300 } }, /^boot.p50Seconds: 300 is more than boot.p95Seconds, 270$/],
    ["a boot of no time", { boot: { nominalSeconds: 0 } }, /^boot.nominalSeconds: /],
    ["a failure rate in percent", { boot: { failureRate: 2 } }, /^boot.failureRate: /],
    ["a cold ratio beyond 1", { cold: { ratio: 1.1 } }, /^cold.ratio: /],
    ["a number as text", { drainSeconds: "60" }, /^drainSeconds: /],
    ["a number beyond all numbers", { drainSeconds: Number.POSITIVE_INFINITY }, /^drainSeconds: /],
  ])("is refused for %s", (_, json, sentence) => {
    expect(parsePlant(json)).toEqual({ kind: "error", error: [expect.stringMatching(sentence)] });
  });

  test("tells every mistake", () => {
    expect(parsePlant({ min: 0, cold: { seconds: -1 } })).toMatchObject({ kind: "error", error: { length: 2 } });
  });
});

describe("--plant", () => {
  test.each([
    ["auto", { kind: "auto", instanceCount: 40 }],
    ["auto:4", { kind: "auto", instanceCount: 4 }],
    ["auto:10000", { kind: "auto", instanceCount: 10_000 }],
    ["plants/cold.json", { kind: "file", path: "plants/cold.json" }],
    ["automatic.json", { kind: "file", path: "automatic.json" }],
  ])("%s", (text, value) => {
    expect(parsePlantOption(text)).toEqual({ kind: "ok", value });
  });

  test.each(["auto:", "auto:0", "auto:x", "auto:1.5", "auto:-4", "auto:1e2", "auto: 4", "auto:10001"])(
    "%s is refused",
    (text) => {
      expect(parsePlantOption(text)).toMatchObject({ kind: "error" });
    },
  );
});

describe("the plant that a trace asks for", () => {
  const startAt = Date.UTC(2027, 2, 20);
  const minute = (index: number): number => startAt + index * 60_000;
  const traceOf = (loads: readonly number[], filledAt: readonly number[] = []): Trace => ({
    name: "t",
    startAt,
    loads: Float64Array.from(loads),
    filled: Uint8Array.from(loads, (_, i) => (filledAt.includes(i) ? 1 : 0)),
  });
  const whole = { from: minute(0), to: minute(1_000_000) };
  const auto = (trace: Trace, { scored = whole, instanceCount = 40 } = {}) =>
    autoPlant({ trace, scored, instanceCount, base: { ...defaultPlant, lagSeconds: 240 } });

  test("puts the nearest-rank p99.9 at 60 % of N instances", () => {
    // Loads 1 … 2000 in falling order: rank ⌈0.999 · 2000⌉ = 1998, so 1998 requests. C = 1998 / (0.6 · 40) = 83.25.
    const plant = auto(traceOf(Array.from({ length: 2_000 }, (_, i) => 2_000 - i)));
    expect(plant).toEqual({
      kind: "ok",
      value: { ...defaultPlant, lagSeconds: 240, capacityPerMinute: 83.25, min: 2, max: 400 },
    });
  });

  test("rounds the rank up", () => {
    // ⌈0.999 · 1001⌉ = ⌈999.999⌉ = 1000, so 1000 requests. C = 1000 / (0.6 · 4) = 416.67.
    const plant = auto(traceOf(Array.from({ length: 1_001 }, (_, i) => i + 1)), { instanceCount: 4 });
    expect(plant).toMatchObject({ kind: "ok", value: { capacityPerMinute: 1000 / (0.6 * 4), max: 40 } });
  });

  test("looks neither outside the window nor at filled minutes", () => {
    // Of 900, 24, 12, 800, 700 the window [1, 4) has 24, 12, 800, and 800 is filled: the largest left is 24.
    const scored = { from: minute(1), to: minute(4) };
    const plant = auto(traceOf([900, 24, 12, 800, 700], [3]), { scored, instanceCount: 1 });
    expect(plant).toMatchObject({ kind: "ok", value: { capacityPerMinute: 40 } });
  });

  test.each([
    ["no minute in the window", traceOf([1]), { from: minute(5), to: minute(6) }],
    ["only filled minutes", traceOf([1], [0]), whole],
    ["no load", traceOf([0, 0]), whole],
  ])("%s is an error", (_, trace, scored) => {
    expect(auto(trace, { scored })).toMatchObject({ kind: "error" });
  });
});
