// Instances that serve for a while and then die: what is learned of their version, and what is not.
import { expect, test } from "@jest/globals";
import { minuteMs } from "../../shared/core/index.ts";
import { breakerOf } from "../../shared/engine/breaker.ts";
import type { Action, Instance, Memory, Snapshot } from "../../shared/engine/index.ts";
import { learn } from "../../shared/engine/memory.ts";
import { givenMemory, givenSnapshot, instance, launching, noon, seen, serving } from "../support/given.ts";
import { actionsFor } from "./fleet.ts";

const unhealthy = { kind: "unhealthy", because: "x" } as const;
const drain: Action = { kind: "drain", id: "drain/young", instance: "young", because: "unhealthy" };
const rowOf = (action: Action): Snapshot["previous"] => ({
  kind: "row",
  generation: 1,
  at: noon - minuteMs,
  actBy: noon - minuteMs,
  actions: [action],
  outcomes: [{ kind: "done", action: action.id, instances: ["instance" in action ? action.instance : ""] }],
});
const aged = (minutes: number): Instance =>
  instance("young", { launchedAt: noon - minutes * minuteMs, target: { kind: "draining" } });
const learned = (instances: readonly Instance[], memory: Partial<Memory> = {}, action = drain) =>
  learn(
    givenSnapshot({
      instances: seen(...instances),
      memory: givenMemory({ unhealthy: [{ id: "young", since: noon - 3 * minuteMs }], ...memory }),
      previous: rowOf(action),
    }),
  ).templates;
const death = { templateVersion: "1", requestedAt: noon - 12 * minuteMs, at: noon - minuteMs, served: true as const };

test("one that turns unhealthy within half an hour of its launch counts against its version, though others serve", () => {
  expect(learned([...serving(6), aged(12)]).failures).toEqual([death]);
});

test("an older one does not, nor one that leaves for another reason", () => {
  expect(learned([...serving(6), aged(30)]).failures).toEqual([]);
  expect(learned([...serving(6), aged(12)], {}, { ...drain, because: "surplus" }).failures).toEqual([]);
});

test("nor one that dies while an older one is unwell, too: what all suffer from is no fault of the youngest", () => {
  const old = instance("old", { target: unhealthy });
  const unwell = ["young", "old"].map((id) => ({ id, since: noon - 3 * minuteMs }));
  expect(learned([...serving(6), old, aged(12)], { unhealthy: unwell }).failures).toEqual([]);
});

test("what comes to serve forgives no death, what has served for half an hour does", () => {
  const templates = { failures: [death], proven: "1" };
  const fresh = { launching: [launching("fresh", 4 * minuteMs, ["seen"])], templates, unhealthy: [] };
  const served = instance("fresh", { launchedAt: noon - 4 * minuteMs });
  expect(learned([...serving(6), served], fresh).failures).toEqual([death]);
  const old = { ...death, requestedAt: noon - 40 * minuteMs };
  const since = instance("since", { launchedAt: noon - 35 * minuteMs });
  expect(
    learned([...serving(6), since], { templates: { ...templates, failures: [old] }, unhealthy: [] }).failures,
  ).toEqual([]);
});

test("three such launches open the breaker: one at a time, ever more seldom", () => {
  const failures = [12, 22, 32].map((minutes) => ({ ...death, requestedAt: noon - minutes * minuteMs }));
  expect(breakerOf(givenMemory({ templates: { failures, proven: "1" } }), "1")).toEqual({
    kind: "one-at",
    failureCount: 3,
    at: noon - minuteMs + 5 * minuteMs,
  });
});

test("the next one is tried when the last has died or proven itself, not when its wait is over", () => {
  const failures = [42, 52, 62].map((minutes) => ({
    ...death,
    ...{ requestedAt: noon - minutes * minuteMs, at: noon - (minutes - 10) * minuteMs },
  }));
  const old = ["1", "2"].map((id) => instance(id, { launchedAt: noon - 600 * minuteMs }));
  const tried = (minutes: number) => instance("tried", { launchedAt: noon - minutes * minuteMs });
  const launched = (instances: readonly Instance[], memory: Partial<Memory> = {}) =>
    actionsFor(5, instances, { templates: { failures, proven: "1" }, ...memory });
  expect(launched(old)).toEqual(["launch 1+0"]);
  expect(launched([...old, tried(29)])).toEqual([]);
  expect(launched([...old, { ...tried(29), templateVersion: "2" }])).toEqual(["launch 1+0"]);
  expect(launched([...old, tried(30)])).toEqual(["launch 1+0"]);
  expect(launched(old, { launching: [launching("tried", minuteMs)] })).toEqual([]);
});

test("a version that came to serve and died is not the last good one; the one that lives is", () => {
  const two = { ...death, templateVersion: "2" };
  const failures = [12, 22, 32].map((minutes) => ({ ...two, requestedAt: noon - minutes * minuteMs }));
  const { proven } = learned(serving(6), { templates: { failures, proven: "2" }, unhealthy: [] });
  expect(proven).toBe("1");
  const fresh = instance("fresh", { launchedAt: noon - 4 * minuteMs, templateVersion: "2" });
  const served = { launching: [launching("fresh", 4 * minuteMs, ["seen"])], templates: { failures, proven: "1" } };
  expect(learned([...serving(6), fresh], { ...served, unhealthy: [] }).proven).toBe("1");
});

test("where another version fails, the one that serves for long is the last good one, whoever launched it", () => {
  const failures = [1, 2, 3].map((n) => ({
    templateVersion: "2",
    requestedAt: noon - n * minuteMs,
    at: noon - minuteMs,
  }));
  const { proven } = learned(serving(6), { templates: { failures, proven: "" }, unhealthy: [] });
  expect(proven).toBe("1");
  expect(breakerOf(givenMemory({ templates: { failures, proven } }), "2")).toMatchObject({
    kind: "last-good",
    templateVersion: "1",
  });
});

test("a bad host among good ones is no measure of how long a boot may take; one of none that served is", () => {
  const giveUp: Action = {
    ...{ kind: "terminate", id: "terminate/young", instance: "young" },
    ...{ because: "never-healthy", registered: "registered" },
  };
  const bad = [{ ...launching("young", 0, ["seen"]), requestedAt: noon - 11 * minuteMs }];
  const outdone = { at: noon - 7 * minuteMs, runningMs: minuteMs, servingMs: 3 * minuteMs };
  const launchesAfter = (launches: Memory["launches"]) =>
    learn(
      givenSnapshot({
        instances: seen(...serving(3)),
        memory: givenMemory({ launching: bad, launches }),
        previous: rowOf(giveUp),
      }),
    ).launches;
  expect(launchesAfter([outdone])).toEqual([outdone]);
  expect(launchesAfter([]).map(({ servingMs }) => servingMs)).toEqual([10 * minuteMs]);
});
