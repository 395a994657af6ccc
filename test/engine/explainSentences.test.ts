// One row for each arm of each union: a new arm without a sentence does not compile, nor does one without a row here.
import { describe, expect, test } from "@jest/globals";
import { hourMs, minuteMs } from "../../shared/core/index.ts";
import { becauseOf } from "../../shared/engine/explain/reason.ts";
import {
  type Action,
  type MetricName,
  type Proposal,
  type Reason,
  type Signal,
  type StageName,
  sentenceOfAction,
  sentenceOfOutcome,
  sentenceOfProposal,
  sentenceOfSignal,
  sentenceOfStep,
  type ToldOutcome,
  type WarmResult,
} from "../../shared/engine/index.ts";
import type { MissingChoice } from "../../shared/policy/index.ts";
import { givenPolicy, noon } from "../support/given.ts";

/** At least one row for every kind of a union. */
type Rows<Union extends { readonly kind: string }> = {
  readonly [Kind in Union["kind"]]: readonly (readonly [given: Extract<Union, { kind: Kind }>, said: string])[];
};
const rowsOf = <Union extends { readonly kind: string }>(rows: Rows<Union>): [string, Union, string][] =>
  Object.entries<readonly (readonly [Union, string])[]>(rows).flatMap(([kind, given]) => {
    if (given.length === 0) throw new Error(`no row for ${kind}`);
    return given.map(([value, said]): [string, Union, string] => [kind, value, said]);
  });

const capacity = { perInstancePerMinute: 1_200, targetRatio: 0.65 };

const limited = { perInstancePerMinute: 1_200, limitRatio: 0.8 };
const expected = { perMinute: 10_920, from: noon, to: noon + minuteMs, level: 0.97, ...limited };
const unforecast = {
  kind: "unforecast",
  because: "the forecast is too old",
  perMinute: 10_920,
  marginRatio: 0.25,
  ...limited,
} as const;

