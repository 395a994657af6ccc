// EC2: which instances are the fleet's, what a launch template stands for, terminating some.
import {
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  type EC2Client,
  type Instance as Ec2Instance,
  type Filter,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { actionTag, fleetTag, protectedTag, templateVersionTag } from "../control/index.ts";
import { assert } from "../core/index.ts";
import type { Instance } from "../engine/index.ts";
import type { Launch } from "../policy/index.ts";
import type { SendOptions } from "./lease.ts";
import { autoScalingTag } from "./tokens.ts";

/** An instance as EC2 alone knows it. */
export type BareInstance = Omit<Instance, "target" | "warm" | "address"> & { readonly address: string };

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
const pageSizeMax = 1_000;
/** A fleet a hundred times the size of any bound. */
const pagesMax = 100;
const livingStates = ["pending", "running", "stopping", "stopped", "shutting-down"] as const;

/** The living instances that carry the fleet's tag. `owner` is `<stage>/<fleet>`. */
export async function instancesOf(ec2: EC2Client, owner: string): Promise<readonly BareInstance[]> {
  const states = { Name: "instance-state-name", Values: [...livingStates] };
  const described = await describe(ec2, [{ Name: `tag:${fleetTag}`, Values: [owner] }, states]);
  return described.filter((instance) => tagOf(instance, autoScalingTag) === "").map(instanceIn);
}

/** What a launch action has brought, whatever became of it since. */
export async function launchedBy(
  ec2: EC2Client,
  { owner, action }: { readonly owner: string; readonly action: string },
  options: SendOptions,
): Promise<readonly string[]> {
  const tags = Object.entries({ [fleetTag]: owner, [actionTag]: action });
  const filters = tags.map(([name, value]) => ({ Name: `tag:${name}`, Values: [value] }));
  return (await describe(ec2, filters, options)).map(({ InstanceId }) => InstanceId ?? "").sort();
}

async function describe(ec2: EC2Client, filters: Filter[], options?: SendOptions): Promise<readonly Ec2Instance[]> {
  const found: Ec2Instance[] = [];
  let next: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const at = next ? { NextToken: next } : {};
    const command = new DescribeInstancesCommand({ Filters: filters, MaxResults: pageSizeMax, ...at });
    const answer = await ec2.send(command, options);
    for (const { Instances: instances = [] } of answer.Reservations ?? []) found.push(...instances);
    next = answer.NextToken;
    if (!next) return found;
  }
  assert(false, `a fleet's instances fit ${pagesMax} pages`);
}

const tagOf = (instance: Ec2Instance, key: string): string =>
  instance.Tags?.find((tag) => tag.Key === key)?.Value ?? "";

function instanceIn(described: Ec2Instance): BareInstance {
  const state = livingStates.find((name) => name === described.State?.Name);
  const { InstanceId: id, LaunchTime: launchedAt } = described;
  assert(
    id !== undefined && launchedAt !== undefined && state !== undefined,
    "a described instance has id, time, state",
  );
  return {
    id,
    zone: described.Placement?.AvailabilityZone ?? "",
    subnet: described.SubnetId ?? "",
    instanceType: described.InstanceType ?? "",
    purchase: described.InstanceLifecycle === "spot" ? "spot" : "on-demand",
    launchedAt: launchedAt.getTime(),
    launchedBy: tagOf(described, actionTag),
    templateVersion: tagOf(described, templateVersionTag),
    isProtected: tagOf(described, protectedTag) !== "",
    address: described.PrivateIpAddress ?? "",
    state,
  };
}

/** The number behind `$Default` and `$Latest`; what the policy says where it says a number. */
export async function templateVersionOf(ec2: EC2Client, { kind, value, version }: Launch["template"]): Promise<string> {
  if (!version.startsWith("$")) return version;
  const by = kind === "id" ? { LaunchTemplateIds: [value] } : { LaunchTemplateNames: [value] };
  const { LaunchTemplates: templates = [] } = await ec2.send(new DescribeLaunchTemplatesCommand(by));
  const { DefaultVersionNumber, LatestVersionNumber } = templates[0] ?? {};
  return String((version === "$Latest" ? LatestVersionNumber : DefaultVersionNumber) ?? version);
}

export async function terminate(ec2: EC2Client, ids: readonly string[], options: SendOptions): Promise<void> {
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [...ids] }), options);
}

/** Those that run already are passed over by EC2. */
export async function start(ec2: EC2Client, ids: readonly string[], options: SendOptions): Promise<void> {
  await ec2.send(new StartInstancesCommand({ InstanceIds: [...ids] }), options);
}

export async function stop(
  ec2: EC2Client,
  { ids, isHibernated }: { readonly ids: readonly string[]; readonly isHibernated: boolean },
  options: SendOptions,
): Promise<void> {
  await ec2.send(new StopInstancesCommand({ InstanceIds: [...ids], Hibernate: isHibernated }), options);
}

/** EC2's word for an instance that it no longer knows. */
export const unknownInstanceCode = "InvalidInstanceID.NotFound";
