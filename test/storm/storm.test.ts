// Storms by seed. STORM_SEEDS=1000 runs so many, STORM_SEED=7 just that one.
import { expect, test } from "@jest/globals";
import { storm } from "./storm.ts";

const seedsOf = ({ STORM_SEED: one, STORM_SEEDS: count = "30" }: NodeJS.ProcessEnv): readonly number[] =>
  one === undefined ? Array.from({ length: Number(count) }, (_, index) => index + 1) : [Number(one)];

test.each(seedsOf(process.env))("storm %i", async (seed) => {
  const { truth } = await storm(seed);
  const again = `STORM_SEED=${seed} npm test -- test/storm`;
  expect({ again, violations: truth.violations }).toEqual({ again, violations: [] });
});
