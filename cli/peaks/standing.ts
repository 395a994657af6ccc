// The peaks there are: the policy's of each fleet as it decides by it, and those added beside it.
import { findingsAt, hasPrefetch, peaksAt, prefetchKey } from "../../shared/control/index.ts";
import type { EpochMs, Finding, PrefetchState } from "../../shared/core/index.ts";
import type { PeakFinding } from "../../shared/engine/index.ts";
import type { Peak, Policy } from "../../shared/policy/index.ts";
import { checkPrefetch } from "../../shared/preflight/index.ts";
import { CliError } from "../failure.ts";
import { type Log, newestOf } from "../log.ts";

export interface StandingPeak {
  readonly fleet: string;
  readonly policy: Policy;
  readonly peak: Peak;
  /** "the policy", or who added it. */
  readonly from: string;
  /** What the hourly look ahead found last. */
  readonly findings: readonly PeakFinding[];
  readonly prefetched: PrefetchState;
  /** In whose time all of it is told. */
  readonly now: EpochMs;
}

export async function peaksOf(log: Log, fleet: string): Promise<readonly StandingPeak[]> {
  const policy = await policyOf(log, fleet);
  const [now, added, { preflight }, prefetches] = await Promise.all([
    log.now(fleet),
    log.peaks(fleet),
    log.standing(fleet),
    log.prefetches(fleet),
  ]);
  const own = new Set(policy.peaks.map(({ name }) => name));
  const byName = new Map(added.map(({ peak, by }) => [peak.name, by]));
  const all = peaksAt(
    policy,
    added.map(({ peak }) => peak),
    Number.NEGATIVE_INFINITY,
  );
  const findings = findingsAt(preflight, all, now);
  return all
    .map((peak) => ({
      fleet,
      policy,
      peak,
      from: own.has(peak.name) ? "the policy" : (byName.get(peak.name) ?? "nobody"),
      findings: findings.filter((finding) => finding.peak === peak.name),
      prefetched: prefetches.get(prefetchKey(peak)) ?? notBegun,
      now,
    }))
    .sort((a, b) => a.peak.atMs - b.peak.atMs);
}

export const notBegun: PrefetchState = { kind: "not-begun" };

/** What is to be told of its pages as they stand now; nothing where it has none. */
export const pagesOf = ({
  peak,
  prefetched,
  now,
}: Pick<StandingPeak, "peak" | "prefetched" | "now">): readonly Finding[] =>
  hasPrefetch(peak) ? [checkPrefetch(peak, prefetched, now)] : [];

/** As the newest decision was made by. */
export async function policyOf(log: Log, fleet: string): Promise<Policy> {
  const { row } = await newestOf(log, fleet);
  const policy = await log.policyOf(fleet, row.policyVersion);
  if (policy === "none") throw new CliError(`the policy of ${row.id} is not in the log: wait for its next decision`);
  return policy;
}

export async function everyPeak(log: Log): Promise<readonly StandingPeak[]> {
  const fleets = await log.fleets();
  return (await Promise.all(fleets.map((fleet) => peaksOf(log, fleet)))).flat();
}

/** `spring-sale`, or `shop/spring-sale` where several fleets have one of the name. */
export async function peakNamed(log: Log, text: string): Promise<StandingPeak> {
  const [name = "", fleet] = text.split("/").reverse();
  const there = fleet === undefined ? await everyPeak(log) : await peaksOf(log, fleet);
  const [found, ...others] = there.filter(({ peak }) => peak.name === name);
  if (found && others.length === 0) return found;
  const idOf = (one: StandingPeak): string => `${one.fleet}/${one.peak.name}`;
  if (found) throw new CliError(`which ${name}? ${[found, ...others].map(idOf).join(", ")}`);
  const said = there.length === 0 ? "there are none" : `there are ${there.map(idOf).join(", ")}`;
  throw new CliError(`no peak ${JSON.stringify(text)}: ${said}; \`tidegate peaks add\` adds one`);
}
