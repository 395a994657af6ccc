// Whole decisions, as decide made them, in sentences and on one line.
import { describe, expect, test } from "@jest/globals";
import { hourMs, minuteMs } from "../../shared/core/index.ts";
import {
  type Action,
  type Decision,
  decideOrRefuse,
  explainDecision,
  type Outcome,
  type Proposal,
  type Snapshot,
  type Step,
  sizeByRules,
  summaryOf,
  type ToldOutcome,
  whyOf,
} from "../../shared/engine/index.ts";
import type { Peak } from "../../shared/policy/index.ts";
import {
  aiming,
  givenPeak,
  givenPolicy,
  givenSnapshot,
  noon,
  seen,
  serving,
  settledPoints,
  silent,
} from "../support/given.ts";

const policy = givenPolicy({
  bounds: { min: 1, max: 12 },
  limits: {
    scaleOut: { ratio: 1, windowMs: 2 * minuteMs },
    scaleIn: { ratio: 1, windowMs: minuteMs },
    budget: { kind: "none" },
    surgeRatio: 0.1,
  },
});

const decided = (snapshot: Snapshot): Decision => decideOrRefuse(policy, snapshot, sizeByRules);

const busy = givenSnapshot({
  instances: seen(...serving(3)),
  signals: { requests: settledPoints(1_000, 5_460), "healthy-hosts": settledPoints(3, 3) },
  memory: aiming(3),
});

test("a decision is told from what was seen to when it looks again", () => {
  const decision = decided(busy);
  const outcomes: Outcome[] = [{ kind: "throttled", action: "shop@1/launch", because: "RequestLimitExceeded" }];
  expect(explainDecision({ id: "shop@1", policy, snapshot: busy, decision, outcomes }).join("\n")).toBe(
    `shop@1 at 2026-06-16 12:00Z: target 3 → 6

Seen
  requests 5 460 requests/min at 11:58Z, 2m ago (newest of 2 whole minutes)
  healthy-hosts 3 hosts at 11:58Z, 2m ago (newest of 2 whole minutes)
  3 instances: 3 serving
  no generation before it: the log begins here

Wishes
  demand wants 11: 5 460 requests/min at 11:58Z ÷ (1 000 × 50 %)

Steps
  combine 3 → 11: the largest wish is that of demand
  stabilise stays at 11: no wish of the stabilisation window speaks against it
  limit 11 → 6: grows by at most 100 % in 2m, from 3
  anticipate stays at 6: nothing ahead speaks against it
  bound stays at 6: within the bounds
  budget stays at 6: no budget limits it
  override stays at 6: no override changes it
  brake stays at 6: nobody has said stop

Actions
  launch 3: 3 on demand, 0 spot, version 1 of the launch template — throttled: RequestLimitExceeded

Next
  looks again at 2026-06-16 12:01Z: something is on the move
  lead time 3m, not measured yet but the policy's assumption (launch.leadTime): 0 launches are measured, and it takes 5`,
  );
});

test("what was read before, overridden and measured is told too", () => {
  const snapshot = givenSnapshot({
    instances: { kind: "missing", how: "failed", because: "throttled" },
    signals: { requests: silent },
    overrides: [
      { id: "o-1", min: 4, max: 1_000_000, until: noon + minuteMs, by: "ann", reason: "sale" },
      { id: "o-2", min: 9, max: 9, until: noon, by: "bob", reason: "over" },
    ],
    memory: aiming(3, {
      launches: [60, 90, 120, 150, 240].map((seconds) => ({ at: noon, runningMs: 10_000, servingMs: seconds * 1_000 })),
    }),
    previous: { kind: "row", generation: 7, at: noon - 90_000, actBy: noon - 70_000, actions: [], outcomes: [] },
  });
  const lines = explainDecision({ id: "shop@8", policy, snapshot, decision: decided(snapshot), outcomes: [] });
  expect(lines).toEqual(
    expect.arrayContaining([
      "  requests is missing: no points",
      "  instances are missing: throttled",
      "  override o-1 by ann: at least 4 until 2026-06-16 12:01Z (sale)",
      "  generation 7 before it, 1m30s ago: no actions",
      "  demand is blind: requests is missing (no points); the policy holds what there is",
      "  lead time p50 2m, p95 4m, measured on its newest 5 launches; from the request: running p50 10s, p95 10s; in service p50 2m, p95 4m",
    ]),
  );
  expect(lines.join("\n")).not.toContain("o-2");
  expect(lines.join("\n")).toContain("Actions\n  nothing\n");
});