const reasons: Rows<Reason> = {
  demand: [
    [
      { kind: "demand", perMinute: 10_920, at: noon, partial: "settled", ...capacity },
      "10 920 requests/min at 12:00Z ÷ (1 200 × 65 %)",
    ],
    [
      { kind: "demand", perMinute: 812.5, at: noon, partial: "partial", ...capacity },
      "812.5 requests/min at 12:00Z, not a whole minute yet, ÷ (1 200 × 65 %)",
    ],
  ],
  forecast: [
    [
      { kind: "forecast", by: "buy", ...expected },
      "at most 10 920 requests/min from 12:00Z to 12:01Z with 97 % ÷ (1 200 × 80 %)",
    ],
    [
      { kind: "forecast", by: "keep", ...expected },
      "at most 10 920 requests/min from 12:00Z to 12:01Z with 97 %: what serves is not let go ÷ (1 200 × 80 %)",
    ],
    [
      { kind: "forecast", by: "load", ...expected },
      "10 920 requests/min, a little over what is there ÷ (1 200 × 80 %)",
    ],
  ],
  unforecast: [
    [
      unforecast,
      "no forecast (the forecast is too old): the highest of the last minutes, 10 920 requests/min, and 25 % more ÷ (1 200 × 80 %)",
    ],
  ],
  outage: [
    [
      { kind: "outage", unhealthyCount: 6, servingCount: 4 },
      "warning: 6 are unhealthy and 4 serve; that is an outage, not a sick instance, and nobody is replaced",
    ],
  ],
  noticed: [
    [
      { kind: "noticed", interruptionCount: 1, rebalanceCount: 0 },
      "EC2 takes back 1 spot instance within two minutes: drained at once, and replaced",
    ],
    [
      { kind: "noticed", interruptionCount: 2, rebalanceCount: 3 },
      "EC2 takes back 2 spot instances within two minutes: drained at once, and replaced; EC2 may soon take back 3 spot instances: replaced first, then drained",
    ],
  ],
  renewing: [
    [
      {
        kind: "renewing",
        templateVersion: "7",
        outdatedCount: 12,
        tooOldCount: 1,
        now: { kind: "replaces", count: 2 },
      },
      "renewing 12 instances of another version than 7 of the launch template and 1 instance older than the policy allows, 2 at a time",
    ],
    [
      {
        kind: "renewing",
        templateVersion: "7",
        outdatedCount: 12,
        tooOldCount: 0,
        now: { kind: "waits", because: "hours" },
      },
      "12 instances of another version than 7 of the launch template to be renewed: not in these hours",
    ],
    [
      {
        kind: "renewing",
        templateVersion: "7",
        outdatedCount: 2,
        tooOldCount: 0,
        now: { kind: "waits", because: "brake" },
      },
      "2 instances of another version than 7 of the launch template to be renewed: not while nothing may be let go",
    ],
  ],
  uneven: [
    [
      {
        ...{ kind: "uneven", fullest: { subnet: "subnet-c", count: 6 }, emptiest: { subnet: "subnet-a", count: 1 } },
        now: { kind: "moves", instance: "i-7" },
      },
      "6 stand in subnet-c and 1 in subnet-a: i-7 is replaced there",
    ],
    [
      {
        ...{ kind: "uneven", fullest: { subnet: "subnet-c", count: 6 }, emptiest: { subnet: "subnet-a", count: 1 } },
        now: { kind: "waits", because: "hours" },
      },
      "6 stand in subnet-c and 1 in subnet-a, to be evened out: not in these hours",
    ],
  ],
  breaker: [
    [
      { kind: "breaker", templateVersion: "7", failureCount: 3, instead: { kind: "last-good", templateVersion: "6" } },
      "warning: 3 launches of version 7 of the launch template in a row brought nothing that serves; version 6, which did, is launched instead",
    ],
    [
      { kind: "breaker", templateVersion: "7", failureCount: 4, instead: { kind: "one-at", at: noon } },
      "warning: 4 launches of version 7 of the launch template in a row brought nothing that serves; none has served yet, so one is tried at a time, the next from 12:00Z",
    ],
  ],
  reserve: [
    [
      { kind: "reserve", wantedCount: 4, keptCount: 4, fillingCount: 0, usdPerHour: 0.0035 },
      "4 of 4 stopped in reserve, for 0.0035 USD/h",
    ],
    [
      { kind: "reserve", wantedCount: 4, keptCount: 1, fillingCount: 3, usdPerHour: 0.0009 },
      "1 of 4 stopped in reserve, 3 on the way there, for 0.0009 USD/h",
    ],
  ],
  saturated: [
    [
      { kind: "saturated", metric: "latency-p95", perMinute: 10_920, moreRatio: 0.25, servingCount: 10 },
      "10 serve 10 920 requests/min, as much as they can, while latency-p95 says that answers are late or refused: 25 % more is waiting",
    ],
  ],
  "forecast-shadow": [
    [
      { kind: "forecast-shadow", count: 12, reason: unforecast },
      "in shadow; it would want 12: no forecast (the forecast is too old): the highest of the last minutes, 10 920 requests/min, and 25 % more ÷ (1 200 × 80 %)",
    ],
  ],
  utilization: [
    [
      { kind: "utilization", ratio: 0.724, at: noon, servingCount: 10, targetRatio: 0.6 },
      "72.4 % at 12:00Z × 10 serving ÷ 60 %",
    ],
  ],
  level: [[{ kind: "level", value: 820, at: noon, servingCount: 10, level: 700 }, "820 at 12:00Z × 10 serving ÷ 700"]],
  total: [
    [
      { kind: "total", value: 1_250, at: noon, partial: "settled", perInstance: 100 },
      "1 250 at 12:00Z ÷ 100 an instance",
    ],
    [
      { kind: "total", value: 1_250, at: noon, partial: "partial", perInstance: 100 },
      "1 250 at 12:00Z, not a whole minute yet, ÷ 100 an instance",
    ],
  ],
  "step-breached": [
    [
      {
        kind: "step-breached",
        value: 420.5,
        side: "above",
        threshold: 400,
        servingCount: 10,
        change: { kind: "ratio", ratio: 0.2 },
      },
      "420.5 is over 400: 20 % more than the 10 serving",
    ],
    [
      {
        kind: "step-breached",
        value: 80,
        side: "below",
        threshold: 100,
        servingCount: 10,
        change: { kind: "count", count: 2 },
      },
      "80 is under 100: 2 less than the 10 serving",
    ],
  ],
  "step-quiet": [[{ kind: "step-quiet", value: 80 }, "80 has passed no threshold for long enough"]],
  "schedule-active": [
    [
      { kind: "schedule-active", startsAt: noon, endsAt: noon + 10 * hourMs, leadMs: 4 * minuteMs },
      "stands from 2026-06-16 12:00Z to 2026-06-16 22:00Z, asked for up to 4m ahead",
    ],
  ],
  "schedule-idle": [
    [{ kind: "schedule-idle", next: { kind: "none" } }, "it never starts again"],
    [{ kind: "schedule-idle", next: { kind: "at", at: noon } }, "it starts next at 2026-06-16 12:00Z"],
  ],
  "peak-active": [
    [
      {
        kind: "peak-active",
        phase: "ramp",
        perMinute: 30_000,
        expectedPerMinute: 50_000,
        baselinePerMinute: 10_000,
        leadMs: 4 * minuteMs,
        ...capacity,
      },
      "ramp: 30 000 requests/min within the lead time of 4m ÷ (1 200 × 65 %); 50 000 expected, 10 000 before it",
    ],
  ],
  "peak-beyond": [
    [
      { kind: "peak-beyond", startsAt: noon, endsAt: noon + hourMs, count: 73, most: 60 },
      "its time is 2026-06-16 12:00Z to 2026-06-16 13:00Z; warning: as demand stands it will want 73, and bounds and budget allow 60",
    ],
  ],
  "peak-unread": [
    [
      { kind: "peak-unread", startsAt: noon, endsAt: noon + hourMs },
      "its time is 2026-06-16 12:00Z to 2026-06-16 13:00Z; warning: the day that it is to be like is not read yet",
    ],
  ],
  "peak-finding": [
    [
      {
        kind: "peak-finding",
        finding: {
          peak: "sale",
          level: "problem",
          check: "quota",
          found: "64 vCPUs; needed: 146",
          toDo: "ask for 146",
        },
      },
      "problem (quota): 64 vCPUs; needed: 146; to do: ask for 146",
    ],
  ],
  "peak-unattended": [
    [
      {
        kind: "peak-unattended",
        perMinute: 1_200,
        expectedPerMinute: 5_000,
        ratio: 0.5,
        forMs: 20 * minuteMs,
      },
      "released early: for 20m at most 1 200 requests/min came, under 50 % of the 5 000 expected",
    ],
  ],
  "peak-idle": [
    [
      { kind: "peak-idle", startsAt: noon, endsAt: noon + hourMs },
      "its time is 2026-06-16 12:00Z to 2026-06-16 13:00Z",
    ],
  ],
  "largest-wish": [[{ kind: "largest-wish", rule: "target requests" }, "the largest wish is that of target requests"]],
  "blind-hold": [[{ kind: "blind-hold", rules: ["demand", "cpu"] }, "nothing is let go while demand, cpu cannot see"]],
  "floor-below": [
    [
      { kind: "floor-below", rule: "night", count: 2 },
      "the largest wish, 2 by night, asks for that many at least, not for less",
    ],
  ],
  "no-wish": [
    [{ kind: "no-wish", fallback: "hold" }, "no rule wishes anything, so it stays"],
    [{ kind: "no-wish", fallback: "min" }, "no rule wishes anything: the minimum"],
  ],
  stable: [[{ kind: "stable" }, "no wish of the stabilisation window speaks against it"]],
  "recent-wish": [
    [
      { kind: "recent-wish", side: "above", count: 14, at: noon, windowMs: 10 * minuteMs },
      "shrinks no further than the 14 wished at 12:00Z, within 10m",
    ],
    [
      { kind: "recent-wish", side: "below", count: 5, at: noon, windowMs: 90_000 },
      "grows no further than the 5 wished at 12:00Z, within 1m30s",
    ],
  ],
  "within-velocity": [[{ kind: "within-velocity" }, "within the velocity limit"]],
  velocity: [
    [
      { kind: "velocity", direction: "out", base: 6, ratio: 1, windowMs: 2 * minuteMs },
      "grows by at most 100 % in 2m, from 6",
    ],
    [
      { kind: "velocity", direction: "in", base: 60, ratio: 0.2, windowMs: 5 * minuteMs },
      "shrinks by at most 20 % in 5m, from 60",
    ],
  ],
  "nothing-ahead": [[{ kind: "nothing-ahead" }, "nothing ahead speaks against it"]],
  "needed-again": [
    [
      { kind: "needed-again", rule: "peak sale", count: 14, at: noon, bridgeMs: 12 * minuteMs },
      "peak sale wants 14 at 12:00Z, and a drain and a boot take 12m",
    ],
  ],
  "would-breach": [
    [
      { kind: "would-breach", rule: "step cpu", ratio: 0.82, limitRatio: 0.75 },
      "step cpu would read 82 %, over its 75 %",
    ],
  ],
  "would-pass": [
    [
      { kind: "would-pass", rule: "step", metric: "requests-per-target", value: 900, limit: 800 },
      "step would read 900 requests/min, over its 800 requests/min",
    ],
  ],
  "within-bounds": [[{ kind: "within-bounds" }, "within the bounds"]],
  capped: [[{ kind: "capped", max: 60 }, "the maximum is 60"]],
  raised: [[{ kind: "raised", min: 3 }, "the minimum is 3"]],
  "no-override": [[{ kind: "no-override" }, "no override changes it"]],
  overridden: [
    [
      { kind: "overridden", id: "o-1", bound: "min", count: 10, until: noon, by: "ann", why: "launch day" },
      "override o-1 by ann: at least 10 until 2026-06-16 12:00Z (launch day)",
    ],
    [
      {
        kind: "overridden",
        id: "o-2",
        bound: "max",
        count: 4,
        until: noon,
        by: "bob",
        why: "costs\u001b[2J\nshop@9 ok",
      },
      "override o-2 by bob: at most 4 until 2026-06-16 12:00Z (costs [2J shop@9 ok)",
    ],
  ],
  "brakes-off": [[{ kind: "brakes-off" }, "nobody has said stop"]],
  braked: [
    [
      { kind: "braked", scope: "all-fleets", since: noon, by: "ann", why: "incident 7" },
      "ann stopped terminations of all fleets at 2026-06-16 12:00Z (incident 7)",
    ],
    [
      { kind: "braked", scope: "fleet", since: noon, by: "bob", why: "a\u001b[2Jb" },
      "bob stopped terminations of this fleet at 2026-06-16 12:00Z (a [2Jb)",
    ],
  ],
  recovering: [
    [
      { kind: "recovering", generation: 420, unfinishedCount: 2 },
      "2 actions of generation 420 came to no known end and are issued again, unchanged",
    ],
    [
      { kind: "recovering", generation: 420, unfinishedCount: 1 },
      "1 action of generation 420 came to no known end and is issued again, unchanged",
    ],
  ],
  frozen: [
    [
      { kind: "frozen", violations: ["target 70 lies outside 3–60", "two actions share an id"] },
      "the decision broke an invariant: target 70 lies outside 3–60; two actions share an id",
    ],
  ],
  "peer-rule": [
    [
      { kind: "peer-rule", says: "alarm high", figures: { ratio: 0.72, target: 0.6, "in service": 10 } },
      "alarm high, ratio 0.72, target 0.6, in service 10",
    ],
    [{ kind: "peer-rule", says: "too few points", figures: {} }, "too few points"],
  ],
  "no-budget": [[{ kind: "no-budget" }, "no budget limits it"]],
  "within-budget": [[{ kind: "within-budget", usd: 4.0812 }, "4.0812 USD/h is within the budget"]],
  "near-budget": [
    [{ kind: "near-budget", usd: 9.5, softUsd: 9 }, "warning: 9.5 USD/h is over the soft limit of 9 USD/h"],
  ],
  "over-budget": [
    [{ kind: "over-budget", usd: 14.5, hardUsd: 14 }, "14.5 USD/h would be over the hard limit of 14 USD/h"],
  ],
};

