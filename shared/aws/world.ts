// The World for real: EC2, the load balancer and CloudWatch are looked at, DynamoDB keeps the log.
import { metricsOf, type Newest, type Row, snapshotOf, type World } from "../control/index.ts";
import { type EpochMs, error, ok, type Result } from "../core/index.ts";
import type { InstancesView, Outcome, Snapshot } from "../engine/index.ts";
import type { Policy } from "../policy/index.ts";
import { act, type Clients, type Warmer } from "./act.ts";
import { instancesOf } from "./ec2.ts";
import type { AbortIn } from "./lease.ts";
import { findTargetGroup, type TargetGroup, targetStates } from "./loadBalancer.ts";
import { type Facts, facts, putFleet, putInstances, putPolicy } from "./log/facts.ts";
import { fleetKey, newest, putOutcomes, putRow, type Table } from "./log/table.ts";
import { readMetrics } from "./metrics.ts";
import { failureOf } from "./outcomes.ts";

export interface AwsWorldOptions {
  readonly clients: Clients;
  /** Its stage is the world's. */
  readonly table: Table;
  now(): EpochMs;
  /** Names this run, as no other run is named: the Lambda's request id. */
  evaluator(): string;
  readonly warmer: Warmer;
  /** The real clock's, unless time is imagined. */
  readonly abortIn?: AbortIn;
}

/** What one world remembers from look to look, to spare calls. Losing it loses nothing. */
interface Remembered {
  /** By the policy's spelling. One without a load balancer is not kept: it may get one. */
  readonly groups: Map<string, TargetGroup>;
  /** By fleet, of the newest row seen. */
  readonly policyVersions: Map<string, string>;
}

const realAbortIn: AbortIn = (leftMs) => AbortSignal.timeout(leftMs);

export function createAwsWorld(options: AwsWorldOptions): World {
  const remembered: Remembered = { groups: new Map(), policyVersions: new Map() };
  const { clients, table, warmer, now, abortIn = realAbortIn } = options;
  return {
    now,
    observe: (policy) => observe(options, remembered, policy),
    commit: (policy, row) => commit(options, remembered, { policy, row }),
    act: (policy, row, actions) => {
      const targetGroup = () => groupOf(clients, remembered, policy);
      const lease = { now, actBy: row.actBy, abortIn };
      return act({ clients, table, warmer, lease, policy, row, targetGroup }, actions);
    },
    record: (row, outcomes) => record(table, row, outcomes),
  };
}

async function observe(options: AwsWorldOptions, remembered: Remembered, policy: Policy): Promise<Snapshot> {
  const { clients, table } = options;
  const now = options.now();
  const [last, known, group] = await Promise.all([
    newest(table, policy.fleet),
    facts(table, policy.fleet),
    attempt(() => groupOf(clients, remembered, policy)),
  ]);
  rememberVersion(remembered, policy.fleet, last);
  const seen = await look(options, policy, { group, warm: known.warm });
  if (seen.kind === "missing") remembered.groups.delete(policy.targetGroup);
  const metrics = await readMetrics(clients.metrics, { names: metricsOf(policy), group, instances: seen, now });
  return snapshotOf(policy, { now, newest: last, instances: seen, metrics, overrides: known.overrides });
}

function rememberVersion({ policyVersions }: Remembered, fleet: string, last: Newest): void {
  if (last.kind === "row") policyVersions.set(fleet, last.row.policyVersion);
  else policyVersions.delete(fleet);
}

interface Known {
  readonly group: Result<TargetGroup, string>;
  readonly warm: Facts["warm"];
}

/** The fleet's instances with what the load balancer and the warmer say of each; or why they cannot be seen. */
async function look({ clients, table }: AwsWorldOptions, policy: Policy, known: Known): Promise<InstancesView> {
  if (known.group.kind === "error") return { kind: "missing", because: known.group.error };
  const { arn, deregistrationDelayMs } = known.group.value;
  const read = await attempt(() =>
    Promise.all([instancesOf(clients.ec2, fleetKey(table, policy.fleet)), targetStates(clients.loadBalancer, arn)]),
  );
  if (read.kind === "error") return { kind: "missing", because: read.error };
  const [bare, targets] = read.value;
  const instances = bare
    .map((instance) => ({
      ...instance,
      target: targets.get(instance.id) ?? ({ kind: "unregistered" } as const),
      warm: known.warm.get(instance.id) ?? ({ kind: "not-started" } as const),
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { kind: "seen", instances, deregistrationDelayMs };
}

async function groupOf({ loadBalancer }: Clients, { groups }: Remembered, policy: Policy): Promise<TargetGroup> {
  const known = groups.get(policy.targetGroup);
  if (known) return known;
  const found = await findTargetGroup(loadBalancer, policy.targetGroup);
  if (found.loadBalancer.kind === "one") groups.set(policy.targetGroup, found);
  return found;
}

async function attempt<T>(read: () => Promise<T>): Promise<Result<T, string>> {
  try {
    return ok(await read());
  } catch (thrown) {
    return error(failureOf(thrown).because);
  }
}

/** What the row refers to is there before the row is: its fleet in the list, its policy under its version. */
async function commit(
  { table, evaluator }: AwsWorldOptions,
  { policyVersions }: Remembered,
  { policy, row }: { readonly policy: Policy; readonly row: Row },
): Promise<"committed" | "superseded"> {
  if (row.generation === 1) await putFleet(table, row.fleet, row.at);
  if (policyVersions.get(row.fleet) !== row.policyVersion) await putPolicy(table, policy, row.policyVersion);
  const end = await putRow(table, row, evaluator());
  if (end === "committed") policyVersions.set(row.fleet, row.policyVersion);
  return end;
}

/** Whose the launched instances are comes first: the outcomes are what tells a later look that all is written. */
async function record(table: Table, row: Row, outcomes: readonly Outcome[]): Promise<void> {
  const launches = new Set(row.decision.actions.filter(({ kind }) => kind === "launch").map(({ id }) => id));
  const instances = outcomes.flatMap((outcome) =>
    launches.has(outcome.action) && "instances" in outcome ? outcome.instances : [],
  );
  if (instances.length > 0) await putInstances(table, row.fleet, { instances, at: row.at });
  await putOutcomes(table, row, outcomes);
}
