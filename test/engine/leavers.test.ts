// Who is replaced though nobody wants fewer, and in which order what is wanted no more goes.
import { describe, expect, test } from "@jest/globals";
import { hourMs, minuteMs } from "../../shared/core/index.ts";
import { type Action, type Decision, decideOrRefuse, type Snapshot, sizeByRules } from "../../shared/engine/index.ts";
import { startsOf } from "../../shared/policy/cron.ts";
import type { Policy } from "../../shared/policy/index.ts";
import {
  aiming,
  givenPolicy,
  givenSnapshot,
  instance,
  noon,
  renewBy,
  seen,
  serving,
  settledPoints,
} from "../support/given.ts";

/** Demand for ten; each of the ten instances made by version 1. */
const given = (overrides: Partial<Snapshot>): Snapshot =>
  givenSnapshot({
    instances: seen(...serving(10)),
    memory: aiming(10),
    signals: { requests: settledPoints(5_000, 5_000, 5_000) },
    ...overrides,
  });
const decide = (snapshot: Snapshot, policy: Partial<Policy> = {}): Decision => {
  const decision = decideOrRefuse(givenPolicy(policy), snapshot, sizeByRules);
  expect(decision.kind).toBe("decided");
  return decision;
};
const brief = ({ actions }: Decision): readonly string[] =>
  actions.map((action: Action) =>
    action.kind === "launch"
      ? `launch ${action.onDemandCount + action.spotCount} of ${action.templateVersion}`
      : `${action.kind} ${action.instance}${"because" in action ? ` ${action.because}` : ""}`,
  );
const told = ({ proposals }: Decision) =>
  proposals.flatMap((one) => (one.rule === "instances" && one.kind === "stands-aside" ? [one.reason] : []));
const notice = (id: string, kind: "interruption" | "rebalance") => ({ instance: id, kind, at: noon });

describe("EC2 announces that it takes back", () => {
  test("one within two minutes: it is drained at once and replaced", () => {
    const decision = decide(given({ notices: [notice("i-3", "interruption")] }));
    expect(brief(decision)).toEqual(["launch 1 of 1", "drain i-3 interrupted"]);
    expect(told(decision)).toEqual([{ kind: "noticed", interruptionCount: 1, rebalanceCount: 0 }]);
  });

  test("half of the fleet within two minutes: all are drained and replaced", () => {
    const notices = serving(5).map(({ id }) => notice(id, "interruption"));
    expect(brief(decide(given({ notices })))).toEqual([
      "launch 5 of 1",
      ...notices.map(({ instance: id }) => `drain ${id} interrupted`),
    ]);
  });

  test("one perhaps: another comes first", () => {
    expect(brief(decide(given({ notices: [notice("i-3", "rebalance")] })))).toEqual(["launch 1 of 1"]);
  });

  test("one perhaps, and another serves in its place: it goes", () => {
    const eleven = given({ notices: [notice("i-3", "rebalance")], instances: seen(...serving(11)) });
    expect(brief(decide(eleven))).toEqual(["drain i-3 rebalanced"]);
  });

  test("many perhaps: no more at a time than the surge", () => {
    const notices = serving(10).map(({ id }) => notice(id, "rebalance"));
    expect(brief(decide(given({ notices })))).toEqual(["launch 1 of 1"]);
    const surging = { limits: { ...givenPolicy().limits, surgeRatio: 0.4 } };
    expect(brief(decide(given({ notices }), surging))).toEqual(["launch 4 of 1"]);
  });

  test("what it takes is not taken back from draining", () => {
    const leaving = instance("i-9", { target: { kind: "draining" } });
    const snapshot = given({
      instances: seen(...serving(8), leaving),
      notices: [notice("i-9", "interruption")],
      memory: aiming(10, { draining: [{ id: "i-9", since: noon - minuteMs }] }),
    });
    expect(brief(decide(snapshot))).toEqual(["launch 2 of 1"]);
  });

  test("one that serves nothing yet: another is bought, and it is left alone", () => {
    const young = instance("i-10", { launchedAt: noon - minuteMs, state: "pending", target: { kind: "unregistered" } });
    const snapshot = given({ instances: seen(...serving(9), young), notices: [notice("i-10", "interruption")] });
    expect(brief(decide(snapshot))).toEqual(["launch 1 of 1"]);
  });
});

