// Storms by seed. STORM_SEEDS=1000 runs so many, STORM_SEED=7 just that one; either way a failure prints how to see it again.
import { expect, test } from "@jest/globals";
import { foresights } from "./foresight.ts";
import { storm } from "./storm.ts";

const { STORM_SEED: one, STORM_SEEDS: count = "30" } = process.env;
const seeds = one === undefined ? Array.from({ length: Number(count) }, (_, index) => index + 1) : [Number(one)];

const leaving = ["surplus", "unhealthy", "interrupted", "rebalanced", "outdated", "unbalanced"];
/** What storms came with, and what decisions made of it. */
const met = new Set<string>();

async function survives(seed: number): Promise<void> {
  const { truth, foresight } = await storm(seed);
  met.add(foresight);
  for (const { decision } of truth.rows)
    for (const action of decision.actions) met.add(action.kind === "drain" ? action.because : action.kind);
  for (const { decision } of truth.rows) {
    for (const one of decision.proposals) if (one.kind === "wants") met.add(one.reason.kind);
    for (const { reason } of decision.steps) met.add(reason.kind);
  }
  const again = `STORM_SEED=${seed} npm test -- test/storm`;
  expect({ again, violations: truth.violations }).toEqual({ again, violations: [] });
}

test.each(seeds)("storm %i", survives);

/** One storm in twenty leaves a calm fleet uneven whose number is known: this is one. */
test("storm 57 leaves a fleet uneven, and it is evened out", async () => {
  met.delete("unbalanced");
  await survives(57);
  expect([...met]).toContain("unbalanced");
});

/** A few seeds need not meet all. */
if (seeds.length >= 30)
  test("between them storms meet every kind of forecast, somebody who says stop, whoever is replaced, and a reserve", () => {
    expect([...met]).toEqual(
      expect.arrayContaining([...foresights, "forecast", "unforecast", "braked", "start", "stop", ...leaving]),
    );
  });

/** None of them draws a forecast or a stop: they are the storms that they were. */
test.each([
  [78, "a stale read after a fresh one hid a launch, and it was bought twice"],
  [186, "one that was registering was told to go, and served by then: it was terminated with users on it"],
  [451, "a recovery came too late, took the launch for not made, and it was bought again"],
])("storm %i once found: %s", survives);
