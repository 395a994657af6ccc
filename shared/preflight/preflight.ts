// What stands in the way of a fleet's peaks, looked at by the clock while there is still time to mend it, and kept where every look
// finds it. `peaks check` makes the same checks at once, and a few more.
import { type DaysRead, hasPrefetch, type Preflight, prefetchKey, startsAt, type UnreadDay } from "../control/index.ts";
import {
  type DurationMs,
  type EpochMs,
  error,
  type Finding,
  hourMs,
  ok,
  type PrefetchState,
  type Result,
} from "../core/index.ts";
import type { LeadTime, PeakFinding } from "../engine/index.ts";
import type { Peak, Policy } from "../policy/index.ts";
import { listPrices } from "../policy/prices.ts";
import { checkAllowed } from "./checks.ts";
import { checkBalancerOf, usualKilobytes } from "./loadBalancer.ts";
import { type Plan, planOf } from "./plan.ts";
import { checkPrefetch } from "./prefetch.ts";
import { type Past, type Usual, usualOf } from "./usual.ts";

/** The port to the account and the log. */
export interface Survey {
  now(): EpochMs;
  readonly rows: Past;
  lead(policy: Policy): Promise<LeadTime>;
  /** Reads the account for a fleet as high as `highest`; what it answers judges that, or one that is lower. */
  account(highest: Policy): Promise<(policy: Policy) => readonly Finding[]>;
  store(policy: Policy, preflight: Preflight): Promise<void>;
}

/** A raised quota takes a day or two; what is found weeks ahead may be mended by itself. */
const nearMs: DurationMs = 72 * hourMs;
/** The clock comes hourly: two of its messages may get lost. */
const believedMs: DurationMs = 3 * hourMs;
/** A decision carries them all, each minute. */
const findingsMax = 20;
const textMax = 400;

/** What was read beforehand. */
export interface Known extends Omit<DaysRead, "read"> {
  readonly prefetches: Prefetches;
}
/** By `prefetchKey`. */
type Prefetches = ReadonlyMap<string, PrefetchState>;

/** Writes what was found, or that nothing is left of it. Of a day that is not read it tells however far ahead its peak is. */
export async function preflight(survey: Survey, policy: Policy, known: Known): Promise<Preflight> {
  const { peaks, unread, prefetches } = known;
  const now = survey.now();
  const near = peaks.filter((peak) => peak.expect.kind !== "like" && startsAt(peak) < now + nearMs);
  const days = unread.map((day) => unreadDay(policy, day));
  const account = near.length === 0 ? [] : await findingsOf(survey, policy, near);
  const findings = [...days, ...fetchedOf(peaks, prefetches, now), ...account];
  const made = { until: now + believedMs, findings: findings.slice(0, findingsMax).map(shortened) };
  await survey.store(policy, made);
  return made;
}

const fetchedOf = (peaks: readonly Peak[], prefetches: Prefetches, now: EpochMs): readonly PeakFinding[] =>
  peaks.filter(hasPrefetch).flatMap((peak) => {
    const finding = checkPrefetch(peak, prefetches.get(prefetchKey(peak)) ?? { kind: "not-begun" }, now);
    return "toDo" in finding ? [{ ...finding, peak: peak.name }] : [];
  });

/** A day that is still to come is read by itself when it is over. */
export const unreadDay = ({ fleet }: Policy, { peak, kind, because }: UnreadDay): PeakFinding => ({
  peak,
  level: kind === "ahead" ? "warning" : "problem",
  check: "day",
  found: because,
  toDo:
    kind === "ahead"
      ? "wait for it, or `expect` a number"
      : `tidegate peaks resolve ${fleet} --history FILE, or \`expect\` a number`,
});

async function findingsOf(survey: Survey, policy: Policy, near: readonly Peak[]): Promise<readonly PeakFinding[]> {
  const leadMs = (await survey.lead(policy)).p95Ms;
  const planned: { readonly peak: Peak; readonly plan: Result<Plan, Finding> }[] = [];
  for (const peak of near) planned.push({ peak, plan: await planFor(survey, policy, { peak, leadMs }) });
  const highest = Math.max(...planned.map(({ plan }) => (plan.kind === "error" ? 0 : plan.value.height)));
  const judge = await survey.account(asHighAs(policy, highest));
  return planned.flatMap(({ peak, plan }) =>
    (plan.kind === "error"
      ? [plan.error]
      : [...checksOf(policy, peak, plan.value), ...atHeight(plan.value, judge, policy)]
    ).flatMap((finding) => ("toDo" in finding ? [{ ...finding, peak: peak.name }] : [])),
  );
}

async function planFor(
  { rows }: Survey,
  policy: Policy,
  { peak, leadMs }: { readonly peak: Peak; readonly leadMs: DurationMs },
): Promise<Result<Plan, Finding>> {
  const usual = await usualOf(rows, policy.fleet, peak);
  if (usual.kind === "unknown" && peak.expect.kind === "factor") return error(unknownDemand(usual));
  return ok(planOf(policy, peak, { usual, leadMs, table: listPrices }));
}

/** Not its time, which has come once it is on, nor overlaps: those are no surprise. */
const checksOf = (policy: Policy, peak: Peak, plan: Plan): readonly Finding[] => [
  ...checkAllowed({ policy, peak, plan }),
  checkBalancerOf(policy, { peak, plan }, usualKilobytes),
];

const atHeight = (
  { height }: Plan,
  judge: (policy: Policy) => readonly Finding[],
  policy: Policy,
): readonly Finding[] =>
  judge(asHighAs(policy, height)).map((finding) => ({
    ...finding,
    found: `at its height of ${height}: ${finding.found}`,
  }));

/** As though `bounds.max` were that. */
export const asHighAs = (policy: Policy, height: number): Policy => ({
  ...policy,
  bounds: { min: Math.min(policy.bounds.min, height), max: Math.max(1, height) },
});

export const unknownDemand = ({ because }: Extract<Usual, { readonly kind: "unknown" }>): Finding => ({
  level: "problem",
  check: "demand",
  found: `no demand is known to multiply: ${because}`,
  toDo: "give --usual, or expect a number of requests",
});

const shortened = (finding: PeakFinding): PeakFinding => ({
  ...finding,
  found: finding.found.slice(0, textMax),
  toDo: finding.toDo.slice(0, textMax),
});
