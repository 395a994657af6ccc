// One instance: it stores the instants of its life, and what it is at any time follows from them. No event queue, so a
// read as of earlier is the same function with an earlier time.
import { type EpochMs, type Ratio, secondMs } from "../../core/index.ts";
import type { TargetState, WarmState } from "../../engine/index.ts";
import type { InstanceState, Pool } from "./types.ts";

export type Instant = { readonly kind: "never" } | { readonly kind: "at"; readonly at: EpochMs };
export const never: Instant = { kind: "never" };
export const instant = (at: EpochMs): Instant => ({ kind: "at", at });
export const isBy = (moment: Instant, at: EpochMs): boolean => moment.kind === "at" && moment.at <= at;

export interface Machine {
  readonly id: string;
  readonly ordinal: number;
  readonly pool: Pool;
  tags: Readonly<Record<string, string>>;
  readonly launchedAt: EpochMs;
  readonly visibleAt: EpochMs;
  runningAt: EpochMs;
  fate: { readonly kind: "boots"; readonly readyAt: EpochMs } | { readonly kind: "fails"; readonly at: EpochMs };
  /** Where in the range of warming times its own lies. */
  readonly warmShare: Ratio;
  warm: WarmRun;
  /** Times in which it was stopped, oldest first. */
  readonly rests: Rest[];
  /** Its times in the target group, oldest first. */
  readonly stints: Stint[];
  /** Terminated, by a call or by its failed boot. */
  end: Instant;
}
export type WarmRun =
  | { readonly kind: "not-started" }
  | { readonly kind: "started"; readonly at: EpochMs; readonly endsAt: EpochMs; readonly ends: "done" | "failed" };
export interface Rest {
  readonly stoppedAt: EpochMs;
  startedAt: Instant;
}
export interface Stint {
  readonly registeredAt: EpochMs;
  servingAt: Instant;
  drainingAt: Instant;
}

/** From EC2's acceptance of a stop to its end. */
export const stoppingMs = 20 * secondMs;
/** From EC2's acceptance of a termination to its end. */
export const shuttingDownMs = 20 * secondMs;

export function stateAt(machine: Machine, at: EpochMs): InstanceState {
  const { end, fate } = machine;
  if (end.kind === "at" && end.at <= at) {
    const byItself = fate.kind === "fails" && fate.at === end.at;
    return byItself || end.at + shuttingDownMs <= at ? "terminated" : "shutting-down";
  }
  const rest = restAt(machine, at);
  if (rest !== undefined) return at < rest.stoppedAt + stoppingMs ? "stopping" : "stopped";
  return at < machine.runningAt ? "pending" : "running";
}

/** What EC2 calls the launch time: of the newest start. */
export const startedAt = ({ launchedAt, rests }: Machine): EpochMs =>
  rests.reduce((newest, { startedAt: at }) => (at.kind === "at" ? at.at : newest), launchedAt);

export const restAt = ({ rests }: Machine, at: EpochMs): Rest | undefined =>
  rests.find(({ stoppedAt, startedAt }) => stoppedAt <= at && !isBy(startedAt, at));

export function warmAt({ warm }: Machine, at: EpochMs): WarmState {
  if (warm.kind === "not-started" || at < warm.at) return { kind: "not-started" };
  if (at < warm.endsAt) return { kind: "started", at: warm.at };
  if (warm.ends === "done") return { kind: "done", at: warm.endsAt };
  return { kind: "failed", at: warm.endsAt, because: "the warm-up requests failed" };
}

const unregistered: TargetState = { kind: "unregistered" };
const initial: TargetState = { kind: "initial" };
const healthy: TargetState = { kind: "healthy" };
const draining: TargetState = { kind: "draining" };
const unhealthy: TargetState = { kind: "unhealthy", because: "Target.FailedHealthChecks" };

export interface TargetGroupRules {
  readonly drainMs: number;
  readonly unhealthy: ReadonlySet<string>;
}
export function targetAt(machine: Machine, at: EpochMs, rules: TargetGroupRules): TargetState {
  const stint = stintAt(machine, at);
  if (stint === undefined || isBy(machine.end, at)) return unregistered;
  if (isBy(stint.drainingAt, at)) return isBy(stint.drainingAt, at - rules.drainMs) ? unregistered : draining;
  if (!isBy(stint.servingAt, at)) return initial;
  return rules.unhealthy.has(machine.id) ? unhealthy : healthy;
}

/** Its newest time in the target group that has begun by `at`. */
export function stintAt({ stints }: Machine, at: EpochMs): Stint | undefined {
  for (let i = stints.length - 1; i >= 0; i--) {
    const stint = stints[i];
    if (stint !== undefined && stint.registeredAt <= at) return stint;
  }
  return undefined;
}

/** When a target registered at `registeredAt` serves: once the application is up and warming, if begun, has ended. */
export function servingFrom({ fate, warm }: Machine, registeredAt: EpochMs): Instant {
  if (fate.kind === "fails") return never;
  const warmedAt = warm.kind === "started" ? warm.endsAt : registeredAt;
  return instant(Math.max(registeredAt, fate.readyAt, warmedAt));
}
