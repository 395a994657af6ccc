// Whose a target group is: a tag on it. Two masters of one target group would drain each other's instances.
import {
  AddTagsCommand,
  DescribeTagsCommand,
  type ElasticLoadBalancingV2Client,
  RemoveTagsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { fleetTag } from "../../control/index.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html */
export const groupsAtOnceMax = 20;

/** `<stage>/<fleet>` by the target group's ARN; a group that nobody has claimed is not among them. */
export async function ownersOf(
  elb: ElasticLoadBalancingV2Client,
  arns: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (arns.length === 0) return new Map();
  const { TagDescriptions: described = [] } = await elb.send(new DescribeTagsCommand({ ResourceArns: [...arns] }));
  return new Map(
    described.flatMap(({ ResourceArn = "", Tags = [] }) => {
      const owner = Tags.find(({ Key }) => Key === fleetTag)?.Value;
      return owner ? [[ResourceArn, owner]] : [];
    }),
  );
}

export type Claim =
  | { readonly kind: "ours" }
  | { readonly kind: "free" }
  | { readonly kind: "taken"; readonly owner: string };

/** Within a stage the policies say who has which group: a claim of a fleet that was renamed is taken over. */
export function claimOf(current: string | undefined, wanted: string): Claim {
  if (current === wanted) return { kind: "ours" };
  if (current === undefined || stageOf(current) === stageOf(wanted)) return { kind: "free" };
  return { kind: "taken", owner: current };
}

/** Of `<stage>/<fleet>`. */
export const stageOf = (owner: string): string => owner.split("/")[0] ?? "";

export async function claim(elb: ElasticLoadBalancingV2Client, arn: string, owner: string): Promise<void> {
  await elb.send(new AddTagsCommand({ ResourceArns: [arn], Tags: [{ Key: fleetTag, Value: owner }] }));
}

export async function release(elb: ElasticLoadBalancingV2Client, arns: readonly string[]): Promise<void> {
  if (arns.length > 0) await elb.send(new RemoveTagsCommand({ ResourceArns: [...arns], TagKeys: [fleetTag] }));
}
