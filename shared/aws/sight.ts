// The fleet's instances with what the load balancer and the warmer say of each; or why they cannot be seen.
import type { Newest } from "../control/index.ts";
import { error, ok, type Result } from "../core/index.ts";
import type { Instance, InstancesView, TargetState, WarmState } from "../engine/index.ts";
import type { Policy } from "../policy/index.ts";
import type { Clients } from "./act.ts";
import { type BareInstance, instancesOf, templateVersionOf } from "./ec2.ts";
import { type AskHaproxy, type Seen, seeHaproxy } from "./haproxy.ts";
import { type TargetGroup, targetStates } from "./loadBalancer.ts";
import { fleetKey, type Table } from "./log/table.ts";
import { warmOf } from "./log/warming.ts";
import { type Failure, failureOf } from "./outcomes.ts";
import { type Patience, patiently } from "./patience.ts";

export interface Sight {
  readonly clients: Clients;
  readonly table: Table;
  readonly policy: Policy;
  readonly group: Result<TargetGroup, Failure>;
  /** Instances that were the fleet's a look ago: what the load balancer still shows of them is not somebody else's. */
  readonly known: Known;
  readonly ask: AskHaproxy;
  readonly patience: Patience | "none";
}

/** By id, and by address where the load balancer knows them so. */
export interface Known {
  readonly ids: readonly string[];
  readonly addresses: readonly string[];
}

export async function see(sight: Sight): Promise<InstancesView> {
  const { clients, table, policy, group, patience } = sight;
  if (group.kind === "error") return unseen(group.error);
  const { deregistrationDelayMs } = group.value;
  const read = await attempt(() =>
    Promise.all([
      seeTargets(sight, group.value),
      policy.warm.kind === "none" ? new Map<string, WarmState>() : warmOf(table, policy.fleet),
      templateVersion(clients, policy, patience),
    ]),
  );
  if (read.kind === "error") return unseen(read.error);
  const [{ bare, stateOf, foreignCount }, warm, version] = read.value;
  const isByAddress = group.value.loadBalancer.kind === "haproxy";
  const instances = bare
    .map((one): Instance => {
      const { address, ...instance } = one;
      const target = stateOf(one);
      const placed = isByAddress && address !== "" ? { address } : {};
      return { ...instance, ...placed, target, warm: shownOf(warm.get(instance.id), target) };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { kind: "seen", instances, foreignCount, deregistrationDelayMs, templateVersion: version };
}

interface SeenTargets extends Seen {
  readonly bare: readonly BareInstance[];
}

/** HAProxy is told which of its targets live, and so is asked after EC2. */
async function seeTargets(
  { clients, table, policy, known, ask, patience }: Sight,
  { arn, loadBalancer }: TargetGroup,
): Promise<SeenTargets> {
  const owner = fleetKey(table, policy.fleet);
  const read = () => patiently(patience, () => instancesOf(clients.ec2, owner));
  if (loadBalancer.kind === "haproxy") {
    const bare = await read();
    const asked = { instances: bare, known: known.addresses };
    return { bare, ...(await patiently(patience, () => seeHaproxy(ask, loadBalancer.backend, asked))) };
  }
  const [bare, targets] = await Promise.all([
    read(),
    patiently(patience, () => targetStates(clients.loadBalancer, arn)),
  ]);
  const own = new Set([...known.ids, ...bare.map(({ id }) => id)]);
  return {
    bare,
    stateOf: ({ id }) => targets.get(id) ?? { kind: "unregistered" },
    foreignCount: [...targets].filter(([id, { kind }]) => kind === "healthy" && !own.has(id)).length,
  };
}

/** What was measured is told until the instance serves: later rows are not to carry it for a day. */
function shownOf(state: WarmState | undefined, target: TargetState): WarmState {
  if (state === undefined) return { kind: "not-started" };
  if (!("result" in state) || target.kind !== "healthy") return state;
  const { result, ...told } = state;
  return told;
}

const unseen = ({ kind, because }: Failure): InstancesView => ({
  kind: "missing",
  how: kind === "throttled" ? "throttled" : "failed",
  because,
});

/** A template that cannot be read is asked for as the policy spells it: the launch then says what is wrong with it. */
async function templateVersion(
  { ec2 }: Clients,
  { launch: { template } }: Policy,
  patience: Patience | "none",
): Promise<string> {
  const read = await attempt(() => patiently(patience, () => templateVersionOf(ec2, template)));
  return read.kind === "ok" ? read.value : template.version;
}

/** Those that the newest row knew as the fleet's. */
export const knownIn = (newest: Newest): Known =>
  newest.kind === "none" ? { ids: [], addresses: [] } : knownOf(newest.row.snapshot.instances);

export function knownOf(view: InstancesView): Known {
  if (view.kind !== "seen") return { ids: view.kind === "resting" ? view.serving : [], addresses: [] };
  const { instances } = view;
  return { ids: instances.map(({ id }) => id), addresses: instances.flatMap(({ address }) => address ?? []) };
}

/** What a service or the network refuses, as a value. */
export async function attempt<T>(read: () => Promise<T>): Promise<Result<T, Failure>> {
  try {
    return ok(await read());
  } catch (thrown) {
    return error(failureOf(thrown));
  }
}
