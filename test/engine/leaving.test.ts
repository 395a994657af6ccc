// Who goes: too many, or sick.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../shared/core/index.ts";
import type { Instance, Memory } from "../../shared/engine/index.ts";
import { instance, launching, noon, serving } from "../support/given.ts";
import { actionsFor, booting, draining, onTheWay, sick, sickSince, since, unhealthy, unseen } from "./fleet.ts";

const zones = (...entries: readonly (readonly [string, string, number])[]): readonly Instance[] =>
  entries.map(([id, zone, minutesOld]) => instance(id, { zone, launchedAt: noon - minutesOld * minuteMs }));

test.each<[string, number, readonly Instance[], Partial<Memory>, readonly string[]]>([
  ["the oldest first", 2, zones(["young", "a", 5], ["old", "a", 50], ["middle", "a", 20]), {}, ["drain old (surplus)"]],
  [
    "from the fullest zone first",
    3,
    zones(["a1", "a", 99], ["b1", "b", 5], ["b2", "b", 9], ["c1", "c", 99]),
    {},
    ["drain b2 (surplus)"],
  ],
  [
    "zone by zone",
    3,
    zones(["a1", "a", 9], ["a2", "a", 8], ["a3", "a", 7], ["b1", "b", 9], ["b2", "b", 8]),
    {},
    ["drain a1 (surplus)", "drain a2 (surplus)"],
  ],
  ["equal zones by name", 1, zones(["b1", "b", 9], ["a1", "a", 9]), {}, ["drain a1 (surplus)"]],
  [
    "what boots is cancelled first, the youngest first",
    3,
    [...serving(2), booting("b1", 90), booting("b2", 30), booting("b3", 60)],
    { launching: onTheWay("b1", "b2", "b3") },
    ["terminate b2 (surplus)", "terminate b3 (surplus)"],
  ],
  [
    "then what serves",
    1,
    [...serving(2), booting("b1", 90)],
    { launching: onTheWay("b1") },
    ["drain i-1 (surplus)", "terminate b1 (surplus)"],
  ],
  ["nothing that serves while launches are unseen", 3, serving(3), { launching: unseen("u1", "u2") }, []],
  [
    "never below the target for the sake of the unseen",
    3,
    serving(4),
    { launching: unseen("u1", "u2") },
    ["drain i-1 (surplus)"],
  ],
  [
    "one that is ready is not registered to be drained again",
    2,
    [...serving(2), instance("r", { target: { kind: "unregistered" } })],
    { launching: onTheWay("r") },
    ["terminate r (surplus)"],
  ],
  [
    "one that is registering may serve by the time the call is made: it is drained",
    2,
    [...serving(2), instance("r", { target: { kind: "initial" } })],
    { launching: onTheWay("r") },
    ["drain r (surplus)"],
  ],
  [
    "one whose registration a stale read does not show is left until it does",
    2,
    [...serving(2), instance("r", { target: { kind: "unregistered" } })],
    { launching: [launching("r", 2 * minuteMs - 1, ["registered"])] },
    [],
  ],
  [
    "one whose registration came to nothing is cancelled",
    2,
    [...serving(2), instance("r", { target: { kind: "unregistered" } })],
    { launching: [launching("r", 2 * minuteMs, ["registered"])] },
    ["terminate r (surplus)"],
  ],
  [
    "sick ones before sound ones, whatever their zone",
    3,
    [...serving(3), unhealthy("s", { zone: "b" })],
    { unhealthy: since(1, "s") },
    ["drain s (surplus)"],
  ],
  [
    "never a sound one where that leaves too few sound",
    2,
    [...serving(2), unhealthy("s1"), unhealthy("s2")],
    { unhealthy: since(1, "s1", "s2") },
    ["drain s1 (surplus)", "drain s2 (surplus)"],
  ],
])("lets go of too many: %s", (_, target, instances, memory, expected) => {
  expect(actionsFor(target, instances, memory)).toEqual(expected);
});

test.each<[string, number, number, number, readonly string[]]>([
  ["a moment is no sickness", 9, 1, 1, []],
  ["two minutes are", 9, 1, 2, ["launch 1+0", "drain s-1 (unhealthy)"]],
  ["one at a time in a small fleet", 3, 2, 2, ["launch 1+0", "drain s-1 (unhealthy)"]],
  [
    "a tenth at a time in a large one",
    25,
    5,
    2,
    ["launch 3+0", "drain s-1 (unhealthy)", "drain s-2 (unhealthy)", "drain s-3 (unhealthy)"],
  ],
  ["as many sick as sound is still no outage", 2, 2, 2, ["launch 1+0", "drain s-1 (unhealthy)"]],
  ["more sick than sound is one: nothing is replaced", 2, 3, 2, []],
  ["all sick", 0, 5, 60, []],
])("replaces the unhealthy: %s", (_, sound, sickCount, minutesAgo, expected) => {
  const instances = [...serving(sound), ...sick(sickCount)];
  expect(actionsFor(sound + sickCount, instances, sickSince(sickCount, minutesAgo))).toEqual(expected);
});

test("the sick that are replaced do not depend on the order of the snapshot", () => {
  const instances = [...serving(9), ...sick(2)];
  const once = actionsFor(11, instances, sickSince(2, 5));
  expect(actionsFor(11, instances.toReversed(), sickSince(2, 5))).toEqual(once);
  const drainingNow = [draining("d1"), draining("d2"), ...serving(1)];
  const both = { draining: since(1, "d1", "d2") };
  expect(actionsFor(2, drainingNow.toReversed(), both)).toEqual(actionsFor(2, drainingNow, both));
});
