// What really happened, against what must never happen. It sees every call as AWS does, and nothing of what the engine
// believes but the rows it commits.
import { type Item, readBody, readString } from "../../shared/aws/log/item.ts";
import type { Row } from "../../shared/control/index.ts";
import { type EpochMs, minuteMs, secondMs } from "../../shared/core/index.ts";
import { type Action, type Notice, targetOf, unfinishedActions } from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import type { Cloud, InstanceRow } from "../../shared/sim/index.ts";

export interface Truth {
  readonly rows: readonly Row[];
  readonly violations: readonly string[];
  /** Something from outside has taken capacity away: decisions made before it was seen are not to blame. */
  disturbed(): void;
  /** EC2 has announced a loss: from now on another may stand beside what it takes. */
  noticed(notice: Notice): void;
  /** Somebody else takes an instance out of the load balancer. */
  leftByForeignHand(id: string): void;
  /** Somebody has said stop: what is decided from now on lets nothing go. */
  stopped(at: EpochMs): void;
  resumed(): void;
  before(command: string, input: unknown): void;
  after(command: string, input: unknown, output: object): void;
  /** To be asked once a minute. */
  look(): void;
  violated(what: string): void;
}

/** A decision may rest on a read this old, act this late, and be recovered another lease and look later. */
const blamelessMs = 5 * minuteMs;

export function createTruth(cloud: Cloud, policy: Policy): Truth {
  const rows: Row[] = [];
  const violations: string[] = [];
  const launchedBy = new Map<string, Set<string>>();
  const actions = new Map<string, Action>();
  /** On their way out, by a decision or by the load balancer. */
  const leaving = new Set<string>();
  /** Not there to serve: stopped, or launched to be. */
  const putBy = new Set<string>();
  let inServiceBefore = 0;
  let disturbedAt: EpochMs = Number.NEGATIVE_INFINITY;
  let foreignHandAt: EpochMs = Number.NEGATIVE_INFINITY;
  let stoppedAt: EpochMs = Number.POSITIVE_INFINITY;
  let isRenewed = policy.renew.kind === "renews";
  const violated = (what: string): void => {
    violations.push(`${new Date(cloud.now).toISOString().slice(11, 19)} ${rows.at(-1)?.id ?? "no row"}: ${what}`);
  };

  function disturbed(): void {
    disturbedAt = cloud.now;
  }

  /** A launch that five recoveries learned nothing of is given up: what it brought all the same may show later. */
  function committed(row: Row): void {
    if (row.generation !== rows.length + 1) violated(`row ${row.id} follows ${rows.length} rows`);
    if (row.decision.kind === "refused") violated(`refused: ${row.decision.violations.join("; ")}`);
    rows.push(row);
    // What was decided before and is only asked for again is not to be taken back.
    if (row.decision.kind === "decided" && row.snapshot.now >= stoppedAt && row.decision.actions.some(isLeaving))
      violated(`row ${row.id} lets instances go, and somebody has said stop`);
    if (row.decision.kind === "decided" && unfinishedActions(row.snapshot.previous).some(isLaunch)) disturbed();
    for (const action of row.decision.actions) {
      if (action.kind === "launch") continue;
      actions.set(action.instance, action);
      if (action.kind === "terminate" && action.because !== "surplus") leaving.add(action.instance);
    }
  }

  /** Alive, and neither on its way out nor told to go by the newest row, whether or not AWS lets it. */
  function stayingCount(): number {
    const told = new Set(rows.at(-1)?.decision.actions.flatMap((one) => (isLeaving(one) ? [one.instance] : [])));
    return cloud
      .rows()
      .filter(({ id, terminatedAt }) => terminatedAt === null && !leaving.has(id) && !told.has(id) && !putBy.has(id))
      .length;
  }

  const askedBy = (id: string): number =>
    rows
      .flatMap(({ decision }) => decision.actions)
      .reduce((most, one) => (one.kind === "launch" && one.id === id ? one.onDemandCount + one.spotCount : most), 0);
  const isOfReserve = (id: string): boolean =>
    rows.some(({ decision }) => decision.actions.some((one) => one.id === id && isForReserve(one)));

  function launched(input: CreateFleetInput, output: CreateFleetOutput): void {
    const tags = input.TagSpecifications.flatMap(({ Tags }) => Tags);
    const action = tags.find(({ Key }) => Key === "tidegate:action")?.Value ?? "";
    const ids = launchedBy.get(action) ?? new Set();
    for (const id of output.Instances.flatMap(({ InstanceIds }) => InstanceIds)) ids.add(id);
    launchedBy.set(action, ids);
    const asked = askedBy(action);
    if (isOfReserve(action)) for (const id of ids) putBy.add(id);
    if (ids.size > asked) violated(`${action} asked for ${asked} and has brought ${ids.size}`);
    tooMany(action);
  }

  function tooMany(action: string): void {
    const row = rows.at(-1);
    const target = row ? targetOf(row.decision.steps) : 0;
    const count = stayingCount();
    const isBlameless = cloud.now - disturbedAt < blamelessMs;
    // A sick one counts until it is drained, and its replacement does not wait for that.
    const sick = cloud.faults.unhealthy.size > 0 ? surgeOf(target) : 0;
    const surge = isRenewed ? Math.max(sick, 1, Math.floor(policy.limits.surgeRatio * target)) : sick;
    // Who may not be let go is replaced as far as the maximum allows.
    const most = stoppedAt <= cloud.now ? policy.bounds.max : target + surge;
    if (count > most && !isBlameless) violated(`${action} leaves ${count} where the target is ${target}`);
  }

  function restarted(ids: readonly string[]): void {
    for (const id of ids) putBy.delete(id);
    for (const id of ids) leaving.delete(id);
  }

  function putAway(ids: readonly string[]): void {
    for (const id of ids) putBy.add(id);
  }

  function terminating(ids: readonly string[]): void {
    const lives = new Map(cloud.rows().map((row) => [row.id, row]));
    for (const id of ids) {
      const life = lives.get(id);
      if (life && isInUse(cloud, life)) violated(`terminates ${id}, which is ${inUse(cloud, life)}`);
    }
  }

  function drained(ids: readonly string[]): void {
    for (const id of ids) leaving.add(id);
    const surplus = ids.filter((id) => {
      const action = actions.get(id);
      return action?.kind === "drain" && action.because === "surplus";
    });
    const left = inService(cloud);
    const blameless = cloud.now - disturbedAt < blamelessMs;
    if (surplus.length > 0 && left < inServiceBefore && left < policy.bounds.min && !blameless)
      violated(`drains ${surplus.join(", ")} and leaves ${left} in service, under the minimum`);
  }

  return {
    rows,
    violations,
    violated,
    disturbed,
    noticed: ({ instance, kind }) => {
      isRenewed = true;
      if (kind === "interruption") leaving.add(instance);
    },
    stopped: (at) => {
      stoppedAt = at;
    },
    resumed: () => {
      stoppedAt = Number.POSITIVE_INFINITY;
    },
    leftByForeignHand: (id) => {
      leaving.add(id);
      foreignHandAt = cloud.now;
    },
    before: (command, input) => {
      if (command === "TerminateInstances" || command === "StopInstances")
        terminating((input as InstancesInput).InstanceIds);
      if (command === "DeregisterTargets") inServiceBefore = inService(cloud);
    },
    after: (command, input, output) => {
      if (command === "CreateFleet") launched(input as CreateFleetInput, output as CreateFleetOutput);
      if (command === "DeregisterTargets") drained(idsOf(input as TargetsInput));
      if (command === "RegisterTargets") for (const id of idsOf(input as TargetsInput)) leaving.delete(id);
      if (command === "StartInstances") restarted((input as InstancesInput).InstanceIds);
      if (command === "StopInstances") putAway((input as InstancesInput).InstanceIds);
      if (command === "PutItem" && isDecision((input as PutInput).Item))
        committed(readBody<Row>((input as PutInput).Item));
    },
    look: () => {
      const count = stayingCount();
      const { max } = policy.bounds;
      const surge = Math.max(surgeOf(max), Math.floor(policy.limits.surgeRatio * max));
      const isBlameless = cloud.now - foreignHandAt < blamelessMs;
      if (count > policy.bounds.max + surge && !isBlameless)
        violated(`${count} instances, more than ${policy.bounds.max} + ${surge}`);
    },
  };
}

