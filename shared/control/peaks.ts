// The peaks of a look: the policy's, and those added beside it while it stood.
import type { EpochMs } from "../core/index.ts";
import type { Peak, Policy } from "../policy/index.ts";

/**
 * Those that are not over at `now`. Of one name the policy's counts; one that is to be like a day takes the figures that were read
 * for it.
 */
export function peaksAt({ peaks }: Pick<Policy, "peaks">, added: readonly Peak[], now: EpochMs): readonly Peak[] {
  const names = new Set(peaks.map(({ name }) => name));
  const all = [...peaks.map((peak) => resolved(peak, added)), ...added.filter(({ name }) => !names.has(name))];
  return all.filter(({ atMs, holdMs, releaseMs }) => atMs + holdMs + releaseMs > now);
}

/** Figures that were read for another day, or for the hours of another `at`, are not those asked for. */
function resolved(peak: Peak, added: readonly Peak[]): Peak {
  const { name, expect } = peak;
  if (expect.kind !== "like") return peak;
  const read = added.find((one) => one.name === name)?.expect;
  return read?.kind === "figures" && read.fromMs === expect.fromMs ? { ...peak, expect: read } : peak;
}
