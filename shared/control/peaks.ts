// The peaks of a look: the policy's, and those added beside it while it stood; and what stands in their way.
import type { EpochMs } from "../core/index.ts";
import type { PeakFinding } from "../engine/index.ts";
import type { Peak, Policy } from "../policy/index.ts";
import type { Span } from "./history.ts";

export const startsAt = ({ atMs, rampMs }: Peak): EpochMs => atMs - rampMs;
export const endsAt = ({ atMs, holdMs, releaseMs }: Peak): EpochMs => atMs + holdMs + releaseMs;
/** Whether anybody came or not. */
export const standsIn = (peak: Peak): Span => ({ from: startsAt(peak), to: endsAt(peak) });

/**
 * Those that are not over at `now`. Of one name the policy's counts; one that is to be like a day takes the figures that were read
 * for it.
 */
export function peaksAt({ peaks }: Pick<Policy, "peaks">, added: readonly Peak[], now: EpochMs): readonly Peak[] {
  const names = new Set(peaks.map(({ name }) => name));
  const all = [...peaks.map((peak) => resolved(peak, added)), ...added.filter(({ name }) => !names.has(name))];
  return all.filter((peak) => endsAt(peak) > now);
}

/** Figures that were read for another day, or for the hours of another `at`, or for fewer of them, are not those asked for. */
function resolved(peak: Peak, added: readonly Peak[]): Peak {
  const { name, expect, holdMs } = peak;
  if (expect.kind !== "like") return peak;
  const read = added.find((one) => one.name === name)?.expect;
  const isAsked =
    read?.kind === "figures" && read.fromMs === expect.fromMs && read.perMinute.length * read.everyMs >= holdMs;
  return isAsked ? { ...peak, expect: read } : peak;
}

/** What was found in the way of the peaks ahead; whoever looks again, hourly, replaces it. */
export interface Preflight {
  /** After that nobody has looked for too long to believe it. */
  readonly until: EpochMs;
  readonly findings: readonly PeakFinding[];
}

/** Those that still stand, of peaks that are not over. */
export const findingsAt = (
  preflight: Preflight | "none",
  peaks: readonly Peak[],
  now: EpochMs,
): readonly PeakFinding[] =>
  preflight === "none" || preflight.until <= now
    ? []
    : preflight.findings.filter(({ peak }) => peaks.some(({ name }) => name === peak));

/** Those that are on while it is. */
export const overlapping = (peak: Peak, others: readonly Peak[]): readonly Peak[] =>
  others.filter(
    (other) => other.name !== peak.name && startsAt(other) < endsAt(peak) && endsAt(other) > startsAt(peak),
  );
