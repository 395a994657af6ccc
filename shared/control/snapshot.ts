// Freezes what was read into the one value a decision is made from. Both worlds read differently; this they share.
import type { EpochMs } from "../core/index.ts";
import {
  type Brake,
  type InstancesView,
  initialMemory,
  type Memory,
  type Notice,
  type Outcome,
  type Override,
  type Previous,
  type Snapshot,
} from "../engine/index.ts";
import type { Peak, Policy } from "../policy/index.ts";
import { forecastView, type StoredForecast } from "./forecastView.ts";
import { findingsAt, type Preflight, peaksAt } from "./peaks.ts";
import { type RawMetrics, signalsOf } from "./signals.ts";
import type { Row } from "./world.ts";

/** The newest row of a fleet's log with the outcomes recorded for it. */
export type Newest =
  | { readonly kind: "none" }
  | { readonly kind: "row"; readonly row: Row; readonly outcomes: readonly Outcome[] };

export interface Readings {
  readonly now: EpochMs;
  readonly newest: Newest;
  readonly instances: InstancesView;
  readonly metrics: RawMetrics;
  /** Added beside the policy's. */
  readonly peaks: readonly Peak[];
  readonly preflight: Preflight | "none";
  readonly overrides: readonly Override[];
  readonly brakes: readonly Brake[];
  readonly notices: readonly Notice[];
  readonly forecast: StoredForecast | "none";
}

/** A log without a row begins now: its birth goes into every client token. */
export function snapshotOf(policy: Policy, readings: Readings): Snapshot {
  const { now, newest, instances, metrics, overrides, brakes } = readings;
  const peaks = peaksAt(policy, readings.peaks, now);
  return {
    now,
    fleet: policy.fleet,
    birth: newest.kind === "row" ? newest.row.snapshot.birth : now,
    instances: sorted(instances),
    signals: signalsOf(metrics, now),
    // A hundred URLs in each minute's row would be of use to nobody.
    peaks: peaks.map(({ prefetch, ...peak }) => peak),
    peakFindings: findingsAt(readings.preflight, peaks, now),
    overrides,
    brakes,
    notices: readings.notices,
    forecast: forecastView(policy, readings.forecast, { requests: metrics.requests, now }),
    memory: newest.kind === "row" ? completed(newest.row.decision.memory) : initialMemory,
    previous: previousOf(newest),
  };
}

/** A row of an older engine lacks what has been added to memory since. */
const completed = (memory: Memory): Memory => ({
  ...initialMemory,
  ...memory,
  launching: memory.launching.map((entry) => ({ ...entry, templateVersion: entry.templateVersion ?? "" })),
  sizing: begun(memory.sizing),
});

function begun(sizing: Memory["sizing"]): Memory["sizing"] {
  if (sizing.kind !== "rules" || sizing.service?.kind !== "counted") return sizing;
  const { since = "unknown", ...counted } = sizing.service;
  return { ...sizing, service: { ...counted, since } };
}

/** By id: the order a service answers in is nobody's promise. */
const sorted = (view: InstancesView): InstancesView =>
  view.kind !== "seen" ? view : { ...view, instances: [...view.instances].sort((a, b) => (a.id < b.id ? -1 : 1)) };

/** What the engine is told of the newest row. */
export function previousOf(newest: Newest): Previous {
  if (newest.kind === "none") return { kind: "none" };
  const { row, outcomes } = newest;
  return {
    kind: "row",
    generation: row.generation,
    at: row.at,
    actBy: row.actBy,
    actions: row.decision.actions,
    outcomes,
  };
}
