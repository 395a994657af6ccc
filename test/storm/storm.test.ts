// Storms by seed. STORM_SEEDS=1000 runs so many, STORM_SEED=7 just that one; either way a failure prints how to see it again.
import { expect, test } from "@jest/globals";
import { storm } from "./storm.ts";

const { STORM_SEED: one, STORM_SEEDS: count = "30" } = process.env;
const seeds = one === undefined ? Array.from({ length: Number(count) }, (_, index) => index + 1) : [Number(one)];

async function survives(seed: number): Promise<void> {
  const { truth } = await storm(seed);
  const again = `STORM_SEED=${seed} npm test -- test/storm`;
  expect({ again, violations: truth.violations }).toEqual({ again, violations: [] });
}

test.each(seeds)("storm %i", survives);

test.each([
  [78, "a stale read after a fresh one hid a launch, and it was bought twice"],
  [186, "one that was registering was told to go, and served by then: it was terminated with users on it"],
  [451, "a recovery came too late, took the launch for not made, and it was bought again"],
])("storm %i once found: %s", survives);
