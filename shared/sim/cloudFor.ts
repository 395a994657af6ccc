// A cloud for a run: the trace is its traffic, and the first minute finds a fleet serving, already paid.
import { fleetTag } from "../control/index.ts";
import { type EpochMs, minuteMs } from "../core/index.ts";
import { type Cloud, calmFaults, createCloud, type NewestMinute, type Traffic, usualCloud } from "./cloud/index.ts";
import type { Plant } from "./plant.ts";
import type { Trace } from "./trace/trace.ts";

export interface RunGiven {
  readonly plant: Plant;
  readonly seed: number;
  readonly trace: Trace;
}

export interface CloudGiven {
  /** The value of the tag that makes an instance the fleet's. */
  readonly tag: string;
  readonly newestMinute: NewestMinute;
}

export function cloudFor({ plant, seed, trace }: RunGiven, { tag, newestMinute }: CloudGiven): Cloud {
  const cloud = createCloud({
    ...usualCloud,
    plant,
    seed,
    startAt: trace.startAt,
    traffic: trafficOf(trace),
    faults: calmFaults(),
    newestMinute,
  });
  cloud.seedServing(initialCount(plant, trace.loads[0] ?? 0), { [fleetTag]: tag });
  return cloud;
}

/** Serving when the first minute begins: what its load needs at 60 %. */
const initialCount = ({ min, capacityPerMinute }: Plant, load: number): number =>
  Math.max(min, Math.ceil(load / (0.6 * capacityPerMinute) - 1e-9));

/** Nobody asks for requests outside the trace; a filled minute is missing to controllers, not to the fleet. */
function trafficOf(trace: Trace): Traffic {
  const indexOf = (at: EpochMs): number => Math.round((at - trace.startAt) / minuteMs);
  return {
    load: (at) => trace.loads[indexOf(at)] ?? 0,
    filled: (at) => trace.filled[indexOf(at)] === 1,
  };
}
