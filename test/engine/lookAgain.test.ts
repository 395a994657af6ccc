// When to look again. A lead time of three minutes, as the policy assumes.
import { expect, test } from "@jest/globals";
import { hourMs, minuteMs } from "../../shared/core/index.ts";
import { decide, initialMemory, type Reason, type Sizing, sizeByRules } from "../../shared/engine/index.ts";
import { heartbeatMs, lookAgain } from "../../shared/engine/lookAgain.ts";
import type { Peak, Policy } from "../../shared/policy/index.ts";
import { aiming, givenPolicy, givenSnapshot, noon, scheduled, seen, serving, settledPoints } from "../support/given.ts";

const sizing = (kind?: Reason["kind"]): Sizing => ({
  proposals: [],
  steps: [{ stage: "limit", from: 1, to: 1, reason: { kind: kind ?? "within-bounds" } as Reason }],
  memory: { kind: "none" },
});
const at = (minutes: number, because: string) => ({ at: noon + minutes * minuteMs, because });
const starting = (minute: number, hour = 12): Partial<Policy> => ({
  rules: [scheduled(`${minute} ${hour} * * *`)],
});
const peakAt = (minutes: number, rampMinutes: number): Peak => ({
  name: `sale ${minutes}`,
  atMs: noon + minutes * minuteMs,
  expect: { kind: "absolute", perMinute: 1_000 },
  rampMs: rampMinutes * minuteMs,
  holdMs: hourMs,
  releaseMs: 10 * minuteMs,
  early: { kind: "never" },
});

test.each<[string, Partial<Policy>, boolean, Reason["kind"] | undefined, ReturnType<typeof at>]>([
  ["something moves", {}, false, undefined, at(1, "moving")],
  ["something moves, whatever is ahead", starting(4), false, "velocity", at(1, "moving")],
  ["calm", {}, true, undefined, at(5, "heartbeat")],
  ["calm and stable", {}, true, "stable", at(5, "heartbeat")],
  ["a wish waits to be stable", {}, true, "recent-wish", at(1, "wish-waiting")],
  ["a wish waits for the velocity", {}, true, "velocity", at(1, "wish-waiting")],
  ["a wish waits for what is ahead", {}, true, "needed-again", at(1, "wish-waiting")],
  ["a schedule begins before the heartbeat, a lead time off", starting(7), true, undefined, at(4, "schedule-ahead")],
  ["a schedule is asked for with the heartbeat", starting(8), true, undefined, at(5, "heartbeat")],
  [
    "of two starts the one a lead time off",
    { rules: [scheduled("2,7 12 * * *")] },
    true,
    undefined,
    at(4, "schedule-ahead"),
  ],
  ["a schedule begins later", starting(30), true, undefined, at(5, "heartbeat")],
  ["a schedule never begins", { rules: [scheduled("0 0 30 2 *")] }, true, undefined, at(5, "heartbeat")],
  ["a schedule has begun: its next start counts", starting(2), true, undefined, at(5, "heartbeat")],
  [
    "a peak's ramp begins before the heartbeat, a lead time and a minute off",
    { peaks: [peakAt(37, 30)] },
    true,
    undefined,
    at(3, "peak-ahead"),
  ],
  ["a peak's ramp begins later", { peaks: [peakAt(90, 30)] }, true, undefined, at(5, "heartbeat")],
  [
    "the soonest counts",
    { ...starting(7), peaks: [peakAt(36, 30), peakAt(37, 30)] },
    true,
    undefined,
    at(2, "peak-ahead"),
  ],
  ["on the ramp, whose next minute needs more", { peaks: [peakAt(10, 30)] }, true, undefined, at(1, "peak-ahead")],
  ["on the ramp before its time, by the lead", { peaks: [peakAt(33, 30)] }, true, undefined, at(1, "peak-ahead")],
  ["on the hold nothing climbs", { peaks: [peakAt(-5, 30)] }, true, undefined, at(5, "heartbeat")],
  [
    "the last minute of the ramp is ordered: nothing climbs",
    { peaks: [peakAt(4, 30)] },
    true,
    undefined,
    at(5, "heartbeat"),
  ],
  [
    "on the hold of a day's figures the next may be more",
    { peaks: [{ ...peakAt(-5, 30), expect: { kind: "figures", fromMs: 0, everyMs: hourMs, perMinute: [9] } }] },
    true,
    undefined,
    at(1, "peak-ahead"),
  ],
  ["a peak that is over", { peaks: [peakAt(-100, 30)] }, true, undefined, at(5, "heartbeat")],
])("%s", (_, policy, calm, kind, expected) => {
  const given = { sizing: sizing(kind), calm };
  const snapshot = givenSnapshot({ peaks: policy.peaks ?? [] });
  expect(lookAgain(givenPolicy({ rules: [], ...policy }), snapshot, given)).toEqual(expected);
});

test.each(["capped", "raised", "over-budget", "overridden"] as const)("a wish that is %s waits for nothing", (kind) => {
  const { steps } = sizing("velocity");
  const pinned = { ...sizing(), steps: [...steps, ...sizing(kind).steps] };
  const snapshot = givenSnapshot();
  expect(lookAgain(givenPolicy(), snapshot, { sizing: pinned, calm: true })).toEqual(at(5, "heartbeat"));
});

test("the lead time is the one measured", () => {
  const launches = Array.from({ length: 5 }, () => ({ at: 0, runningMs: 0, servingMs: 10 * minuteMs }));
  const memory = { ...initialMemory, launches };
  const look = (minute: number) =>
    lookAgain(givenPolicy(starting(minute)), givenSnapshot({ memory }), { sizing: sizing(), calm: true });
  expect(look(14)).toEqual(at(4, "schedule-ahead"));
  expect(look(7)).toEqual(at(5, "heartbeat"));
});

test("it is never in the past nor later than the heartbeat", () => {
  for (let minute = 0; minute < 60; minute++) {
    const snapshot = givenSnapshot({ peaks: [peakAt(minute - 30, 15)] });
    const { at } = lookAgain(givenPolicy(starting(minute)), snapshot, { sizing: sizing(), calm: true });
    expect(at).toBeGreaterThan(noon);
    expect(at).toBeLessThanOrEqual(noon + heartbeatMs);
  }
});

test("a decision that is calm looks again at the heartbeat, one that acts in a minute", () => {
  const calm = givenSnapshot({
    instances: seen(...serving(2)),
    memory: aiming(2),
    signals: { requests: settledPoints(1_000) },
  });
  expect(decide(givenPolicy(), calm, sizeByRules).lookAgain).toEqual(at(5, "heartbeat"));
  const busy = { ...calm, signals: { requests: settledPoints(5_000) } };
  expect(decide(givenPolicy(), busy, sizeByRules).lookAgain).toEqual(at(1, "moving"));
});