test.each(rowsOf(reasons))("reason %s", (_, reason, said) => {
  expect(becauseOf(reason, "unknown")).toBe(said);
});

const proposals: Rows<Proposal> = {
  wants: [
    [
      { kind: "wants", rule: "demand", count: 14, reason: { kind: "capped", max: 9 } },
      "demand wants 14: the maximum is 9",
    ],
  ],
  "stands-aside": [
    [
      { kind: "stands-aside", rule: "evening", reason: { kind: "schedule-idle", next: { kind: "none" } } },
      "evening stands aside: it never starts again",
    ],
  ],
  blind: [
    [
      { kind: "blind", rule: "target cpu", metric: "cpu", because: "no points", choice: { kind: "hold" } },
      "target cpu is blind: cpu is missing (no points); the policy holds what there is",
    ],
  ],
};

test.each(rowsOf(proposals))("proposal %s", (_, proposal, said) => {
  expect(sentenceOfProposal(proposal, "none")).toBe(said);
});

const choices: Rows<MissingChoice> = {
  hold: [[{ kind: "hold" }, "the policy holds what there is"]],
  ignore: [[{ kind: "ignore" }, "the policy ignores it"]],
  floor: [[{ kind: "floor", count: 12 }, "the policy wants at least 12"]],
  "scale-out": [
    [{ kind: "scale-out", by: { kind: "ratio", ratio: 0.2 } }, "the policy wants 20 % more"],
    [{ kind: "scale-out", by: { kind: "count", count: 3 } }, "the policy wants 3 more"],
  ],
};

