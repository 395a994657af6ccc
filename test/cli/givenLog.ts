// A log as real ticks write it: a small World whose instances obey at once, over the real table functions.
import { putFleet, putOutcomes, putPolicy, putRow, standingOf, type Table } from "../../shared/aws/index.ts";
import { snapshotOf, tick, type World } from "../../shared/control/index.ts";
import { minuteMs } from "../../shared/core/index.ts";
import { type Action, type Instance, type Outcome, type Point, sizeByRules } from "../../shared/engine/index.ts";
import { type Policy, policyVersion } from "../../shared/policy/index.ts";
import { noon } from "../support/given.ts";

export interface Given {
  readonly policy: Policy;
  /** Requests in each minute from noon on; one look a minute, at its end. "silent" is a minute without metrics. */
  readonly perMinute: readonly (number | "silent")[];
  /** How the launches of this minute (0 is the first) end; all others are done. */
  readonly launchFails?: { readonly minute: number; readonly outcome: "insufficient-capacity" | "throttled" };
}

/** Ticks once a minute and returns the instant of the last look. */
export async function fillLog(table: Table, { policy, perMinute, launchFails }: Given): Promise<number> {
  const version = policyVersion(policy);
  await putPolicy(table, policy, version);
  const site: Site = { now: noon, instances: new Map(), points: [], hosts: [] };
  for (const [minute, value] of perMinute.entries()) {
    site.now = noon + (minute + 1) * minuteMs;
    const at = site.now - 3 * minuteMs;
    if (value === "silent") [site.points, site.hosts] = [[], []];
    else site.points.push({ at, value });
    if (value !== "silent")
      site.hosts.push({ at, value: Math.max(1, [...site.instances.values()].filter(isHealthy).length) });
    settle(site);
    const refusal = launchFails?.minute === minute ? launchFails.outcome : "none";
    await tick(worldOf(table, site, refusal), { policy, policyVersion: version }, sizeByRules);
  }
  return site.now;
}

interface Site {
  now: number;
  readonly instances: Map<string, Instance>;
  points: Point[];
  hosts: Point[];
}

const isHealthy = ({ target }: Instance): boolean => target.kind === "healthy";

/** What is registered becomes healthy within the minute, what is pending runs, what drains has drained. */
function settle(site: Site): void {
  for (const [id, instance] of site.instances) {
    if (instance.state === "pending") site.instances.set(id, { ...instance, state: "running" });
    if (instance.target.kind === "initial") site.instances.set(id, { ...instance, target: { kind: "healthy" } });
    if (instance.target.kind === "draining") site.instances.set(id, { ...instance, target: { kind: "unregistered" } });
  }
}

const nothingElse = { foreignCount: 0, deregistrationDelayMs: 0, templateVersion: "1" };

function worldOf(table: Table, site: Site, refusal: "none" | "insufficient-capacity" | "throttled"): World {
  const observe: World["observe"] = async (policy) =>
    snapshotOf(policy, {
      now: site.now,
      instances: { kind: "seen", instances: [...site.instances.values()], ...nothingElse },
      metrics: {
        requests: { kind: "points", points: [...site.points] },
        "healthy-hosts": { kind: "points", points: [...site.hosts] },
      },
      ...(await standingOf(table, policy.fleet)),
      notices: [],
      brakes: [],
      forecast: "none",
    });
  return {
    now: () => site.now,
    observe,
    glance: ({ policy }) => observe(policy),
    lookCloser: observe,
    commit: async (policy, row) => {
      await putFleet(table, policy.fleet, row.at);
      return await putRow(table, row, "test");
    },
    act: async (_policy, _row, actions) => actions.map((action) => run(site, action, refusal)),
    record: (row, outcomes) => putOutcomes(table, row, outcomes),
  };
}

function run(site: Site, action: Action, refusal: "none" | "insufficient-capacity" | "throttled"): Outcome {
  if (action.kind === "launch") return launch(site, action, refusal);
  const instance = site.instances.get(action.instance) as Instance;
  const turned: Partial<Record<Action["kind"], Instance["target"]>> = {
    register: { kind: "initial" },
    "take-back": { kind: "healthy" },
    drain: { kind: "draining" },
  };
  const target = turned[action.kind];
  if (action.kind === "terminate") site.instances.delete(action.instance);
  else if (target) site.instances.set(action.instance, { ...instance, target });
  return { kind: "done", action: action.id, instances: [action.instance] };
}

function launch(
  site: Site,
  { id: action, onDemandCount, spotCount }: Extract<Action, { kind: "launch" }>,
  refusal: "none" | "insufficient-capacity" | "throttled",
): Outcome {
  if (refusal === "throttled") return { kind: refusal, action, because: "RequestLimitExceeded" };
  if (refusal === "insufficient-capacity")
    return { kind: refusal, action, instances: [], because: "no m7g.large left", attempts: [], shortSubnets: [] };
  const ids = Array.from(
    { length: onDemandCount + spotCount },
    (_, index) => `i-${Math.round(site.now / minuteMs) % 1_000}-${index}`,
  );
  for (const id of ids)
    site.instances.set(id, {
      id,
      zone: "a",
      subnet: "",
      instanceType: "m7g.large",
      purchase: "on-demand",
      launchedAt: site.now,
      launchedBy: action,
      templateVersion: "1",
      isProtected: false,
      state: "pending",
      target: { kind: "unregistered" },
      warm: { kind: "not-started" },
    });
  return { kind: "done", action, instances: ids };
}
