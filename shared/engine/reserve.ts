// The reserve: instances of the fleet that are stopped, or launched to be. Who they are stands in memory alone: what somebody else has
// stopped is not Tidegate's to start.
import { type DurationMs, minuteMs } from "../core/index.ts";
import { oldestFirst } from "./age.ts";
import { staleReadMs } from "./reads.ts";
import type { Action, Instance, Memory, Outcome, ReserveMemory, Snapshot } from "./types.ts";

/** One that went before it was stopped counts for so long all the same: what dies at once is not bought every minute. */
const goneKeptMs: DurationMs = 30 * minuteMs;

const none: ReserveMemory = { filling: [], kept: [] };

export const reserveIn = ({ reserve = none }: Pick<Memory, "reserve">): ReserveMemory => reserve;

/** Brought up to this look; nothing where there is none. */
export function reserveAfter(snapshot: Snapshot): Pick<Memory, "reserve"> {
  const { filling, kept } = seenIn(snapshot, heard(snapshot));
  return filling.length + kept.length === 0 ? {} : { reserve: { filling, kept } };
}

/** What the newest row's actions did. */
function heard({ memory, previous }: Snapshot): ReserveMemory {
  const known = reserveIn(memory);
  if (previous.kind === "none") return known;
  const did = doneBy(previous.outcomes);
  const of = (is: (action: Action) => boolean): readonly string[] =>
    previous.actions.filter(is).flatMap(({ id }) => did.get(id) ?? []);
  const launched = of((action) => action.kind === "launch" && action.for === "reserve");
  const stopped = previous.actions.flatMap((action) => (action.kind === "stop" ? [action.instance] : []));
  const left = new Set(of(({ kind }) => kind === "start" || kind === "terminate"));
  const since = previous.at;
  // Whatever came of the call: one that failed may have stopped it all the same, and one that still runs is soon the fleet's again.
  const added = (ids: readonly string[], to: ReserveMemory["kept"]): ReserveMemory["kept"] => [
    ...to.filter(({ id }) => !left.has(id)),
    ...ids.filter((id) => !to.some((one) => one.id === id)).map((id) => ({ id, since })),
  ];
  const isStopped = new Set(stopped);
  return {
    filling: added(launched, known.filling).filter(({ id }) => !isStopped.has(id)),
    kept: added(stopped, known.kept),
  };
}

const doneBy = (outcomes: readonly Outcome[]): ReadonlyMap<string, readonly string[]> =>
  new Map(outcomes.map((outcome) => [outcome.action, "instances" in outcome ? outcome.instances : []]));

/**
 * What somebody else has started, registered or terminated is of the reserve no longer. What was to be stopped and is stopped is kept,
 * whoever did it: an answer may have been lost.
 */
function seenIn({ instances: view, now }: Snapshot, { filling, kept }: ReserveMemory): ReserveMemory {
  if (view.kind !== "seen") return { filling, kept };
  const seen = new Map(view.instances.map((instance) => [instance.id, instance]));
  const isStopped = ({ id }: Entry): boolean => stoppedStates.has(seen.get(id)?.state);
  // A stale read shows it running, but never in service: it was not when it was stopped.
  const isJustStopped = ({ id, since }: Entry): boolean =>
    now - since < staleReadMs && seen.get(id)?.target.kind !== "healthy";
  const isFilling = ({ id, since }: Entry): boolean => {
    const instance = seen.get(id);
    return instance === undefined ? now - since < goneKeptMs : isOnItsWay(instance);
  };
  return {
    filling: filling.filter(isFilling),
    kept: [...kept.filter((one) => isStopped(one) || isJustStopped(one)), ...filling.filter(isStopped)],
  };
}

type Entry = ReserveMemory["kept"][number];

const stoppedStates: ReadonlySet<Instance["state"] | undefined> = new Set<Instance["state"]>(["stopping", "stopped"]);

/** Or on its way out: it counts for a while, so that what dies is not bought every minute. */
const isOnItsWay = ({ state, target }: Instance): boolean =>
  state === "shutting-down" || ((state === "pending" || state === "running") && target.kind === "unregistered");

/** Those that are to serve; the others are the reserve, oldest first. `memory` is brought up to this look. */
export function apart(
  { instances: view, now }: Pick<Snapshot, "instances" | "now">,
  memory: Memory,
): { readonly fleet: Snapshot["instances"]; readonly reserve: readonly Instance[] } {
  if (view.kind !== "seen") return { fleet: view, reserve: [] };
  const { filling, kept } = reserveIn(memory);
  const started = startedLately(memory, now);
  if (filling.length + kept.length + started.size === 0) return { fleet: view, reserve: [] };
  const ids = new Set([...filling, ...kept].map(({ id }) => id));
  const fleet = view.instances
    .filter(({ id }) => !ids.has(id))
    .map((one) => (started.has(one.id) ? asStarted(one) : one));
  const reserve = view.instances.filter(({ id }) => ids.has(id)).toSorted(oldestFirst);
  return { fleet: { ...view, instances: fleet }, reserve };
}

const startedLately = ({ launching }: Memory, now: number): ReadonlySet<string> =>
  new Set(
    launching
      .filter(
        ({ requestedAt, marks }) => now - requestedAt < staleReadMs && marks.some(({ kind }) => kind === "restarted"),
      )
      .map(({ id }) => id),
  );

/** A stale read shows it stopped. */
const asStarted = (instance: Instance): Instance =>
  instance.state === "stopped" ? { ...instance, state: "pending" } : instance;
