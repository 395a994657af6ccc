// Which ones: turns the target and the instances into actions, at most one for an existing instance.
import type { Policy } from "../policy/index.ts";
import { breakerOf, roomUnder, toldOf } from "./breaker.ts";
import { type Leavers, leaversOf, surgeOf } from "./leavers.ts";
import { isSound, type Phase, type Staged, stage } from "./phase.ts";
import { subnetsFor } from "./places.ts";
import { split } from "./purchase.ts";
import { partial, settled } from "./signals.ts";
import { pickTakenBack } from "./takeBack.ts";
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
  const leavers = leaversOf(policy, snapshot, { staged, memory, target: given.target, templateVersion });
  const { sick, isOutage } = replaceable(staged);
  const goes = ({ id }: Staged["instance"]): boolean => leavers.interrupted.has(id) || leavers.renewed.has(id);
  const counted = staged.filter(
    ({ phase, instance }) =>
      !goes(instance) && (countedPhases.includes(phase) || (phase === "unhealthy" && !sick.has(instance.id))),
  );
  const countedCount = counted.length + unseenCount;
  const shortage = ownTarget - countedCount;
  const victims = pickVictims(counted, { surplus: -shortage, target: ownTarget, templateVersion });
  const takenBack = pickTakenBack(policy, snapshot, { staged, shortage, memory, leavers });
  const leaving = whoLeaves(staged, { counted, leavers, target: ownTarget });
  const make = actionMaker(snapshot);
  // Most of a fleet serves and goes on serving: only the rest is asked for its next action.
  const moving = staged.filter(
    ({ phase, instance }) => phase !== "serving" || victims.has(instance.id) || leaving.has(instance.id),
  );
  const breaker = breakerOf(memory, templateVersion);
  const room = roomFor(policy, snapshot, { leavers, countedCount, livingCount: staged.length + unseenCount });
  const launchCount = Math.min(launchCountMax, shortage - takenBack.length, room, roomUnder(breaker, snapshot.now));
  const version = breaker.kind === "last-good" ? breaker.templateVersion : templateVersion;
  const actions = [
    ...takenBack.map((id): Action => ({ kind: "take-back", id: make("take-back", id), instance: id })),
    ...moving.flatMap((one) => (victims.has(one.instance.id) || goes(one.instance) ? [] : forward(one, make))),
    ...(launchCount > 0
      ? [launch(policy, snapshot, { counted, launchCount, make, templateVersion: version, memory })]
      : []),
    ...(snapshot.brakes.length > 0 ? [] : moving.flatMap((one) => backward(one, { victims, sick, leaving, make }))),
  ].slice(0, actionCountMax);
  const sound = staged.filter(isSound);
  return {
    actions,
    calm: actions.length === 0 && staged.length === sound.length && sound.length === ownTarget && unseenCount === 0,
    servingCount: sound.length + view.foreignCount,
    told: [...leavers.told, ...outage(staged, isOutage), ...toldOf(breaker, templateVersion)],
  };
}

const outage = (staged: readonly Staged[], isOutage: boolean): readonly Reason[] => {
  const of = (phase: Phase): number => staged.filter((one) => one.phase === phase).length;
  return isOutage ? [{ kind: "outage", unhealthyCount: of("unhealthy"), servingCount: of("serving") }] : [];
};

type Leaving = Extract<Action, { kind: "drain" }>["because"];

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

type Make = (kind: Action["kind"], instance: string) => string;

/** `<fleet>@<generation>/<kind>[/<instance>]`: the same decision names its actions the same. */
function actionMaker({ fleet, previous }: Snapshot): Make {
  const generation = generationAfter(previous);
  return (kind, instance) => `${fleet}@${generation}/${kind}${instance === "" ? "" : `/${instance}`}`;
}

/** The generation that a decision upon this snapshot will have. */
export const generationAfter = (previous: Snapshot["previous"]): number =>
  previous.kind === "none" ? 1 : previous.generation + 1;

/** The next thing on the way to serving. */
function forward({ instance, phase }: Staged, make: Make): readonly Action[] {
  if (phase === "ready") return [{ kind: "register", id: make("register", instance.id), instance: instance.id }];
  if (phase === "cold") return [{ kind: "warm", id: make("warm", instance.id), instance: instance.id }];
  return [];
}

interface Backward {
  readonly victims: ReadonlySet<string>;
  readonly sick: ReadonlySet<string>;
  readonly leaving: ReadonlyMap<string, Leaving>;
  readonly make: Make;
}

/**
 * The next thing on the way out. What takes traffic is drained first, and so is what may take it by the time the call is made;
 * what was never registered is terminated at once. One whose registration does not show yet waits until it does.
 */
function backward({ instance, phase }: Staged, { victims, sick, leaving, make }: Backward): readonly Action[] {
  const id = instance.id;
  if (instance.isProtected) return [];
  const registered = instance.target.kind === "unregistered" ? "unregistered" : "registered";
  const terminate = (because: Extract<Action, { kind: "terminate" }>["because"]): readonly Action[] => [
    { kind: "terminate", id: make("terminate", id), instance: id, because, registered },
  ];
  const drain = (because: Leaving): readonly Action[] => [
    { kind: "drain", id: make("drain", id), instance: id, because },
  ];
  if (phase === "drained") return terminate("drained");
  if (phase === "never-healthy") return terminate("never-healthy");
  if (phase === "warm-failed") return terminate("warm-failed");
  if (sick.has(id)) return drain("unhealthy");
  const leaves = leaving.get(id);
  if (leaves !== undefined) return drain(leaves);
  if (!victims.has(id)) return [];
  if (phase === "registering" && registered === "unregistered") return [];
  return phase === "serving" || phase === "unhealthy" || phase === "registering"
    ? drain("surplus")
    : terminate("surplus");
}

/** At most a tenth at a time, and none while most are unhealthy: that is an outage, not a sick instance. */
function replaceable(staged: readonly Staged[]): { readonly sick: ReadonlySet<string>; readonly isOutage: boolean } {
  const sick = staged.filter(({ phase }) => phase === "unhealthy");
  const serving = staged.filter(({ phase }) => phase === "serving");
  if (sick.length > serving.length) return { sick: new Set(), isOutage: true };
  const atOnce = Math.max(1, Math.floor((sick.length + serving.length) / 10));
  const ids = sick.map(({ instance }) => instance.id).sort();
  return { sick: new Set(ids.slice(0, atOnce)), isOutage: false };
}

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
  return {
    kind: "launch",
    id: make("launch", ""),
    ...split(policy, { launchCount, onDemandCount, counted: counted.length, spotAllowed }),
    templateVersion,
    subnets: subnetsFor(policy, memory, counted),
  };
}

/** Spot that could not be had a look ago is bought on demand now, as a new request with a token of its own. */
function lacksSpot({ previous }: Snapshot): boolean {
  if (previous.kind === "none") return false;
  const short = new Set(
    previous.outcomes.filter(({ kind }) => kind === "insufficient-capacity").map(({ action }) => action),
  );
  return previous.actions.some((action) => action.kind === "launch" && action.spotCount > 0 && short.has(action.id));
}