test.each(rowsOf(choices))("blind and %s", (_, choice, said) => {
  const blind: Proposal = { kind: "blind", rule: "r", metric: "cpu", because: "gone", choice };
  expect(sentenceOfProposal(blind, "none")).toBe(`r is blind: cpu is missing (gone); ${said}`);
});

const stages: Readonly<Record<StageName, string>> = {
  combine: "combine 4 → 9: the maximum is 9",
  stabilise: "stabilise 4 → 9: the maximum is 9",
  limit: "limit 4 → 9: the maximum is 9",
  anticipate: "anticipate 4 → 9: the maximum is 9",
  bound: "bound 4 → 9: the maximum is 9",
  budget: "budget 4 → 9: the maximum is 9",
  override: "override 4 → 9: the maximum is 9",
  brake: "brake 4 → 9: the maximum is 9",
  recover: "recover 4 → 9: the maximum is 9",
  refuse: "refuse 4 → 9: the maximum is 9",
  "scale-out": "scale-out 4 → 9: the maximum is 9",
  "scale-in": "scale-in 4 → 9: the maximum is 9",
};

test.each(Object.entries(stages) as [StageName, string][])("step %s", (stage, said) => {
  expect(sentenceOfStep({ stage, from: 4, to: 9, reason: { kind: "capped", max: 9 } })).toBe(said);
  const still = sentenceOfStep({ stage, from: 9, to: 9, reason: { kind: "stable" } });
  expect(still).toBe(`${stage} stays at 9: no wish of the stabilisation window speaks against it`);
});

