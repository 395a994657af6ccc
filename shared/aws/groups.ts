// Where a fleet's target group is, remembered: in this process, and in the table for the next one, so that a calm fleet costs
// the load balancer no call.
import { fleetTag } from "../control/index.ts";
import { type EpochMs, hourMs } from "../core/index.ts";
import type { Policy } from "../policy/index.ts";
import type { Clients } from "./act.ts";
import { findTargetGroup, type TargetGroup } from "./loadBalancer.ts";
import { type GroupFact, putGroup } from "./log/facts.ts";
import { fleetKey, type Table } from "./log/table.ts";
import { GroupRefused } from "./outcomes.ts";

/** By fleet. */
export type KnownGroups = Map<string, GroupFact>;

/** After this a whole look asks again: a delay may have been changed, another Tidegate may have claimed the group. */
const freshMs = hourMs;

export interface GroupAsked {
  readonly clients: Clients;
  readonly table: Table;
  readonly groups: KnownGroups;
  readonly policy: Policy;
  readonly now: EpochMs;
}

/** The group as last looked up, however long ago; none when nobody has yet. */
export function groupAtRest({ groups, policy }: GroupAsked): TargetGroup | "none" {
  const known = groups.get(policy.fleet);
  return known?.spelled === policy.targetGroup ? known.group : "none";
}

/** The group, looked up within the hour. Throws what the SDK throws, and GroupRefused when it is somebody else's. */
export async function groupOf(asked: GroupAsked): Promise<TargetGroup> {
  const { clients, table, groups, policy, now } = asked;
  const known = groups.get(policy.fleet);
  if (known?.spelled === policy.targetGroup && now - known.readAt < freshMs) return known.group;
  const found = await findTargetGroup(clients.loadBalancer, policy.targetGroup);
  const { claimedBy, name } = found;
  if (claimedBy !== "" && claimedBy !== fleetKey(table, policy.fleet))
    throw new GroupRefused(`target group ${name} is claimed by ${claimedBy}: its tag ${fleetTag} says so`);
  await remember(asked, found);
  return found;
}

/** One without a load balancer is not kept: it may get one. */
async function remember({ table, groups, policy, now }: GroupAsked, group: TargetGroup): Promise<void> {
  if (group.loadBalancer.kind === "none") return;
  const fact: GroupFact = { spelled: policy.targetGroup, readAt: now, group };
  groups.set(policy.fleet, fact);
  await putGroup(table, policy.fleet, fact);
}
