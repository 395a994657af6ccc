// The version of the launch template that the policy asks for, with its image, its profile and its volumes' keys.
import {
  DescribeImagesCommand,
  DescribeLaunchTemplateVersionsCommand,
  type EC2Client,
  type ResponseLaunchTemplateData,
} from "@aws-sdk/client-ec2";
import { GetInstanceProfileCommand } from "@aws-sdk/client-iam";
import { assert, error, ok } from "../../../core/index.ts";
import type { Launch } from "../../../policy/index.ts";
import type { DoctorClients } from "../clients.ts";
import type { BareTemplate, Image, Template } from "../facts.ts";
import { andThen, ask, type Reading } from "../reading.ts";
import { readKeys } from "./keys.ts";

export async function readTemplate(clients: DoctorClients, spec: Launch["template"]): Promise<Reading<Template>> {
  return await andThen(await describeTemplate(clients.ec2, spec), async ({ template, launch }) => {
    const [profile, keys] = await Promise.all([profileOf(clients, launch), readKeys(clients, launch, template.image)]);
    return ok({ ...template, profile, keys, securityGroups: securityGroupsIn(launch) });
  });
}

/** With its image, and nothing of what keys and roles it names. */
export const readBareTemplate = async (ec2: EC2Client, spec: Launch["template"]): Promise<Reading<BareTemplate>> =>
  await andThen(await describeTemplate(ec2, spec), async ({ template }) => ok(template));

interface Described {
  readonly template: BareTemplate;
  readonly launch: ResponseLaunchTemplateData;
}

async function describeTemplate(
  ec2: EC2Client,
  { kind, value, version }: Launch["template"],
): Promise<Reading<Described>> {
  const by = kind === "id" ? { LaunchTemplateId: value } : { LaunchTemplateName: value };
  const described = await ask("ec2:DescribeLaunchTemplateVersions", async () => {
    const command = new DescribeLaunchTemplateVersionsCommand({ ...by, Versions: [version] });
    return (await ec2.send(command)).LaunchTemplateVersions ?? [];
  });
  return await andThen(described, async ([found]) => {
    if (!found) return error({ kind: "missing", code: "InvalidLaunchTemplateId.VersionNotFound" });
    const launch = found.LaunchTemplateData ?? {};
    const image = await imageOf(ec2, launch);
    const name = found.LaunchTemplateName ?? value;
    return ok({ launch, template: { name, version: found.VersionNumber ?? 0, image, ...asWritten(launch) } });
  });
}

function asWritten(launch: ResponseLaunchTemplateData): Pick<Template, "instanceType" | "subnets" | "monitoring"> {
  const { InstanceType: type, InstanceRequirements: requirements } = launch;
  const otherwise = requirements ? ({ kind: "by-requirements" } as const) : ({ kind: "none" } as const);
  return {
    instanceType: type ? { kind: "one", name: type } : otherwise,
    subnets: (launch.NetworkInterfaces ?? []).flatMap(({ SubnetId }) => SubnetId ?? []).slice(0, 1),
    monitoring: launch.Monitoring?.Enabled ? "detailed" : "basic",
  };
}

/** Where a network interface is named, its own count. */
const securityGroupsIn = ({ NetworkInterfaces: [first] = [], SecurityGroupIds }: ResponseLaunchTemplateData) =>
  first?.Groups ?? SecurityGroupIds ?? [];

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-launch-template.html#use-an-ssm-parameter-instead-of-an-ami-id */
async function imageOf(ec2: EC2Client, { ImageId: name }: ResponseLaunchTemplateData): Promise<Template["image"]> {
  if (!name) return { kind: "none" };
  return name.startsWith("resolve:")
    ? { kind: "alias", name }
    : { kind: "one", name, read: await readImage(ec2, name) };
}

async function readImage(ec2: EC2Client, id: string): Promise<Reading<Image>> {
  const described = await ask("ec2:DescribeImages", async () => {
    // Instances can be launched of a deprecated image, and not of a disabled one: both are to be seen.
    const command = new DescribeImagesCommand({ ImageIds: [id], IncludeDeprecated: true, IncludeDisabled: true });
    return (await ec2.send(command)).Images ?? [];
  });
  return await andThen(described, async ([image]) => {
    if (!image) return error({ kind: "missing", code: "InvalidAMIID.NotFound" });
    const volumes = (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs ?? []);
    return ok({
      state: image.State ?? "unknown",
      architecture: image.Architecture ?? "unknown",
      encryptedSnapshots: volumes.filter(({ Encrypted }) => Encrypted).flatMap(({ SnapshotId }) => SnapshotId ?? []),
    });
  });
}

async function profileOf({ iam }: DoctorClients, launch: ResponseLaunchTemplateData): Promise<Template["profile"]> {
  const { Name, Arn } = launch.IamInstanceProfile ?? {};
  const name = Name ?? Arn?.split("/").at(-1);
  if (!name) return { kind: "none" };
  const read = await ask("iam:GetInstanceProfile", async () => {
    const { InstanceProfile: profile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName: name }));
    assert(profile !== undefined, "a profile that is found is described");
    return (profile.Roles ?? []).map(({ RoleName }) => RoleName ?? "");
  });
  return { kind: "one", name, read };
}
