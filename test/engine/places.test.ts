// Where to launch: where the fleet has fewest, and not where there was no capacity a while ago.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../shared/core/index.ts";
import {
  type Action,
  decideOrRefuse,
  type Instance,
  learn,
  type Memory,
  type Outcome,
  sizeByRules,
} from "../../shared/engine/index.ts";
import {
  aiming,
  givenMemory,
  givenPolicy,
  givenSnapshot,
  instance,
  noon,
  seen,
  settledPoints,
} from "../support/given.ts";

const launchIn = (subnets: readonly string[]) => ({ ...givenPolicy().launch, subnets });
const subnetsOf = (instances: readonly Instance[], memory: Partial<Memory> = {}, subnets = ["a", "b", "c"]) => {
  const snapshot = givenSnapshot({
    instances: seen(...instances),
    memory: aiming(9, memory),
    signals: { requests: settledPoints(4_500, 4_500, 4_500) },
  });
  const { actions } = decideOrRefuse(givenPolicy({ launch: launchIn(subnets) }), snapshot, sizeByRules);
  return actions.flatMap((action: Action) => (action.kind === "launch" ? [action.subnets] : []));
};
const inEach = (...subnets: readonly string[]): readonly Instance[] =>
  subnets.map((subnet, i) => instance(`i-${i}`, { subnet }));
const short = (...subnets: readonly string[]) => ({
  shortSubnets: subnets.map((subnet) => ({ subnet, until: noon + minuteMs })),
});

test.each<[string, readonly Instance[], Partial<Memory>, readonly string[]]>([
  ["the emptiest first", inEach("a", "a", "b"), {}, ["c", "b", "a"]],
  ["of as many the policy's order", inEach("a", "b", "c"), {}, ["a", "b", "c"]],
  ["not where there was no capacity", inEach("a", "a", "b"), short("c"), ["b", "a"]],
  ["there too where nothing else is left", inEach("a"), short("a", "b", "c"), ["b", "c", "a"]],
  ["again when the while is over", inEach("a"), { shortSubnets: [{ subnet: "c", until: noon }] }, ["b", "c", "a"]],
])("%s", (_, instances, memory, subnets) => {
  expect(subnetsOf(instances, memory)).toEqual([subnets]);
});

const spreadOf = (count: number, instances: readonly Instance[], subnets = ["a", "b", "c"]) => {
  const snapshot = givenSnapshot({
    instances: seen(...instances),
    memory: aiming(count + instances.length),
    signals: { requests: settledPoints(...[1, 2, 3].map(() => 500 * (count + instances.length))) },
  });
  const { actions } = decideOrRefuse(givenPolicy({ launch: launchIn(subnets) }), snapshot, sizeByRules);
  return actions.flatMap((action: Action) => (action.kind === "launch" ? [[action.subnets, action.onDemandIn]] : []));
};

test.each<[string, number, readonly Instance[], readonly number[] | undefined]>([
  ["evenly over as many as there are", 7, [], [3, 2, 2]],
  ["to where there are fewest, until they are even", 5, inEach("a", "a", "a", "b"), [3, 2, 0]],
  ["all to the emptiest where that makes them no more than the others", 2, inEach("a", "a", "b", "b"), undefined],
  ["one to one", 1, [], undefined],
])("many at once are spread: %s", (_, count, instances, onDemandIn) => {
  expect(spreadOf(count, instances).map(([, counts]) => counts)).toEqual([onDemandIn]);
});

test("where there is one subnet, or none is named, nothing is spread", () => {
  expect(spreadOf(5, [], ["a"])).toEqual([[["a"], undefined]]);
  expect(spreadOf(5, [], [])).toEqual([[[], undefined]]);
});

test("a policy without subnets leaves it to the launch template", () => {
  expect(subnetsOf(inEach("a"), {}, [])).toEqual([[]]);
});

test("an outcome's short subnets are gone round for ten minutes from its row on", () => {
  const action: Action = {
    kind: "launch",
    id: "l",
    onDemandCount: 1,
    spotCount: 0,
    templateVersion: "1",
    subnets: ["a", "b"],
  };
  const outcome: Outcome = { kind: "fell-back", action: "l", instances: ["i-1"], attempts: [], shortSubnets: ["a"] };
  const at = noon - minuteMs;
  const previous = { kind: "row", generation: 1, at, actBy: at, actions: [action], outcomes: [outcome] } as const;
  const memory = givenMemory({
    shortSubnets: [
      { subnet: "a", until: noon + 1 },
      { subnet: "b", until: noon + 2 },
      { subnet: "c", until: noon },
    ],
  });
  expect(learn(givenSnapshot({ memory, previous })).shortSubnets).toEqual([
    { subnet: "b", until: noon + 2 },
    { subnet: "a", until: at + 10 * minuteMs },
  ]);
});
