// When a fleet may be looked at in passing.
import { expect, test } from "@jest/globals";
import { engineVersion, type Newest, type Row, restingView } from "../../shared/control/index.ts";
import { dayMs, minuteMs } from "../../shared/core/index.ts";
import type { Decision, InstancesView, Reason } from "../../shared/engine/index.ts";
import { givenPolicy, instance, noon, renewBy, seen, serving } from "../support/given.ts";
import { rowOfGeneration } from "../support/rows.ts";

const calm = rowOfGeneration(1, { instances: serving(2) });
const given = { ...calm, engineVersion, policyVersion: "sha256:00" };
const from = (row: Row): Newest => ({ kind: "row", row, outcomes: [] });
const viewing = (instances: InstancesView, row: Row = given): Row => ({
  ...row,
  snapshot: { ...row.snapshot, instances },
});
const deciding = (changed: Partial<Decision>): Row => ({
  ...given,
  decision: { ...given.decision, ...changed } as Decision,
});
const rest: InstancesView = { kind: "resting", since: given.at - 3 * minuteMs, serving: ["i-9"], foreignCount: 2 };
const versioned = { policy: givenPolicy(), policyVersion: "sha256:00" };
const afterwards = given.at + 5 * minuteMs;

test("a calm row is rested upon, its instances oldest first", () => {
  const young = instance("i-0", { launchedAt: noon });
  const view = { ...seen(young, ...serving(2)), foreignCount: 3 };
  expect(restingView(from(viewing(view)), afterwards, versioned)).toEqual({
    kind: "resting",
    since: given.at,
    serving: ["i-1", "i-2", "i-0"],
    foreignCount: 3,
  });
});

test("what is stopped and kept is not taken for one that serves", () => {
  const kept = instance("r-1", { state: "stopped", target: { kind: "unregistered" } });
  const view = restingView(from(viewing(seen(...serving(2), kept))), afterwards, versioned);
  expect(view).toMatchObject({ serving: ["i-1", "i-2"] });
});

test("ten minutes are the longest rest where a new version of the launch template is to be noticed", () => {
  const since = (minutes: number) => from(viewing({ ...rest, since: afterwards - minutes * minuteMs }));
  const keeps = { kind: "keeps", count: 1, by: "stopping", settleMs: 0, usdPerHour: 0 } as const;
  for (const policy of [givenPolicy({ renew: renewBy() }), givenPolicy({ reserve: keeps })]) {
    expect(restingView(since(9), afterwards, { ...versioned, policy })).not.toBe("none");
    expect(restingView(since(10), afterwards, { ...versioned, policy })).toBe("none");
  }
  expect(restingView(since(10), afterwards, versioned)).not.toBe("none");
});

test("a glance is rested upon further, since the same whole look", () => {
  expect(restingView(from(viewing(rest)), afterwards, versioned)).toEqual(rest);
});

test.each<[string, Newest]>([
  ["an empty log", { kind: "none" }],
  ["what moves", from(deciding({ lookAgain: { at: noon, because: "moving" } }))],
  ["a recovery", from(deciding({ kind: "recovering", generation: 1 }))],
  ["a refusal", from(deciding({ kind: "refused", violations: ["x"] }))],
  ["another policy", from({ ...given, policyVersion: "sha256:01" })],
  ["another engine", from({ ...given, engineVersion: "0" })],
  ...(["breaker", "renewing", "uneven"] as const).map((kind): [string, Newest] => [
    `while ${kind} is told of its instances`,
    from(deciding({ proposals: [{ kind: "stands-aside", rule: "instances", reason: { kind } as Reason }] })),
  ]),
  ["what was not seen", from(viewing({ kind: "missing", how: "failed", because: "throttled" }))],
  ["a whole look of yesterday", from(viewing({ ...rest, since: afterwards - dayMs }))],
])("is no rest: %s", (_, newest) => {
  expect(restingView(newest, afterwards, versioned)).toBe("none");
});
