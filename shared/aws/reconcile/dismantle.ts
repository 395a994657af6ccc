// The end of a stage: its alarms go, and its target groups may be claimed by another. Instances stay as they are.
import type { Policy } from "../../policy/index.ts";
import { alarmPrefix } from "../alarms/alarm.ts";
import { alarmsUnder, deleteAlarms } from "../alarms/inCloudWatch.ts";
import { findTargetGroup } from "../loadBalancer.ts";
import { attempt } from "./attempt.ts";
import { groupsAtOnceMax, release, stageOf } from "./claims.ts";
import type { ReconcileOptions } from "./reconcile.ts";

export interface Dismantled {
  /** Names of alarms. */
  readonly deleted: readonly string[];
  /** Why some target groups may still be tagged as ours. */
  readonly unreleased: readonly string[];
}

/** Throws only when the alarms of the stage cannot be listed or deleted. */
export async function dismantle(options: Omit<ReconcileOptions, "now" | "until">): Promise<Dismantled> {
  const { clients, table, policies } = options;
  const deleted = [...(await alarmsUnder(clients.metrics, alarmPrefix(table.stage))).keys()];
  await deleteAlarms(clients.metrics, deleted);
  const unreleased: string[] = [];
  for (let from = 0; from < policies.length; from += groupsAtOnceMax)
    unreleased.push(...(await releaseAll(options, policies.slice(from, from + groupsAtOnceMax))));
  return { deleted, unreleased };
}

/** A group that is gone needs no releasing; what cannot be released holds up nobody but its next owner. */
async function releaseAll(
  { clients: { loadBalancer }, table }: Omit<ReconcileOptions, "now" | "until">,
  policies: readonly Policy[],
): Promise<readonly string[]> {
  const found = await Promise.all(
    policies.flatMap(({ targetGroup }) =>
      typeof targetGroup === "string" ? [attempt(() => findTargetGroup(loadBalancer, targetGroup))] : [],
    ),
  );
  const ours = found.flatMap((group) =>
    group.kind === "ok" && stageOf(group.value.claimedBy) === table.stage ? [group.value.arn] : [],
  );
  const released = await attempt(() => release(loadBalancer, ours));
  const failures = [...found, released].flatMap((ended) => (ended.kind === "error" ? [ended.error] : []));
  return failures.filter((because) => !because.startsWith("TargetGroupNotFound"));
}
