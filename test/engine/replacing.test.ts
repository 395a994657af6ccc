// Who is replaced while something else is wrong, too: a brake, protection, an outage that comes in steps, a drain under way.
import { describe, expect, test } from "@jest/globals";
import { hourMs, minuteMs } from "../../shared/core/index.ts";
import { type Decision, decideOrRefuse, type Instance, type Snapshot, sizeByRules } from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import {
  aiming,
  givenPolicy,
  givenSnapshot,
  instance,
  launching,
  noon,
  renewBy,
  seen,
  serving,
  settledPoints,
} from "../support/given.ts";

/** Demand for ten unless said otherwise. */
const brief = (snapshot: Partial<Snapshot>, policy: Partial<Policy> = {}): readonly string[] => {
  const signals = { requests: settledPoints(5_000, 5_000, 5_000) };
  const given = givenSnapshot({ instances: seen(...serving(10)), memory: aiming(10), signals, ...snapshot });
  const decision = decideOrRefuse(givenPolicy(policy), given, sizeByRules);
  return decision.kind === "decided" ? told(decision) : [decision.kind];
};
const told = ({ actions, proposals }: Decision): readonly string[] => [
  ...proposals.flatMap((one) =>
    one.rule === "instances" && one.kind === "stands-aside" && one.reason.kind === "outage"
      ? [`outage: ${one.reason.unhealthyCount} unhealthy, ${one.reason.servingCount} serve`]
      : [],
  ),
  ...actions.map((action) =>
    action.kind === "launch"
      ? `launch ${action.onDemandCount + action.spotCount}`
      : `${action.kind} ${action.instance}${"because" in action ? ` ${action.because}` : ""}`,
  ),
];

const notice = (id: string, kind: "interruption" | "rebalance") => ({ instance: id, kind, at: noon });
const brakes = [{ scope: "fleet" as const, since: noon, by: "ann", reason: "x" }];
const unhealthy = { kind: "unhealthy", because: "x" } as const;
const draining = { kind: "draining" } as const;
/** Each unhealthy for so many minutes. */
const since = (minutes: number, instances: readonly Instance[]) =>
  instances.map(({ id }) => ({ id, since: noon - minutes * minuteMs }));

describe("what EC2 announces to take is replaced", () => {
  const two = [notice("i-1", "interruption"), notice("i-2", "interruption")];

  test("under a brake, which only keeps it from being drained", () => {
    expect(brief({ brakes, notices: two })).toEqual(["launch 2"]);
    expect(brief({ brakes, notices: [notice("i-1", "interruption"), notice("i-2", "rebalance")] })).toEqual([
      "launch 2",
    ]);
  });

  test("under a brake while more is wanted", () => {
    const signals = { requests: settledPoints(9_000, 9_000, 9_000) };
    expect(brief({ brakes, signals, notices: two })).toEqual(["launch 10"]);
  });

  test("where somebody protects it", () => {
    const kept = serving(3, { isProtected: true }, "p-");
    const notices = kept.map(({ id }) => notice(id, "interruption"));
    expect(brief({ instances: seen(...serving(7), ...kept), notices })).toEqual(["launch 3"]);
  });

  test("by what drains because it was too many, before anything is bought", () => {
    const out = serving(2, { target: draining }, "d-");
    const memory = aiming(10, { draining: since(1, out) });
    const snapshot = { instances: seen(...serving(10), ...out), notices: [notice("i-1", "rebalance")], memory };
    expect(brief(snapshot)).toEqual(["take-back d-1"]);
  });

  test("but not by what drains because the policy wants it renewed", () => {
    const old = serving(2, { target: draining, templateVersion: "0" }, "d-");
    const memory = aiming(10, { draining: since(1, old) });
    const snapshot = { instances: seen(...serving(10), ...old), notices: [notice("i-1", "rebalance")], memory };
    expect(brief(snapshot, { renew: renewBy() })).toEqual(["launch 1"]);
  });
});

describe("the sick are replaced", () => {
  test("beside one that is protected: that one stays, and another serves in its place", () => {
    const kept = instance("a-1", { isProtected: true, target: unhealthy });
    const others = serving(2, { target: unhealthy }, "z-");
    const memory = aiming(10, { unhealthy: since(9, [kept, ...others]) });
    const snapshot = { instances: seen(...serving(7), kept, ...others), memory };
    expect(brief(snapshot)).toEqual(["launch 2", "drain z-1 unhealthy"]);
  });

  test("a tenth at a time, those that drain for it included", () => {
    const sick = serving(3, { target: unhealthy }, "s-");
    const out = serving(1, { target: draining }, "t-");
    const coming = serving(
      1,
      { target: { kind: "unregistered" }, state: "pending", launchedAt: noon - minuteMs },
      "b-",
    );
    const memory = aiming(10, {
      unhealthy: since(9, [...sick, ...out]),
      draining: since(1, out),
      launching: [launching("b-1", minuteMs, ["seen"])],
    });
    expect(brief({ instances: seen(...serving(6), ...sick, ...out, ...coming), memory })).toEqual([]);
    expect(
      brief({ instances: seen(...serving(7), ...sick), memory: { ...memory, draining: [], launching: [] } }),
    ).toEqual(["launch 1", "drain s-1 unhealthy"]);
  });

  test("and nobody is where most are unwell, however lately: that is an outage", () => {
    const [first, later] = [serving(3, { target: unhealthy }, "a-"), serving(7, { target: unhealthy }, "b-")];
    const memory = aiming(10, { unhealthy: [...since(2, first), ...since(1, later)] });
    expect(brief({ instances: seen(...first, ...later), memory })).toEqual(["outage: 10 unhealthy, 0 serve"]);
  });
});

describe("who goes where there are too many", () => {
  test("the unhealthy before what serves nothing yet", () => {
    const sick = instance("s-1", { target: unhealthy });
    const cold = instance("b-1", { target: { kind: "unregistered" }, launchedAt: noon - 4 * minuteMs });
    const memory = aiming(11, {
      launching: [launching("b-1", 4 * minuteMs, ["seen", "running"])],
      unhealthy: since(1, [sick]),
    });
    expect(brief({ instances: seen(...serving(9), sick, cold), memory })).toEqual([
      "register b-1",
      "drain s-1 surplus",
    ]);
  });

  test("what EC2 may soon take before all that is well", () => {
    const announced = serving(5, {}, "r-");
    const snapshot = {
      instances: seen(...serving(15), ...announced),
      notices: announced.map(({ id }) => notice(id, "rebalance")),
      memory: aiming(20),
      signals: { requests: settledPoints(7_500, 7_500, 7_500) },
    };
    expect(brief(snapshot).map((said) => said.slice(0, "drain r".length))).toEqual(Array(5).fill("drain r"));
  });
});

test("what drains holds up no growth, not even under a brake that keeps it", () => {
  const out = serving(10, { target: draining }, "d-");
  const signals = { requests: settledPoints(9_000, 9_000, 9_000) };
  const memory = aiming(10, { draining: since(1, out) });
  const drain = { timeoutMs: hourMs, takeBack: "never" } as const;
  const snapshot = { brakes, signals, memory, instances: seen(...serving(10), ...out) };
  expect(brief(snapshot, { bounds: { min: 1, max: 20 }, drain })).toEqual(["launch 8"]);
});
