// Carries out actions of one kind, batched where AWS batches. A refused batch is halved until what is wrong stands alone,
// since EC2 and the load balancer take all of a batch or none of it.
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Row } from "../control/index.ts";
import { error, ok, type Result } from "../core/index.ts";
import { type Action, type Outcome, originOf } from "../engine/index.ts";
import type { Policy } from "../policy/index.ts";
import { buy } from "./buy.ts";
import { launchedBy, start, stop, terminate, unknownInstanceCode } from "./ec2.ts";
import type { LaunchAction } from "./fleetRequest.ts";
import { type AskHaproxy, changeHaproxy } from "./haproxy.ts";
import { call, type Ended, type Lease, type SendOptions, unsuccessful } from "./lease.ts";
import { deregisterTargets, registerTargets, type TargetGroup } from "./loadBalancer.ts";
import { getPolicy } from "./log/facts.ts";
import { fleetKey, rowOf, type Table } from "./log/table.ts";
import { undoWarm, type WarmOrder } from "./log/warming.ts";
import { done, refused } from "./outcomes.ts";
import { clientToken } from "./tokens.ts";

export interface Clients {
  readonly ec2: EC2Client;
  readonly loadBalancer: ElasticLoadBalancingV2Client;
  readonly metrics: CloudWatchClient;
}

/** Fills an instance's caches before it serves. `start` only starts: how it went is written as a fact by the warmer. */
export type Warmer =
  | { readonly kind: "none" }
  | { readonly kind: "warmer"; start(policy: Policy, order: WarmOrder): Promise<void> };

/** All that acting takes. */
export interface Hands {
  readonly clients: Clients;
  readonly table: Table;
  readonly warmer: Warmer;
  readonly ask: AskHaproxy;
  readonly lease: Lease;
  readonly policy: Policy;
  readonly row: Row;
  targetGroup(): Promise<TargetGroup>;
}

type InstanceAction = Exclude<Action, LaunchAction>;
type TerminateAction = Extract<Action, { kind: "terminate" }>;

/** A refusal costs a handful of calls then, not hundreds. */
const batchSizeMax = 100;

/** Outcomes of the actions whose end is known. All are of one kind. */
export async function act(hands: Hands, actions: readonly Action[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const action of actions) if (action.kind === "launch") outcomes.push(...(await launch(hands, action)));
  const { listed, unlisted } = sorted(hands.row, actions);
  outcomes.push(...unlisted.flatMap((action) => untouched(hands.row, action)));
  for (let from = 0; from < listed.length; from += batchSizeMax)
    outcomes.push(...(await actOn(hands, listed.slice(from, from + batchSizeMax))));
  return outcomes;
}

async function actOn(hands: Hands, actions: readonly InstanceAction[]): Promise<readonly Outcome[]> {
  switch (actions[0]?.kind) {
    case undefined:
      return [];
    case "register":
    case "take-back":
      return await onTargets(hands, actions, { kind: "register", send: registerTargets });
    case "drain":
      return await onTargets(hands, actions, { kind: "deregister", send: deregisterTargets });
    case "start":
      return await startAll(hands, actions);
    case "stop":
      return await inHalves(hands.lease, actions, (ids, options) =>
        stop(hands.clients.ec2, { ids, isHibernated: isHibernating(hands.policy) }, options),
      );
    case "warm":
      return (await Promise.all(actions.map((action) => warm(hands, action)))).flat();
    case "terminate":
      return await terminateAll(hands, actions as readonly TerminateAction[]);
  }
}

/** Nothing is touched that the row's snapshot does not list as the fleet's own. */
function sorted({ snapshot }: Row, actions: readonly Action[]) {
  const view = snapshot.instances;
  const ours = new Set(view.kind === "seen" ? view.instances.map(({ id }) => id) : []);
  const onInstances = actions.filter((action): action is InstanceAction => action.kind !== "launch");
  return {
    listed: onInstances.filter(({ instance }) => ours.has(instance)),
    unlisted: onInstances.filter(({ instance }) => !ours.has(instance)),
  };
}

/** Only a recovery meets an instance that is not listed: it went meanwhile, or nothing could be seen at all. */
function untouched({ snapshot }: Row, action: InstanceAction): readonly Outcome[] {
  if (snapshot.instances.kind !== "seen") return [];
  if (action.kind === "terminate" || action.kind === "drain") return [done(action, action.instance)];
  return [refused(action, { kind: "failed", because: `${action.instance} is not among the fleet's instances` })];
}

async function launch(hands: Hands, action: LaunchAction): Promise<readonly Outcome[]> {
  const { clients, lease, row } = hands;
  const owner = fleetKey(hands.table, row.fleet);
  if (row.decision.kind === "recovering") {
    const came = await call(lease, (options) => launchedBy(clients.ec2, { owner, action: action.id }, options));
    if (came.kind !== "answered") return came.kind === "too-late" ? unsuccessful(action, came) : [];
    if (came.answer.length > 0) return [done(action, ...came.answer)];
  }
  const origin = await originOfLaunch(hands, action);
  if (origin.kind === "error") return [refused(action, { kind: "failed", because: origin.error })];
  const request = { ...origin.value, action, owner, generation: originOf(action.id) };
  const token = (attempt: number): string =>
    clientToken({ stage: hands.table.stage, snapshot: row.snapshot, action: action.id, attempt });
  return await buy({ ec2: clients.ec2, lease, request, token });
}

