// A fleet at rest is looked at in passing: the log and the metrics, and no call to EC2 or the load balancer. What a glance
// finds stirred is looked at whole before anything is decided.
import { type DurationMs, dayMs, type EpochMs, minuteMs } from "../core/index.ts";
import { type Decision, type InstancesView, oldestFirst, type Reason, type Snapshot } from "../engine/index.ts";
import type { Policy } from "../policy/index.ts";
import type { Newest } from "./snapshot.ts";
import { engineVersion } from "./version.ts";
import type { Versioned, World } from "./world.ts";

export type RestingView = Extract<InstancesView, { kind: "resting" }>;

/** The whole is seen once a day all the same; more often where a new version of the launch template is to be noticed. */
export const restMaxMs: DurationMs = dayMs;
const restMaxWhereRenewedMs: DurationMs = 10 * minuteMs;

/** The view to glance with; none where the newest row left something moving, or decided by other rules than these. */
export function restingView(newest: Newest, now: EpochMs, { policy, policyVersion }: Versioned): RestingView | "none" {
  if (newest.kind === "none") return "none";
  const { row } = newest;
  if (row.decision.kind !== "decided" || row.decision.lookAgain.because === "moving") return "none";
  if (isUnderReview(row.decision)) return "none";
  if (row.policyVersion !== policyVersion || row.engineVersion !== engineVersion) return "none";
  const view = asleep(row.snapshot);
  return view === "none" || now - view.since >= restMaxOf(policy) ? "none" : view;
}

const reviewed: ReadonlySet<Reason["kind"]> = new Set<Reason["kind"]>(["breaker", "renewing", "uneven"]);

/** What is said of instances that are to be replaced, or cannot be, is said at each look: so they are to be seen. */
const isUnderReview = ({ proposals }: Decision): boolean =>
  proposals.some((one) => one.kind === "stands-aside" && reviewed.has(one.reason.kind));

const restMaxOf = ({ renew, reserve }: Policy): DurationMs =>
  renew.kind === "never" && reserve.kind === "none" ? restMaxMs : restMaxWhereRenewedMs;

/** Nothing moved, so every instance that runs served; those in reserve are stopped. */
function asleep({ instances, now }: Snapshot): RestingView | "none" {
  if (instances.kind === "missing") return "none";
  if (instances.kind === "resting") return instances;
  return {
    kind: "resting",
    since: now,
    serving: instances.instances
      .filter(({ state }) => state === "running")
      .toSorted(oldestFirst)
      .map(({ id }) => id),
    foreignCount: instances.foreignCount,
  };
}

/** A glance found that something else is wanted, or that not all hosts are counted any more. */
export const isStirred = ({ instances }: Snapshot, { lookAgain }: Decision): boolean =>
  instances.kind === "resting" && lookAgain.because === "moving";

/** Never makes do with a glance: for a look that an instance's own event has asked for. */
export const attentive = (world: World): World => ({ ...world, glance: ({ policy }) => world.observe(policy) });
