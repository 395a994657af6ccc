// How long a launch takes until it serves, measured from the fleet's own launches.
import { type DurationMs, hourMs, minuteMs } from "../core/index.ts";
import type { Policy } from "../policy/index.ts";
import type { LeadTime, Memory } from "./types.ts";

/** Fewer launches than this say little about a p95; the policy's assumption stands until then. */
export const launchCountMin = 5;

/** Request → serving, in ms: nearest-rank p50 and p95 of the newest launches, or the policy's `leadTime`. */
export function leadTimeOf(policy: Policy, { launches }: Memory): LeadTime {
  const assumed = policy.launch.leadTimeMs;
  if (launches.length < launchCountMin) return { p50Ms: assumed, p95Ms: assumed, launchCount: 0 };
  const known = measured.get(launches) ?? measure(launches);
  measured.set(launches, known);
  return known;
}

/** A decision asks several times, and most looks bring no new launch: the same list has the same answer. */
const measured = new WeakMap<Memory["launches"], LeadTime>();

function measure(launches: Memory["launches"]): LeadTime {
  return ranked(launches.map(({ servingMs }) => servingMs));
}

function ranked(durations: readonly DurationMs[]): LeadTime {
  const sorted = durations.toSorted((a, b) => a - b);
  const rank = (quantile: number): number => sorted[Math.ceil(quantile * sorted.length) - 1] as number;
  return { p50Ms: rank(0.5), p95Ms: rank(0.95), launchCount: sorted.length };
}

export interface LaunchStage {
  readonly stage: "running" | "warm-up ended" | "in service";
  /** From the request. */
  readonly takes: LeadTime;
}

/** What the measured lead time consists of, in order; a stage that no launch went through is left out. */
export function launchStages(launches: Memory["launches"]): readonly LaunchStage[] {
  const warmed = launches.flatMap(({ warmedMs }) => warmedMs ?? []);
  const stages = [
    { stage: "running", durations: launches.map(({ runningMs }) => runningMs) },
    { stage: "warm-up ended", durations: warmed },
    { stage: "in service", durations: launches.map(({ servingMs }) => servingMs) },
  ] as const;
  return stages.flatMap(({ stage, durations }) =>
    durations.length === 0 ? [] : [{ stage, takes: ranked(durations) }],
  );
}

/** A launch is not given up before this, nor waited for longer than that. */
const patienceMinMs = 10 * minuteMs;
export const patienceMaxMs = hourMs;

/**
 * How long a launch may take before it is given up: three times the p95, and twice the longest that was waited for. Launches
 * given up are among the measured ones, so that patience doubles: a fleet that boots slowly is waited for in the end, and one
 * that never turns healthy is bought again ever more seldom.
 */
export function patienceOf(policy: Policy, memory: Memory): DurationMs {
  const longestMs = memory.launches.reduce((most, { servingMs }) => Math.max(most, servingMs), 0);
  const patienceMs = Math.max(patienceMinMs, 3 * leadTimeOf(policy, memory).p95Ms, 2 * longestMs);
  return Math.min(Math.max(patienceMaxMs, 3 * policy.launch.leadTimeMs), patienceMs);
}
