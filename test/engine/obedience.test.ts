// A world that obeyed needs nothing more: under a load that stays, every fleet comes to rest, and then is left alone.
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { type Decision, decideOrRefuse, type Instance, sizeByRules, targetOf } from "../../shared/engine/index.ts";
import type { Policy, Rule } from "../../shared/policy/index.ts";
import { policies } from "../support/arbitrary.ts";
import { givenPolicy, instance, serving } from "../support/given.ts";
import { type Toy, toyFleet } from "../support/toyFleet.ts";

const step = (metric: "cpu" | "latency-p95", over: number): Rule => ({
  kind: "step",
  name: `${metric} steps`,
  metric,
  above: [{ over, add: { kind: "ratio", ratio: 0.3 } }],
  below: metric === "cpu" ? [{ under: 0.3, remove: { kind: "count", count: 1 } }] : [],
  minutes: 1,
});
const everyRule: readonly Rule[] = [
  { kind: "target-demand", name: "demand", metric: "requests" },
  { kind: "target-utilization", name: "cpu", metric: "cpu", targetRatio: 0.5 },
  step("cpu", 0.7),
  step("latency-p95", 500),
];
/** At least one instance: a fleet of none has no readings, and what that means may be to start one. */
const steady = fc.tuple(policies(), fc.subarray([...everyRule], { minLength: 1 })).map(
  ([policy, rules]): Policy => ({
    ...policy,
    rules,
    // Where everything grows too old within the hour there is no rest.
    renew: { kind: "never" },
    bounds: { ...policy.bounds, min: Math.max(1, policy.bounds.min) },
  }),
);

const targets = {
  sick: { kind: "unhealthy", because: "503" },
  initial: { kind: "initial" },
  draining: { kind: "draining" },
  unregistered: { kind: "unregistered" },
} as const;

/** Sound ones, one that is sick for ever, and one of each that is on its way in or out. */
const fleets = fc
  .tuple(fc.integer({ min: 0, max: 12 }), fc.subarray(["sick", "initial", "draining", "unregistered"] as const))
  .map(([count, others]): readonly Instance[] => [
    ...serving(count),
    ...others.filter((kind) => kind !== "sick" || count > 1).map((kind) => instance(kind, { target: targets[kind] })),
  ]);

/** One step may wait for a boot, two minutes of lag and a window of ten; a fleet of 30 takes few enough of them. */
const looksMax = 400;
/** Longer than any window, lag or boot: who has been quiet for so long has nothing left in hand. */
const quietLooks = 15;

const decideFor = (policy: Policy, toy: Toy): Decision => {
  const decision = decideOrRefuse(policy, toy.look(), sizeByRules);
  expect(decision.kind).toBe("decided");
  return decision;
};

function settle(policy: Policy, toy: Toy): { readonly decision: Decision; readonly looks: number } {
  for (let looks = 1, quiet = 0; looks <= looksMax; looks++) {
    const decision = decideFor(policy, toy);
    quiet = decision.lookAgain.because === "heartbeat" ? quiet + 1 : 0;
    if (quiet === quietLooks) return { decision, looks: looks - quietLooks };
    toy.obey(decision);
  }
  throw new Error(`no rest within ${looksMax} looks`);
}

test("every fleet comes to rest, and then is left alone", () => {
  fc.assert(
    fc.property(steady, fc.integer({ min: 0, max: 12_000 }), fleets, (policy, load, fleet) => {
      const toy = toyFleet(policy, load, fleet);
      const { decision } = settle(policy, toy);
      for (let more = 0; more < 30; more++) {
        const again = decideFor(policy, toy);
        expect(again.actions).toEqual([]);
        expect(targetOf(again.steps)).toBe(targetOf(decision.steps));
        expect(again.lookAgain.because).toBe("heartbeat");
        toy.obey(again);
      }
    }),
    { numRuns: 60 },
  );
});

test("at rest it serves as many as it aims at, all of them sound", () => {
  const policy = givenPolicy();
  const toy = toyFleet(policy, 2_400, [
    ...serving(9),
    instance("sick", { target: { kind: "unhealthy", because: "503" } }),
  ]);
  const { decision, looks } = settle(policy, toy);
  const { instances } = toy.look();
  expect(targetOf(decision.steps)).toBe(5);
  expect(instances.kind === "seen" && instances.instances.map(({ target }) => target.kind)).toEqual(
    Array(5).fill("healthy"),
  );
  expect(looks).toBeLessThan(10);
});
