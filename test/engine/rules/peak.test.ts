// An announced event at noon: an hour of ramp before, two of hold, an hour of release. Baseline 1,000 a minute, so 2 instances.
import { expect, test } from "@jest/globals";
import { type DurationMs, hourMs, minuteMs } from "../../../shared/core/index.ts";
import { type Memory, type PeakFinding, type Snapshot, sizeByRules } from "../../../shared/engine/index.ts";
import { propose } from "../../../shared/engine/rules/index.ts";
import type { Peak, Policy } from "../../../shared/policy/index.ts";
import {
  aiming,
  givenMemory,
  givenPolicy,
  givenSnapshot,
  missing,
  noon,
  points,
  settledPoints,
  silent,
} from "../../support/given.ts";

const sale: Peak = {
  name: "sale",
  atMs: noon,
  expect: { kind: "factor", factor: 5 },
  rampMs: hourMs,
  holdMs: 2 * hourMs,
  releaseMs: hourMs,
  early: { kind: "never" },
};
const remembering = (perMinute: number): Memory =>
  givenMemory({
    sizing: {
      kind: "rules",
      wishes: [],
      targets: [],
      blindBases: [],
      peakBaselines: [{ name: "sale", perMinute }],
      service: { kind: "none" },
    },
  });
const proposalAt = (
  offsetMs: DurationMs,
  given: { peak?: Peak; policy?: Partial<Policy>; snapshot?: Partial<Snapshot>; leadMs?: DurationMs } = {},
) => {
  const now = noon + offsetMs;
  return propose({
    policy: givenPolicy({ rules: [], missing: missing({ kind: "floor", count: 8 }), ...given.policy }),
    snapshot: givenSnapshot({ now, memory: remembering(1_000), peaks: [given.peak ?? sale], ...given.snapshot }),
    lead: { p50Ms: 0, p95Ms: given.leadMs ?? 0, launchCount: 0 },
  })[0];
};

// The plan is asked for the highest demand between now and a lead time and a minute from now.
test.each<[string, number, number, string]>([
  ["as the ramp begins, a minute of it", -60, 1_000 + 4_000 / 60, "ramp"],
  ["half way up", -31, 3_000, "ramp"],
  ["a quarter short of the top", -16, 4_000, "ramp"],
  ["at the top from the minute before", -1, 5_000, "hold"],
  ["at the hour", 0, 5_000, "hold"],
  ["in the middle", 60, 5_000, "hold"],
  ["at the hold's last minute", 119, 5_000, "hold"],
  ["as the hold ends", 120, 5_000, "release"],
  ["half way down", 150, 3_000, "release"],
  ["at the last minute", 179, 1_000 + 4_000 / 60, "release"],
])("%s", (_, minute, perMinute, phase) => {
  const proposal = proposalAt(minute * minuteMs);
  expect(proposal).toMatchObject({ kind: "wants", rule: "peak sale", count: Math.ceil(perMinute / 500) });
  expect(proposal).toMatchObject({
    reason: {
      kind: "peak-active",
      phase,
      perMinute: expect.closeTo(perMinute, 6),
      expectedPerMinute: 5_000,
      baselinePerMinute: 1_000,
    },
  });
});

test.each([
  ["before the ramp", -62],
  ["when the release is over", 180],
])("%s it stands aside", (_, minute) => {
  expect(proposalAt(minute * minuteMs)).toEqual({
    kind: "stands-aside",
    rule: "peak sale",
    reason: { kind: "peak-idle", startsAt: noon - hourMs, endsAt: noon + 3 * hourMs },
  });
});

test.each([
  ["asks a lead time early on the ramp", -31 - 15, 3_000],
  ["has the whole of it ordered a lead time before the hour", -16, 5_000],
  ["does not let go early", 110, 5_000],
  ["nor late", 150, 3_000],
])("with a lead of 15 minutes it %s", (_, minute, perMinute) => {
  expect(proposalAt(minute * minuteMs, { leadMs: 15 * minuteMs })).toMatchObject({ reason: { perMinute } });
});

test("without ramp and release it stands from the hour, ordered a lead time and a minute before, to the end of its hold", () => {
  const peak = { ...sale, rampMs: 0, releaseMs: 0 };
  const kindAt = (minute: number) => proposalAt(minute * minuteMs, { peak, leadMs: 3 * minuteMs })?.kind;
  expect([-4, -3, 0, 119, 120].map(kindAt)).toEqual(["stands-aside", "wants", "wants", "wants", "stands-aside"]);
  expect(proposalAt(-3 * minuteMs, { peak, leadMs: 3 * minuteMs })).toMatchObject({ count: 10 });
});

