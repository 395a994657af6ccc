import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { defaultPlant, type Plant } from "../../shared/sim/plant.ts";
import { simulationJson } from "../../shared/sim/score/json.ts";
import { paidInstanceMinutes } from "../../shared/sim/score/paid.ts";
import { score } from "../../shared/sim/score/score.ts";
import type { InstanceRow, MinuteRow } from "../../shared/sim/score/types.ts";

const startAt = Date.UTC(2027, 2, 20, 9);
const minute = (index: number): number => startAt + index * 60_000;

/** An instance serves 80 requests a minute within the objective, 100 at most; half while it is cold. */
const plant: Plant = { ...defaultPlant, capacityPerMinute: 100, min: 1, cold: { seconds: 180, ratio: 0.5 } };

const row = (index: number, load: number, fields: Partial<MinuteRow> = {}): MinuteRow => ({
  t: minute(index),
  load,
  target: 0,
  serving: 2,
  cold: 0,
  booting: 0,
  warming: 0,
  draining: 0,
  scored: true,
  ...fields,
});

/** Launched and terminated at these minutes of the run. */
const instance = (launched: number, terminated: number | null, failed = false): InstanceRow => ({
  id: `i-${launched}`,
  launchedAt: minute(launched),
  servingAt: null,
  warmed: false,
  drainingAt: null,
  terminatedAt: terminated === null ? null : minute(terminated),
  failed,
});

describe("a run reckoned by hand", () => {
  const minutes = [
    row(0, 100), // n = ⌈100/80⌉ = 2, s = 2
    row(1, 200), // n = 3, s = 2: 200 − 2·80 = 40 bad
    row(2, 260, { serving: 3, cold: 2 }), // n = ⌈3.25⌉ = 4, s = 3 − 2·0.5 = 2: 100 bad, 260 − 2·100 = 60 lost
    row(3, 80, { serving: 3 }), // n = 1, s = 3
    row(4, 40, { serving: 9, scored: false }), // counts nowhere
  ];
  const instances = [
    instance(-3, null), // rows 0–3: 4
    instance(-3, 3.5), // rows 0–3: 4
    instance(1, null), // rows 1–3: 3
    instance(2, 2.5, true), // row 2: 1
  ];
  const result = score({ plant, minutes, instances });

  test.each([
    // Σd = 100 + 200 + 260 + 80 = 640.
    ["badRequestsPct", 21.875], // 100 · (40 + 100) / 640
    ["lostRequestsPct", 9.375], // 100 · 60 / 640
    ["worst15MinShortfallPct", 21.875], // fewer than 15 minutes: all of them
    ["thetaUPct", 14.583333], // 100/4 · (1/3 + 1/4): cold ones count whole
    ["thetaOPct", 50], // 100/4 · 2/1
    ["tauUPct", 50], // rows 1 and 2 of four
    ["tauOPct", 25], // row 3 of four
    ["instabilityPct", 66.666667], // Δn +1 +1 −3, Δserving 0 +1 0: two of three steps differ
    ["launchesPerDay", 720], // two within four minutes
    // Oracle: slot 1 works 4. Slot 2 works 3 and drains 1. Slot 3 boots 3, works 2, drains 1. Slot 4 boots 3, works 1,
    // drains 1. 4 + 4 + 6 + 5 = 19. Paid: 4 + 4 + 3 + 1 = 12.
    ["costX", 0.631579], // 12 / 19
    ["chargedCostX", 35.013158], // 12/19 + 3 · 10/19 · (21.875 − 0.1), Σn = 2 + 3 + 4 + 1
  ] as const)("%s is %d", (name, expected) => {
    expect(result[name]).toBe(expected);
  });
});

