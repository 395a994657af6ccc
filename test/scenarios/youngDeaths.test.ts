// What is launched serves for a while and dies, again and again.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../shared/core/index.ts";
import { timelineOf } from "./scenario.ts";

test("in four hours few are bought, and those that live stay", async () => {
  const bought = new Set<string>();
  let livingCount = 0;
  await timelineOf({
    name: "what is launched dies six minutes later",
    minutes: 240,
    servingAtStart: 10,
    load: (minute) => (minute < 10 ? 5_000 : 7_500),
    befalls: (_, cloud, ids) => {
      const there = cloud.describe(cloud.now);
      for (const one of there.filter(({ id }) => !ids.includes(id))) {
        bought.add(one.id);
        if (cloud.now - one.launchedAt > 6 * minuteMs) cloud.faults.unhealthy.add(one.id);
      }
      livingCount = there.filter(({ id, target }) => ids.includes(id) && target.kind === "healthy").length;
    },
  });
  expect(livingCount).toBe(10);
  // Five, seven in their place until three launches are known to have failed, then one at a time, twenty minutes after the last has died.
  expect(bought.size).toBeLessThanOrEqual(24);
});
