// A dip shorter than a drain: who was let go comes back, and nobody is bought.
import { expect, test } from "@jest/globals";
import { countDips } from "../../bench/takeBack.ts";

const dips = { everyMinutes: 40, dipMinutes: 3, drainSeconds: 300, days: 1.2 };

test("taking back saves the launches, and serves more", async () => {
  const [never, allowed] = [await countDips("never", dips), await countDips("allowed", dips)];
  expect([never.takenBack, allowed.launched]).toEqual([0, 0]);
  expect(never.launched).toBeGreaterThan(50);
  expect(allowed.takenBack).toBeGreaterThan(0.9 * never.launched);
  expect(allowed.score.badRequestsPct).toBeLessThan(never.score.badRequestsPct);
});
