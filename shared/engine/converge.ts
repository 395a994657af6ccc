// Which ones: turns the target and the instances into actions, at most one for an existing instance.
import type { Policy } from "../policy/index.ts";
import { breakerOf, roomUnder, toldOf } from "./breaker.ts";
import { type Leavers, leaversOf, surgeOf } from "./leavers.ts";
import { backward, forward, type Leaving, type Make } from "./moves.ts";
import { isGoing, isSound, type Phase, type Staged, stage } from "./phase.ts";
import { spreadOver, subnetsFor } from "./places.ts";
import { split } from "./purchase.ts";
import { apart, reserveIn } from "./reserve.ts";
import { outage, replaceable } from "./sick.ts";
import { partial, settled } from "./signals.ts";
import { pickTakenBack } from "./takeBack.ts";
import { pickKept, pickStarted, reserveTold, type Tended, tend } from "./tend.ts";
import type { Action, InstancesView, Memory, Reason, Snapshot } from "./types.ts";
import { pickVictims } from "./victims.ts";

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

/** One CreateFleet, and what one look may take on; the next look goes on. */
export const launchCountMax = 500;
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

/** Actions in the order they are to run: what adds capacity first. */
export function converge(policy: Policy, snapshot: Snapshot, given: { memory: Memory; target: number }): Convergence {
  const view = snapshot.instances;
  if (view.kind === "missing") return { actions: [], calm: false, servingCount: 0, told: [] };
  if (view.kind === "resting") return atRest(snapshot, view, given.target);
  const ownTarget = Math.max(0, given.target - view.foreignCount);
  const { memory } = given;
  const { staged, unseenCount } = stage(policy, snapshot, memory);
  const { templateVersion } = view;
  const tended: Tended = { policy, snapshot, memory, reserve: apart(snapshot, memory).reserve, templateVersion };
  const leavers = leaversOf(policy, snapshot, { staged, memory, target: given.target, templateVersion });
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
  const room = roomFor(policy, snapshot, {
    leavers,
    countedCount,
    livingCount: staged.filter((one) => !isGoing(one)).length + unseenCount,
  });
  const started = pickStarted(tended, Math.min(launchCountMax, shortage - takenBack.length, room));
  const launchCount = Math.min(
    ...[launchCountMax, shortage - takenBack.length - started.length, room - started.length],
    roomUnder(breaker, snapshot.now),
  );
  const drained = staged.filter(({ phase }) => phase === "drained").map(({ instance }) => instance);
  const kept = pickKept(tended, drained);
  const version = breaker.kind === "last-good" ? breaker.templateVersion : templateVersion;
  const actions = [
    ...takenBack.map((id): Action => ({ kind: "take-back", id: make("take-back", id), instance: id })),
    ...moving.flatMap((one) => (victims.has(one.instance.id) || goes(one.instance) ? [] : forward(one, make))),
    ...started.map((id): Action => ({ kind: "start", id: make("start", id), instance: id })),
    ...(launchCount > 0
      ? [launch(policy, snapshot, { counted, launchCount, make, templateVersion: version, memory })]
      : []),
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

/** A fleet at rest is calm as long as all its hosts are counted and no other number is wanted: else it wants a whole look. */
function atRest(snapshot: Snapshot, view: Extract<InstancesView, { kind: "resting" }>, target: number): Convergence {
  const hosts = settled(snapshot, "healthy-hosts");
  const servingCount = view.serving.length + view.foreignCount;
  // A young minute may lack sums, not hosts: one that counts others than expected is news all the same.
  const newest = hosts.kind === "read" ? [...hosts.points.slice(-1), ...partial(snapshot, "healthy-hosts")] : [];
  const isCounted = newest.length > 0 && newest.every(({ value }) => value === servingCount);
  const isEnough = view.serving.length === Math.max(0, target - view.foreignCount);
  return { actions: [], calm: isEnough && isCounted, servingCount, told: [] };
}

interface Room {
  readonly leavers: Leavers;
  readonly countedCount: number;
  readonly livingCount: number;
}

/**
 * Where nothing may be terminated, what never turns healthy is not replaced without end; and what stands beside those it replaces
 * passes the maximum by no more than the surge.
 */
function roomFor(policy: Policy, { brakes }: Snapshot, { leavers, countedCount, livingCount }: Room): number {
  const { max } = policy.bounds;
  const beside = countedCount + leavers.renewed.size;
  const surging = leavers.renewed.size === 0 ? launchCountMax : Math.max(0, max + surgeOf(policy, max) - beside);
  return brakes.length === 0 ? surging : Math.min(surging, Math.max(0, max - livingCount));
}

/** `<fleet>@<generation>/<kind>[/<instance>]`: the same decision names its actions the same. */
function actionMaker({ fleet, previous }: Snapshot): Make {
  const generation = generationAfter(previous);
  return (kind, instance) => `${fleet}@${generation}/${kind}${instance === "" ? "" : `/${instance}`}`;
}

/** The generation that a decision upon this snapshot will have. */
export const generationAfter = (previous: Snapshot["previous"]): number =>
  previous.kind === "none" ? 1 : previous.generation + 1;

interface Wanted {
  readonly counted: readonly Staged[];
  readonly launchCount: number;
  readonly make: Make;
  readonly templateVersion: string;
  readonly memory: Memory;
}

function launch(policy: Policy, snapshot: Snapshot, wanted: Wanted): Action {
  const { counted, launchCount, make, templateVersion, memory } = wanted;
  const onDemandCount = counted.filter(({ instance }) => instance.purchase === "on-demand").length;
  const spotAllowed = !lacksSpot(snapshot);
  const counts = split(policy, { launchCount, onDemandCount, counted: counted.length, spotAllowed });
  const subnets = subnetsFor(policy, memory, counted);
  return {
    kind: "launch",
    id: make("launch", ""),
    ...counts,
    templateVersion,
    subnets,
    ...spreadOver(subnets, counted, counts.onDemandCount),
  };
}

/** On demand: spot instances cannot be stopped. */
function launchForReserve(
  { policy, memory, templateVersion }: Tended,
  { launchCount, make, counted }: Pick<Wanted, "launchCount" | "make" | "counted">,
): readonly Action[] {
  if (launchCount === 0) return [];
  const subnets = subnetsFor(policy, memory, counted);
  const counts = { onDemandCount: Math.min(launchCountMax, launchCount), spotCount: 0 };
  const spread = spreadOver(subnets, counted, counts.onDemandCount);
  return [{ kind: "launch", id: make("launch", ""), ...counts, templateVersion, subnets, ...spread, for: "reserve" }];
}

/** Spot that could not be had a look ago is bought on demand now, as a new request with a token of its own. */
function lacksSpot({ previous }: Snapshot): boolean {
  if (previous.kind === "none") return false;
  const short = new Set(
    previous.outcomes.filter(({ kind }) => kind === "insufficient-capacity").map(({ action }) => action),
  );
  return previous.actions.some((action) => action.kind === "launch" && action.spotCount > 0 && short.has(action.id));
}
