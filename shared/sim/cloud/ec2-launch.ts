// EC2: the two calls that launch. CreateFleet answers 200 with errors inside; RunInstances launches enough or throws.
import { checkTemplate, reservationOf, type Tag, type TemplateName, tagsOf } from "./ec2.ts";
import { AwsError } from "./errors.ts";
import { launch, templateType } from "./launch.ts";
import { find } from "./operate.ts";
import { orThrow, type Site } from "./site.ts";
import type { LaunchAnswer, LaunchRequest, Pool } from "./types.ts";

export interface CreateFleetInput {
  readonly Type?: string;
  readonly ClientToken?: string;
  readonly LaunchTemplateConfigs?: readonly TemplateConfig[];
  readonly TargetCapacitySpecification?: Capacity;
  readonly TagSpecifications?: readonly TagSpecification[];
}
interface TemplateConfig {
  readonly LaunchTemplateSpecification?: TemplateName;
  readonly Overrides?: readonly FleetOverride[];
}
interface FleetOverride {
  readonly InstanceType?: string;
  readonly SubnetId?: string;
  readonly Priority?: number;
}
interface Capacity {
  readonly TotalTargetCapacity?: number;
  readonly OnDemandTargetCapacity?: number;
  readonly SpotTargetCapacity?: number;
  readonly DefaultTargetCapacityType?: string;
}
interface TagSpecification {
  readonly ResourceType?: string;
  readonly Tags?: readonly Tag[];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFleet.html */
export function createFleet(site: Site, input: CreateFleetInput): object {
  const { Type, ClientToken: token = "", LaunchTemplateConfigs: configs = [], ...rest } = input;
  if (Type !== "instant") throw invalid("Only fleets of type 'instant' are imagined here.");
  const { TargetCapacitySpecification: capacity = {}, TagSpecifications: tags = [] } = rest;
  checkToken(token);
  for (const { LaunchTemplateSpecification: template } of configs) checkTemplate(site, template);
  const pools = poolsOf(site, configs);
  const template = configs[0]?.LaunchTemplateSpecification;
  const all = { ...instanceTags(tags), ...versionTag(site, template) };
  const request = { ...countsOf(capacity), countMin: 0, pools, tags: all, token };
  const answer = orThrow(launch(site.fleet, request, { ...input, ClientToken: "" }));
  return fleetOf(site, answer, template?.Version ?? "$Default");
}

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instances-from-launch-template.html */
function versionTag({ fleet }: Site, { Version = "$Default" }: TemplateName = {}): Readonly<Record<string, string>> {
  const { defaultVersion } = fleet.options.launchTemplate;
  return { "aws:ec2launchtemplate:version": Version.startsWith("$") ? String(defaultVersion) : Version };
}

const invalid = (message: string): AwsError => new AwsError("InvalidParameterValue", message);

/** https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html */
const tokenLengthMax = 64;
function checkToken(token: string): void {
  const isAscii = [...token].every((letter) => letter >= " " && letter <= "~");
  if (token.length > tokenLengthMax || !isAscii) throw invalid(`The client token '${token}' is not valid.`);
}

function poolsOf({ fleet }: Site, configs: readonly TemplateConfig[]): LaunchRequest["pools"] {
  const overrides = configs.flatMap(({ Overrides = [] }) => Overrides);
  const ranked = overrides.toSorted((a, b) => priorityOf(a) - priorityOf(b));
  return ranked.flatMap(({ InstanceType: instanceType = templateType, SubnetId }) =>
    (SubnetId === undefined ? [...fleet.subnets.keys()] : [SubnetId]).map((subnetId) => ({ instanceType, subnetId })),
  );
}

/** Without one an override comes last, in the order it was written. */
const priorityOf = ({ Priority = Number.MAX_SAFE_INTEGER }: FleetOverride): number => Priority;

function countsOf(capacity: Capacity): Pick<LaunchRequest, "onDemandCount" | "spotCount"> {
  const { TotalTargetCapacity: total = 0, DefaultTargetCapacityType: rest = "on-demand" } = capacity;
  const { OnDemandTargetCapacity: onDemandCount = 0, SpotTargetCapacity: spotCount = 0 } = capacity;
  const unnamedCount = total - onDemandCount - spotCount;
  if (unnamedCount < 0) throw invalid("The target capacities exceed TotalTargetCapacity.");
  if (rest === "spot") return { onDemandCount, spotCount: spotCount + unnamedCount };
  return { onDemandCount: onDemandCount + unnamedCount, spotCount };
}

const instanceTags = (specifications: readonly TagSpecification[]): Readonly<Record<string, string>> =>
  tagsOf(specifications.flatMap(({ ResourceType, Tags = [] }) => (ResourceType === "instance" ? Tags : [])));

function fleetOf(site: Site, { launch: ordinal, instances, refused }: LaunchAnswer, version: string): object {
  const pools = [...new Set(instances.map(({ pool }) => pool))];
  return {
    FleetId: `fleet-${ordinal.toString(16).padStart(8, "0")}`,
    Instances: pools.map((pool) => ({
      LaunchTemplateAndOverrides: templateAndOverrides(site, pool, version),
      Lifecycle: pool.purchase,
      InstanceIds: instances.filter((instance) => instance.pool === pool).map(({ id }) => id),
      InstanceType: pool.instanceType,
      AvailabilityZone: pool.zone,
      SubnetId: pool.subnetId,
    })),
    Errors: refused.map((pool) => ({
      LaunchTemplateAndOverrides: templateAndOverrides(site, pool, version),
      Lifecycle: pool.purchase,
      ErrorCode: "InsufficientInstanceCapacity",
      ErrorMessage: `There is no ${pool.instanceType} capacity in ${pool.zone}.`,
    })),
  };
}

const templateAndOverrides = ({ fleet }: Site, { instanceType, subnetId }: Pool, version: string): object => ({
  LaunchTemplateSpecification: { LaunchTemplateId: fleet.options.launchTemplate.id, Version: version },
  Overrides: { InstanceType: instanceType, SubnetId: subnetId },
});

export interface RunInstancesInput {
  readonly MinCount: number;
  readonly MaxCount: number;
  readonly ClientToken?: string;
  readonly LaunchTemplate?: TemplateName;
  readonly InstanceType?: string;
  readonly SubnetId?: string;
  readonly InstanceMarketOptions?: { readonly MarketType?: string };
  readonly TagSpecifications?: readonly TagSpecification[];
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html */
export function runInstances(site: Site, input: RunInstancesInput): object {
  const { MinCount: countMin, MaxCount: count, ClientToken: token = "", InstanceMarketOptions: market } = input;
  const { LaunchTemplate: template, TagSpecifications: tags = [] } = input;
  if (!(countMin >= 1 && countMin <= count)) throw invalid("MinCount must be from 1 to MaxCount.");
  checkToken(token);
  checkTemplate(site, template);
  const pools = poolsOf(site, [{ Overrides: [input] }]);
  const counts =
    market?.MarketType === "spot" ? { onDemandCount: 0, spotCount: count } : { onDemandCount: count, spotCount: 0 };
  const request = { ...counts, countMin, pools, tags: instanceTags(tags), token };
  const { instances } = orThrow(launch(site.fleet, request, { ...input, ClientToken: "" }));
  return reservationOf(
    orThrow(
      find(
        site.fleet,
        instances.map(({ id }) => id),
      ),
    ),
    site.fleet.now,
  );
}
