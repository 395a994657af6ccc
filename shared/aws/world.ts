// The World for real: EC2, the load balancer and CloudWatch are looked at, DynamoDB keeps the log. One world serves all looks
// of a process: what they have in common is read once.
import DataLoader from "dataloader";
import {
  forecastWindowMs,
  isForecast,
  metricsOf,
  metricWindowMs,
  needOf,
  type Row,
  restingView,
  signalsOf,
  snapshotOf,
  type Versioned,
  type World,
} from "../control/index.ts";
import { type DurationMs, type EpochMs, error, ok, type Ratio, type Result } from "../core/index.ts";
import type { Action, Brake, Outcome, Snapshot } from "../engine/index.ts";
import type { Policy } from "../policy/index.ts";
import { act, type Clients, type Warmer } from "./act.ts";
import { groupAtRest, groupOf, type KnownGroups } from "./groups.ts";
import { type AskHaproxy, askNobody } from "./haproxy.ts";
import type { AbortIn } from "./lease.ts";
import type { TargetGroup } from "./loadBalancer.ts";
import { type Brakes, brakesOf, brakesOn } from "./log/brakes.ts";
import { changeRoster, type GroupFact, putFleet, putPolicy } from "./log/facts.ts";
import { type Standing, standingOf } from "./log/standing.ts";
import { putOutcomes, putRow, type Table } from "./log/table.ts";
import { createMetricReader, type MetricReader } from "./metricReader.ts";
import { readMetrics } from "./metrics.ts";
import { createTurns, gathering, type Patience, readPatienceMs, type Waiting } from "./patience.ts";
import { attempt, type Known, knownIn, knownOf, see } from "./sight.ts";

export interface AwsWorldOptions {
  readonly clients: Clients;
  /** Its stage is the world's. */
  readonly table: Table;
  now(): EpochMs;
  /** Names this run, as no other run is named: the Lambda's request id. */
  evaluator(): string;
  readonly warmer: Warmer;
  /** Left out, no fleet is behind HAProxy. */
  readonly haproxy?: AskHaproxy;
  /** The real clock's, unless time is imagined. */
  readonly abortIn?: AbortIn;
  /** Left out, nothing waits: neither for what other looks ask for alike, nor to ask again what was throttled. */
  readonly waiting?: Waiting;
}

/** What one world remembers from look to look, to spare calls. Losing it loses nothing. */
interface Remembered {
  readonly groups: KnownGroups;
  /** When a fleet could not be seen: its group may have been made anew. */
  readonly doubtedAt: Map<string, EpochMs>;
  /** By fleet, of the newest row seen. */
  readonly policyVersions: Map<string, string>;
  readonly metrics: MetricReader;
  brakes(): Promise<Brakes>;
  /** Of many looks at once, the neediest are the first to see the whole. */
  turn(need: Ratio): Promise<void>;
}

const realAbortIn: AbortIn = (leftMs) => AbortSignal.timeout(leftMs);

export function createAwsWorld(options: AwsWorldOptions): World {
  const { clients, table, warmer, now, haproxy = askNobody, abortIn = realAbortIn, waiting = "none" } = options;
  const brakes = new DataLoader((asked: readonly "brakes"[]) => brakesForAll(table, asked), gathering(waiting));
  const remembered: Remembered = {
    groups: new Map(),
    doubtedAt: new Map(),
    policyVersions: new Map(),
    metrics: createMetricReader({ cloudWatch: clients.metrics, waiting, now }),
    brakes: () => brakes.load("brakes"),
    turn: waiting === "none" ? async () => {} : createTurns(waiting),
  };
  const context: Context = { options, remembered };
  return {
    now,
    observe: (policy) => observe(context, policy),
    glance: (versioned) => glance(context, versioned),
    lookCloser: (policy, glanced, need) => lookCloser(context, policy, { glanced, need }),
    commit: (policy, row) => commit(options, remembered, { policy, row }),
    act: (policy, row, actions) => {
      const patience = patienceOf(options, needOf(row.snapshot, row.decision), row.actBy);
      const targetGroup = () => groupOf({ clients, table, groups: remembered.groups, policy, now: now(), patience });
      const lease = { now, actBy: row.actBy, abortIn, patience };
      return act({ clients, table, warmer, ask: haproxy, lease, policy, row, targetGroup }, actions);
    },
    record: (row, outcomes) => record(table, row, outcomes),
  };
}

const patienceOf = ({ now, waiting }: AwsWorldOptions, need: Ratio, until: EpochMs): Patience | "none" =>
  waiting ? { waiting, need, until, now } : "none";

/** All looks that begin together share one query. */
async function brakesForAll(table: Table, asked: readonly "brakes"[]): Promise<Brakes[]> {
  const brakes = await brakesOf(table);
  return asked.map(() => brakes);
}