/** A tenth of all, what it comes to itself included; at least one. */
const surgeOf = (count: number): number => Math.max(1, Math.floor(count / 9));

const isLaunch = ({ kind }: Action): boolean => kind === "launch";
const isForReserve = (action: Action): boolean => action.kind === "launch" && action.for === "reserve";
const isLeaving = (action: Action): action is Extract<Action, { kind: "drain" | "stop" | "terminate" }> =>
  action.kind === "drain" || action.kind === "stop" || action.kind === "terminate";
interface InstancesInput {
  readonly InstanceIds: readonly string[];
}

interface CreateFleetInput {
  readonly TagSpecifications: readonly { readonly Tags: readonly { readonly Key: string; readonly Value: string }[] }[];
}
interface CreateFleetOutput {
  readonly Instances: readonly { readonly InstanceIds: readonly string[] }[];
}
interface PutInput {
  readonly Item: Item;
}

const isDecision = (item: Item): boolean => readString(item, "sk").endsWith("#decision");

interface TargetsInput {
  readonly Targets: readonly { readonly Id: string }[];
}
const idsOf = ({ Targets }: TargetsInput): readonly string[] => Targets.map(({ Id }) => Id);

/** Users may be on it: it serves, or it left the load balancer less than the deregistration delay ago. */
function isInUse(cloud: Cloud, { id, servingAt, drainingAt, terminatedAt }: InstanceRow): boolean {
  if (terminatedAt !== null || servingAt === null || cloud.faults.unhealthy.has(id)) return false;
  return drainingAt === null || cloud.now - drainingAt < stormDrainSeconds * secondMs;
}
const inUse = (cloud: Cloud, { servingAt, drainingAt }: InstanceRow): string =>
  drainingAt === null
    ? `serving since ${(cloud.now - (servingAt ?? 0)) / secondMs} s`
    : `draining since ${(cloud.now - drainingAt) / secondMs} s`;

/** The load balancer's deregistration delay in a storm. */
export const stormDrainSeconds = 60;

const inService = (cloud: Cloud): number =>
  cloud
    .describe(cloud.now)
    .filter(({ state, target }) => state === "running" && (target.kind === "healthy" || target.kind === "unhealthy"))
    .length;
