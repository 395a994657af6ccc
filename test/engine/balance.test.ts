// A calm fleet that stands unevenly is evened out, one at a time, where the policy renews.
import { describe, expect, test } from "@jest/globals";
import { minuteMs } from "../../shared/core/index.ts";
import {
  type Action,
  type Decision,
  decideOrRefuse,
  type Instance,
  type Snapshot,
  sizeByRules,
} from "../../shared/engine/index.ts";
import { startsOf } from "../../shared/policy/cron.ts";
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

const renew = renewBy();
const launch: Policy["launch"] = { ...givenPolicy().launch, subnets: ["subnet-a", "subnet-b", "subnet-c"] };
/** So many that have served for an hour in each subnet: a-1, a-2, …; the last of each is the oldest. */
const standing = (...counts: readonly number[]): readonly Instance[] =>
  counts.flatMap((count, index) => {
    const name = "abc".charAt(index);
    return Array.from({ length: count }, (_, i) =>
      instance(`${name}-${i + 1}`, { subnet: `subnet-${name}`, launchedAt: noon - (60 + i) * minuteMs }),
    );
  });
/** Demand for twelve. */
const given = (instances: readonly Instance[], overrides: Partial<Snapshot> = {}): Snapshot =>
  givenSnapshot({
    instances: seen(...instances),
    memory: aiming(12),
    signals: { requests: settledPoints(6_000, 6_000, 6_000) },
    ...overrides,
  });
const decide = (snapshot: Snapshot, policy: Partial<Policy> = {}): Decision => {
  const decision = decideOrRefuse(givenPolicy({ renew, launch, ...policy }), snapshot, sizeByRules);
  expect(decision.kind).toBe("decided");
  return decision;
};
const brief = ({ actions }: Decision): readonly string[] =>
  actions.map((action: Action) =>
    action.kind === "launch"
      ? `launch ${action.onDemandCount + action.spotCount} in ${action.subnets?.join(", ")}`
      : `${action.kind} ${action.instance}${"because" in action ? ` ${action.because}` : ""}`,
  );
const told = ({ proposals }: Decision) =>
  proposals.flatMap((one) => (one.rule === "instances" && one.kind === "stands-aside" ? [one.reason] : []));
const coming = (subnet: string, overrides: Partial<Instance> = {}): Instance =>
  instance("new", { subnet, launchedAt: noon - 4 * minuteMs, ...overrides });
const booting = { state: "pending", target: { kind: "unregistered" } } as const;

describe("where one subnet has two more than another", () => {
  test("one is bought where there are fewest, and there alone, and it is said who goes", () => {
    const decision = decide(given(standing(1, 5, 6)));
    expect(brief(decision)).toEqual(["launch 1 in subnet-a"]);
    expect(told(decision)).toEqual([
      {
        ...{ kind: "uneven", fullest: { subnet: "subnet-c", count: 6 }, emptiest: { subnet: "subnet-a", count: 1 } },
        now: { kind: "moves", instance: "c-6" },
      },
    ]);
    expect(brief(decide(given(standing(3, 5, 4))))).toEqual(["launch 1 in subnet-a"]);
  });

  test("the one that comes is not one too many, and when it serves the oldest of the fullest goes", () => {
    const uneven = standing(3, 5, 4);
    const memory = aiming(12, { launching: [launching("new", 4 * minuteMs, ["seen"])] });
    expect(brief(decide(given([...uneven, coming("subnet-a", booting)], { memory })))).toEqual([]);
    const unseen = aiming(12, { launching: [launching("new", minuteMs)] });
    expect(brief(decide(given(uneven, { memory: unseen })))).toEqual([]);
    expect(brief(decide(given([...uneven, coming("subnet-a")])))).toEqual(["drain b-5 unbalanced"]);
  });

  test("one that comes goes on though the hours are over, the subnet is short, or fewer are soon wanted", () => {
    const fleet = [...standing(3, 5, 4), coming("subnet-a")];
    const memory = aiming(12, { shortSubnets: [{ subnet: "subnet-a", until: noon + minuteMs }] });
    expect(brief(decide(given(fleet, { memory }), { renew: atNight }))).toEqual(["drain b-5 unbalanced"]);
  });

  test("not the reserve's, which stands where it stands", () => {
    const reserve = { kind: "keeps", count: 1, by: "stopping", settleMs: minuteMs, usdPerHour: 0.001 } as const;
    const stopped = instance("r-1", { subnet: "subnet-c", state: "stopped", target: { kind: "unregistered" } });
    const memory = aiming(12, { reserve: { kept: [{ id: "r-1", since: noon - 60 * minuteMs }], filling: [] } });
    expect(brief(decide(given([...standing(1, 5, 6), stopped], { memory }), { reserve }))).toEqual([
      "launch 1 in subnet-a",
    ]);
  });

  test("not whom somebody protects, but the next", () => {
    const [all, isLast] = [standing(1, 5, 6), (one: Instance) => one.id === "c-6"];
    const fleet = all.map((one) => (isLast(one) ? { ...one, isProtected: true } : one));
    expect(told(decide(given(fleet)))).toMatchObject([{ now: { instance: "c-5" } }]);
    const guarded = all.map((one) => (one.subnet === "subnet-c" ? { ...one, isProtected: true } : one));
    expect(brief(decide(given(guarded)))).toEqual([]);
  });

  test("at the maximum one more stands for it, whatever the surge", () => {
    expect(brief(decide(given(standing(1, 5, 6)), { bounds: { min: 1, max: 12 } }))).toEqual(["launch 1 in subnet-a"]);
  });
});

