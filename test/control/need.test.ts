// How badly a fleet wants what it asks for.
import { expect, test } from "@jest/globals";
import { needOf } from "../../shared/control/index.ts";
import type { InstancesView, Step } from "../../shared/engine/index.ts";
import { seen, serving } from "../support/given.ts";

const step = (to: number): Step => ({
  stage: "bound",
  from: to,
  to,
  reason: { kind: "within-bounds" } as Step["reason"],
});
const resting = (count: number): InstancesView => ({
  kind: "resting",
  since: 0,
  serving: Array.from({ length: count }, (_, index) => `i-${index}`),
  foreignCount: 0,
});
const [first, ...others] = serving(4);
const booting = first ? [{ ...first, state: "pending" as const, target: { kind: "unregistered" as const } }] : [];

test.each<[string, InstancesView, number, number]>([
  ["all that is wanted serves", seen(...serving(4)), 4, 0],
  ["more than wanted serves", seen(...serving(4)), 2, 0],
  ["half of it serves", seen(...serving(4)), 8, 0.5],
  ["what boots does not serve yet", seen(...booting, ...others), 4, 0.25],
  ["nothing serves", seen(), 4, 1],
  ["nothing is wanted", seen(), 0, 0],
  ["at rest", resting(3), 4, 0.25],
  ["unseen", { kind: "missing", how: "failed", because: "throttled" }, 4, 0],
])("%s", (_, instances, target, expected) => {
  expect(needOf({ instances }, { proposals: [], steps: [step(target)] })).toBe(expected);
});

test("what the rules wish for counts, whatever limits leave of it", () => {
  const proposals = [{ kind: "wants", rule: "demand", count: 16, reason: {} as never }] as const;
  expect(needOf({ instances: seen(...serving(4)) }, { proposals, steps: [step(8)] })).toBe(0.75);
});