const renew = renewBy({ atOnceRatio: 0.2 });
const nextVersion = { ...seen(...serving(10)), templateVersion: "2" };
const roomy = { limits: { ...givenPolicy().limits, surgeRatio: 0.5 } };

describe("a new version of the launch template", () => {
  test("is of no account where the policy renews nothing", () => {
    expect(brief(decide(given({ instances: nextVersion })))).toEqual([]);
  });

  test("is launched beside a share of the old ones, at most the surge", () => {
    const decision = decide(given({ instances: nextVersion }), { renew, ...roomy });
    expect(brief(decision)).toEqual(["launch 2 of 2"]);
    expect(told(decision)).toEqual([
      {
        ...{ kind: "renewing", templateVersion: "2", outdatedCount: 10, tooOldCount: 0 },
        now: { kind: "replaces", count: 2 },
      },
    ]);
    expect(brief(decide(given({ instances: nextVersion }), { renew }))).toEqual(["launch 1 of 2"]);
  });

  test("once it serves, takes the place of the oldest", () => {
    const oldest = instance("i-7", { launchedAt: noon - 90 * minuteMs });
    const fleet = [...serving(10).filter(({ id }) => id !== "i-7"), oldest, instance("n-1", { templateVersion: "2" })];
    const decision = decide(given({ instances: { ...seen(...fleet), templateVersion: "2" } }), { renew });
    expect(brief(decision)).toEqual(["drain i-7 outdated"]);
  });

  test("waits while those that were replaced still drain", () => {
    const leaving = serving(2, { target: { kind: "draining" } }, "old-");
    const fleet = [...serving(8), ...serving(2, { templateVersion: "2" }, "n-"), ...leaving];
    const snapshot = given({
      instances: { ...seen(...fleet), templateVersion: "2" },
      memory: aiming(10, { draining: leaving.map(({ id }) => ({ id, since: noon - minuteMs })) }),
    });
    expect(brief(decide(snapshot, { renew, ...roomy }))).toEqual([]);
  });

  test.each<[string, Partial<Extract<Policy["renew"], { kind: "renews" }>>, readonly string[]]>([
    [
      "in its hours",
      { during: [{ cron: "0 11 * * *", starts: startsOf("0 11 * * *"), timeZone: "UTC", forMs: 2 * hourMs }] },
      ["launch 2 of 2"],
    ],
    [
      "out of its hours",
      { during: [{ cron: "0 1 * * *", starts: startsOf("0 1 * * *"), timeZone: "UTC", forMs: 2 * hourMs }] },
      [],
    ],
    ["where versions do not matter", { outdated: false }, []],
  ])("%s", (_, change, actions) => {
    expect(brief(decide(given({ instances: nextVersion }), { renew: { ...renew, ...change }, ...roomy }))).toEqual(
      actions,
    );
  });

  test("waits while somebody has said stop: what is replaced could not leave", () => {
    const brakes = [{ scope: "fleet" as const, since: noon, by: "ann", reason: "migration" }];
    const decision = decide(given({ instances: nextVersion, brakes }), { renew, ...roomy });
    expect(brief(decision)).toEqual([]);
    expect(told(decision)).toMatchObject([{ now: { kind: "waits", because: "brake" } }]);
  });

  test("waits while somebody is unwell", () => {
    const sick = instance("i-1", { target: { kind: "unhealthy", because: "" } });
    const snapshot = given({
      instances: { ...seen(...serving(10).filter(({ id }) => id !== "i-1"), sick), templateVersion: "2" },
      memory: aiming(10, { unhealthy: [{ id: "i-1", since: noon - 5 * minuteMs }] }),
    });
    expect(told(decide(snapshot, { renew, ...roomy }))).toMatchObject([{ now: { kind: "waits", because: "unwell" } }]);
  });

  test("passes the maximum by no more than the surge", () => {
    const decision = decide(given({ instances: nextVersion }), { renew, ...roomy, bounds: { min: 1, max: 10 } });
    expect(brief(decision)).toEqual(["launch 2 of 2"]);
  });
});

test("too old is replaced, whatever its version", () => {
  const fleet = [...serving(9), instance("i-old", { launchedAt: noon - 48 * hourMs })];
  const decision = decide(given({ instances: seen(...fleet) }), { renew: { ...renew, maxAgeMs: 24 * hourMs } });
  expect(told(decision)).toMatchObject([{ outdatedCount: 0, tooOldCount: 1 }]);
  expect(brief(decision)).toEqual(["launch 1 of 1"]);
});