const atNight = renewBy({
  during: [{ cron: "0 2 * * *", starts: startsOf("0 2 * * *"), timeZone: "UTC", forMs: 60 * minuteMs }],
});
const failedAt = (minutesAgo: number) => ({
  ...{ templateVersion: "1", requestedAt: noon - minutesAgo * minuteMs },
  at: noon - minutesAgo * minuteMs,
});
const withFailures = (...minutesAgo: readonly number[]) =>
  aiming(12, { templates: { failures: minutesAgo.map(failedAt), proven: "1" } });
const uneven = standing(1, 5, 6);
/** Three minutes ago so many were wanted. */
const wishing = (count: number) =>
  aiming(12, {
    sizing: {
      ...{ kind: "rules", wishes: [{ at: noon - 3 * minuteMs, count }], targets: [], peakBaselines: [] },
      ...{ blindBases: [], service: { kind: "none" } },
    },
  });
const sick = { kind: "unhealthy", because: "x" } as const;
const draining = { kind: "draining" } as const;
const stopped = { scope: "fleet", since: noon, by: "ann", reason: "x" } as const;
const young = { launchedAt: noon - 29 * minuteMs };

test.each<[string, Snapshot, Partial<Policy>]>([
  ["the policy renews nothing", given(uneven), { renew: { kind: "never" } }],
  ["the policy does not balance", given(uneven), { renew: renewBy({ balanced: false }) }],
  ["it names no subnets", given(uneven), { launch: { ...launch, subnets: [] } }],
  ["it names one", given(uneven), { launch: { ...launch, subnets: ["subnet-c"] } }],
  [
    "the difference is one",
    given(standing(4, 3, 4), { memory: aiming(11), signals: { requests: settledPoints(5_500) } }),
    {},
  ],
  [
    "a subnet is short",
    given(uneven, { memory: aiming(12, { shortSubnets: [{ subnet: "subnet-b", until: noon + 1 }] }) }),
    {},
  ],
  ["two launches have failed", given(uneven, { memory: withFailures(40, 20) }), {}],
  ["somebody has said stop", given(uneven, { brakes: [stopped] }), {}],
  [
    "EC2 announces to take one",
    given(uneven, { notices: [{ instance: "b-1", kind: "rebalance", at: noon }] }),
    { limits: { ...givenPolicy().limits, surgeRatio: 0 } },
  ],
  ["one is young", given(uneven.map((one) => (one.id === "b-1" ? { ...one, ...young } : one))), {}],
  ["what the policy reads is missing", given(uneven, { signals: {} }), {}],
  ["one is unwell", given(uneven.map((one) => (one.id === "b-1" ? { ...one, target: sick } : one))), {}],
  [
    "somebody is leaving where there are few",
    given([...uneven, instance("gone", { subnet: "subnet-a", launchedAt: noon - 90 * minuteMs, target: draining })]),
    {},
  ],
  ["two are coming", given([...uneven, coming("subnet-a"), coming("subnet-a", { id: "newer" })]), {}],
  ["more are wanted", given(uneven, { signals: { requests: settledPoints(6_500, 6_500, 6_500) } }), {}],
  [
    "fewer are wanted, and soon allowed",
    given(uneven, { memory: wishing(12), signals: { requests: settledPoints(5_000, 5_000, 5_000) } }),
    { stabilization: { scaleOutMs: 0, scaleInMs: 10 * minuteMs } },
  ],
])("nobody is moved while %s", (_, snapshot, policy) => {
  const { actions, proposals } = decide(snapshot, policy);
  const bought = actions.flatMap((one) => (one.kind === "launch" && one.subnets?.length === 1 ? [one.subnets] : []));
  expect([bought, actions.filter((one) => one.kind === "drain" && one.because === "unbalanced")]).toEqual([[], []]);
  expect(proposals.filter((one) => one.kind === "stands-aside" && one.reason.kind === "uneven")).toEqual([]);
});

