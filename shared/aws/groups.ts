// Where a fleet's target group is, remembered: in this process, and in the table for the next one, so that a calm fleet costs
// the load balancer no call.
import { fleetTag } from "../control/index.ts";
import { dayMs, type EpochMs } from "../core/index.ts";
import type { Policy } from "../policy/index.ts";
import type { Clients } from "./act.ts";
import { haproxyGroup } from "./haproxy.ts";
import { findTargetGroup, type TargetGroup } from "./loadBalancer.ts";
import { type GroupFact, putGroup } from "./log/facts.ts";
import { fleetKey, type Table } from "./log/table.ts";
import { GroupRefused } from "./outcomes.ts";
import type { Patience } from "./patience.ts";

/** By fleet. */
export type KnownGroups = Map<string, GroupFact>;

/**
 * After this a whole look asks again: a delay may have been changed, another Tidegate may have claimed the group. Of fleets at
 * rest it is the daily whole look; one that is stirred has other things to ask.
 */
const freshMs = dayMs;

export interface GroupAsked {
  readonly clients: Clients;
  readonly table: Table;
  readonly groups: KnownGroups;
  readonly policy: Policy;
  readonly now: EpochMs;
  readonly patience: Patience | "none";
}

/** The group as last looked up, however long ago; none when nobody has yet. */
export function groupAtRest({
  groups,
  policy,
  table,
}: Pick<GroupAsked, "groups" | "policy" | "table">): TargetGroup | "none" {
  const { fleet, targetGroup } = policy;
  if (typeof targetGroup !== "string") return haproxyGroup({ fleet, targetGroup }, table.stage);
  const known = groups.get(policy.fleet);
  return known?.spelled === policy.targetGroup ? known.group : "none";
}

/** The group, looked up within the day. Throws what the SDK throws, and GroupRefused when it is somebody else's. */
export async function groupOf(asked: GroupAsked): Promise<TargetGroup> {
  const { clients, table, groups, policy, now, patience } = asked;
  const { fleet, targetGroup } = policy;
  if (typeof targetGroup !== "string") return haproxyGroup({ fleet, targetGroup }, table.stage);
  const known = groups.get(policy.fleet);
  if (known?.spelled === policy.targetGroup && now - known.readAt < freshMs) return known.group;
  const found = await findTargetGroup(clients.loadBalancer, targetGroup, patience);
  const { claimedBy, name } = found;
  if (claimedBy !== "" && claimedBy !== fleetKey(table, policy.fleet))
    throw new GroupRefused(`target group ${name} is claimed by ${claimedBy}: its tag ${fleetTag} says so`);
  await remember(asked, found);
  return found;
}

/** One without a load balancer is not kept: it may get one. */
async function remember({ table, groups, policy, now }: GroupAsked, group: TargetGroup): Promise<void> {
  const fact = await putFound(table, policy, { group, now });
  if (fact !== "none") groups.set(policy.fleet, fact);
}

/** For all who look at the fleet from now on. */
export async function putFound(
  table: Table,
  { fleet, targetGroup }: Policy,
  { group, now }: { readonly group: TargetGroup; readonly now: EpochMs },
): Promise<GroupFact | "none"> {
  if (group.loadBalancer.kind !== "one" || typeof targetGroup !== "string") return "none";
  const fact: GroupFact = { spelled: targetGroup, readAt: now, group };
  await putGroup(table, fleet, fact);
  return fact;
}