describe("of too many go first", () => {
  const shrinking = (...extra: Parameters<typeof instance>[]) =>
    given({
      instances: seen(...serving(9), ...extra.map((one) => instance(...one))),
      signals: { requests: settledPoints(4_500, 4_500, 4_500) },
    });

  test("those of another version, before older ones", () => {
    const decision = decide(shrinking(["young", { templateVersion: "0", launchedAt: noon - 9 * minuteMs }]));
    expect(brief(decision)).toEqual(["drain young surplus"]);
  });

  test("the unhealthy before those", () => {
    const sick = { target: { kind: "unhealthy", because: "" } } as const;
    const ten = seen(...serving(8), instance("odd", { templateVersion: "0" }), instance("sick", sick));
    expect(brief(decide({ ...shrinking(), instances: ten }))).toEqual(["drain sick surplus"]);
  });

  test("nobody whom somebody has protected", () => {
    const all = seen(...serving(10, { isProtected: true }));
    expect(brief(decide({ ...shrinking(), instances: all }))).toEqual([]);
    const one = seen(...serving(9, { isProtected: true }), instance("free"));
    expect(brief(decide({ ...shrinking(), instances: one }))).toEqual(["drain free surplus"]);
  });
});

test("a protected one that is sick takes no healthy one's place", () => {
  const sick = instance("sick", { isProtected: true, target: { kind: "unhealthy", because: "" } });
  const two = givenSnapshot({
    instances: seen(sick, instance("well")),
    memory: aiming(1),
    signals: { requests: settledPoints(400, 400, 400) },
  });
  expect(brief(decide(two))).toEqual([]);
});

test("most are unhealthy: that is said, and nobody is replaced", () => {
  const sick = serving(6, { target: { kind: "unhealthy", because: "" } }, "sick-");
  const snapshot = given({
    instances: seen(...serving(4), ...sick),
    memory: aiming(10, { unhealthy: sick.map(({ id }) => ({ id, since: noon - 5 * minuteMs })) }),
  });
  const decision = decide(snapshot);
  expect(brief(decision)).toEqual([]);
  expect(told(decision)).toEqual([{ kind: "outage", unhealthyCount: 6, servingCount: 4 }]);
});

test("one whose deregistration is over and whose wait is not comes back before another is bought", () => {
  const leaving = instance("i-10", { target: { kind: "unregistered" } });
  const snapshot = given({
    instances: seen(...serving(9), leaving),
    memory: aiming(10, { draining: [{ id: "i-10", since: noon - 90_000 }] }),
  });
  expect(brief(decide(snapshot, { drain: { timeoutMs: 5 * minuteMs, takeBack: "allowed" } }))).toEqual([
    "take-back i-10",
  ]);
});

describe("launches of a version fail three times in a row", () => {
  const failures = (count: number, agoMs = minuteMs) =>
    Array.from({ length: count }, (_, i) => ({
      templateVersion: "1",
      requestedAt: noon - (20 + i) * minuteMs,
      at: noon - agoMs,
    }));
  const short = (proven: string, count: number, agoMs?: number): Snapshot =>
    given({
      instances: seen(...serving(7)),
      memory: aiming(10, { templates: { failures: failures(count, agoMs), proven } }),
    });

  test("the last good one is launched", () => {
    const decision = decide(short("0", 3));
    expect(brief(decision)).toEqual(["launch 3 of 0"]);
    expect(told(decision)).toMatchObject([{ kind: "breaker", failureCount: 3, instead: { kind: "last-good" } }]);
  });

  test("where there is none, nothing is bought for a while, and then one", () => {
    expect(brief(decide(short("", 3)))).toEqual([]);
    expect(brief(decide(short("1", 3)))).toEqual([]);
    expect(brief(decide(short("", 3, 5 * minuteMs)))).toEqual(["launch 1 of 1"]);
    expect(brief(decide(short("", 4, 5 * minuteMs)))).toEqual([]);
  });

  test("twice is not three times, and what one launch brought is one", () => {
    expect(brief(decide(short("0", 2)))).toEqual(["launch 3 of 1"]);
    const once = failures(3).map((one) => ({ ...one, requestedAt: noon - 20 * minuteMs }));
    const snapshot = given({
      instances: seen(...serving(7)),
      memory: aiming(10, { templates: { failures: once, proven: "0" } }),
    });
    expect(brief(decide(snapshot))).toEqual(["launch 3 of 1"]);
  });
});