test("a rule that is blind and whose metric the policy ignores is no reason to leave it", () => {
  const { rules, missing } = givenPolicy();
  const step = { kind: "step", name: "slow", metric: "latency-p95", above: [], below: [], minutes: 1 } as const;
  const policy = { rules: [...rules, step] };
  const choosing = (kind: "ignore" | "hold") => ({ ...policy, missing: { ...missing, "latency-p95": { kind } } });
  expect(brief(decide(given(uneven), choosing("ignore")))).toEqual(["launch 1 in subnet-a"]);
  expect(brief(decide(given(uneven), choosing("hold")))).toEqual([]);
});

test("of subnets with as many the policy's order decides", () => {
  expect(brief(decide(given(standing(3, 3, 6))))).toEqual(["launch 1 in subnet-a"]);
  expect(told(decide(given(standing(2, 5, 5))))).toMatchObject([{ now: { instance: "b-5" } }]);
});

test("one that EC2 does not show yet is on its way, whatever the hours are by now", () => {
  const unseen = aiming(12, { launching: [launching("new", minuteMs)] });
  expect(told(decide(given(uneven, { memory: unseen }), { renew: atNight }))).toMatchObject([
    { now: { kind: "moves" } },
  ]);
});

const refusals = ["denied", "throttled", "failed", "insufficient-capacity"] as const;
const triedFor = (kind: (typeof refusals)[number], overrides: Partial<Extract<Action, { kind: "launch" }>> = {}) => {
  const [action] = decide(given(uneven)).actions;
  if (action?.kind !== "launch") throw new Error("nobody is moved");
  const bare = { instances: [], attempts: [], shortSubnets: [], because: "x", action: action.id };
  return given(uneven, {
    previous: {
      ...{ kind: "row", generation: 1, at: noon - minuteMs, actBy: noon - minuteMs },
      actions: [{ ...action, ...overrides }],
      outcomes: [kind === "insufficient-capacity" ? { ...bare, kind } : { kind, action: action.id, because: "x" }],
    },
  });
};

test.each(refusals)("a launch for it that was %s is not asked for again at the next look", (kind) => {
  const decision = decide(triedFor(kind));
  expect([brief(decision), told(decision)]).toEqual([[], []]);
  expect(decision.memory.shortSubnets).toEqual([{ subnet: "subnet-a", until: noon + 9 * minuteMs }]);
});

test("one that came says nothing against its subnet", () => {
  const { previous, ...rest } = triedFor("denied");
  if (previous.kind === "none") throw new Error("nothing was tried");
  const outcomes = previous.outcomes.map(({ action }) => ({ kind: "done" as const, action, instances: ["new"] }));
  expect(decide({ ...rest, previous: { ...previous, outcomes } }).memory.shortSubnets).toEqual([]);
});

test("what was to be had in more subnets, or more at once, says nothing of one of them", () => {
  for (const other of [{ subnets: ["subnet-a", "subnet-b"] }, { spotCount: 1 }])
    expect(decide(triedFor("denied", other)).memory.shortSubnets).toEqual([]);
});

test("nor is a subnet that is short and not the policy's", () => {
  const memory = aiming(12, { shortSubnets: [{ subnet: "subnet-old", until: noon + minuteMs }] });
  expect(brief(decide(given(uneven, { memory })))).toEqual(["launch 1 in subnet-a"]);
});

test("one launch that failed is no reason to leave it", () => {
  expect(brief(decide(given(uneven, { memory: withFailures(20) })))).toEqual(["launch 1 in subnet-a"]);
});

test("outside the hours of the policy it is said, and waits", () => {
  const decision = decide(given(uneven), { renew: atNight });
  expect(brief(decision)).toEqual([]);
  expect(told(decision)).toMatchObject([{ kind: "uneven", now: { kind: "waits", because: "hours" } }]);
});

test("a new one where there are enough already is one too many like any other", () => {
  expect(brief(decide(given([...standing(3, 5, 4), coming("subnet-b", booting)])))).toEqual(["terminate new surplus"]);
});

test("an outdated fleet is renewed first", () => {
  const decision = decide(given(uneven, { instances: { ...seen(...uneven), templateVersion: "2" } }));
  expect(told(decision).map(({ kind }) => kind)).toEqual(["renewing"]);
});

test("instances apart from the policy's subnets are left where they are", () => {
  expect(brief(decide(given([...standing(4, 4), ...serving(4, { subnet: "subnet-old" })])))).toEqual([
    "launch 1 in subnet-c",
  ]);
});