const later = (name: string, perMinute: number, atMs = noon): Peak =>
  givenPeak({ name, atMs, expect: { kind: "absolute", perMinute } });

test("peaks that overlap are told to, and that the larger counts", () => {
  const told = (...peaks: readonly Peak[]) => {
    const snapshot = { ...busy, peaks };
    return explainDecision({ id: "shop@1", policy, snapshot, decision: decided(snapshot), outcomes: [] });
  };
  expect(told(later("a", 2_000), later("b", 3_000))).toContain("  peak a, peak b overlap: the larger counts");
  expect(told(later("a", 2_000), later("b", 3_000, noon + 5 * hourMs)).join()).not.toContain("overlap");
});

test("what a decision warns of stands in the log's line", () => {
  const budget = { kind: "hourly", softUsd: 1, hardUsd: "none", onDemandUsd: 0.5, spotUsd: 0.2 } as const;
  const thrifty = { ...policy, limits: { ...policy.limits, budget } };
  const like: Peak = { ...later("alike", 1, noon + 5 * hourMs), expect: { kind: "like", fromMs: 0 } };
  const snapshot = { ...busy, peaks: [later("huge", 90_000, noon + 5 * hourMs), like, later("small", 1)] };
  const decision = decideOrRefuse(thrifty, snapshot, sizeByRules);
  expect(summaryOf({ ...decision, actions: [] }, snapshot, []).problems).toBe(
    "peak huge beyond bounds or budget, peak alike not read yet, over the soft budget",
  );
});

test("without its policy a decision is told all the same", () => {
  const lines = explainDecision({
    id: "shop@1",
    policy: "none",
    snapshot: busy,
    decision: decided(busy),
    outcomes: [],
  });
  expect(lines).toContain("  3 instances: 3 running and healthy");
  expect(lines).toContain("  lead time not known: the policy is not in the log");
  expect(lines).toContain(
    "  launch 3: 3 on demand, 0 spot, version 1 of the launch template — its end is not known (yet)",
  );
});

test("what was launched and EC2 does not show yet is told", () => {
  const memory = aiming(4, {
    launching: [{ id: "i-new", requestedAt: noon - minuteMs, templateVersion: "1", marks: [] }],
  });
  const snapshot = { ...busy, memory };
  const lines = explainDecision({ id: "shop@1", policy, snapshot, decision: decided(snapshot), outcomes: [] });
  expect(lines).toContain("  3 instances: 3 serving; 1 launched and not shown by EC2 yet");
});

describe("each kind of decision has its headline", () => {
  const body = { ...decided(busy), steps: [step("recover", 3, 3)] };
  const kinds: { readonly [Kind in Decision["kind"]]: readonly [Extract<Decision, { kind: Kind }>, string] } = {
    decided: [{ ...body, kind: "decided" }, "shop@1 at 2026-06-16 12:00Z: target stays at 3"],
    recovering: [
      { ...body, kind: "recovering", generation: 7 },
      "shop@1 at 2026-06-16 12:00Z: target stays at 3 (recovers generation 7, decides nothing new)",
    ],
    refused: [
      { ...body, kind: "refused", violations: ["x"] },
      "shop@1 at 2026-06-16 12:00Z: target stays at 3 (refused: a broken invariant, nothing is done)",
    ],
  };
  test.each(Object.entries(kinds))("%s", (_, [decision, said]) => {
    expect(explainDecision({ id: "shop@1", policy, snapshot: busy, decision, outcomes: [] })[0]).toBe(said);
  });
});

