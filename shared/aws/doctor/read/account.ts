// What all fleets of an account share: its quotas, what runs already, and the roles that EC2 takes on.
import { DescribeInstancesCommand, type EC2Client, type Instance } from "@aws-sdk/client-ec2";
import { GetRoleCommand, type IAMClient } from "@aws-sdk/client-iam";
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import { fleetTag } from "../../../control/index.ts";
import { ok } from "../../../core/index.ts";
import type { Running, ServiceRoles } from "../facts.ts";
import type { Quota } from "../quotas.ts";
import { andThen, ask, type Reading } from "../reading.ts";
import { describeTypes } from "./network.ts";
import { allPages } from "./pages.ts";

/** A hundred thousand instances. */
const pagesMax = 100;

/** Stopped instances count against no quota. */
export async function readRunning(ec2: EC2Client): Promise<Reading<readonly Running[]>> {
  const described = await ask("ec2:DescribeInstances", () => describeRunning(ec2));
  return await andThen(described, async (instances) => {
    const names = [...new Set(instances.map(({ InstanceType: name = "" }) => name))];
    return await andThen(await describeTypes(ec2, names), async (types) => {
      const vcpuCounts = new Map(types.map(({ name, vcpuCount }) => [name, vcpuCount]));
      return ok(instances.map((instance) => runningIn(instance, vcpuCounts)));
    });
  });
}

async function describeRunning(ec2: EC2Client): Promise<readonly Instance[]> {
  const Filters = [{ Name: "instance-state-name", Values: ["pending", "running"] }];
  return await allPages(pagesMax, async (NextToken) => {
    const answer = await ec2.send(new DescribeInstancesCommand({ Filters, MaxResults: 1_000, NextToken }));
    return { found: (answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances), next: answer.NextToken };
  });
}

const runningIn = (instance: Instance, vcpuCounts: ReadonlyMap<string, number>): Running => ({
  type: instance.InstanceType ?? "",
  vcpuCount: vcpuCounts.get(instance.InstanceType ?? "") ?? 0,
  purchase: instance.InstanceLifecycle === "spot" ? "spot" : "on-demand",
  owner: instance.Tags?.find(({ Key }) => Key === fleetTag)?.Value ?? "",
  subnet: instance.SubnetId ?? "",
});

export async function readServiceRoles(iam: IAMClient): Promise<ServiceRoles> {
  const arnOf = (RoleName: string): Promise<Reading<string>> =>
    ask("iam:GetRole", async () => (await iam.send(new GetRoleCommand({ RoleName }))).Role?.Arn ?? "");
  const [fleet, spot] = await Promise.all([arnOf("AWSServiceRoleForEC2Fleet"), arnOf("AWSServiceRoleForEC2Spot")]);
  return { fleet, spot };
}

/** By code; each is read once. */
export async function readQuotas(
  client: ServiceQuotasClient,
  quotas: readonly Quota[],
): Promise<ReadonlyMap<string, Reading<number>>> {
  const distinct = [...new Map(quotas.map((quota) => [quota.code, quota])).values()];
  const read = await Promise.all(distinct.map(async (quota) => [quota.code, await readQuota(client, quota)] as const));
  return new Map(read);
}

/** A quota that was never raised is known by its default only. */
async function readQuota(client: ServiceQuotasClient, { service, code }: Quota): Promise<Reading<number>> {
  const asked = { ServiceCode: service, QuotaCode: code };
  const applied = await ask(
    "servicequotas:GetServiceQuota",
    async () => (await client.send(new GetServiceQuotaCommand(asked))).Quota?.Value ?? 0,
  );
  if (applied.kind === "ok" || applied.error.kind !== "missing") return applied;
  return await ask(
    "servicequotas:GetAWSDefaultServiceQuota",
    async () => (await client.send(new GetAWSDefaultServiceQuotaCommand(asked))).Quota?.Value ?? 0,
  );
}
