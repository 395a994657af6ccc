// The fleet's instances with what the load balancer and the warmer say of each; or why they cannot be seen.
import type { Newest } from "../control/index.ts";
import { error, ok, type Result } from "../core/index.ts";
import type { Instance, InstancesView, TargetState, WarmState } from "../engine/index.ts";
import type { Policy } from "../policy/index.ts";
import type { Clients } from "./act.ts";
import { instancesOf, templateVersionOf } from "./ec2.ts";
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
  readonly known: readonly string[];
  readonly patience: Patience | "none";
}

export async function see({ clients, table, policy, group, known, patience }: Sight): Promise<InstancesView> {
  if (group.kind === "error") return unseen(group.error);
  const { arn, deregistrationDelayMs } = group.value;
  const owner = fleetKey(table, policy.fleet);
  const read = await attempt(() =>
    Promise.all([
      patiently(patience, () => instancesOf(clients.ec2, owner)),
      patiently(patience, () => targetStates(clients.loadBalancer, arn)),
      policy.warm.kind === "none" ? new Map<string, WarmState>() : warmOf(table, policy.fleet),
      templateVersion(clients, policy, patience),
    ]),
  );
  if (read.kind === "error") return unseen(read.error);
  const [bare, targets, warm, version] = read.value;
  const instances = bare
    .map((instance): Instance => {
      const target = targets.get(instance.id) ?? ({ kind: "unregistered" } as const);
      return { ...instance, target, warm: shownOf(warm.get(instance.id), target) };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const own = new Set([...known, ...instances.map(({ id }) => id)]);
  const foreignCount = [...targets].filter(([id, { kind }]) => kind === "healthy" && !own.has(id)).length;
  return { kind: "seen", instances, foreignCount, deregistrationDelayMs, templateVersion: version };
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

/** The ids that the newest row knew as the fleet's. */
export function idsKnown(newest: Newest): readonly string[] {
  if (newest.kind === "none") return [];
  const { instances } = newest.row.snapshot;
  return instances.kind === "seen" ? instances.instances.map(({ id }: Instance) => id) : idsAtRest(instances);
}
export const idsAtRest = (view: InstancesView): readonly string[] => (view.kind === "resting" ? view.serving : []);

/** What a service or the network refuses, as a value. */
export async function attempt<T>(read: () => Promise<T>): Promise<Result<T, Failure>> {
  try {
    return ok(await read());
  } catch (thrown) {
    return error(failureOf(thrown));
  }
}
