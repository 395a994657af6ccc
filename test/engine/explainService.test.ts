// What each decision says of the service level, whatever its forecast does.
import { expect, test } from "@jest/globals";
import { dayMs, hourMs, minuteMs } from "../../shared/core/index.ts";
import { explainDecision, type ServiceMemory, type Snapshot, sizeByRules } from "../../shared/engine/index.ts";
import { decideOrRefuse } from "../../shared/engine/refuse.ts";
import { logitOf } from "../../shared/engine/service.ts";
import type { Policy } from "../../shared/policy/index.ts";
import {
  givenForecastRule,
  givenMemory,
  givenPolicy,
  givenSnapshot,
  settledAt,
  settledPoints,
} from "../support/given.ts";

const aim = { kind: "serve", ratio: 0.999 } as const;
const policy = givenPolicy({ rules: [givenForecastRule({ aim })] });
const inShadow = givenPolicy({ rules: [givenForecastRule({ aim, mode: "shadow" })] });
const sound = { kind: "seen", madeAt: 0, knownDays: 9, standing: { kind: "sound" }, levels: [], windows: [] } as const;
const demoted = { ...sound, standing: { kind: "shadow", because: "errors are 1.20 times those of none" } } as const;
const unmade = { kind: "none", because: "no forecast has been made yet" } as const;

const counted: Extract<ServiceMemory, { kind: "counted" }> = {
  ...{ kind: "counted", since: settledAt - 2 * hourMs, until: settledAt - minuteMs, logit: 3 },
  ...{ meanPerMinute: 8_000, requests: 992_000, late: 40 },
};
const inSight = { requests: settledPoints(8_000), "healthy-hosts": settledPoints(10) };
const overrun = { requests: settledPoints(8_800), "healthy-hosts": settledPoints(10) };

function told(given: Policy, service: ServiceMemory, changed: Partial<Snapshot> = {}): string | undefined {
  const sizing = { kind: "rules", wishes: [], targets: [], peakBaselines: [], blindBases: [], service } as const;
  const memory = givenMemory({ sizing });
  const snapshot = givenSnapshot({ signals: inSight, forecast: sound, memory, ...changed });
  const decision = decideOrRefuse(given, snapshot, sizeByRules);
  const lines = explainDecision({ id: "shop@1", policy: given, snapshot, decision, outcomes: [] });
  return lines.find((line) => line.startsWith("  service level: "))?.slice("  service level: ".length);
}

const asked = "at most 0.1 % of requests are to be late";
const were = `${asked}; 0.004 % were, since 2026-06-16 09:58Z`;
const resting =
  "the quantile to buy by rests at 95.26 %: there is no forecast to buy by (no forecast has been made yet)";
test.each<[string, Policy, ServiceMemory, Partial<Snapshot>, string]>([
  [
    "nothing counted",
    policy,
    { kind: "none" },
    { signals: {} },
    `${asked}; none is counted yet; the quantile to buy by stays at 95 %: no minute is new`,
  ],
  [
    "a good minute",
    policy,
    counted,
    {},
    `${were}; the quantile to buy by sinks to 95.25 %, slowly: for want of instances fewer were late in the newest minutes than may be`,
  ],
  [
    "a bad minute",
    policy,
    counted,
    { signals: overrun },
    `${asked}; 0.08394 % were, since 2026-06-16 09:58Z; the quantile to buy by rises to 95.6 %: for want of instances more were late in the newest minutes than may be`,
  ],
  [
    "no new minute",
    policy,
    counted,
    { signals: {} },
    `${asked}; 0.004032 % were, since 2026-06-16 09:58Z; the quantile to buy by stays at 95.26 %: no minute is new`,
  ],
  [
    "the rule in shadow",
    inShadow,
    counted,
    {},
    `${were}; the quantile to buy by rests at 95.26 %: the rule is in shadow, and nothing is bought by it`,
  ],
  [
    "the policy in shadow",
    { ...policy, mode: "shadow" },
    counted,
    {},
    `${were}; the quantile to buy by rests at 95.26 %: the policy is in shadow, and nothing is bought by it`,
  ],
  [
    "no forecast",
    policy,
    counted,
    { forecast: unmade },
    `${were}; the quantile to buy by rests at 95.26 %: there is no forecast to buy by (no forecast has been made yet)`,
  ],
  [
    "a demoted one",
    policy,
    counted,
    { forecast: demoted },
    `${were}; the quantile to buy by rests at 95.26 %: nothing is bought by a forecast that has lately been worse than none (errors are 1.20 times those of none)`,
  ],
  [
    "more than a week",
    policy,
    { ...counted, since: settledAt - 9 * dayMs },
    { forecast: unmade },
    `${asked}; 0.004 % were, in the last week or so; ${resting}`,
  ],
  [
    "begun by an older engine",
    policy,
    { ...counted, since: "unknown" },
    { forecast: unmade },
    `${asked}; 0.004 % were, in the last week or so; ${resting}`,
  ],
])("%s", (_, given, service, changed, said) => {
  expect(told(given, service, changed)).toEqual(said);
});

test("the bound of answers, where one is asked", () => {
  const within = givenPolicy({ rules: [givenForecastRule({ aim: { ...aim, kind: "serve-within", boundMs: 400 } })] });
  const late = "at most 0.1 % of requests are to be late, by capacity or answered after 400ms; 0.004 % were, since ";
  expect(told(within, counted)).toContain(late);
});

test("its bounds", () => {
  const highest = { ...counted, logit: logitOf(0.9975) };
  expect(told(policy, highest, { signals: overrun })).toContain("stays at 99.75 %, its highest");
  const lowest = { ...counted, logit: logitOf(0.05) };
  expect(told(policy, lowest)).toContain("stays at 5 %, its lowest");
});

test("nothing where a quantile is named, or no forecast asked for", () => {
  const named = givenPolicy({ rules: [givenForecastRule({ aim: { kind: "quantile", ratio: 0.9 } })] });
  expect(told(named, { kind: "none" })).toBeUndefined();
  expect(told(givenPolicy(), { kind: "none" })).toBeUndefined();
});