const lookAgain: Readonly<Record<Decision["lookAgain"]["because"], string>> = {
  moving: "something is on the move",
  "wish-waiting": "a wish waits for a stage to let it through",
  "schedule-ahead": "a schedule begins one lead time later",
  "peak-ahead": "a peak's ramp begins one lead time later",
  "forecast-ahead": "the coming minutes may ask for more",
  heartbeat: "all is calm, this is the heartbeat",
};

test.each(Object.entries(lookAgain) as [keyof typeof lookAgain, string][])("looks again, %s", (because, said) => {
  const decision: Decision = { ...decided(busy), lookAgain: { at: noon, because } };
  const lines = explainDecision({ id: "shop@1", policy, snapshot: busy, decision, outcomes: [] });
  expect(lines).toContain(`  looks again at 2026-06-16 12:00Z: ${said}`);
});

function step(stage: Step["stage"], from: number, to: number, reason: Step["reason"] = { kind: "stable" }): Step {
  return { stage, from, to, reason };
}
const wants = (rule: string, count: number): Proposal => ({
  kind: "wants",
  rule,
  count,
  reason: { kind: "step-quiet", value: 1 },
});
const wish = (rule: string, from: number, to: number): Step =>
  step("combine", from, to, { kind: "largest-wish", rule });
const capped = (from: number, max: number): Step => step("bound", from, max, { kind: "capped", max });
const raised = (from: number, min: number): Step => step("bound", from, min, { kind: "raised", min });
const limited = (from: number, to: number): Step =>
  step("limit", from, to, { kind: "velocity", direction: "out", base: 5, ratio: 1, windowMs: minuteMs });
const made = (proposals: readonly Proposal[], ...steps: readonly Step[]): Decision => ({
  ...decided(busy),
  proposals,
  steps,
  actions: [],
});

describe("the line of the log", () => {
  const limitSaid = "limit: grows by at most 100 % in 1m, from 5";
  test.each<[string, Decision, object]>([
    [
      "nothing stops a wish",
      made([wants("a", 9)], wish("a", 5, 9), step("bound", 9, 9)),
      { wanted: 9, by: "a", from: 5, to: 9, stoppedBy: "-" },
    ],
    [
      "a stage stops it",
      made([wants("a", 12)], wish("a", 5, 12), limited(12, 10)),
      { wanted: 12, by: "a", from: 5, to: 10, stoppedBy: limitSaid },
    ],
    [
      "of two stages the last one counts",
      made([wants("a", 20)], wish("a", 5, 20), limited(20, 10), capped(10, 8)),
      { wanted: 20, to: 8, stoppedBy: "bound: the maximum is 8" },
    ],
    [
      "a stage that moves the number back towards the wish stops nothing",
      made(
        [wants("a", 3)],
        wish("a", 10, 3),
        step("stabilise", 3, 10, { kind: "no-wish", fallback: "hold" }),
        capped(10, 8),
      ),
      { wanted: 3, to: 8, stoppedBy: "stabilise: no rule wishes anything, so it stays" },
    ],
    [
      "stages that cancel each other out stop nothing",
      made([wants("a", 9)], wish("a", 5, 9), limited(9, 7), raised(7, 9)),
      { wanted: 9, to: 9, stoppedBy: "-" },
    ],
    [
      "blindness keeps the largest wish from winning",
      made([wants("a", 2), wants("b", 4)], step("combine", 6, 6, { kind: "blind-hold", rules: ["c"] })),
      { wanted: 4, by: "b", from: 6, to: 6, stoppedBy: "combine: nothing is let go while c cannot see" },
    ],
    [
      "all are blind",
      made([], step("combine", 6, 6, { kind: "blind-hold", rules: ["c"] })),
      { wanted: "-", by: "-", stoppedBy: "combine: nothing is let go while c cannot see" },
    ],
    [
      "nobody wishes",
      made([], step("combine", 6, 1, { kind: "no-wish", fallback: "min" })),
      { wanted: "-", by: "-", from: 6, to: 1, stoppedBy: "-" },
    ],
    [
      "a refusal",
      made([wants("a", 9)], step("refuse", 5, 5, { kind: "frozen", violations: ["x"] })),
      { wanted: 9, by: "a", to: 5, stoppedBy: "refuse: the decision broke an invariant: x" },
    ],
    [
      "a recovery",
      made([], step("recover", 5, 5, { kind: "recovering", generation: 3, unfinishedCount: 1 })),
      {
        wanted: "-",
        stoppedBy: "recover: 1 action of generation 3 came to no known end and is issued again, unchanged",
      },
    ],
  ])("%s", (_, decision, expected) => {
    expect(summaryOf(decision, busy, [])).toMatchObject(expected);
  });

  const drain = (id: string): Action => ({ kind: "drain", id, instance: id, because: "surplus" });
  const actions: readonly Action[] = [
    { kind: "launch", id: "l", onDemandCount: 2, spotCount: 1, templateVersion: "1", subnets: [] },
    drain("d1"),
    drain("d2"),
    drain("d3"),
    { kind: "warm", id: "d4", instance: "d4" },
  ];
  const decision: Decision = { ...decided(busy), actions };

  test("counts actions by kind, launches by instance", () => {
    expect(summaryOf(decision, busy, []).acted).toBe("launch 3, drain 3, warm 1");
    expect(summaryOf({ ...decision, actions: [] }, busy, [])).toMatchObject({ acted: "-", problems: "-" });
  });

  test("tells outcomes that are not done, and those that nobody knows", () => {
    const outcomes: Outcome[] = [
      { kind: "done", action: "d1", instances: ["d1"] },
      { kind: "throttled", action: "d4", because: "z" },
      { kind: "failed", action: "d2", because: "x" },
      { kind: "failed", action: "d3", because: "y" },
    ];
    expect(summaryOf(decision, busy, outcomes).problems).toBe("warm throttled, drain failed ×2, launch of unknown end");
    const end = { kind: "failed", at: noon, because: "no index" } as const;
    for (const [ended, problem] of [
      [end, "warm failed, "],
      [{ kind: "done", at: noon }, ""],
    ] as const) {
      const since: ToldOutcome = { kind: "warmed", action: "d4", instances: ["d4"], end: ended };
      expect(summaryOf(decision, busy, [since]).problems).toBe(
        `${problem}launch of unknown end, drain of unknown end ×3`,
      );
    }
    const unseen = { ...busy, instances: { kind: "missing", how: "failed", because: "denied" } } as const;
    expect(summaryOf({ ...decision, actions: [] }, unseen, []).problems).toBe("instances not seen");
  });
});

