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
  /** What metrics have of the time before the trace. */
  readonly past: Trace | "nobody came";
}

export function cloudFor({ plant, seed, trace }: RunGiven, { tag, newestMinute, past }: CloudGiven): Cloud {
  const cloud = createCloud({
    ...usualCloud,
    plant,
    seed,
    startAt: trace.startAt,
    traffic: trafficOf(trace, past),
    faults: calmFaults(),
    newestMinute,
  });
  cloud.seedServing(initialCount(plant, trace.loads[0] ?? 0), { [fleetTag]: tag });
  return cloud;
}

/** Serving when the first minute begins: what its load needs at 60 %. */
const initialCount = ({ min, capacityPerMinute }: Plant, load: number): number =>
  Math.max(min, Math.ceil(load / (0.6 * capacityPerMinute) - 1e-9));

/** Nobody asks for requests outside the trace and its past; a filled minute is missing to controllers, not to the fleet. */
function trafficOf(trace: Trace, past: Trace | "nobody came"): Traffic {
  const before = past === "nobody came" ? trace : past;
  const traceAt = (at: EpochMs): Trace => (at < trace.startAt ? before : trace);
  const indexOf = (at: EpochMs, { startAt }: Trace): number => Math.round((at - startAt) / minuteMs);
  return {
    load: (at) => traceAt(at).loads[indexOf(at, traceAt(at))] ?? 0,
    filled: (at) => traceAt(at).filled[indexOf(at, traceAt(at))] === 1,
  };
}
