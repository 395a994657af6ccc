// Somebody has said stop: nothing shrinks, whatever wants it to, and everything may still grow. The target until now is 10.
import { expect, test } from "@jest/globals";
import type { Brake } from "../../../shared/engine/index.ts";
import { brake } from "../../../shared/engine/stages/brake.ts";
import { givenSnapshot, noon } from "../../support/given.ts";
import { givenContext } from "./context.ts";

const stopped: Brake = { scope: "all-fleets", since: noon, by: "ann", reason: "incident 7" };
const braked = { kind: "braked", scope: "all-fleets", since: noon, by: "ann", why: "incident 7" };

test.each<[string, number, readonly Brake[], number, object]>([
  ["nobody has: a shrink goes through", 4, [], 4, { kind: "brakes-off" }],
  ["a shrink is held", 4, [stopped], 10, braked],
  ["what stays stays", 10, [stopped], 10, braked],
  ["growth goes through", 14, [stopped], 14, braked],
  ["the widest is named", 4, [stopped, { ...stopped, scope: "fleet", by: "bob" }], 10, braked],
])("%s", (_, from, brakes, to, reason) => {
  const snapshot = givenSnapshot({ brakes });
  expect(brake(from, givenContext({ snapshot }))).toEqual({ stage: "brake", from, to, reason });
});