const actions: Rows<Action> = {
  launch: [
    [
      { kind: "launch", id: "a", onDemandCount: 3, spotCount: 1, templateVersion: "7", subnets: [] },
      "launch 4: 3 on demand, 1 spot, version 7 of the launch template",
    ],
    [
      {
        kind: "launch",
        id: "a",
        onDemandCount: 1,
        spotCount: 0,
        templateVersion: "7",
        subnets: ["subnet-b", "subnet-a"],
      },
      "launch 1: 1 on demand, 0 spot, version 7 of the launch template, in subnet-b if there is room",
    ],
    [
      {
        ...{ kind: "launch", id: "a", onDemandCount: 5, spotCount: 0, templateVersion: "7" },
        ...{ subnets: ["subnet-b", "subnet-a", "subnet-c"], onDemandIn: [3, 0, 2] },
      },
      "launch 5: 5 on demand, 0 spot, version 7 of the launch template, 3 in subnet-b, 2 in subnet-c if there is room",
    ],
    [
      { kind: "launch", id: "a", onDemandCount: 2, spotCount: 0, templateVersion: "7", subnets: [], for: "reserve" },
      "launch 2 for the reserve: 2 on demand, 0 spot, version 7 of the launch template",
    ],
  ],
  start: [[{ kind: "start", id: "a", instance: "i-1" }, "start i-1 from the reserve"]],
  stop: [[{ kind: "stop", id: "a", instance: "i-1" }, "stop i-1 into the reserve"]],
  "take-back": [[{ kind: "take-back", id: "a", instance: "i-1" }, "take back i-1 from draining"]],
  register: [[{ kind: "register", id: "a", instance: "i-1" }, "register i-1"]],
  warm: [[{ kind: "warm", id: "a", instance: "i-1" }, "warm i-1"]],
  drain: [
    [{ kind: "drain", id: "a", instance: "i-1", because: "surplus" }, "drain i-1: one too many"],
    [{ kind: "drain", id: "a", instance: "i-1", because: "unhealthy" }, "drain i-1: unhealthy"],
  ],
  terminate: [
    [terminate("drained"), "terminate i-1: it has drained"],
    [terminate("surplus"), "terminate i-1: one too many, and it serves nobody yet"],
    [terminate("never-healthy"), "terminate i-1: it never became healthy"],
    [terminate("warm-failed"), "terminate i-1: its warm-up failed"],
    [terminate("reserve-surplus"), "terminate i-1: one too many in the reserve"],
    [
      terminate("reserve-outdated"),
      "terminate i-1: another version of the launch template made it, and another is kept in its place",
    ],
    [terminate("reserve-failed"), "terminate i-1: it could not be put into the reserve"],
  ],
};