describe("why the target is what it is", () => {
  test("the wish that won, and what stopped it", () => {
    expect(whyOf({ policy, snapshot: busy, decision: decided(busy) })).toBe(
      "demand wants 11: 5 460 requests/min at 11:58Z ÷ (1 000 × 50 %); limit: grows by at most 100 % in 2m, from 3",
    );
  });

  test("blindness, when nobody sees", () => {
    const snapshot = givenSnapshot({
      instances: seen(...serving(3)),
      signals: { requests: silent },
      memory: aiming(3),
    });
    expect(whyOf({ policy, snapshot, decision: decided(snapshot) })).toBe(
      "combine: nothing is let go while demand cannot see",
    );
  });

  test("a blind rule's floor, when that is what won", () => {
    const decision = made(
      [{ kind: "blind", rule: "a", metric: "cpu", because: "gone", choice: { kind: "floor", count: 9 } }],
      wish("a", 5, 9),
    );
    expect(whyOf({ policy, snapshot: busy, decision })).toBe(
      "a is blind: cpu is missing (gone); the policy wants at least 9",
    );
  });

  test("the first step, when there was no wish at all", () => {
    const decision = made([], step("combine", 6, 1, { kind: "no-wish", fallback: "min" }));
    expect(whyOf({ policy, snapshot: busy, decision })).toBe("combine 6 → 1: no rule wishes anything: the minimum");
  });
});

test("sentences depend on nothing but their arguments", () => {
  const explained = { id: "shop@1", policy, snapshot: busy, decision: decided(busy), outcomes: [] };
  const before = JSON.stringify(explained);
  expect(explainDecision(explained)).toEqual(explainDecision(JSON.parse(before)));
  expect(JSON.stringify(explained)).toBe(before);
});
