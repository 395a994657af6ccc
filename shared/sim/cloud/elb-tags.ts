// ELBv2: the tags of the target group.
import { checkGroup } from "./elb.ts";
import { AwsError } from "./errors.ts";
import type { Site } from "./site.ts";

interface OfResources {
  readonly ResourceArns: readonly string[];
}
interface Tag {
  readonly Key: string;
  readonly Value?: string;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html */
const describedMax = 20;

export function describeTags({ fleet, groupTags }: Site, { ResourceArns: arns }: OfResources): object {
  if (arns.length < 1 || arns.length > describedMax)
    throw new AwsError("ValidationError", `From 1 to ${describedMax} resources can be described at once.`);
  for (const arn of arns) checkGroup(fleet, arn);
  const Tags = [...groupTags].map(([Key, Value]) => ({ Key, Value }));
  return { TagDescriptions: arns.map((ResourceArn) => ({ ResourceArn, Tags })) };
}

export function addTags(
  { fleet, groupTags }: Site,
  { ResourceArns: arns, Tags: tags }: OfResources & { readonly Tags: readonly Tag[] },
): object {
  for (const arn of arns) checkGroup(fleet, arn);
  for (const { Key, Value = "" } of tags) groupTags.set(Key, Value);
  return {};
}

export function removeTags(
  { fleet, groupTags }: Site,
  { ResourceArns: arns, TagKeys: keys }: OfResources & { readonly TagKeys: readonly string[] },
): object {
  for (const arn of arns) checkGroup(fleet, arn);
  for (const key of keys) groupTags.delete(key);
  return {};
}