type Terminate = Extract<Action, { kind: "terminate" }>;
function terminate(because: Terminate["because"]): Terminate {
  return { kind: "terminate", id: "a", instance: "i-1", because, registered: "unregistered" };
}

test.each(rowsOf(actions))("action %s", (_, action, said) => {
  expect(sentenceOfAction(action)).toBe(said);
});

/** Three kinds share one arm, and every one of them has its row. */
type OutcomeKinds = ToldOutcome extends infer One
  ? One extends { readonly kind: infer Kind extends string }
    ? Kind extends string
      ? Omit<One, "kind"> & { readonly kind: Kind }
      : never
    : never
  : never;

const warmResult: WarmResult = {
  ...{ verdict: "under-bound", requests: 72, firstP95Ms: 187, lastP95Ms: 6, hitRatio: 0.85, durationMs: 2_100 },
  trouble: "",
};

const outcomes: Rows<OutcomeKinds> = {
  done: [
    [{ kind: "done", action: "a", instances: [] }, "done"],
    [{ kind: "done", action: "a", instances: ["i-1", "i-2"] }, "done: i-1, i-2"],
    [
      { kind: "done", action: "a", instances: Array.from({ length: 1_012 }, (_, index) => `i-${index}`) },
      "done: i-0, i-1, i-2, i-3, i-4, i-5, i-6, i-7, i-8, i-9 and 1 002 more",
    ],
  ],
  "insufficient-capacity": [
    [
      {
        kind: "insufficient-capacity",
        action: "a",
        instances: [],
        because: "no m7g.large in zone a",
        attempts: [],
        shortSubnets: [],
      },
      "insufficient capacity (no m7g.large in zone a); none came",
    ],
    [
      {
        kind: "insufficient-capacity",
        action: "a",
        instances: ["i-1"],
        because: "zone a",
        attempts: [],
        shortSubnets: [],
      },
      "insufficient capacity (zone a); i-1 came all the same",
    ],
    [
      {
        kind: "insufficient-capacity",
        action: "a",
        instances: ["i-1"],
        because: "none",
        shortSubnets: [],
        attempts: [
          { onDemandCount: 1, spotCount: 2, from: "every-pool", came: 1, because: "none" },
          { onDemandCount: 2, spotCount: 0, from: "on-demand-instead", came: 0, because: "none" },
        ],
      },
      "insufficient capacity (none); i-1 came all the same; tried 1 on demand, 2 spot from every type and zone: 1 came (none); 2 on demand from every type and zone, on demand instead of spot: 0 came (none)",
    ],
  ],
  "fell-back": [
    [
      {
        kind: "fell-back",
        action: "a",
        instances: ["i-1", "i-2"],
        shortSubnets: [],
        attempts: [
          { onDemandCount: 2, spotCount: 0, from: "every-pool", came: 1, because: "no m7g.large" },
          { onDemandCount: 1, spotCount: 0, from: "other-types", came: 0, because: "no m6g.large" },
          { onDemandCount: 1, spotCount: 0, from: "other-zones", came: 1, because: "" },
        ],
      },
      "i-1, i-2 came in 3 attempts: 2 on demand from every type and zone: 1 came (no m7g.large); 1 on demand from the other types: 0 came (no m6g.large); 1 on demand from the other zones: 1 came",
    ],
  ],
  throttled: [[{ kind: "throttled", action: "a", because: "RequestLimitExceeded" }, "throttled: RequestLimitExceeded"]],
  denied: [[{ kind: "denied", action: "a", because: "UnauthorizedOperation" }, "denied: UnauthorizedOperation"]],
  failed: [[{ kind: "failed", action: "a", because: "x".repeat(400) }, `failed: ${"x".repeat(300)}…`]],
  withheld: [[{ kind: "withheld", action: "a" }, "withheld: the policy is in shadow, nothing was touched"]],
  warmed: [
    [
      { kind: "warmed", action: "a", instances: ["i-1"], end: { kind: "done", at: noon, result: warmResult } },
      "it is warm after 2s, as quick as asked: 72 requests, p95 187 ms → 6 ms, 85 % cache hits",
    ],
    [{ kind: "warmed", action: "a", instances: ["i-1"], end: { kind: "done", at: noon } }, "it is warm"],
    [
      { kind: "warmed", action: "a", instances: ["i-1"], end: { kind: "failed", at: noon, because: "no\nindex" } },
      "it did not get warm: no index",
    ],
  ],
  "too-late": [[{ kind: "too-late", action: "a" }, "too late: the lease had run out, nothing was touched"]],
};

