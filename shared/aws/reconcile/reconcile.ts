// What the policies ask for and what stands in the account, made one: each fleet's target group is claimed, its high alarms
// are put, alarms of nobody are deleted, and instances of nobody are counted. No instance is ever touched.
import { fleetTag } from "../../control/index.ts";
import { type EpochMs, ok, type Result } from "../../core/index.ts";
import type { Policy } from "../../policy/index.ts";
import type { Clients } from "../act.ts";
import { type Alarm, alarmPrefix, alarmsOf } from "../alarms/alarm.ts";
import { alarmsUnder, deleteAlarms, type Present, putAlarm } from "../alarms/inCloudWatch.ts";
import type { Dimensions } from "../alarms/watched.ts";
import { putFound } from "../groups.ts";
import { haproxyGroup } from "../haproxy.ts";
import { findTargetGroup, type TargetGroup } from "../loadBalancer.ts";
import { type OrphanedFleet, putOrphans } from "../log/orphans.ts";
import { fleetKey, type Table } from "../log/table.ts";
import { attempt } from "./attempt.ts";
import { claim, claimOf, groupsAtOnceMax } from "./claims.ts";
import { orphansOf } from "./orphans.ts";

export interface ReconcileOptions {
  readonly clients: Clients;
  /** Its stage is what is reconciled. */
  readonly table: Table;
  readonly policies: readonly Policy[];
  now(): EpochMs;
  /** Fleets whose turn has not come by then are left to the next run. */
  readonly until: EpochMs;
}

export interface Reconciliation {
  /** Names of alarms. */
  readonly put: readonly string[];
  readonly unchanged: readonly string[];
  readonly deleted: readonly string[];
  readonly failed: readonly FailedFleet[];
  /** Fleets that the time did not reach. */
  readonly left: readonly string[];
  readonly orphans: Result<readonly OrphanedFleet[], string>;
}

/** `claimed`: another Tidegate has the target group, and the fleet gets no alarms. `unreached`: it keeps those it has. */
export interface FailedFleet {
  readonly fleet: string;
  readonly kind: "claimed" | "unreached";
  readonly because: string;
}

/** Throws only when the alarms of the stage cannot be listed or deleted. Repeating it changes nothing more. */
export async function reconcile(options: ReconcileOptions): Promise<Reconciliation> {
  const { clients, table, policies } = options;
  const present = await alarmsUnder(clients.metrics, alarmPrefix(table.stage));
  const settled = await settleAll(options, present);
  const wanted = new Set(settled.flatMap((one) => (one.kind === "settled" ? [...one.put, ...one.unchanged] : [])));
  const keeping = new Set(settled.flatMap((one) => (keepsItsAlarms(one) ? [one.fleet] : [])));
  const deleted = [...present.keys()].filter((name) => !wanted.has(name) && !keeping.has(fleetIn(name)));
  await deleteAlarms(clients.metrics, deleted);
  return {
    put: settled.flatMap((one) => (one.kind === "settled" ? one.put : [])),
    unchanged: settled.flatMap((one) => (one.kind === "settled" ? one.unchanged : [])),
    deleted,
    failed: settled.flatMap((one) => (one.kind === "claimed" || one.kind === "unreached" ? [one] : [])),
    left: settled.flatMap((one) => (one.kind === "left" ? [one.fleet] : [])),
    orphans: await countOrphans(options, new Set(policies.map(({ fleet }) => fleet))),
  };
}

type Settled =
  | {
      readonly kind: "settled";
      readonly fleet: string;
      readonly put: readonly string[];
      readonly unchanged: readonly string[];
    }
  | { readonly kind: "left"; readonly fleet: string }
  | FailedFleet;

const keepsItsAlarms = ({ kind }: Settled): boolean => kind === "left" || kind === "unreached";
const fleetIn = (alarm: string): string => alarm.split("/")[2] ?? "";

