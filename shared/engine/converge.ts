// Which ones: turns the target and the instances into actions, at most one for an existing instance.
import type { Policy } from "../policy/index.ts";
import type { Standing } from "./balance.ts";
import { breakerOf, toldOf } from "./breaker.ts";
import { grow, launchForReserve } from "./grow.ts";
import { type Leavers, leaversOf } from "./leavers.ts";
import { backward, forward, type Leaving, type Make } from "./moves.ts";
import { countedPhases, isGoing, isSound, type Staged, stage } from "./phase.ts";
import { apart, reserveIn } from "./reserve.ts";
import { outage, replaceable } from "./sick.ts";
import { partial, settled } from "./signals.ts";
import { pickTakenBack } from "./takeBack.ts";
import { pickKept, reserveTold, type Tended, tend } from "./tend.ts";
import type { Action, InstancesView, Reason, Snapshot } from "./types.ts";
import { pickVictims } from "./victims.ts";

/** RegisterTargets, DeregisterTargets and TerminateInstances take this many comfortably in one look. */
export const actionCountMax = 1_000;

export interface Convergence {
  readonly actions: readonly Action[];
  /** Nothing is under way, nobody is unwell and serving equals the target. */
  readonly calm: boolean;
  /** Instances that take traffic, foreign ones too. */
  readonly servingCount: number;
  /** What else than the number is to be said of the instances. */
  readonly told: readonly Reason[];
}

export interface Wish extends Pick<Standing, "memory" | "mayShrink"> {
  readonly target: number;
}

/** Actions in the order they are to run: what adds capacity first. */
export function converge(policy: Policy, snapshot: Snapshot, given: Wish): Convergence {
  const view = snapshot.instances;
  if (view.kind === "missing") return { actions: [], calm: false, servingCount: 0, told: [] };
  if (view.kind === "resting") return atRest(policy, snapshot, { view, ...given });
  const ownTarget = Math.max(0, given.target - view.foreignCount);
  const { memory } = given;
  const { staged, unseenCount } = stage(policy, snapshot, memory);
  const { templateVersion } = view;
  const tended: Tended = { policy, snapshot, memory, reserve: apart(snapshot, memory).reserve, templateVersion };
  const leavers = leaversOf(policy, snapshot, { ...given, ownTarget, staged, unseenCount, templateVersion });
  const { sick, isOutage } = replaceable(staged, memory);
  const goes = ({ id }: Staged["instance"]): boolean => leavers.interrupted.has(id) || leavers.renewed.has(id);
  const counted = staged.filter(
    ({ phase, instance }) =>
      !goes(instance) && (countedPhases.includes(phase) || (phase === "unhealthy" && !sick.has(instance.id))),
  );
  const countedCount = counted.length + unseenCount;
  const shortage = ownTarget - countedCount;
  const noticed = new Set(snapshot.notices.map(({ instance }) => instance));
  const victims = pickVictims(counted, { surplus: -shortage, target: ownTarget, templateVersion, noticed });
  const takenBack = pickTakenBack(policy, snapshot, { staged, shortage, memory, leavers, templateVersion });
  const leaving = whoLeaves(staged, { counted, leavers, target: ownTarget });
  const make = actionMaker(snapshot);
  // Most of a fleet serves and goes on serving: only the rest is asked for its next action.
  const moving = staged.filter(
    ({ phase, instance }) => phase !== "serving" || victims.has(instance.id) || leaving.has(instance.id),
  );
  const breaker = breakerOf(memory, templateVersion);
  const livingCount = staged.filter((one) => !isGoing(one)).length + unseenCount;
  const { started, launched } = grow(policy, snapshot, {
    ...{ tended, leavers, breaker, make, counted, countedCount, livingCount },
    shortage: shortage - takenBack.length,
  });
  const drained = staged.filter(({ phase }) => phase === "drained").map(({ instance }) => instance);
  const kept = pickKept(tended, drained);
  const actions = [
    ...takenBack.map((id): Action => ({ kind: "take-back", id: make("take-back", id), instance: id })),
    ...moving.flatMap((one) => (victims.has(one.instance.id) || goes(one.instance) ? [] : forward(one, make))),
    ...started.map((id): Action => ({ kind: "start", id: make("start", id), instance: id })),
    ...launched,
    ...(snapshot.brakes.length > 0
      ? []
      : moving.flatMap((one) => backward(one, { victims, sick, leaving, kept, make }))),
  ].slice(0, actionCountMax);
  const sound = staged.filter(isSound);
  const isCalm =
    actions.length === 0 && staged.length === sound.length && sound.length === ownTarget && unseenCount === 0;
  const tending = tend(tended, { isCalm, make });
  const refill = launchForReserve(tended, { launchCount: tending.launchCount, make, counted });
  return {
    actions: [...actions, ...tending.actions, ...refill].slice(0, actionCountMax),
    calm: isCalm && tending.actions.length + refill.length === 0 && reserveIn(memory).filling.length === 0,
    servingCount: sound.length + view.foreignCount,
    told: [
      ...leavers.told,
      ...outage(staged, isOutage),
      ...toldOf(breaker, templateVersion),
      ...reserveTold(policy, memory),
    ],
  };
}

/** The interrupted at once; of the renewed as many as others serve in place of. */
function whoLeaves(
  staged: readonly Staged[],
  { counted, leavers, target }: { counted: readonly Staged[]; leavers: Leavers; target: number },
): ReadonlyMap<string, Leaving> {
  const places = counted.filter(isSound);
  const renewed = [...leavers.renewed];
  const spare = Math.max(0, places.length + renewed.length - target);
  const isIn = ({ target: { kind } }: Staged["instance"]) => kind !== "unregistered" && kind !== "draining";
  const interrupted = staged.filter(({ instance }) => leavers.interrupted.has(instance.id) && isIn(instance));
  return new Map<string, Leaving>([
    ...interrupted.map(({ instance }): [string, Leaving] => [instance.id, "interrupted"]),
    ...renewed.slice(0, spare),
  ]);
}

interface Resting {
  readonly view: Extract<InstancesView, { kind: "resting" }>;
}

/** A fleet at rest is calm as long as all its hosts are counted and no other number is wanted: else it wants a whole look. */
function atRest(policy: Policy, snapshot: Snapshot, { view, target, memory }: Wish & Resting): Convergence {
  const hosts = settled(snapshot, "healthy-hosts");
  const servingCount = view.serving.length + view.foreignCount;
  // A young minute may lack sums, not hosts: one that counts others than expected is news all the same.
  const newest = hosts.kind === "read" ? [...hosts.points.slice(-1), ...partial(snapshot, "healthy-hosts")] : [];
  const isCounted = newest.length > 0 && newest.every(({ value }) => value === servingCount);
  const isEnough = view.serving.length === Math.max(0, target - view.foreignCount);
  return { actions: [], calm: isEnough && isCounted, servingCount, told: reserveTold(policy, memory) };
}

/** `<fleet>@<generation>/<kind>[/<instance>]`: the same decision names its actions the same. */
function actionMaker({ fleet, previous }: Snapshot): Make {
  const generation = generationAfter(previous);
  return (kind, instance) => `${fleet}@${generation}/${kind}${instance === "" ? "" : `/${instance}`}`;
}

/** The generation that a decision upon this snapshot will have. */
export const generationAfter = (previous: Snapshot["previous"]): number =>
  previous.kind === "none" ? 1 : previous.generation + 1;
