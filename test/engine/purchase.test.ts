// How many on demand, how many on spot.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../shared/core/index.ts";
import { converge } from "../../shared/engine/converge.ts";
import type { Instance, Outcome, Snapshot } from "../../shared/engine/index.ts";
import { split } from "../../shared/engine/purchase.ts";
import { givenMemory, givenPolicy, givenSnapshot, launching, noon, seen, serving } from "../support/given.ts";

const buying = (onDemandBase: number, spotShareRatio: number) =>
  givenPolicy({ launch: { ...givenPolicy().launch, purchase: { onDemandBase, spotShareRatio } } });

test.each<[string, number, number, number, number, number, [number, number]]>([
  ["no spot", 0, 0, 0, 0, 10, [10, 0]],
  ["all spot", 0, 1, 0, 0, 10, [0, 10]],
  ["the base is on demand", 2, 1, 0, 0, 10, [2, 8]],
  ["the base stands already", 2, 1, 5, 2, 5, [0, 5]],
  ["a share of what is above the base", 2, 0.5, 0, 0, 10, [6, 4]],
  ["rounded towards on demand", 0, 0.5, 0, 0, 3, [2, 1]],
  ["catches up on demand", 0, 0.5, 4, 0, 4, [4, 0]],
  ["never negative: too much on demand is not sold by buying", 0, 1, 8, 8, 2, [0, 2]],
  ["smaller than the base", 5, 1, 0, 0, 3, [3, 0]],
  ["a share that is whole but for its floating point", 0, 0.29, 0, 0, 100, [71, 29]],
])("%s", (_, base, ratio, counted, onDemandCount, launchCount, [onDemand, spot]) => {
  expect(split(buying(base, ratio), { launchCount, counted, onDemandCount, spotAllowed: true })).toEqual({
    onDemandCount: onDemand,
    spotCount: spot,
  });
});

const launchWith = (instances: readonly Instance[], snapshot: Partial<Snapshot> = {}) =>
  converge(buying(2, 0.5), givenSnapshot({ instances: seen(...instances), ...snapshot }), {
    memory: givenMemory(),
    target: 10,
    mayShrink: false,
  }).actions[0];

test("what is there counts, by how it was bought", () => {
  expect(launchWith(serving(4))).toMatchObject({ onDemandCount: 2, spotCount: 4 });
  expect(launchWith(serving(4, { purchase: "spot" }))).toMatchObject({ onDemandCount: 6, spotCount: 0 });
});

const after = (outcome: Outcome, spotCount: number): Snapshot["previous"] => ({
  kind: "row",
  generation: 1,
  at: noon - minuteMs,
  actBy: noon,
  actions: [
    { kind: "register", id: "shop@1/register/i-1", instance: "i-1" },
    { kind: "launch", id: "shop@1/launch", onDemandCount: 0, spotCount, templateVersion: "1", subnets: [] },
  ],
  outcomes: [{ kind: "done", action: "shop@1/register/i-1", instances: ["i-1"] }, outcome],
});
const short: Outcome = {
  kind: "insufficient-capacity",
  action: "shop@1/launch",
  instances: [],
  because: "none",
  attempts: [],
  shortSubnets: [],
};
const done: Outcome = { kind: "done", action: "shop@1/launch", instances: [] };

test.each<[string, Snapshot["previous"], number]>([
  ["spot that could not be had is bought on demand now", after(short, 3), 0],
  ["spot that was had is bought again", after(done, 3), 4],
  ["on demand that could not be had says nothing of spot", after(short, 0), 4],
  [
    "a throttled launch says nothing of spot",
    after({ kind: "throttled", action: "shop@1/launch", because: "rate" }, 3),
    4,
  ],
])("%s", (_, previous, spotCount) => {
  expect(launchWith([], { previous })).toMatchObject({ onDemandCount: 10 - spotCount, spotCount });
});

test("launches in flight are not bought again, whatever they are", () => {
  const memory = givenMemory({ launching: [launching("u1", 0), launching("u2", 0)] });
  const { actions } = converge(buying(0, 1), givenSnapshot(), { memory, target: 4, mayShrink: false });
  expect(actions[0]).toMatchObject({ onDemandCount: 0, spotCount: 2 });
});