/** A recovery repeats the request unchanged, also when the policy has changed since: EC2 compares it with the first. */
async function originOfLaunch(
  { table, row, policy }: Hands,
  action: LaunchAction,
): Promise<Result<Pick<Policy, "launch"> & { readonly policyVersion: string }, string>> {
  if (row.decision.kind !== "recovering") return ok({ launch: policy.launch, policyVersion: row.policyVersion });
  const first = await rowOf(table, row.fleet, originOf(action.id));
  if (first.kind === "none") return error(`the row that decided ${action.id} is gone`);
  const { policyVersion } = first.row;
  const asked = await getPolicy(table, row.fleet, policyVersion);
  return asked === "none" ? error(`policy ${policyVersion} is gone`) : ok({ launch: asked.launch, policyVersion });
}

const isHibernating = ({ reserve }: Policy): boolean => reserve.kind === "keeps" && reserve.by === "hibernating";

/** What it was warm for is gone: it is warmed anew. */
async function startAll({ clients, lease, policy, table }: Hands, actions: readonly InstanceAction[]) {
  const ids = actions.map(({ instance }) => instance);
  if (policy.warm.kind !== "none") await undoWarm(table, policy.fleet, ids);
  return await inHalves(lease, actions, (ids, options) => start(clients.ec2, ids, options));
}

/** In HAProxy's word for it, and to an ALB. */
interface OnTargets {
  readonly kind: "register" | "deregister" | "release";
  readonly send: typeof registerTargets;
}

async function onTargets(
  hands: Hands,
  actions: readonly InstanceAction[],
  { kind, send }: OnTargets,
): Promise<readonly Outcome[]> {
  const group = await call(hands.lease, () => hands.targetGroup());
  if (group.kind !== "answered") return actions.flatMap((action) => unsuccessful(action, group));
  const { arn, loadBalancer } = group.answer;
  if (loadBalancer.kind === "haproxy") {
    const view = hands.row.snapshot.instances;
    const instances = view.kind === "seen" ? view.instances : [];
    return await changeHaproxy({ ...hands, backend: loadBalancer.backend, instances }, kind, actions);
  }
  return await inHalves(hands.lease, actions, (ids, options) =>
    send(hands.clients.loadBalancer, { arn, ids }, options),
  );
}

/** What takes traffic leaves the load balancer first; what cannot leave it stays. */
async function terminateAll(hands: Hands, actions: readonly TerminateAction[]): Promise<readonly Outcome[]> {
  const { ec2 } = hands.clients;
  const registered = actions.filter((action) => action.registered === "registered");
  const left = await onTargets(hands, registered, { kind: "release", send: deregisterTargets });
  const gone = new Set(left.filter(({ kind }) => kind === "done").map(({ action }) => action));
  const free = actions.filter((action) => action.registered === "unregistered" || gone.has(action.id));
  const terminated = await inHalves(hands.lease, free, (ids, options) => terminate(ec2, ids, options));
  return [...left.filter(({ kind }) => kind !== "done"), ...terminated];
}

type OnInstances = (ids: readonly string[], options: SendOptions) => Promise<void>;

async function inHalves(
  lease: Lease,
  actions: readonly InstanceAction[],
  send: OnInstances,
): Promise<readonly Outcome[]> {
  if (actions.length === 0) return [];
  const ended = await call(lease, (options) =>
    send(
      actions.map(({ instance }) => instance),
      options,
    ),
  );
  if (ended.kind === "answered") return actions.map((action) => done(action, action.instance));
  const isFailed = ended.kind === "refused" && ended.failure.kind === "failed";
  if (!isFailed || actions.length === 1) return actions.flatMap((action) => alone(action, ended));
  const middle = actions.length >> 1;
  const first = await inHalves(lease, actions.slice(0, middle), send);
  return [...first, ...(await inHalves(lease, actions.slice(middle), send))];
}

/** An instance that EC2 no longer knows needs no terminating. */
function alone(action: InstanceAction, ended: Exclude<Ended<never>, { kind: "answered" }>): readonly Outcome[] {
  const isUnknown =
    ended.kind === "refused" && ended.failure.kind === "failed" && ended.failure.code === unknownInstanceCode;
  return action.kind === "terminate" && isUnknown ? [done(action, action.instance)] : unsuccessful(action, ended);
}

async function warm({ lease, policy, warmer }: Hands, action: InstanceAction): Promise<readonly Outcome[]> {
  if (warmer.kind === "none") return [refused(action, { kind: "failed", because: noWarmer })];
  const order = { instance: action.instance, generation: originOf(action.id) };
  const ended = await call(lease, () => warmer.start(policy, order));
  return ended.kind === "answered" ? [done(action, action.instance)] : unsuccessful(action, ended);
}

/** What to do about it. */
export const noWarmer =
  "this deployment has no warmer: deploy with --param warmSubnets=… --param warmSecurityGroups=… (docs/warming.md)";