interface Context {
  readonly options: AwsWorldOptions;
  readonly remembered: Remembered;
}
/** What every look begins with. */
interface Begun extends Standing {
  readonly now: EpochMs;
  readonly brakes: readonly Brake[];
}

async function begin({ options, remembered }: Context, { fleet }: Policy): Promise<Begun> {
  const { table } = options;
  const now = options.now();
  const [standing, brakes] = await Promise.all([standingOf(table, fleet), remembered.brakes()]);
  const { newest: last, group } = standing;
  if (group !== "none") adopt(remembered, fleet, group);
  if (last.kind === "row") remembered.policyVersions.set(fleet, last.row.policyVersion);
  else remembered.policyVersions.delete(fleet);
  return { ...standing, now, brakes: brakesOn(brakes, fleet) };
}

/** What another process has looked up since; unless it was in doubt here meanwhile. */
function adopt({ groups, doubtedAt }: Remembered, fleet: string, fact: GroupFact): void {
  const newest = Math.max(groups.get(fleet)?.readAt ?? 0, doubtedAt.get(fleet) ?? 0);
  if (fact.readAt > newest) groups.set(fleet, fact);
}

/** A forecast is read with an hour of requests. */
const windowOf = (policy: Policy): DurationMs => (isForecast(policy) ? forecastWindowMs : metricWindowMs);

const observe = async (context: Context, policy: Policy): Promise<Snapshot> =>
  observeWhole(context, policy, await begin(context, policy));

async function observeWhole(context: Context, policy: Policy, begun: Begun): Promise<Snapshot> {
  const { now, newest } = begun;
  const need = newest.kind === "row" ? needOf(newest.row.snapshot, newest.row.decision) : 1;
  const { group, instances } = await seeWhole(context, { policy, now, need, known: knownIn(newest) });
  const asked = {
    names: metricsOf(policy, newest),
    own: policy.metrics,
    group,
    instances,
    windowMs: windowOf(policy),
    now,
  };
  return snapshotOf(policy, { ...begun, instances, metrics: await readMetrics(context.remembered.metrics, asked) });
}

interface Looked {
  readonly policy: Policy;
  readonly now: EpochMs;
  readonly need: Ratio;
  readonly known: Known;
}

async function seeWhole({ options, remembered }: Context, { policy, now, need, known }: Looked) {
  const { clients, table, haproxy: ask = askNobody } = options;
  const { groups, doubtedAt } = remembered;
  if (need > 0) await remembered.turn(need);
  const patience = patienceOf(options, need, now + readPatienceMs);
  const found = await attempt(() => groupOf({ clients, table, groups, policy, now, patience }));
  const instances = await see({ clients, table, policy, group: found, known, ask, patience });
  if (instances.kind === "missing" && instances.how === "failed") {
    groups.delete(policy.fleet);
    doubtedAt.set(policy.fleet, now);
  }
  const group: Result<TargetGroup, string> = found.kind === "ok" ? found : error(found.error.because);
  return { group, instances };
}

async function glance(context: Context, versioned: Versioned): Promise<Snapshot> {
  const { policy } = versioned;
  const { remembered } = context;
  const begun = await begin(context, policy);
  const { now } = begun;
  const instances = restingView(begun.newest, now, versioned);
  const group = groupAtRest({ groups: remembered.groups, policy, table: context.options.table });
  if (instances === "none" || group === "none") return await observeWhole(context, policy, begun);
  const asked = {
    names: metricsOf(policy, begun.newest),
    own: policy.metrics,
    group: ok(group),
    instances,
    windowMs: windowOf(policy),
    now,
  };
  return snapshotOf(policy, { ...begun, instances, metrics: await readMetrics(remembered.metrics, asked) });
}

/** Only the processors are read again, now of more than one witness. */
async function lookCloser(
  context: Context,
  policy: Policy,
  { glanced, need }: { readonly glanced: Snapshot; readonly need: Ratio },
): Promise<Snapshot> {
  const { now } = glanced;
  const { group, instances } = await seeWhole(context, { policy, now, need, known: knownOf(glanced.instances) });
  const names = metricsOf(policy, { kind: "none" }).filter((name) => name === "cpu");
  const metrics = await readMetrics(context.remembered.metrics, {
    names,
    own: {},
    group,
    instances,
    windowMs: metricWindowMs,
    now,
  });
  return { ...glanced, instances, signals: { ...glanced.signals, ...signalsOf(metrics, now) } };
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
  const kinds = new Map(row.decision.actions.map(({ id, kind }) => [id, kind]));
  const of = (kind: Action["kind"]): readonly string[] =>
    outcomes.flatMap((outcome) =>
      kinds.get(outcome.action) === kind && "instances" in outcome ? outcome.instances : [],
    );
  const change = { at: row.at, launched: of("launch"), terminated: of("terminate") };
  if (change.launched.length + change.terminated.length > 0) await changeRoster(table, row.fleet, change);
  await putOutcomes(table, row, outcomes);
}