describe("shares", () => {
  test("of no requests at all are none", () => {
    const result = score({ plant, minutes: [row(0, 0), row(1, 0)], instances: [] });
    expect(result).toMatchObject({ badRequestsPct: 0, lostRequestsPct: 0, worst15MinShortfallPct: 0, tauOPct: 100 });
  });

  test("one minute has no steps", () => {
    expect(score({ plant, minutes: [row(0, 100)], instances: [] }).instabilityPct).toBe(0);
  });

  test("a step over an unscored minute is none", () => {
    // Demand and supply part between rows 0 and 2, but row 1 is missing; between rows 2 and 3 both stand still.
    const minutes = [row(0, 100), row(1, 100, { scored: false }), row(2, 200), row(3, 200)];
    expect(score({ plant, minutes, instances: [] }).instabilityPct).toBe(0);
  });

  test("misses within one in a thousand are not charged", () => {
    // 1000 rows of 80 on one instance, one of them of 160: 80 / 80,080 = 0.0999 % bad.
    const minutes = Array.from({ length: 1_000 }, (_, i) => row(i, i === 500 ? 160 : 80, { serving: 1 }));
    const result = score({ plant, minutes, instances: [instance(-1, null)] });
    expect(result.badRequestsPct).toBe(0.0999);
    expect(result.chargedCostX).toBe(result.costX);
  });

  test("the plant's floor is needed even by nobody", () => {
    const minutes = [row(0, 0, { serving: 3 })];
    const result = score({ plant: { ...plant, min: 4 }, minutes, instances: [] });
    expect(result).toMatchObject({ thetaUPct: 25, tauUPct: 100 });
  });

  test.each([
    // Each short minute lacks 20 of 100 requests; fifteen minutes have 1,500.
    ["sixteen minutes apart", [2, 18], [], 1.333333],
    ["fourteen minutes apart", [4, 18], [], 2.666667],
    ["sixteen apart, with two unscored between", [2, 18], [7, 8], 1.538462], // 20 of thirteen hundreds
  ])("the worst quarter of an hour of two shortfalls %s", (_, short, unscored, expected) => {
    const minutes = Array.from({ length: 20 }, (_, i) =>
      row(i, 100, { serving: short.includes(i) ? 1 : 2, scored: !unscored.includes(i) }),
    );
    expect(score({ plant, minutes, instances: [] }).worst15MinShortfallPct).toBe(expected);
  });

  test("the first fleet is not launched, and neither is what comes after the window", () => {
    const minutes = Array.from({ length: 6 }, (_, i) => row(i, 100, { scored: i >= 1 && i <= 4 && i !== 2 }));
    const instances = [instance(-1, null), instance(0, null), instance(1, null), instance(2, null), instance(5, null)];
    // Those of minutes 1 and 2, over three scored minutes: 2 / (3 / 1440).
    expect(score({ plant, minutes, instances }).launchesPerDay).toBe(960);
  });
});

const stoppedFrom = (from: number, to: number | null) => ({
  from: minute(from),
  to: to === null ? null : minute(to),
});

describe("paid time", () => {
  const minutes = Array.from({ length: 6 }, (_, i) => row(i, 100));
  const without = (...unscored: readonly number[]) =>
    minutes.map((each, i) => ({ ...each, scored: !unscored.includes(i) }));

  test.each<[string, InstanceRow, readonly MinuteRow[], number]>([
    ["whole minutes", instance(1, 3), minutes, 2],
    ["a minute begun", instance(1, 3.1), minutes, 3],
    ["a launch within a minute: minutes from there", instance(1.5, 3.5), minutes, 2],
    ["a launch within a minute: the second one begun", instance(1.5, 3), minutes, 2],
    ["no time at all: one minute", instance(2, 2), minutes, 1],
    ["to the end of the run", instance(2, null), minutes, 4],
    ["to the end of the run, from within a minute", instance(2.5, null), minutes, 4],
    ["beyond the end of the run", instance(4, 9), minutes, 2],
    ["from before the run", instance(-3, 1), minutes, 1],
    ["only before the run", instance(-3, 0), minutes, 0],
    ["over an unscored minute", instance(1, 4), without(2), 2],
    ["in an unscored minute", instance(2, 3), without(2), 0],
    ["a minute that begins in a scored row and ends in an unscored one", instance(1.5, 2.5), without(2), 1],
    ["a minute that begins in an unscored row", instance(2.5, 3.5), without(2), 0],
  ])("%s", (_, life, rows, expected) => {
    expect(paidInstanceMinutes(rows, [life])).toBe(expected);
  });

  test.each<[string, InstanceRow, number]>([
    ["not while it is stopped", { ...instance(0, 5), stopped: [stoppedFrom(1, 3)] }, 3],
    ["a start begins a new minute", { ...instance(0, 5), stopped: [stoppedFrom(1.2, 3.5)] }, 4],
    ["stopped to the end", { ...instance(0, null), stopped: [stoppedFrom(2, null)] }, 2],
    ["terminated while it is stopped", { ...instance(0, 5), stopped: [stoppedFrom(2, null)] }, 2],
  ])("of a reserve: %s", (_, life, expected) => {
    expect(paidInstanceMinutes(minutes, [life])).toBe(expected);
  });

  test("agrees with counting minute by minute", () => {
    const life = fc.record({
      launched: fc.integer({ min: -40, max: 80 }).map((quarters) => quarters / 4),
      lived: fc.option(fc.integer({ min: 0, max: 80 }).map((quarters) => quarters / 4)),
    });
    const marks = fc.array(fc.boolean(), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(marks, fc.array(life, { maxLength: 8 }), (scored, lives) => {
        const rows = scored.map((isScored, i) => row(i, 0, { scored: isScored }));
        let expected = 0;
        for (const { launched, lived } of lives) {
          const end = lived === null ? rows.length : launched + lived;
          for (let begin = launched; begin < end || begin === launched; begin++)
            if (scored[Math.floor(begin)] === true) expected += 1;
        }
        const instances = lives.map(({ launched, lived }) =>
          instance(launched, lived === null ? null : launched + lived),
        );
        expect(paidInstanceMinutes(rows, instances)).toBe(expected);
      }),
    );
  });
});

