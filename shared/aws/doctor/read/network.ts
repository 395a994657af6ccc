// The subnets that a fleet launches into, and which instance types their zones offer.
import {
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeSubnetsCommand,
  type EC2Client,
} from "@aws-sdk/client-ec2";
import { ok } from "../../../core/index.ts";
import type { Launch, Policy } from "../../../policy/index.ts";
import type { BareTemplate, InstanceType, InstanceTypes, LaunchFacts, Offer, Subnets } from "../facts.ts";
import { ask, type Reading } from "../reading.ts";
import { allPages } from "./pages.ts";

/** EC2 takes at most so many values of a filter. */
const filterValuesMax = 200;
/** A page holds 100 types and 1,000 offers. */
const pagesMax = 20;

/** Where a fleet launches, and what. */
export async function readPlaces(
  ec2: EC2Client,
  policy: Policy,
  template: Reading<BareTemplate>,
): Promise<Omit<LaunchFacts, "template">> {
  const subnets = await readSubnets(ec2, policy.launch, template);
  const zones = subnets.found.kind === "ok" ? subnets.found.value.map(({ zone }) => zone) : [];
  const instanceTypes = await readInstanceTypes(ec2, typesOf(policy, template), [...new Set(zones)]);
  return { subnets, instanceTypes };
}

function typesOf({ launch }: Policy, template: Reading<BareTemplate>): readonly string[] {
  if (launch.instanceTypes.length > 0 || template.kind === "error") return launch.instanceTypes;
  const { instanceType } = template.value;
  return instanceType.kind === "one" ? [instanceType.name] : [];
}

async function readSubnets(ec2: EC2Client, launch: Launch, template: Reading<BareTemplate>): Promise<Subnets> {
  const ofTemplate = template.kind === "ok" ? template.value.subnets : [];
  const ids = launch.subnets.length > 0 ? launch.subnets : ofTemplate;
  if (ids.length === 0) return { namedBy: "nobody", ids, found: ok([]) };
  const found = await ask("ec2:DescribeSubnets", async () => {
    // By filter: one id that does not exist would refuse the others.
    const filters = [{ Name: "subnet-id", Values: [...ids] }];
    const { Subnets: subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: filters }));
    return subnets.map((subnet) => ({
      id: subnet.SubnetId ?? "",
      zone: subnet.AvailabilityZone ?? "",
      vpc: subnet.VpcId ?? "",
      freeAddressCount: subnet.AvailableIpAddressCount ?? 0,
    }));
  });
  return { namedBy: launch.subnets.length > 0 ? "policy" : "template", ids, found };
}

async function readInstanceTypes(
  ec2: EC2Client,
  names: readonly string[],
  zones: readonly string[],
): Promise<InstanceTypes> {
  const [found, offers] = await Promise.all([describeTypes(ec2, names), readOffers(ec2, names, zones)]);
  return { names, found, offers };
}

/** Types that the region does not know are left out. */
export const describeTypes = (ec2: EC2Client, names: readonly string[]): Promise<Reading<readonly InstanceType[]>> =>
  ask("ec2:DescribeInstanceTypes", async () => {
    const found: InstanceType[] = [];
    for (let from = 0; from < names.length; from += filterValuesMax)
      found.push(...(await typesAmong(ec2, names.slice(from, from + filterValuesMax))));
    return found;
  });

async function typesAmong(ec2: EC2Client, names: readonly string[]): Promise<readonly InstanceType[]> {
  const filters = [{ Name: "instance-type", Values: [...names] }];
  return await allPages(pagesMax, async (NextToken) => {
    const answer = await ec2.send(new DescribeInstanceTypesCommand({ Filters: filters, NextToken }));
    const found = (answer.InstanceTypes ?? []).map(({ InstanceType: name = "", VCpuInfo, ProcessorInfo }) => ({
      name,
      vcpuCount: VCpuInfo?.DefaultVCpus ?? 0,
      architectures: ProcessorInfo?.SupportedArchitectures ?? [],
    }));
    return { found, next: answer.NextToken };
  });
}

const readOffers = (
  ec2: EC2Client,
  names: readonly string[],
  zones: readonly string[],
): Promise<Reading<readonly Offer[]>> =>
  ask("ec2:DescribeInstanceTypeOfferings", async () => {
    if (names.length === 0 || zones.length === 0) return [];
    const filters = [
      { Name: "instance-type", Values: [...names] },
      { Name: "location", Values: [...zones] },
    ];
    return await allPages(pagesMax, async (NextToken) => {
      const asked = { LocationType: "availability-zone", Filters: filters, NextToken } as const;
      const answer = await ec2.send(new DescribeInstanceTypeOfferingsCommand(asked));
      const offers = answer.InstanceTypeOfferings ?? [];
      return {
        found: offers.map((offer) => ({ type: offer.InstanceType ?? "", zone: offer.Location ?? "" })),
        next: answer.NextToken,
      };
    });
  });
