// Whose a target group is: a tag on it. Two masters of one target group would drain each other's instances.
import {
  AddTagsCommand,
  type ElasticLoadBalancingV2Client,
  RemoveTagsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { fleetTag } from "../../control/index.ts";

/** Looked up side by side: fewer than the load balancer's API throttles. */
export const groupsAtOnceMax = 10;

/** `current` and `wanted` are `<stage>/<fleet>`; a group that nobody has claimed has "". */
export function claimOf(current: string, wanted: string): "ours" | "free" | "taken" {
  if (current === wanted) return "ours";
  // Within a stage the policies say who has which group: a claim of a fleet that was renamed is taken over.
  return current === "" || stageOf(current) === stageOf(wanted) ? "free" : "taken";
}

/** Of `<stage>/<fleet>`. */
export const stageOf = (owner: string): string => owner.split("/")[0] ?? "";

export async function claim(elb: ElasticLoadBalancingV2Client, arn: string, owner: string): Promise<void> {
  await elb.send(new AddTagsCommand({ ResourceArns: [arn], Tags: [{ Key: fleetTag, Value: owner }] }));
}

export async function release(elb: ElasticLoadBalancingV2Client, arns: readonly string[]): Promise<void> {
  if (arns.length > 0) await elb.send(new RemoveTagsCommand({ ResourceArns: [...arns], TagKeys: [fleetTag] }));
}