test("a factor multiplies the mean of the last complete minutes", () => {
  const requests = points([900, 1_100, 1_300, 99_999, 99_999], noon);
  expect(proposalAt(0, { snapshot: { memory: givenMemory(), signals: { requests } } })).toMatchObject({
    reason: { baselinePerMinute: 1_100, expectedPerMinute: 5_500 },
  });
});

test("an absolute number is taken as it is, whatever the demand", () => {
  const peak: Peak = { ...sale, expect: { kind: "absolute", perMinute: 7_000 } };
  expect(proposalAt(0, { peak })).toMatchObject({ count: 14, reason: { expectedPerMinute: 7_000 } });
  expect(proposalAt(0, { peak, snapshot: { memory: givenMemory() } })).toMatchObject({ count: 14 });
});

test("a factor of demand that nobody can see is blind", () => {
  const nothing = { memory: givenMemory(), signals: { requests: silent } };
  expect(proposalAt(0, { snapshot: nothing })).toEqual({
    kind: "blind",
    rule: "peak sale",
    metric: "requests",
    because: "no demand to multiply",
    choice: { kind: "floor", count: 8 },
  });
});

test("the baseline is frozen at the first look, so that the peak does not multiply itself", () => {
  const policy = givenPolicy();
  const peaks = [sale];
  const first = sizeByRules(
    policy,
    givenSnapshot({ now: noon - hourMs, peaks, signals: { requests: points([1_000], noon - 62 * minuteMs) } }),
  );
  const later = sizeByRules(
    policy,
    givenSnapshot({
      peaks,
      memory: aiming(2, { sizing: first.memory }),
      signals: { requests: points([4_900], noon - 2 * minuteMs) },
    }),
  );
  expect(later.proposals[1]).toMatchObject({
    count: 10,
    reason: { baselinePerMinute: 1_000, expectedPerMinute: 5_000 },
  });
  expect(later.memory).toMatchObject({ peakBaselines: [{ name: "sale", perMinute: 1_000 }] });
});

test("the baseline is forgotten when the event is over", () => {
  const over = givenSnapshot({ now: noon + 3 * hourMs, memory: remembering(1_000), peaks: [sale] });
  expect(sizeByRules(givenPolicy(), over).memory).toMatchObject({ peakBaselines: [] });
});

test("of two events each keeps its name, and neither multiplies the other: the demand is that before both", () => {
  const flash: Peak = { ...sale, name: "flash", expect: { kind: "factor", factor: 2 } };
  const snapshot = givenSnapshot({
    memory: remembering(1_000),
    peaks: [sale, flash],
    signals: { requests: points([4_000], noon - 2 * minuteMs) },
  });
  const { memory, proposals } = sizeByRules(givenPolicy({ rules: [] }), snapshot);
  expect(proposals.map((one) => (one.kind === "wants" ? [one.rule, one.count] : []))).toEqual([
    ["peak sale", 10],
    ["peak flash", 4],
  ]);
  expect(memory).toMatchObject({
    peakBaselines: [
      { name: "sale", perMinute: 1_000 },
      { name: "flash", perMinute: 1_000 },
    ],
  });
});

const figures = (...perMinute: readonly number[]): Peak => ({
  ...sale,
  expect: { kind: "figures", fromMs: 0, everyMs: hourMs / 2, perMinute },
});

test.each<[string, number, number, string]>([
  ["half way up to the first", -31, 2_000, "ramp"],
  ["the first", 0, 3_000, "hold"],
  ["the second a minute before its time", 29, 6_000, "hold"],
  ["the third, which is lower, at its time", 60, 2_000, "hold"],
  ["the last is where the release begins", 121, 1_000 + (8_000 - 1_000) * (59 / 60), "release"],
])("of a day's figures: %s", (_, minute, perMinute, phase) => {
  expect(proposalAt(minute * minuteMs, { peak: figures(3_000, 6_000, 2_000, 8_000) })).toMatchObject({
    reason: { phase, perMinute: expect.closeTo(perMinute, 6) },
  });
});

test("a day that is not read yet is blind, so that nothing shrinks for it", () => {
  const peak: Peak = { ...sale, expect: { kind: "like", fromMs: 0 } };
  expect(proposalAt(0, { peak })).toMatchObject({ kind: "blind", because: "its day is not read" });
  expect(proposalAt(-2 * hourMs, { peak })).toMatchObject({ kind: "stands-aside", reason: { kind: "peak-unread" } });
});

