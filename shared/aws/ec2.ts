// EC2: which instances are the fleet's, launching more, terminating some.
import {
  CreateFleetCommand,
  type CreateFleetCommandInput,
  type CreateFleetError,
  DescribeInstancesCommand,
  type EC2Client,
  type Instance as Ec2Instance,
  type Filter,
  type FleetLaunchTemplateOverridesRequest,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { actionTag, fleetTag } from "../control/index.ts";
import { assert } from "../core/index.ts";
import type { Action, Instance, Outcome } from "../engine/index.ts";
import type { Launch } from "../policy/index.ts";
import type { SendOptions } from "./lease.ts";
import { done, kindOfCode, refused } from "./outcomes.ts";
import { autoScalingTag, generationTag, policyTag } from "./tokens.ts";

export type LaunchAction = Extract<Action, { kind: "launch" }>;
/** An instance as EC2 alone knows it. */
export type BareInstance = Omit<Instance, "target" | "warm">;

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
    instanceType: described.InstanceType ?? "",
    purchase: described.InstanceLifecycle === "spot" ? "spot" : "on-demand",
    launchedAt: launchedAt.getTime(),
    launchedBy: tagOf(described, actionTag),
    state,
  };
}

export interface LaunchRequest {
  readonly launch: Launch;
  readonly action: LaunchAction;
  readonly token: string;
  readonly owner: string;
  readonly generation: number;
  readonly policyVersion: string;
}

/** One CreateFleet of type instant: it answers with what came, and with errors inside an answer of 200. */
export async function createFleet(ec2: EC2Client, request: LaunchRequest, options: SendOptions): Promise<Outcome> {
  const answer = await ec2.send(new CreateFleetCommand(fleetRequest(request)), options);
  const instances = (answer.Instances ?? []).flatMap(({ InstanceIds }) => InstanceIds ?? []);
  const { action } = request;
  if (instances.length >= action.onDemandCount + action.spotCount) return done(action, ...instances);
  const errors = answer.Errors ?? [];
  const because = reasonsOf(errors);
  const kinds = errors.map(({ ErrorCode }) => kindOfCode(ErrorCode ?? ""));
  if (instances.length > 0 || kinds.includes("insufficient-capacity"))
    return { kind: "insufficient-capacity", action: action.id, instances, because };
  return refused(action, { kind: kinds[0] ?? "insufficient-capacity", because });
}

/** One sentence a code, however many pools said the same. */
function reasonsOf(errors: readonly CreateFleetError[]): string {
  const messages = new Map(errors.map(({ ErrorCode, ErrorMessage }) => [ErrorCode, ErrorMessage]));
  const reasons = [...messages].map(([code, message]) => `${code}: ${message}`);
  return reasons.length > 0 ? reasons.join("; ") : "CreateFleet launched fewer and did not say why";
}

function fleetRequest(request: LaunchRequest): CreateFleetCommandInput {
  const { launch, action, token } = request;
  const { onDemandCount, spotCount } = action;
  const { kind, value, version: Version } = launch.template;
  const template = kind === "id" ? { LaunchTemplateId: value, Version } : { LaunchTemplateName: value, Version };
  const overrides = overridesOf(launch);
  const tags = tagsOf(request);
  return {
    Type: "instant",
    ClientToken: token,
    LaunchTemplateConfigs: [
      { LaunchTemplateSpecification: template, ...(overrides.length > 0 ? { Overrides: overrides } : {}) },
    ],
    TargetCapacitySpecification: {
      TotalTargetCapacity: onDemandCount + spotCount,
      OnDemandTargetCapacity: onDemandCount,
      SpotTargetCapacity: spotCount,
      DefaultTargetCapacityType: "on-demand",
    },
    ...(onDemandCount > 0 && launch.instanceTypes.length > 0
      ? { OnDemandOptions: { AllocationStrategy: "prioritized" } }
      : {}),
    ...(spotCount > 0 ? { SpotOptions: { AllocationStrategy: "price-capacity-optimized" } } : {}),
    TagSpecifications: [
      { ResourceType: "instance", Tags: tags },
      { ResourceType: "volume", Tags: tags },
    ],
  };
}

/** Every type in every subnet; whichever is left empty is the launch template's choice. */
function overridesOf({ instanceTypes, subnets }: Launch): FleetLaunchTemplateOverridesRequest[] {
  const types = instanceTypes.map((InstanceType, Priority) => ({ InstanceType, Priority }));
  const places = subnets.map((SubnetId) => ({ SubnetId }));
  if (types.length === 0) return places;
  if (places.length === 0) return types as FleetLaunchTemplateOverridesRequest[];
  return types.flatMap((type) =>
    places.map((place) => ({ ...type, ...place })),
  ) as FleetLaunchTemplateOverridesRequest[];
}

function tagsOf({ owner, action, generation, policyVersion }: LaunchRequest): { Key: string; Value: string }[] {
  const tags = {
    Name: owner,
    [fleetTag]: owner,
    [actionTag]: action.id,
    [generationTag]: String(generation),
    [policyTag]: policyVersion,
  };
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export async function terminate(ec2: EC2Client, ids: readonly string[], options: SendOptions): Promise<void> {
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [...ids] }), options);
}

/** EC2's word for an instance that it no longer knows. */
export const unknownInstanceCode = "InvalidInstanceID.NotFound";