test.each(rowsOf(outcomes))("outcome %s", (_, outcome, said) => {
  expect(sentenceOfOutcome(outcome as ToldOutcome)).toBe(said);
});

const readings: Readonly<Record<MetricName, readonly [value: number, said: string]>> = {
  requests: [10_920, "10 920 requests/min"],
  cpu: [0.7216, "72.16 %"],
  "latency-p50": [12.345678, "12.346 ms"],
  "latency-p90": [90, "90 ms"],
  "latency-p95": [1_234_567.8, "1 234 568 ms"],
  "latency-p99": [1_000, "1 000 ms"],
  "errors-5xx": [0, "0 errors/min"],
  rejected: [3, "3 rejected/min"],
  "requests-per-target": [1_200, "1 200 requests/min"],
  "healthy-hosts": [1, "1 host"],
};

describe("signals", () => {
  test.each(Object.entries(readings) as [MetricName, readonly [number, string]][])("%s", (metric, [value, said]) => {
    const signal: Signal = { kind: "known", points: [{ at: noon - 3 * minuteMs, value }] };
    expect(sentenceOfSignal(metric, signal, noon)).toBe(
      `${metric} ${said} at 11:57Z, 3m ago (newest of 1 whole minute)`,
    );
  });

  test.each(["orders-waiting", "constructor"])("%s, the operator's own, is the bare number", (metric) => {
    const signal: Signal = { kind: "known", points: [{ at: noon - 3 * minuteMs, value: 1_250 }] };
    expect(sentenceOfSignal(metric, signal, noon)).toBe(`${metric} 1 250 at 11:57Z, 3m ago (newest of 1 whole minute)`);
  });

  test("missing says because", () => {
    expect(sentenceOfSignal("cpu", { kind: "missing", because: "denied" }, noon)).toBe("cpu is missing: denied");
  });

  test("a point under two minutes old is told apart from a whole minute", () => {
    const points = [2, 1].map((minutesAgo) => ({ at: noon - minutesAgo * minuteMs, value: minutesAgo * 100 }));
    expect(sentenceOfSignal("requests", { kind: "known", points }, noon)).toBe(
      "requests 200 requests/min at 11:58Z, 2m ago (newest of 1 whole minute); 100 requests/min at 11:59Z, 1m ago, perhaps not all of it",
    );
  });
});

test("a step rule's reading has the unit of its metric once the policy is known", () => {
  const breached: Proposal = {
    kind: "wants",
    rule: "slow",
    count: 12,
    reason: {
      kind: "step-breached",
      value: 420,
      side: "above",
      threshold: 400,
      servingCount: 10,
      change: { kind: "ratio", ratio: 0.2 },
    },
  };
  const policy = givenPolicy({
    rules: [{ kind: "step", name: "slow", metric: "latency-p95", above: [], below: [], minutes: 1 }],
  });
  expect(sentenceOfProposal(breached, policy)).toBe(
    "slow wants 12: 420 ms is over 400 ms: 20 % more than the 10 serving",
  );
  expect(sentenceOfProposal(breached, "none")).toBe("slow wants 12: 420 is over 400: 20 % more than the 10 serving");
});

test("so has the reading that a target holds", () => {
  const held: Proposal = {
    kind: "wants",
    rule: "share",
    count: 12,
    reason: { kind: "level", value: 820, at: noon, servingCount: 10, level: 700 },
  };
  const policy = givenPolicy({
    rules: [{ kind: "target-level", name: "share", metric: "requests-per-target", level: 700 }],
  });
  expect(sentenceOfProposal(held, policy)).toBe(
    "share wants 12: 820 requests/min at 12:00Z × 10 serving ÷ 700 requests/min",
  );
});