describe("broken input", () => {
  test.each([
    ["no row", []],
    ["no scored row", [row(0, 100, { scored: false })]],
  ])("%s cannot be scored", (_, minutes) => {
    expect(() => score({ plant, minutes, instances: [] })).toThrow("has a scored minute");
  });

  test("rows that skip a minute cannot be scored", () => {
    expect(() => score({ plant, minutes: [row(0, 1), row(2, 1)], instances: [] })).toThrow("follow each other");
  });
});

test("fifty thousand minutes of twenty thousand instances are a matter of moments", () => {
  const minutes = Array.from({ length: 50_000 }, (_, i) =>
    row(i, 150_000 + 140_000 * Math.sin(i * i), { serving: 2_000 }),
  );
  const instances = Array.from({ length: 20_000 }, (_, i) => instance(i * 2, i * 2 + 3_000));
  const before = process.cpuUsage();
  score({ plant, minutes, instances });
  const { user, system } = process.cpuUsage(before);
  // Takes about a tenth of this; a walk over minutes × slots or minutes × instances takes many times as long.
  expect((user + system) / 1000).toBeLessThan(3_000);
});

test("the written form has the interface's names in the interface's order, and times in ISO 8601", () => {
  const minutes = [row(0, 812.5, { target: 4, serving: 4 })];
  const instances = [{ ...instance(-3, 1), servingAt: minute(0) + 250 }];
  const written = simulationJson({
    trace: "t.csv",
    policyVersion: "sha256:00",
    seed: 1,
    scored: { from: minute(0), to: minute(1) },
    plant: defaultPlant,
    minutes,
    instances,
    score: score({ plant: defaultPlant, minutes, instances }),
  });
  // One instance was paid of the two that the floor needs: 1 / 2.
  expect(JSON.stringify(written)).toBe(
    '{"trace":"t.csv","policyVersion":"sha256:00","seed":1,' +
      '"scored":{"from":"2027-03-20T09:00:00Z","to":"2027-03-20T09:01:00Z"},' +
      '"plant":{"capacityPerMinute":1000,"sloUtilization":0.8,"lagSeconds":120,"min":2,"max":400,' +
      '"boot":{"nominalSeconds":180,"p50Seconds":150,"p95Seconds":270,"failureRate":0.01},' +
      '"cold":{"seconds":0,"ratio":1},"drainSeconds":60},' +
      '"minutes":[{"t":"2027-03-20T09:00:00Z","load":812.5,"target":4,"serving":4,"cold":0,' +
      '"booting":0,"warming":0,"draining":0,"scored":true}],' +
      '"instances":[{"id":"i--3","launchedAt":"2027-03-20T08:57:00Z","servingAt":"2027-03-20T09:00:00.250Z",' +
      '"warmed":false,"drainingAt":null,"terminatedAt":"2027-03-20T09:01:00Z","failed":false}],' +
      '"score":{"badRequestsPct":0,"lostRequestsPct":0,"costX":0.5,"tauUPct":0,"thetaUPct":0,"thetaOPct":100,' +
      '"tauOPct":100,"instabilityPct":0,"launchesPerDay":0,"chargedCostX":0.5,"worst15MinShortfallPct":0}}',
  );
});
