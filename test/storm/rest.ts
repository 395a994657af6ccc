// At rest, as the cloud itself tells it: what was decided serves, nothing else is there, and nobody does anything more.
import { templateVersionTag } from "../../shared/control/index.ts";
import { minuteMs } from "../../shared/core/index.ts";
import { type Reason, targetOf } from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import type { Cloud } from "../../shared/sim/index.ts";
import type { Truth } from "./truth.ts";
import { silentMs, type Weather } from "./weather.ts";

interface Resting {
  readonly policy: Policy;
  readonly cloud: Cloud;
  readonly truth: Truth;
  readonly weather: Weather;
}

export function rest({ policy, cloud, truth, weather }: Resting, when: "settled" | "silent"): void {
  const last = truth.rows.at(-1);
  const target = last ? targetOf(last.decision.steps) : Number.NaN;
  const tally = tallyOf(cloud);
  const isEvenedOut = tellsSince(truth, cloud.now - silentMs - moveMs, "uneven");
  const kept = policy.reserve.kind === "none" ? 0 : policy.reserve.count;
  const expected = [
    ...(target === 0 ? [] : [`${target} running healthy`]),
    ...(kept === 0 ? [] : [`${kept} stopped unregistered`]),
  ].join(", ");
  if (tally !== expected && !isEvenedOut) truth.violated(`not ${when}: ${tally || "nothing"} instead of ${expected}`);
  const wanted = wantedBy(policy, weather);
  if (target < wanted) truth.violated(`not ${when}: the target is ${target}, the load needs ${wanted}`);
  if (target > wanted && isDemandAlone(policy))
    truth.violated(`not ${when}: the target is ${target}, and the load needs no more than ${wanted}`);
  if (isEvenedOut) evening({ truth, cloud, target }, cloud.now - silentMs);
  else if (when === "silent") noise(truth, cloud.now - silentMs);
  const isRenewed = policy.renew.kind === "renews" && !tellsSince(truth, cloud.now - silentMs, "breaker");
  if (when === "silent" && isRenewed && old(cloud) > 0)
    truth.violated(`not renewed: ${old(cloud)} of the version before`);
}

/** Half an hour after the last launch a fleet that stands unevenly begins to be evened out, one after the other. */
const moveMs = 10 * minuteMs;

/**
 * One at a time and no end of it: whoever has come has to serve for half an hour before the next, so that in the silent minutes at most one
 * is bought, and who leaves does so for that.
 */
function evening({ truth, cloud, target }: { truth: Truth; cloud: Cloud; target: number }, since: number): void {
  const healthy = cloud.describe(cloud.now).filter((one) => one.state === "running" && one.target.kind === "healthy");
  if (healthy.length < target || healthy.length > target + 1)
    truth.violated(`not evened out: ${healthy.length} serve instead of ${target}, or one more`);
  const actions = truth.rows.flatMap(({ at, decision }) => (at >= since ? decision.actions : []));
  const launches = actions.filter((action) => action.kind === "launch" && action.for !== "reserve");
  if (launches.length > 1)
    truth.violated(`not evened out: ${launches.map(({ id }) => id)} in ${silentMs / minuteMs} minutes`);
  for (const action of actions)
    if (action.kind === "drain" && action.because !== "unbalanced") truth.violated(`not evened out: ${action.id}`);
}

/** Whether it was said of the instances. A version whose launches fail takes nobody's place. */
const tellsSince = (truth: Truth, since: number, kind: "uneven" | "breaker"): boolean =>
  truth.rows.some(
    ({ at, decision }) =>
      at >= since && decision.proposals.some((one) => one.kind === "stands-aside" && one.reason.kind === kind),
  );

/** What the storm began with carries no version, and is nobody's to renew. */
const old = (cloud: Cloud): number =>
  cloud.describe(cloud.now).filter(({ tags }) => tags[templateVersionTag] === "1").length;

function tallyOf(cloud: Cloud): string {
  const counts = new Map<string, number>();
  for (const { state, target } of cloud.describe(cloud.now)) {
    const kind = `${state} ${target.kind}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts]
    .map(([kind, count]) => `${count} ${kind}`)
    .sort((a, b) => a.replace(/^\d+/, "").localeCompare(b.replace(/^\d+/, "")))
    .join(", ");
}

/** A forecast in shadow wishes for nothing. */
const isDemandAlone = ({ rules }: Policy): boolean =>
  rules.every(
    (rule) =>
      rule.kind === "target-demand" || rule.kind === "schedule" || (rule.kind === "forecast" && rule.mode === "shadow"),
  );

function wantedBy(policy: Policy, weather: Weather): number {
  const { bounds, capacity } = policy;
  const load = weather.load(weather.endsAt - minuteMs);
  const needed = Math.ceil(load / (capacity.perInstancePerMinute * capacity.targetRatio) - 1e-9);
  return Math.max(bounds.min, Math.min(bounds.max, paidFor(policy), needed));
}

/** The most that the hard budget pays for. */
function paidFor({ bounds, limits: { budget }, launch: { purchase } }: Policy): number {
  if (budget.kind === "none" || budget.hardUsd === "none") return bounds.max;
  for (let count = bounds.max; count > 0; count--) {
    const spot = Math.floor(Math.max(0, count - purchase.onDemandBase) * purchase.spotShareRatio + 1e-9);
    if (count - spot / 2 <= budget.hardUsd) return count;
  }
  return 0;
}

function noise(truth: Truth, since: number): void {
  for (const { at, id, decision } of truth.rows) {
    if (at < since) continue;
    const kinds: readonly Reason["kind"][] = decision.steps.map(({ reason }) => reason.kind);
    if (decision.actions.length > 0) truth.violated(`not silent: ${id} ${decision.actions.map(({ kind }) => kind)}`);
    if (decision.kind !== "decided") truth.violated(`not silent: ${id} is ${decision.kind}, ${kinds}`);
  }
}
