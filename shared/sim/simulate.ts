// Replays a trace through the real tick in virtual time: one look a minute, observe at t, act at t.

import { type Row, tick, type Versioned } from "../control/index.ts";
import type { EpochMs } from "../core/index.ts";
import { minuteMs, secondMs } from "../core/index.ts";
import { type Sizer, sizeByRules, targetOf } from "../engine/index.ts";
import type { Policy } from "../policy/index.ts";
import { createSimAlmanac } from "./almanac.ts";
import type { Counts, InstanceRow } from "./cloud/index.ts";
import { cloudFor } from "./cloudFor.ts";
import type { Plant } from "./plant.ts";
import type { MinuteRow } from "./score/types.ts";
import type { Trace } from "./trace/trace.ts";
import { createSimWorld } from "./world.ts";

export interface SimulationInput {
  readonly policy: Policy;
  readonly policyVersion: string;
  readonly size: Sizer;
  readonly trace: Trace;
  readonly plant: Plant;
  readonly seed: number;
  /** [from, to): minutes before it are history; the run ends at `to`. */
  readonly scored: { readonly from: EpochMs; readonly to: EpochMs };
  readonly onMinute: (doneCount: number, totalCount: number) => void;
  readonly onRow: (row: Row) => void;
}

export interface Simulation {
  readonly minutes: readonly MinuteRow[];
  readonly instances: readonly InstanceRow[];
}

/**
 * The same input gives the same bytes. Throws what `tick` throws: a broken invariant. One drain an instance is what the written form of a
 * run can say: `takeBack` is for those who count launches and write nothing.
 */
export async function simulate(
  input: SimulationInput,
  takeBack: Policy["drain"]["takeBack"] = "never",
): Promise<Simulation> {
  const { trace, scored, onMinute } = input;
  const cloud = cloudFor(input, { tag: input.policy.fleet, newestMinute: { kind: "hidden" }, past: "nobody came" });
  const versioned = { policy: planted(input.policy, input.plant, takeBack), policyVersion: input.policyVersion };
  let newestRow: Row | "none" = "none";
  const almanac = createSimAlmanac(cloud, () => newestRow);
  const world = createSimWorld({
    cloud,
    deregistrationDelayMs: input.plant.drainSeconds * secondMs,
    peaks: [],
    overrides: [],
    brakes: [],
    forecast: almanac.newest,
    onRow: (row) => {
      newestRow = row;
      input.onRow(row);
    },
  });
  const minutes: MinuteRow[] = [];
  const count = Math.round((Math.min(scored.to, endOf(trace)) - trace.startAt) / minuteMs);
  for (let index = 0; index < count; index++) {
    const at = trace.startAt + index * minuteMs;
    cloud.advanceTo(at);
    // Peers' rules read no forecast, and a run is faster without.
    if (input.size === sizeByRules) await almanac.keep(versioned.policy);
    const target = await look(world, versioned, input.size);
    const isScored = at >= scored.from && trace.filled[index] !== 1;
    minutes.push(minuteRow({ at, load: trace.loads[index] ?? 0, target, isScored }, cloud.closeMinute(at)));
    onMinute(index + 1, count);
  }
  return { minutes, instances: cloud.rows() };
}

const endOf = ({ startAt, loads }: Trace): EpochMs => startAt + loads.length * minuteMs;

/** The plant says what an instance serves, how few and how many there may be, and how long a drain takes. */
export function planted(
  policy: Policy,
  { capacityPerMinute, min, max, drainSeconds }: Plant,
  takeBack: Policy["drain"]["takeBack"] = "never",
): Policy {
  return {
    ...policy,
    bounds: { min, max },
    capacity: { ...policy.capacity, perInstancePerMinute: capacityPerMinute, learn: { kind: "none" } },
    drain: { timeoutMs: drainSeconds * secondMs, takeBack },
  };
}

async function look(world: Parameters<typeof tick>[0], versioned: Versioned, size: Sizer): Promise<number> {
  const looked = await tick(world, versioned, size);
  if (looked.kind !== "done") throw new Error(`a lone evaluator in virtual time was ${looked.kind}`);
  return targetOf(looked.row.decision.steps);
}

interface Observed {
  readonly at: EpochMs;
  readonly load: number;
  readonly target: number;
  readonly isScored: boolean;
}

const minuteRow = (
  { at, load, target, isScored }: Observed,
  { serving, cold, booting, warming, draining }: Counts,
): MinuteRow => ({
  t: at,
  load,
  target,
  serving,
  cold,
  booting,
  warming,
  draining,
  scored: isScored,
});
