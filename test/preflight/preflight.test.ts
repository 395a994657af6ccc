// What the clock finds in the way of peaks: an account and a log that answer from memory.
import { expect, test } from "@jest/globals";
import type { DaysRead, Preflight } from "../../shared/control/index.ts";
import { type Finding, hourMs, minuteMs } from "../../shared/core/index.ts";
import type { Peak, Policy } from "../../shared/policy/index.ts";
import { preflight, type Survey } from "../../shared/preflight/index.ts";
import { givenPeak, givenPolicy, givenSnapshot, noon, settledPoints } from "../support/given.ts";

/** 30,000 a minute want 60 instances of five hundred. */
const sale = (changed: Partial<Peak> = {}): Peak =>
  givenPeak({ name: "sale", atMs: noon + 24 * hourMs, expect: { kind: "absolute", perMinute: 30_000 }, ...changed });
const days = (peaks: readonly Peak[], unread: DaysRead["unread"] = []): DaysRead => ({ peaks, read: [], unread });

const fine: Finding = { level: "ok", check: "quota", found: "room for all" };
const few: Finding = { level: "warning", check: "quota", found: "64 vCPUs", toDo: "ask for more" };

interface Given {
  readonly account?: (policy: Policy) => readonly Finding[];
  readonly perMinute?: number;
}
function surveyOf({ account = () => [fine], perMinute }: Given = {}) {
  const stored: Preflight[] = [];
  const highest: number[] = [];
  const row = {
    generation: 1,
    at: noon,
    snapshot: givenSnapshot(perMinute === undefined ? {} : { signals: { requests: settledPoints(perMinute) } }),
  };
  const survey: Survey = {
    now: () => noon,
    rows: {
      newest: async () => ({ kind: "row", row, outcomes: [] }) as never,
      rowOf: async () => ({ kind: "none" }),
      rowsBackwards: async function* () {},
    },
    lead: async () => ({ p50Ms: minuteMs, p95Ms: 4 * minuteMs }) as never,
    account: async ({ bounds }) => {
      highest.push(bounds.max);
      return account;
    },
    store: async (_, preflight) => void stored.push(preflight),
  };
  return { survey, stored, highest };
}

const policy = givenPolicy({ bounds: { min: 1, max: 100 } });
const lines = (made: Preflight): readonly string[] =>
  made.findings.map(({ peak, level, check, found }) => `${peak} ${level} ${check}: ${found}`);

test("what the account lacks for the peak's height is kept with the peak's name, for some hours", async () => {
  const { survey, stored, highest } = surveyOf({ account: ({ bounds }) => [fine, { ...few, found: `${bounds.max}` }] });
  const made = await preflight(survey, policy, days([sale()]));
  expect(lines(made)).toEqual(["sale warning quota: at its height of 60: 60"]);
  expect(stored).toEqual([made]);
  expect(stored[0]?.until).toBe(noon + 3 * hourMs);
  expect(highest).toEqual([60]);
});

test("of several peaks the account is read once, for the highest, and judged for each", async () => {
  const { survey, highest } = surveyOf({ account: ({ bounds }) => (bounds.max > 30 ? [few] : [fine]) });
  const low = sale({ name: "low", expect: { kind: "absolute", perMinute: 5_000 } });
  expect(lines(await preflight(survey, policy, days([low, sale()])))).toEqual([
    "sale warning quota: at its height of 60: 64 vCPUs",
  ]);
  expect(highest).toEqual([60]);
});

test("once it is mended nothing is left of it", async () => {
  const { survey, stored } = surveyOf();
  await preflight(survey, policy, days([sale()]));
  expect(stored).toEqual([{ until: noon + 3 * hourMs, findings: [] }]);
});

test.each<[string, Partial<Policy>, Partial<Peak>, readonly string[]]>([
  ["the maximum", { bounds: { min: 1, max: 50 } }, {}, ["problem maximum"]],
  [
    "the hard budget",
    {
      limits: {
        ...policy.limits,
        budget: { kind: "hourly", softUsd: "none", hardUsd: 3, onDemandUsd: 0.1, spotUsd: 0.1 },
      },
    },
    {},
    ["problem budget"],
  ],
  [
    "the velocity",
    { limits: { ...policy.limits, scaleOut: { ratio: 0.1, windowMs: 10 * minuteMs } } },
    {},
    ["problem climb"],
  ],
  ["the load balancer", {}, { expect: { kind: "absolute", perMinute: 49_900 * 6 } }, ["warning load balancer"]],
])("%s is held against the plan", async (_, change, peak, found) => {
  const { survey } = surveyOf({ perMinute: 1_000 });
  const limited = givenPolicy({
    bounds: { min: 1, max: 1_000 },
    launch: { ...policy.launch, instanceTypes: ["m7g.large"] },
    ...change,
  });
  const made = await preflight(survey, limited, days([sale(peak)]));
  const [first] = lines(made);
  expect(lines(made)).toHaveLength(1);
  expect(first).toContain(`sale ${found[0]}: `);
});

test("a peak in more than 72 hours is not looked into, and what was found before is taken back", async () => {
  const { survey, stored, highest } = surveyOf({ account: () => [few] });
  const at = (hours: number): Peak => sale({ atMs: noon + hours * hourMs, rampMs: 0 });
  await preflight(survey, policy, days([at(72)]));
  expect([stored.map(({ findings }) => findings), highest]).toEqual([[[]], []]);
  expect(lines(await preflight(survey, policy, days([at(71.9)])))).toHaveLength(1);
});

test("a day that cannot be read is told however far ahead, and asks the account nothing", async () => {
  const { survey, highest } = surveyOf();
  const like = sale({ name: "again", atMs: noon + 900 * hourMs, expect: { kind: "like", fromMs: noon } });
  const made = await preflight(survey, policy, days([like], [{ peak: "again", kind: "unknown", because: "no load" }]));
  expect(lines(made)).toEqual(["again problem day: no load"]);
  expect(highest).toEqual([]);
  const ahead = await preflight(survey, policy, days([like], [{ peak: "again", kind: "ahead", because: "not over" }]));
  expect(ahead.findings).toMatchObject([{ level: "warning", check: "day", toDo: expect.stringContaining("wait") }]);
});

test("a factor without a demand to multiply is a finding", async () => {
  const { survey } = surveyOf();
  const made = await preflight(survey, policy, days([sale({ expect: { kind: "factor", factor: 5 } })]));
  expect(lines(made)).toEqual(["sale problem demand: no demand is known to multiply"]);
});

test("what decisions carry is bounded", async () => {
  const { survey } = surveyOf({ account: () => Array(30).fill({ ...few, found: "x".repeat(1_000) }) });
  const made = await preflight(survey, policy, days([sale()]));
  expect([made.findings.length, made.findings[0]?.found.length]).toEqual([20, 400]);
});
