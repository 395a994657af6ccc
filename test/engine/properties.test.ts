// What holds for every policy and every snapshot.
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import {
  type Action,
  check,
  decide,
  decideOrRefuse,
  type Signal,
  type Snapshot,
  sizeByRules,
  targetOf,
} from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { policies, snapshots } from "../support/arbitrary.ts";
import { missing } from "../support/given.ts";

const runs = { numRuns: 300 };

const decided = (policy: Policy, snapshot: Snapshot) => decide(policy, snapshot, sizeByRules);
const inAnyOrder = (actions: readonly Action[]): readonly string[] => actions.map((one) => JSON.stringify(one)).sort();

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}

test("check finds nothing in what decide decides", () => {
  fc.assert(
    fc.property(policies(), snapshots, (policy, snapshot) => {
      expect(check(policy, snapshot, decided(policy, snapshot))).toEqual([]);
      expect(decideOrRefuse(policy, snapshot, sizeByRules).kind).not.toBe("refused");
    }),
    runs,
  );
});

test("a decision is a function of policy and snapshot, and leaves both as they were", () => {
  fc.assert(
    fc.property(policies(), snapshots, (policy, snapshot) => {
      const thawed = JSON.stringify(decided(structuredClone(policy), structuredClone(snapshot)));
      expect(JSON.stringify(decided(deepFreeze(policy), deepFreeze(snapshot)))).toBe(thawed);
    }),
    runs,
  );
});

test("a decision survives being written down and read again", () => {
  fc.assert(
    fc.property(policies(), snapshots, (policy, snapshot) => {
      const stored = JSON.parse(JSON.stringify(snapshot)) as Snapshot;
      const decision = decided(policy, stored);
      expect(JSON.stringify(decided(policy, snapshot))).toBe(JSON.stringify(decision));
      expect(isDeepStrictEqual(JSON.parse(JSON.stringify(decision)), decision)).toBe(true);
    }),
    runs,
  );
});

test("the order of the instances does not matter", () => {
  const shuffled = snapshots.chain((snapshot) => {
    const { instances } = snapshot;
    if (instances.kind !== "seen") return fc.constant([snapshot, snapshot] as const);
    return fc
      .shuffledSubarray([...instances.instances], { minLength: instances.instances.length })
      .map((reordered) => [snapshot, { ...snapshot, instances: { ...instances, instances: reordered } }] as const);
  });
  fc.assert(
    fc.property(policies(), shuffled, (policy, [snapshot, reordered]) => {
      const [one, other] = [decided(policy, snapshot), decided(policy, reordered)];
      expect(other.steps).toEqual(one.steps);
      expect(inAnyOrder(other.actions)).toEqual(inAnyOrder(one.actions));
      expect(other.lookAgain).toEqual(one.lookAgain);
    }),
    runs,
  );
});

test("the order of the rules and peaks does not matter", () => {
  fc.assert(
    fc.property(policies(), snapshots, (policy, snapshot) => {
      const reordered = { ...policy, rules: policy.rules.toReversed() };
      const turned = { ...snapshot, peaks: snapshot.peaks.toReversed() };
      const [one, other] = [decided(policy, snapshot), decided(reordered, turned)];
      expect(other.steps.map(({ stage, from, to }) => [stage, from, to])).toEqual(
        one.steps.map(({ stage, from, to }) => [stage, from, to]),
      );
      expect(inAnyOrder(other.actions)).toEqual(inAnyOrder(one.actions));
    }),
    runs,
  );
});

/** Every reading of load multiplied; the count of hosts stays. */
function heavier(snapshot: Snapshot, factor: number): Snapshot {
  const scaled = Object.entries(snapshot.signals).map(([name, signal]: [string, Signal]) => {
    if (name === "healthy-hosts" || signal.kind === "missing") return [name, signal];
    return [name, { ...signal, points: signal.points.map(({ at, value }) => ({ at, value: value * factor })) }];
  });
  return { ...snapshot, signals: Object.fromEntries(scaled) };
}

// A step rule that asks for less is a floor for as long as it does: beside other rules it holds where, under more load, it is
// quiet and holds nothing. It also needs a count to take from, and is blind without one. Without such, or with steps alone that
// hold while they are blind, more is more.
const monotone = fc.oneof(
  policies("above"),
  policies("both").map((policy) => ({
    ...policy,
    missing: missing({ kind: "hold" }),
    rules: policy.rules.filter(({ kind }) => kind === "step" || kind === "schedule"),
  })),
);

/** What saturation asks for beside what is counted ends where more is counted than instances can answer: demand is seen whole then. */
const guesses = (policy: Policy, snapshot: Snapshot): boolean =>
  sizeByRules(policy, snapshot).proposals.some((one) => one.kind === "wants" && one.reason.kind === "saturated");

test("more load never means a lower target", () => {
  fc.assert(
    fc.property(monotone, snapshots, fc.double({ min: 1, max: 4, noNaN: true }), (policy, snapshot, factor) => {
      const size = (given: Snapshot) => targetOf(sizeByRules(policy, given).steps);
      fc.pre(!guesses(policy, snapshot));
      expect(size(heavier(snapshot, factor))).toBeGreaterThanOrEqual(size(snapshot));
    }),
    runs,
  );
});

test("the target is a count inside the bounds that policy and operators allow", () => {
  fc.assert(
    fc.property(policies(), snapshots, (policy, snapshot) => {
      const target = targetOf(sizeByRules(policy, { ...snapshot, overrides: [], brakes: [] }).steps);
      expect(Number.isInteger(target)).toBe(true);
      expect(target).toBeGreaterThanOrEqual(policy.bounds.min);
      expect(target).toBeLessThanOrEqual(policy.bounds.max);
    }),
    runs,
  );
});

test("it looks again, later, and at the heartbeat at the latest", () => {
  fc.assert(
    fc.property(policies(), snapshots, (policy, snapshot) => {
      const { at } = decided(policy, snapshot).lookAgain;
      expect(at).toBeGreaterThan(snapshot.now);
      expect(at - snapshot.now).toBeLessThanOrEqual(5 * 60_000);
    }),
    runs,
  );
});
