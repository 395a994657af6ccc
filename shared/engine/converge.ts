// Which ones: turns the target and the instances into actions, at most one for an existing instance.
import type { Policy } from "../policy/index.ts";
import { type Phase, type Staged, stage } from "./phase.ts";
import { split } from "./purchase.ts";
import { partial, settled } from "./signals.ts";
import type { Action, InstancesView, Memory, Snapshot } from "./types.ts";
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
}

/** Actions in the order they are to run: what adds capacity first. */
export function converge(policy: Policy, snapshot: Snapshot, given: { memory: Memory; target: number }): Convergence {
  const view = snapshot.instances;
  if (view.kind === "missing") return { actions: [], calm: false, servingCount: 0 };
  if (view.kind === "resting") return atRest(snapshot, view, given.target);
  const ownTarget = Math.max(0, given.target - view.foreignCount);
  const { staged, unseenCount } = stage(policy, snapshot, given.memory);
  const sick = replaceable(staged);
  const counted = staged.filter(
    ({ phase, instance }) => countedPhases.includes(phase) || (phase === "unhealthy" && !sick.has(instance.id)),
  );
  const countedCount = counted.length + unseenCount;
  const victims = pickVictims(counted, { surplus: countedCount - ownTarget, target: ownTarget });
  const takenBack = pickTakenBack(policy, staged, { shortage: ownTarget - countedCount, memory: given.memory });
  const make = actionMaker(snapshot);
  // Most of a fleet serves and goes on serving: only the rest is asked for its next action.
  const moving = staged.filter(({ phase, instance }) => phase !== "serving" || victims.has(instance.id));
  const launchCount = Math.min(
    launchCountMax,
    ownTarget - countedCount - takenBack.length,
    roomFor(policy, snapshot, staged.length + unseenCount),
  );
  const actions = [
    ...takenBack.map((id): Action => ({ kind: "take-back", id: make("take-back", id), instance: id })),
    ...moving.flatMap((one) => (victims.has(one.instance.id) ? [] : forward(one, make))),
    ...(launchCount > 0
      ? [launch(policy, snapshot, { counted, launchCount, make, templateVersion: view.templateVersion })]
      : []),
    ...(snapshot.brakes.length > 0 ? [] : moving.flatMap((one) => backward(one, { victims, sick, make }))),
  ].slice(0, actionCountMax);
  const sound = staged.filter(
    ({ phase, instance }) => phase === "serving" && instance.target.kind === "healthy",
  ).length;
  return {
    actions,
    calm: actions.length === 0 && staged.length === sound && sound === ownTarget && unseenCount === 0,
    servingCount: sound + view.foreignCount,
  };
}

/** A fleet at rest is calm as long as all its hosts are counted and no other number is wanted: else it wants a whole look. */
function atRest(snapshot: Snapshot, view: Extract<InstancesView, { kind: "resting" }>, target: number): Convergence {
  const hosts = settled(snapshot, "healthy-hosts");
  const servingCount = view.serving.length + view.foreignCount;
  // A young minute may lack sums, not hosts: one that counts others than expected is news all the same.
  const newest = hosts.kind === "read" ? [...hosts.points.slice(-1), ...partial(snapshot, "healthy-hosts")] : [];
  const isCounted = newest.length > 0 && newest.every(({ value }) => value === servingCount);
  const isEnough = view.serving.length === Math.max(0, target - view.foreignCount);
  return { actions: [], calm: isEnough && isCounted, servingCount };
}

/** Where nothing may be terminated, what never turns healthy is not replaced without end. */
const roomFor = ({ bounds }: Policy, { brakes }: Snapshot, livingCount: number): number =>
  brakes.length === 0 ? launchCountMax : Math.max(0, bounds.max - livingCount);

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
  readonly make: Make;
}

/**
 * The next thing on the way out. What takes traffic is drained first, and so is what may take it by the time the call is made;
 * what was never registered is terminated at once. One whose registration does not show yet waits until it does.
 */
function backward({ instance, phase }: Staged, { victims, sick, make }: Backward): readonly Action[] {
  const id = instance.id;
  const registered = instance.target.kind === "unregistered" ? "unregistered" : "registered";
  const terminate = (because: Extract<Action, { kind: "terminate" }>["because"]): readonly Action[] => [
    { kind: "terminate", id: make("terminate", id), instance: id, because, registered },
  ];
  const drain = (because: "surplus" | "unhealthy"): readonly Action[] => [
    { kind: "drain", id: make("drain", id), instance: id, because },
  ];
  if (phase === "drained") return terminate("drained");
  if (phase === "never-healthy") return terminate("never-healthy");
  if (phase === "warm-failed") return terminate("warm-failed");
  if (sick.has(id)) return drain("unhealthy");
  if (!victims.has(id)) return [];
  if (phase === "registering" && registered === "unregistered") return [];
  return phase === "serving" || phase === "unhealthy" || phase === "registering"
    ? drain("surplus")
    : terminate("surplus");
}

/** At most a tenth at a time, and none while most are unhealthy: that is an outage, not a sick instance. */
function replaceable(staged: readonly Staged[]): ReadonlySet<string> {
  const sick = staged.filter(({ phase }) => phase === "unhealthy");
  const serving = staged.filter(({ phase }) => phase === "serving");
  if (sick.length > serving.length) return new Set();
  const atOnce = Math.max(1, Math.floor((sick.length + serving.length) / 10));
  const ids = sick.map(({ instance }) => instance.id).sort();
  return new Set(ids.slice(0, atOnce));
}

/** The last to leave come back first: they are the warmest. */
function pickTakenBack(
  policy: Policy,
  staged: readonly Staged[],
  { shortage, memory }: { shortage: number; memory: Memory },
): readonly string[] {
  if (policy.drain.takeBack === "never" || shortage <= 0) return [];
  const since = new Map(memory.draining.map((entry) => [entry.id, entry.since]));
  const unhealthy = new Set(memory.unhealthy.map(({ id }) => id));
  return staged
    .filter(
      ({ phase, instance }) =>
        phase === "draining" && instance.target.kind === "draining" && !unhealthy.has(instance.id),
    )
    .map(({ instance }) => instance.id)
    .sort((a, b) => (since.get(b) ?? 0) - (since.get(a) ?? 0) || (a < b ? -1 : 1))
    .slice(0, shortage);
}

interface Wanted {
  readonly counted: readonly Staged[];
  readonly launchCount: number;
  readonly make: Make;
  readonly templateVersion: string;
}

function launch(policy: Policy, snapshot: Snapshot, wanted: Wanted): Action {
  const { counted, launchCount, make, templateVersion } = wanted;
  const onDemandCount = counted.filter(({ instance }) => instance.purchase === "on-demand").length;
  const spotAllowed = !lacksSpot(snapshot);
  return {
    kind: "launch",
    id: make("launch", ""),
    ...split(policy, { launchCount, onDemandCount, counted: counted.length, spotAllowed }),
    templateVersion,
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
