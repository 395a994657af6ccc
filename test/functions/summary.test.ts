// The line of the log that the alarms on Tidegate itself count.
import { expect, test } from "@jest/globals";
import { summaryOf } from "../../functions/summary.ts";
import { minuteMs } from "../../shared/core/index.ts";
import { decide, type Snapshot, sizeByRules } from "../../shared/engine/index.ts";
import { aiming, givenPolicy, givenSnapshot, instance, noon, seen, serving } from "../support/given.ts";
import { rowOfGeneration } from "../support/rows.ts";

const troubleOf = (snapshot: Snapshot): unknown => {
  const decision = decide(givenPolicy(), snapshot, sizeByRules);
  const row = { ...rowOfGeneration(1), snapshot, decision };
  return summaryOf("shop", { kind: "done", row, outcomes: [] }).trouble;
};

const failures = [1, 2, 3].map((n) => ({ templateVersion: "1", requestedAt: noon - n * 10 * minuteMs, at: noon }));
const sick = serving(4, { target: { kind: "unhealthy", because: "503" } }, "s-");

test.each<[string, Partial<Snapshot>, string | undefined]>([
  ["calm", { instances: seen(...serving(3)), memory: aiming(3) }, undefined],
  [
    "launches that fail in a row",
    { instances: seen(...serving(3)), memory: aiming(3, { templates: { failures, proven: "" } }) },
    "breaker",
  ],
  [
    "most of the fleet unhealthy",
    {
      instances: seen(instance("i-1"), ...sick),
      memory: aiming(5, { unhealthy: sick.map(({ id }) => ({ id, since: noon - 5 * minuteMs })) }),
    },
    "outage",
  ],
])("%s", (_, given, trouble) => {
  expect(troubleOf(givenSnapshot(given))).toBe(trouble);
});