const unsureBelow = (ratio: number): Peak => ({ ...sale, early: { kind: "below", ratio, afterMs: 20 * minuteMs } });
const unsure = unsureBelow(0.5);
/** The newest complete minutes at so many minutes past noon. */
const come = (minute: number, ...values: readonly number[]): Partial<Snapshot> => ({
  signals: { requests: points(values, noon + (minute - 2) * minuteMs) },
});

test.each<[string, number, Peak, Partial<Snapshot>, "wants" | "stands-aside" | "blind"]>([
  ["nobody came for twenty minutes", 20, unsure, come(20, 900, 800), "stands-aside"],
  ["nobody came for nineteen", 19, unsure, come(19, 900, 800), "wants"],
  ["one minute of it was half of what is expected", 20, unsure, come(20, 2_500, 800), "wants"],
  ["that minute was before the event", 20, unsure, come(20, 2_500, ...Array(19).fill(800)), "stands-aside"],
  ["that minute is longer ago than it waits", 60, unsure, come(60, 2_500, ...Array(19).fill(800)), "stands-aside"],
  ["they are as many, but for rounding", 20, unsureBelow(0.14), come(20, 700), "wants"],
  ["they come late", 60, unsure, come(60, 800, 3_000), "wants"],
  ["nobody can see whether they come", 60, unsure, { signals: { requests: silent } }, "wants"],
  ["it is certain", 60, sale, come(60, 900, 800), "wants"],
])("released early or not: %s", (_, minute, peak, snapshot, kind) => {
  expect(proposalAt(minute * minuteMs, { peak, snapshot })?.kind).toBe(kind);
});

test("an early release says what came and what was expected", () => {
  expect(proposalAt(20 * minuteMs, { peak: unsure, snapshot: come(20, 900, 800) })).toMatchObject({
    reason: { kind: "peak-unattended", perMinute: 900, expectedPerMinute: 5_000, ratio: 0.5, forMs: 20 * minuteMs },
  });
});

const hardUsd = 2;
const budget = { kind: "hourly", softUsd: "none", hardUsd, onDemandUsd: 0.5, spotUsd: 0.2 } as const;
test.each<[string, Partial<Policy>, object]>([
  ["inside bounds and budget", {}, { kind: "peak-idle" }],
  ["over the maximum", { bounds: { min: 1, max: 9 } }, { kind: "peak-beyond", count: 10, most: 9 }],
  ["over the budget", { limits: { ...givenPolicy().limits, budget } }, { kind: "peak-beyond", count: 10, most: 4 }],
])("hours before, a peak %s is told", (_, policy, reason) => {
  const snapshot = { memory: givenMemory(), signals: { requests: points([1_000], noon - 182 * minuteMs) } };
  expect(proposalAt(-3 * hourMs, { policy, snapshot })).toMatchObject({ kind: "stands-aside", reason });
});

test("what nobody can see yet is not warned of, nor what is past", () => {
  const policy = { bounds: { min: 1, max: 9 } };
  const idle = { reason: { kind: "peak-idle" } };
  expect(proposalAt(-3 * hourMs, { policy, snapshot: { memory: givenMemory() } })).toMatchObject(idle);
  expect(proposalAt(4 * hourMs, { policy })).toMatchObject(idle);
});

test("what was found in its way is said, each for itself, and moves no number", () => {
  const findings = ["quota", "image"].map(
    (check): PeakFinding => ({ peak: "sale", level: "problem", check, found: "too few", toDo: "ask for more" }),
  );
  const given = { peaks: [sale], signals: { requests: settledPoints(7_900) } };
  const [without, warned] = [[], findings].map((peakFindings) =>
    sizeByRules(givenPolicy(), givenSnapshot({ ...given, peakFindings })),
  );
  expect(warned?.steps).toEqual(without?.steps);
  expect(warned?.proposals.filter(({ rule }) => rule === "pre-flight sale")).toEqual(
    findings.map((finding) => ({
      kind: "stands-aside",
      rule: "pre-flight sale",
      reason: { kind: "peak-finding", finding },
    })),
  );
  expect(without?.proposals).toEqual(warned?.proposals.filter(({ rule }) => rule !== "pre-flight sale"));
});

test("where more come than expected, reaction takes over at once", () => {
  const snapshot = givenSnapshot({
    peaks: [sale],
    memory: remembering(1_000),
    signals: { requests: points([7_900], noon - 2 * minuteMs) },
  });
  const { steps } = sizeByRules(givenPolicy(), snapshot);
  expect(steps[0]).toMatchObject({ to: 16, reason: { kind: "largest-wish", rule: "demand" } });
});
