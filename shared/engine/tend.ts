// What is done with the reserve: started when instances are short, before any is launched; filled, and kept of the template's version,
// when the fleet is calm.
import { type DurationMs, hourMs } from "../core/index.ts";
import type { Policy } from "../policy/index.ts";
import { youngestFirst } from "./age.ts";
import { breakerOf } from "./breaker.ts";
import type { Make } from "./moves.ts";
import { isOutdated, warmGraceMs } from "./phase.ts";
import { reserveIn } from "./reserve.ts";
import type { Action, Instance, Memory, Reason, Snapshot, Unkept } from "./types.ts";

/** What cannot be stopped for so long is let go. */
const fillingMaxMs: DurationMs = hourMs;

export interface Tended {
  readonly policy: Policy;
  readonly snapshot: Snapshot;
  readonly memory: Memory;
  readonly reserve: readonly Instance[];
  /** Of the launch template, as the policy wants it. */
  readonly templateVersion: string;
}

const wantedCount = ({ reserve }: Policy): number => (reserve.kind === "none" ? 0 : reserve.count);

/**
 * Who is started: of the template's version first. Whose start was refused at the last look is left out of this one, so that something
 * else is launched in its place; and so is a version whose launches fail.
 */
export function pickStarted({ snapshot, memory, reserve, templateVersion }: Tended, count: number): readonly string[] {
  if (count <= 0) return [];
  const refused = refusedAt(snapshot, "start");
  const rank = (instance: Instance): number => (isOutdated(instance, templateVersion) ? 1 : 0);
  return reserve
    .filter(
      ({ id, state, templateVersion: version }) => state === "stopped" && !refused.has(id) && !isBad(memory, version),
    )
    .toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1))
    .slice(0, count)
    .map(({ id }) => id);
}

const isBad = (memory: Memory, version: string): boolean =>
  version !== "" && breakerOf(memory, version).kind !== "closed";

function refusedAt({ previous }: Snapshot, kind: Action["kind"]): ReadonlySet<string> {
  if (previous.kind === "none") return new Set();
  const done = new Set(previous.outcomes.filter(({ kind }) => kind === "done").map(({ action }) => action));
  return new Set(
    previous.actions.flatMap((action) =>
      action.kind === kind && "instance" in action && !done.has(action.id) ? [action.instance] : [],
    ),
  );
}

/** So many that have drained are stopped and kept, rather than terminated: on demand, of the template's version, the youngest first. */
export function pickKept(
  { policy, snapshot, memory, templateVersion }: Tended,
  drained: readonly Instance[],
): ReadonlySet<string> {
  const { filling, kept } = reserveIn(memory);
  const old = memory.draining.filter(({ since }) => snapshot.now - since >= fillingMaxMs);
  const unstoppable = new Set(old.map(({ id }) => id));
  const room = Math.max(0, wantedCount(policy) - filling.length - kept.length);
  const fit = drained.filter(
    (one) =>
      one.purchase === "on-demand" &&
      one.state === "running" &&
      one.target.kind === "unregistered" &&
      !unstoppable.has(one.id) &&
      !isOutdated(one, templateVersion),
  );
  const chosen = fit.toSorted(youngestFirst).slice(0, room);
  return new Set(chosen.map(({ id }) => id));
}

export interface Tending {
  readonly actions: readonly Action[];
  /** To be launched, stopped and kept. */
  readonly launchCount: number;
}

/** What the reserve itself wants. `isCalm`: the fleet has all that it wants, and nothing moves. */
export function tend(given: Tended, { isCalm, make }: { readonly isCalm: boolean; readonly make: Make }): Tending {
  const { policy, snapshot, memory, reserve } = given;
  const { filling, kept } = reserveIn(memory);
  if (snapshot.brakes.length > 0) return { actions: [], launchCount: 0 };
  const seen = new Map(reserve.map((instance) => [instance.id, instance]));
  const filled = filling.flatMap(({ id, since }) => {
    const instance = seen.get(id);
    return instance ? fill(given, { instance, ageMs: snapshot.now - since, make }) : [];
  });
  if (!isCalm || filling.length > 0) return { actions: filled, launchCount: 0 };
  const unkept = pickUnkept(given, kept.length);
  const actions = unkept.map(([id, because]) => terminate(id, because, make));
  const isClosed = !isBad(memory, given.templateVersion);
  return { actions, launchCount: isClosed ? Math.max(0, wantedCount(policy) - kept.length) : 0 };
}

const terminate = (instance: string, because: Unkept, make: Make): Action => ({
  ...{ kind: "terminate", id: make("terminate", instance), instance, because, registered: "unregistered" },
});

/** More than are wanted; else, a tenth at a time, what another version made. */
function pickUnkept({ policy, reserve, templateVersion }: Tended, keptCount: number): readonly [string, Unkept][] {
  const stopped = reserve.filter(({ state, isProtected }) => state === "stopped" && !isProtected);
  const outdated = stopped.filter((one) => isOutdated(one, templateVersion));
  const byAge = [...outdated, ...stopped.filter((one) => !outdated.includes(one))];
  const surplus = byAge.slice(0, Math.max(0, keptCount - wantedCount(policy)));
  if (surplus.length > 0) return surplus.map(({ id }) => [id, "reserve-surplus"]);
  const atOnce = Math.max(1, Math.floor(keptCount / 10));
  return outdated.slice(0, atOnce).map(({ id }) => [id, "reserve-outdated"]);
}

interface Filling {
  readonly instance: Instance;
  readonly ageMs: DurationMs;
  readonly make: Make;
}

/** The next thing on the way into the reserve: it is to have run once, and to be warm where the policy warms. */
function fill({ policy, snapshot }: Tended, { instance, ageMs, make }: Filling): readonly Action[] {
  const { id, state, isProtected } = instance;
  if (state !== "running" || isProtected) return [];
  if (ageMs >= fillingMaxMs) return [terminate(id, "reserve-failed", make)];
  const gate = gateOf(policy, snapshot, instance);
  if (gate === "failed") return [terminate(id, "reserve-failed", make)];
  if (gate === "cold") return [{ kind: "warm", id: make("warm", id), instance: id }];
  const settleMs = policy.reserve.kind === "none" ? 0 : policy.reserve.settleMs;
  return gate === "warming" || ageMs < settleMs ? [] : [{ kind: "stop", id: make("stop", id), instance: id }];
}

function gateOf({ warm }: Policy, snapshot: Snapshot, instance: Instance): "open" | "cold" | "warming" | "failed" {
  if (warm.kind === "none") return "open";
  const failed = warm.onFailure === "serve" ? "open" : "failed";
  switch (instance.warm.kind) {
    case "not-started":
      return refusedAt(snapshot, "warm").has(instance.id) ? failed : "cold";
    case "started":
      return snapshot.now - instance.warm.at < warm.timeoutMs + warmGraceMs ? "warming" : failed;
    case "done":
      return "open";
    case "failed":
      return failed;
  }
}

/** Nothing is to be said where there is none, nor is one wanted. */
export function reserveTold(policy: Policy, memory: Memory): readonly Reason[] {
  const { filling, kept } = reserveIn(memory);
  if (policy.reserve.kind === "none" && filling.length + kept.length === 0) return [];
  const eachUsd = policy.reserve.kind === "none" ? 0 : policy.reserve.usdPerHour;
  const usdPerHour = Math.round(kept.length * eachUsd * 1e4) / 1e4;
  const counts = { wantedCount: wantedCount(policy), keptCount: kept.length, fillingCount: filling.length };
  return [{ kind: "reserve", ...counts, usdPerHour }];
}
