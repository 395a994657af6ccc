// Whole runs, for what only shows over many looks.
import { expect, test } from "@jest/globals";
import { sizeByRules } from "../../shared/engine/index.ts";
import { defaultPolicy } from "../../shared/policy/index.ts";
import { defaultPlant, generateTrace, simulate } from "../../shared/sim/index.ts";

test("a fleet that boots in a quarter of an hour, and whose policy does not say so, learns it and grows", async () => {
  const trace = generateTrace({ shape: "plain-day", seed: 1, startAt: Date.UTC(2027, 2, 1) });
  const boot = { nominalSeconds: 900, p50Seconds: 900, p95Seconds: 960, failureRate: 0 };
  const { instances, minutes } = await simulate({
    policy: defaultPolicy(),
    policyVersion: "test",
    size: sizeByRules,
    trace,
    plant: { ...defaultPlant, boot },
    seed: 1,
    scored: { from: trace.startAt, to: trace.startAt + trace.loads.length * 60_000 },
    onMinute: () => {},
    onRow: () => {},
  });
  const last = minutes.at(-1);
  expect(
    instances.filter(({ servingAt, terminatedAt }) => servingAt === null && terminatedAt !== null).length,
  ).toBeLessThan(20);
  expect(Math.max(...minutes.map(({ serving }) => serving))).toBeGreaterThan(25);
  expect(last?.serving).toBe(last?.target);
});
