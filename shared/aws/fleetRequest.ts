// One CreateFleet of type instant, as EC2 wants to be asked.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFleet.html
import type { CreateFleetCommandInput, FleetLaunchTemplateOverridesRequest } from "@aws-sdk/client-ec2";
import { actionTag, fleetTag } from "../control/index.ts";
import type { Action } from "../engine/index.ts";
import type { Launch } from "../policy/index.ts";
import { generationTag, policyTag } from "./tokens.ts";

export type LaunchAction = Extract<Action, { kind: "launch" }>;

/** All that the attempts of one launch share. */
export interface LaunchRequest {
  readonly launch: Launch;
  readonly action: LaunchAction;
  /** `<stage>/<fleet>` */
  readonly owner: string;
  readonly generation: number;
  readonly policyVersion: string;
}
/** What one attempt asks for, and where. */
export interface Ask {
  readonly onDemandCount: number;
  readonly spotCount: number;
  readonly pools: Pick<Launch, "instanceTypes" | "subnets">;
  readonly token: string;
}

export function fleetRequest(request: LaunchRequest, ask: Ask): CreateFleetCommandInput {
  const { launch, action } = request;
  const { onDemandCount, spotCount, pools, token } = ask;
  const { kind, value } = launch.template;
  const Version = action.templateVersion;
  const template = kind === "id" ? { LaunchTemplateId: value, Version } : { LaunchTemplateName: value, Version };
  const overrides = overridesOf(pools);
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
    ...(onDemandCount > 0 && overrides.length > 0 ? { OnDemandOptions: { AllocationStrategy: "prioritized" } } : {}),
    ...(spotCount > 0 ? { SpotOptions: { AllocationStrategy: "price-capacity-optimized" } } : {}),
    TagSpecifications: taggedAtLaunch.map((ResourceType) => ({ ResourceType, Tags: tagsOf(request) })),
  };
}

/** All that a launch makes: a role that may only create what is tagged so can create nothing else. */
const taggedAtLaunch = ["fleet", "instance", "volume", "network-interface"] as const;

/** Every type in every subnet, types before subnets; whichever is left empty is the launch template's choice. */
function overridesOf({ instanceTypes, subnets }: Ask["pools"]): FleetLaunchTemplateOverridesRequest[] {
  const types = instanceTypes.map((InstanceType, Priority) => ({ InstanceType, Priority }));
  const places = subnets.map((SubnetId, Priority) => ({ SubnetId, Priority }));
  if (types.length === 0) return places;
  if (places.length === 0) return types as FleetLaunchTemplateOverridesRequest[];
  return types.flatMap((type) =>
    places.map((place) => ({ ...type, ...place, Priority: type.Priority * places.length + place.Priority })),
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
