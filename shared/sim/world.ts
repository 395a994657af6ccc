// The World imagined: the simulated cloud's plain functions behind the port, its log in memory. Fast enough for months.
import {
  actionTag,
  fleetTag,
  forecastWindowMs,
  isForecast,
  metricsOf,
  metricWindowMs,
  type Newest,
  protectedTag,
  type RawMetric,
  type RawMetrics,
  type Row,
  restingView,
  type StoredForecast,
  snapshotOf,
  templateVersionTag,
  type World,
} from "../control/index.ts";
import { type DurationMs, ok, type Result } from "../core/index.ts";
import {
  type Action,
  type Brake,
  type Instance,
  type InstancesView,
  type MetricName,
  type Outcome,
  type Override,
  type Snapshot,
  withinBoundOf,
} from "../engine/index.ts";
import type { Peak, Policy } from "../policy/index.ts";
import type { AwsError, Cloud, LaunchAnswer } from "./cloud/index.ts";

export interface SimWorldOptions {
  readonly cloud: Cloud;
  readonly deregistrationDelayMs: DurationMs;
  /** Added beside the policy's. */
  readonly peaks: readonly Peak[];
  readonly overrides: readonly Override[];
  readonly brakes: readonly Brake[];
  forecast(): StoredForecast | "none";
  /** Every committed row, for whoever keeps them; the world itself keeps only the newest. */
  readonly onRow: (row: Row) => void;
}

export function createSimWorld(options: SimWorldOptions): World {
  const { cloud, deregistrationDelayMs, peaks, overrides, brakes, onRow } = options;
  let newest: Newest = { kind: "none" };
  const whole = (policy: Policy): InstancesView => instancesOf(cloud, policy, deregistrationDelayMs);
  const snapshot = (policy: Policy, instances: InstancesView): Snapshot =>
    snapshotOf(policy, {
      now: cloud.now,
      newest,
      instances,
      metrics: metricsFrom(cloud, policy, newest),
      peaks: [...peaks],
      preflight: "none",
      overrides: [...overrides],
      brakes: [...brakes],
      notices: [],
      forecast: options.forecast(),
    });
  return {
    now: () => cloud.now,
    observe: async (policy) => snapshot(policy, whole(policy)),
    glance: async (versioned) => {
      const { policy } = versioned;
      const resting = restingView(newest, cloud.now, versioned);
      return snapshot(policy, resting === "none" ? whole(policy) : resting);
    },
    lookCloser: async (policy) => snapshot(policy, whole(policy)),
    commit: async (_policy, row) => {
      if (row.generation !== (newest.kind === "none" ? 0 : newest.row.generation) + 1) return "superseded";
      newest = { kind: "row", row, outcomes: [] };
      onRow(row);
      return "committed";
    },
    act: async (policy, row, actions) => actions.map((action) => run(cloud, { policy, row, action })),
    record: async (row, outcomes) => {
      if (newest.kind === "row" && newest.row.generation === row.generation && newest.outcomes.length === 0)
        newest = { ...newest, outcomes };
    },
  };
}

function instancesOf(cloud: Cloud, policy: Policy, deregistrationDelayMs: DurationMs): InstancesView {
  const all = cloud.describe(cloud.now - cloud.faults.staleReadsMs);
  const ours = all.filter(({ tags }) => tags[fleetTag] === policy.fleet);
  const foreignCount = all.filter(
    ({ tags, target }) => tags[fleetTag] !== policy.fleet && target.kind === "healthy",
  ).length;
  const instances = ours.map(
    ({ id, zone, subnetId, instanceType, purchase, launchedAt, tags, state, target, warm }): Instance => ({
      id,
      zone,
      subnet: subnetId,
      instanceType,
      purchase,
      launchedAt,
      launchedBy: tags[actionTag] ?? "",
      templateVersion: tags[templateVersionTag] ?? "",
      isProtected: tags[protectedTag] !== undefined,
      state,
      target,
      warm,
    }),
  );
  return { kind: "seen", instances, foreignCount, deregistrationDelayMs, templateVersion: "1" };
}

