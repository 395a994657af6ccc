// Where an instance stands on its way from launched to gone: EC2, the load balancer and memory each know a part.
import { minuteMs } from "../core/index.ts";
import type { Policy } from "../policy/index.ts";
import { patienceOf } from "./leadTime.ts";
import { hasMark } from "./memory.ts";
import { staleReadMs } from "./reads.ts";
import { apart } from "./reserve.ts";
import type { Instance, LaunchingInstance, Memory, Snapshot } from "./types.ts";

export type Phase =
  | "booting"
  | "cold"
  | "warming"
  | "warm-failed"
  | "ready"
  | "registering"
  | "returning"
  | "serving"
  | "unhealthy"
  | "never-healthy"
  | "draining"
  | "drained"
  | "leaving";

/** Phases that count towards the target: on the way or there. Draining ones serve nobody new. */
export const countedPhases: readonly Phase[] = [
  "booting",
  "cold",
  "warming",
  "ready",
  "registering",
  "returning",
  "serving",
];

/** One instance and its phase. */
export interface Staged {
  readonly instance: Instance;
  readonly phase: Phase;
}

/** It takes traffic and is well. */
export const isSound = ({ phase, instance }: Staged): boolean =>
  phase === "serving" && instance.target.kind === "healthy";

/** Taken out of the traffic, and not gone yet. */
export const isGoing = ({ phase }: Staged): boolean => phase === "draining" || phase === "drained";

/** Another version of the launch template made it. One whose version nobody knows is not outdated. */
export const isOutdated = ({ templateVersion }: Instance, wanted: string): boolean =>
  templateVersion !== "" && templateVersion !== wanted;

/** Unhealthy for longer than this is sick, not a slow minute. */
const unhealthyGraceMs = 2 * minuteMs;
/** What a warmer may take over its own timeout before it counts as lost. */
export const warmGraceMs = minuteMs;

/** Every instance that is to serve with its phase, and the launches that EC2 does not show. */
export function stage(
  policy: Policy,
  snapshot: Snapshot,
  memory: Memory,
): { staged: readonly Staged[]; unseenCount: number } {
  const { fleet } = apart(snapshot, memory);
  if (fleet.kind !== "seen") return { staged: [], unseenCount: 0 };
  const { instances, deregistrationDelayMs } = fleet;
  const context: Context = {
    policy,
    now: snapshot.now,
    drainMs: Math.max(policy.drain.timeoutMs, deregistrationDelayMs),
    patienceMs: patienceOf(policy, memory),
    launching: new Map(memory.launching.map((entry) => [entry.id, entry])),
    drainingSince: new Map(memory.draining.map(({ id, since }) => [id, since])),
    unhealthySince: new Map(memory.unhealthy.map(({ id, since }) => [id, since])),
  };
  const staged = instances.map((instance) => ({ instance, phase: phaseOf(instance, context) }));
  const shown = new Set(instances.map(({ id }) => id));
  return { staged, unseenCount: memory.launching.filter(({ id }) => !shown.has(id)).length };
}

interface Context {
  readonly policy: Policy;
  readonly now: number;
  readonly drainMs: number;
  readonly patienceMs: number;
  readonly launching: ReadonlyMap<string, LaunchingInstance>;
  readonly drainingSince: ReadonlyMap<string, number>;
  readonly unhealthySince: ReadonlyMap<string, number>;
}

function phaseOf(instance: Instance, context: Context): Phase {
  if (instance.state !== "pending" && instance.state !== "running") return "leaving";
  const since = context.drainingSince.get(instance.id);
  if (since !== undefined) return drainPhase(instance, context, since);
  if (instance.target.kind === "healthy") return "serving";
  const launch = context.launching.get(instance.id);
  if (!launch) return sickPhase(instance, context);
  const isRegistered = isJustRegistered(launch, context.now);
  if (!isRegistered && context.now - launch.requestedAt >= context.patienceMs) return "never-healthy";
  if (instance.state === "pending") return "booting";
  if (instance.target.kind === "unregistered" && !isRegistered) return warmPhase(instance, launch, context);
  return hasMark(launch, "taken-back") ? "returning" : "registering";
}

/**
 * The load balancer's own delay and the policy's wait both have to be over. One that counts what is in flight has no delay of its own:
 * there it is the wait alone, and less where nothing is in flight at a later look than the one that drained it. What may be taken back
 * is kept for the whole wait all the same: a boot costs more.
 */
function drainPhase({ target }: Instance, { policy, now, drainMs }: Context, since: number): Phase {
  const isOver = now - since >= drainMs;
  if (target.kind !== "draining" || !("inFlightCount" in target))
    return target.kind === "unregistered" && isOver ? "drained" : "draining";
  const isIdle = target.inFlightCount === 0 && now > since;
  return isOver || (isIdle && policy.drain.takeBack === "never") ? "drained" : "draining";
}

/** It may be serving by now, whatever a stale read shows, and however late it came to be registered. */
const isJustRegistered = ({ marks }: LaunchingInstance, now: number): boolean =>
  marks.some(({ kind, at }) => kind === "registered" && now - at < staleReadMs);

/** It served once. A target that has never been healthy is still registering: applications start slowly. */
function sickPhase(instance: Instance, { now, unhealthySince }: Context): Phase {
  const since = unhealthySince.get(instance.id) ?? now;
  return now - since >= unhealthyGraceMs ? "unhealthy" : "serving";
}

function warmPhase(instance: Instance, launch: LaunchingInstance, { policy, now }: Context): Phase {
  if (policy.warm.kind === "none" || instance.warm.kind === "done") return "ready";
  const failed: Phase = policy.warm.onFailure === "serve" ? "ready" : "warm-failed";
  if (instance.warm.kind === "failed" || hasMark(launch, "warm-refused")) return failed;
  const started = launch.marks.find(({ kind }) => kind === "warm-started");
  if (!started) return "cold";
  return now - started.at >= policy.warm.timeoutMs + warmGraceMs ? failed : "warming";
}