/** Target groups side by side; the alarms one by one, since CloudWatch takes three a second. */
async function settleAll(options: ReconcileOptions, present: Present): Promise<readonly Settled[]> {
  const { policies } = options;
  const settled: Settled[] = [];
  for (let from = 0; from < policies.length; from += groupsAtOnceMax) {
    const some = policies.slice(from, from + groupsAtOnceMax);
    for (const one of await Promise.all(some.map((policy) => claimFor(options, policy))))
      settled.push(one.kind === "ours" ? await putAlarms(options, present, one) : one);
  }
  return settled;
}

interface Ours {
  readonly kind: "ours";
  readonly policy: Policy;
  readonly group: TargetGroup;
}
type Claimed = Ours | Exclude<Settled, { kind: "settled" }>;

async function claimFor({ clients, table, now, until }: ReconcileOptions, policy: Policy): Promise<Claimed> {
  const { fleet, targetGroup } = policy;
  if (now() >= until) return { kind: "left", fleet };
  // Nobody can claim HAProxy's backend: its slots are only the fleet's by their names.
  if (typeof targetGroup !== "string")
    return { kind: "ours", policy, group: haproxyGroup({ fleet, targetGroup }, table.stage) };
  const found = await attempt(() => findTargetGroup(clients.loadBalancer, targetGroup));
  if (found.kind === "error") return unreached(policy, `target group ${targetGroup}: ${found.error}`);
  const group = found.value;
  const owner = fleetKey(table, fleet);
  const state = claimOf(group.claimedBy, owner);
  if (state === "taken") return { fleet, kind: "claimed", because: taken(group) };
  const ours = { ...group, claimedBy: owner };
  const claimed = state === "ours" ? ok(undefined) : await attempt(() => claim(clients.loadBalancer, group.arn, owner));
  if (claimed.kind === "error") return unreached(policy, claimed.error);
  // After a deploy no fleet has to look for its group: thousands at once would be throttled.
  await putFound(table, policy, { group: ours, now: now() });
  return { kind: "ours", policy, group: ours };
}

const unreached = ({ fleet }: Policy, because: string): FailedFleet => ({ fleet, kind: "unreached", because });

const taken = ({ name, claimedBy }: TargetGroup): string =>
  `target group ${name} is claimed by ${claimedBy}: give the fleet another one, or remove the tag ${fleetTag} from it ` +
  `if ${claimedBy} is no more`;

async function putAlarms(
  { clients, table, now, until }: ReconcileOptions,
  present: Present,
  { policy, group }: Ours,
): Promise<Settled> {
  const { fleet } = policy;
  if (group.loadBalancer.kind === "none")
    return unreached(policy, `target group ${group.name} has no load balancer: add a listener that forwards to it`);
  const dimensions: Dimensions =
    group.loadBalancer.kind === "haproxy"
      ? group.loadBalancer
      : { kind: "alb", group: group.dimension, balancer: group.loadBalancer.dimension };
  const [put, unchanged]: [string[], string[]] = [[], []];
  for (const alarm of alarmsOf({ stage: table.stage, policy, dimensions })) {
    if (now() >= until) return { kind: "left", fleet };
    const ended = await attempt(() => putAlarm(clients.metrics, present, alarm));
    if (ended.kind === "error") return unreached(policy, failedAlarm(alarm, ended.error));
    (ended.value === "put" ? put : unchanged).push(alarm.name);
  }
  return { kind: "settled", fleet, put, unchanged };
}

const failedAlarm = ({ name }: Alarm, because: string): string => `alarm ${name}: ${because}`;

/** What is counted is written down, for whoever asks what stands now. */
async function countOrphans(
  { clients, table, now }: ReconcileOptions,
  fleets: ReadonlySet<string>,
): Promise<Reconciliation["orphans"]> {
  return await attempt(async () => {
    const orphans = await orphansOf(clients.ec2, { stage: table.stage, fleets });
    await putOrphans(table, { at: now(), fleets: orphans });
    return orphans;
  });
}
