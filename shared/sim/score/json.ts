// The written form of a simulation: what `simulate --json` writes and other programs read. Inside, time is EpochMs.
import type { EpochMs } from "../../core/index.ts";
import type { Plant, ScoredWindow } from "../plant.ts";
import type { InstanceRow, MinuteRow, Score } from "./types.ts";

export interface SimulationResult {
  /** The trace's name. */
  readonly trace: string;
  readonly policyVersion: string;
  readonly seed: number;
  readonly scored: ScoredWindow;
  readonly plant: Plant;
  readonly minutes: readonly MinuteRow[];
  readonly instances: readonly InstanceRow[];
  readonly score: Score;
}

export interface SimulationJson {
  readonly trace: string;
  readonly policyVersion: string;
  readonly seed: number;
  readonly scored: { readonly from: string; readonly to: string };
  readonly plant: Plant;
  readonly minutes: readonly (Omit<MinuteRow, "t"> & { readonly t: string })[];
  readonly instances: readonly InstanceJson[];
  readonly score: Score;
}

export interface InstanceJson {
  readonly id: string;
  readonly launchedAt: string;
  readonly servingAt: string | null;
  readonly warmed: boolean;
  readonly drainingAt: string | null;
  readonly terminatedAt: string | null;
  readonly failed: boolean;
}

/** Ready for JSON.stringify. Times are ISO 8601 in UTC, to the second, or to the millisecond where they have one. */
export function simulationJson(result: SimulationResult): SimulationJson {
  const { trace, policyVersion, seed, scored, plant, minutes, instances, score } = result;
  return {
    trace,
    policyVersion,
    seed,
    scored: { from: isoOf(scored.from), to: isoOf(scored.to) },
    plant,
    minutes: minutes.map((row) => ({ ...row, t: isoOf(row.t) })),
    instances: instances.map(instanceJson),
    score,
  };
}

const instanceJson = (row: InstanceRow): InstanceJson => ({
  id: row.id,
  launchedAt: isoOf(row.launchedAt),
  servingAt: isoOrNull(row.servingAt),
  warmed: row.warmed,
  drainingAt: isoOrNull(row.drainingAt),
  terminatedAt: isoOrNull(row.terminatedAt),
  failed: row.failed,
});

const isoOf = (at: EpochMs): string => new Date(at).toISOString().replace(".000Z", "Z");
const isoOrNull = (at: EpochMs | null): string | null => (at === null ? null : isoOf(at));