function metricsFrom(cloud: Cloud, policy: Policy, newest: Newest): RawMetrics {
  const spanMs = (name: string) => (name === "requests" && isForecast(policy) ? forecastWindowMs : metricWindowMs);
  const pointsOf = (name: string) => {
    const window = { from: cloud.now - spanMs(name), to: cloud.now, now: cloud.now };
    const own = policy.metrics[name];
    const boundMs = withinBoundOf(name);
    if (boundMs !== "none") return cloud.withinPoints(boundMs, window);
    return own ? cloud.ownPoints(own, window) : cloud.points(name as MetricName, window);
  };
  return Object.fromEntries(
    metricsOf(policy, newest).map((name): [string, RawMetric] => [name, { kind: "points", points: pointsOf(name) }]),
  );
}

interface Call {
  readonly policy: Policy;
  readonly row: Row;
  readonly action: Action;
}

function run(cloud: Cloud, { policy, row, action }: Call): Outcome {
  if (action.kind === "launch") return launch(cloud, { policy, row, action });
  const ids = [action.instance];
  switch (action.kind) {
    case "register":
    case "take-back":
      return outcomeOf(action, cloud.register(ids));
    case "drain":
      return outcomeOf(action, cloud.deregister(ids));
    case "warm":
      return outcomeOf(action, cloud.startWarm(action.instance));
    case "start":
      return outcomeOf(action, cloud.start(ids));
    case "stop":
      return outcomeOf(action, cloud.stop(ids));
    case "terminate":
      if (action.registered === "registered") cloud.deregister(ids);
      return outcomeOf(action, gone(cloud.terminate(ids)));
  }
}

/** An instance that EC2 no longer knows needs no terminating. */
const gone = (result: Result<void, AwsError>): Result<void, AwsError> =>
  result.kind === "error" && result.error.name === "InvalidInstanceID.NotFound" ? ok(undefined) : result;

function outcomeOf(action: Exclude<Action, { kind: "launch" }>, result: Result<void, AwsError>): Outcome {
  if (result.kind === "ok") return { kind: "done", action: action.id, instances: [action.instance] };
  return { kind: "failed", action: action.id, because: `${result.error.name}: ${result.error.message}` };
}

function launch(
  cloud: Cloud,
  { policy, row, action }: Call & { action: Extract<Action, { kind: "launch" }> },
): Outcome {
  const { onDemandCount, spotCount } = action;
  const pools = policy.launch.instanceTypes.flatMap((instanceType) =>
    action.subnets.map((subnetId) => ({ instanceType, subnetId })),
  );
  const tags = {
    [fleetTag]: policy.fleet,
    [actionTag]: action.id,
    [templateVersionTag]: action.templateVersion,
  };
  const token = `${row.snapshot.birth} ${action.id}`;
  const answer = cloud.launch({ onDemandCount, spotCount, countMin: 1, pools, tags, token });
  if (answer.kind === "error") return failedLaunch(action.id, answer.error);
  return launched(action.id, answer.value, onDemandCount + spotCount);
}

const failedLaunch = (action: string, { name, message }: AwsError): Outcome => {
  const because = `${name}: ${message}`;
  if (name === "InsufficientInstanceCapacity")
    return { kind: "insufficient-capacity", action, instances: [], because, attempts: [], shortSubnets: [] };
  return { kind: "failed", action, because };
};

function launched(action: string, answer: LaunchAnswer, count: number): Outcome {
  const instances = answer.instances.map(({ id }) => id);
  if (instances.length === count) return { kind: "done", action, instances };
  const because = `no capacity in ${answer.refused.map((pool) => `${pool.instanceType} ${pool.zone}`).join(", ")}`;
  const types = new Set(answer.refused.map(({ instanceType }) => instanceType)).size;
  const isShort = (subnet: string) => answer.refused.filter(({ subnetId }) => subnetId === subnet).length >= types;
  const shortSubnets = [...new Set(answer.refused.map(({ subnetId }) => subnetId))].filter(isShort);
  return { kind: "insufficient-capacity", action, instances, because, attempts: [], shortSubnets };
}
