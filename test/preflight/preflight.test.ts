// What the clock finds in the way of peaks: an account and a log that answer from memory.
import { describe, expect, test } from "@jest/globals";
import { type DaysRead, type Prefetching, type Preflight, prefetchKey } from "../../shared/control/index.ts";
import { type Finding, hourMs, minuteMs, type Prefetched, type PrefetchState } from "../../shared/core/index.ts";
import type { Peak, Policy } from "../../shared/policy/index.ts";
import { checkPrefetch, preflight, type Survey } from "../../shared/preflight/index.ts";
import { givenPeak, givenPolicy, givenSnapshot, noon, settledPoints } from "../support/given.ts";

/** 30,000 a minute want 60 instances of five hundred. */
const sale = (changed: Partial<Peak> = {}): Peak =>
  givenPeak({ name: "sale", atMs: noon + 24 * hourMs, expect: { kind: "absolute", perMinute: 30_000 }, ...changed });
const days = (peaks: readonly Peak[], unread: DaysRead["unread"] = []) => ({ peaks, unread, prefetches: new Map() });

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
    id: "shop@1",
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
      marks: async () => [],
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
  expect(lines(made)).toEqual([
    "sale problem demand: no demand is known to multiply: the log has no load of such an hour",
  ]);
});

test("a peak of fewer than come anyway is a finding, where it is known what does", async () => {
  const five = days([sale({ expect: { kind: "absolute", perMinute: 5 } })]);
  const made = await preflight(surveyOf({ perMinute: 1_000 }).survey, policy, five);
  expect(lines(made)).toEqual([
    "sale warning expectation: it expects 5 requests/min at most; usual are 1000, from the newest decision, shop@1",
  ]);
  expect(lines(await preflight(surveyOf().survey, policy, five))).toEqual([]);
});

test("what decisions carry is bounded", async () => {
  const { survey } = surveyOf({ account: () => Array(30).fill({ ...few, found: "x".repeat(1_000) }) });
  const made = await preflight(survey, policy, days([sale()]));
  expect([made.findings.length, made.findings[0]?.found.length]).toEqual([20, 400]);
});

describe("of a peak's pages it tells", () => {
  const pages = { urls: ["https://www.example.com/sale", "https://www.example.com/"], beforeMs: 30 * minuteMs };
  /** Its pages are due as many minutes ago. */
  const due = (minutes: number) => sale({ atMs: noon + (60 - minutes) * minuteMs, prefetch: pages });
  const fetched = {
    ...{ urls: 2, answered: 2, hitRatio: 0.5, p95Ms: 120, bytes: 9_000, durationMs: 2_100 },
    trouble: "",
  };
  const done = (changed: Partial<Prefetched> = {}) => ({
    ...({ kind: "done", at: noon, result: { ...fetched, ...changed } } as const),
  });
  const begun = (minutes: number) => ({ kind: "begun", at: noon - minutes * minuteMs }) as const;
  const halves = {
    answered: 1,
    hitRatio: "none",
    p95Ms: "none",
    trouble: "https://www.example.com/ answered 404",
  } as const;

  test.each<[string, number, PrefetchState, string]>([
    [
      "when they are due",
      -90,
      { kind: "not-begun" },
      "ok: 2 pages will be fetched through the CDN at 2026-06-16 13:30Z",
    ],
    [
      "that nobody has begun",
      5,
      { kind: "not-begun" },
      "warning: 2 pages due at 2026-06-16 11:55Z, and nobody has begun",
    ],
    ["that it is too late", 60, { kind: "not-begun" }, "warning: 2 pages not fetched in time"],
    ["that it has begun", 5, begun(4), "ok: begun at 2026-06-16 11:56Z"],
    ["that it never ended", 5, begun(5), "warning: begun at 2026-06-16 11:55Z, and its end is not known"],
    [
      "what came",
      5,
      done(),
      "ok: at 2026-06-16 12:00Z 2 pages answered within 3 s, p95 120 ms, 50 % were in a cache before",
    ],
    [
      "what did not come",
      5,
      done(halves),
      "warning: at 2026-06-16 12:00Z 1 of 2 pages answered within 3 s, no answer says whether a cache had it; first trouble: https://www.example.com/ answered 404",
    ],
  ])("%s", (_, minutes, state, said) => {
    const { level, found } = checkPrefetch(due(minutes) as Prefetching, state, noon);
    expect(`${level}: ${found}`).toBe(said);
  });

  test("a warning to the decisions, and nothing where all is well", async () => {
    const { survey } = surveyOf();
    const made = async (state: PrefetchState) => {
      const prefetches = new Map([[prefetchKey(due(5)), state]]);
      return lines(await preflight(survey, policy, { ...days([due(5)]), prefetches }));
    };
    expect(await made(done())).toEqual([]);
    expect(await made(done(halves))).toEqual([expect.stringMatching(/^sale warning prefetch: .* answered 404$/)]);
  });
});
