// An account of AWS that an emulator plays: clients for it, and a website in it as an operator has it before Tidegate comes.
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateLaunchTemplateCommand, CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { CloudOptions } from "../../shared/sim/cloud/index.ts";

export const region = "eu-west-1";
/** Nothing boots from it. */
export const imageId = "ami-0123456789abcdef0";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };

export type Account = ReturnType<typeof accountAt>;

/** `maxAttempts: 1`: what an emulator refuses it refuses for good, and a test wants to see it at once. */
export function accountAt(endpoint: string) {
  const to = { endpoint, region, credentials, maxAttempts: 1 };
  return {
    endpoint,
    ec2: new EC2Client(to),
    loadBalancer: new ElasticLoadBalancingV2Client(to),
    metrics: new CloudWatchClient(to),
    dynamodb: new DynamoDBClient(to),
    stacks: new CloudFormationClient(to),
    events: new EventBridgeClient(to),
    functions: new LambdaClient(to),
    queues: new SQSClient(to),
    roles: new IAMClient(to),
    logs: new CloudWatchLogsClient(to),
  };
}

/** For programs of their own: `sls`, `tidegate`. */
export const environmentFor = ({ endpoint }: Account): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
});

export interface Site {
  readonly name: string;
  readonly subnets: readonly string[];
  readonly targetGroupArn: string;
  /** Of its metrics. */
  readonly dimensions: Readonly<Record<"TargetGroup" | "LoadBalancer", string>>;
}
export interface SiteOptions {
  readonly name: string;
  readonly deregistrationDelaySeconds: number;
}

/** A target group behind a load balancer in two zones, and a launch template of the same name. */
export async function standUp(account: Account, { name, deregistrationDelaySeconds }: SiteOptions): Promise<Site> {
  const { ec2, loadBalancer } = account;
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const VpcId = given(Vpc?.VpcId);
  const subnets: string[] = [];
  for (const [index, zone] of ["a", "b"].entries()) {
    const block = { VpcId, CidrBlock: `10.0.${index}.0/24`, AvailabilityZone: region + zone };
    subnets.push(given((await ec2.send(new CreateSubnetCommand(block))).Subnet?.SubnetId));
  }
  const template = { ImageId: imageId, InstanceType: "m7g.large" } as const;
  await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData: template }));
  const group = { Name: name, VpcId, Protocol: "HTTP", Port: 80, TargetType: "instance" } as const;
  const { TargetGroups: groups } = await loadBalancer.send(new CreateTargetGroupCommand(group));
  const TargetGroupArn = given(groups?.[0]?.TargetGroupArn);
  const delay = { Key: "deregistration_delay.timeout_seconds", Value: String(deregistrationDelaySeconds) };
  await loadBalancer.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes: [delay] }));
  const balanced = new CreateLoadBalancerCommand({ Name: name, Subnets: subnets, Type: "application" });
  const LoadBalancerArn = given((await loadBalancer.send(balanced)).LoadBalancers?.[0]?.LoadBalancerArn);
  const DefaultActions = [{ Type: "forward", TargetGroupArn } as const];
  await loadBalancer.send(new CreateListenerCommand({ LoadBalancerArn, Protocol: "HTTP", Port: 80, DefaultActions }));
  return {
    name,
    subnets,
    targetGroupArn: TargetGroupArn,
    dimensions: {
      TargetGroup: TargetGroupArn.slice(TargetGroupArn.lastIndexOf(":") + 1),
      LoadBalancer: LoadBalancerArn.slice(LoadBalancerArn.indexOf(":loadbalancer/") + 14),
    },
  };
}

export type Published = CloudOptions["published"][number];
export interface Minute {
  /** Where it begins. */
  readonly at: number;
  readonly requests: number;
  readonly hosts: number;
}

/** What a load balancer publishes of its minutes: no count of requests where there were none. */
export async function publish({ metrics }: Account, { dimensions }: Site, minutes: readonly Minute[]): Promise<void> {
  const busy = minutes.filter(({ requests }) => requests > 0);
  const counted = busy.map(({ at, requests }) => ({ MetricName: "RequestCount", Value: requests, at }));
  const hosts = minutes.map(({ at, hosts }) => ({ MetricName: "HealthyHostCount", Value: hosts, at }));
  await put(metrics, "AWS/ApplicationELB", { dimensions, data: [...counted, ...hosts] });
  const { TargetGroup } = dimensions;
  const share = ({ requests, hosts }: Minute): number => requests / Math.max(1, hosts);
  const shares = busy.map((minute) => ({ MetricName: "RequestCountPerTarget", Value: share(minute), at: minute.at }));
  if (shares.length > 0) await put(metrics, "AWS/ApplicationELB", { dimensions: { TargetGroup }, data: shares });
}

/** What somebody else publishes of a minute. */
export async function publishOwn({ metrics }: Account, own: readonly Published[], at: number): Promise<void> {
  for (const { namespace, name, dimensions, samples } of own) {
    const data = samples(at).map((Value) => ({ MetricName: name, Value, at }));
    if (data.length > 0) await put(metrics, namespace, { dimensions, data });
  }
}

interface Datum {
  readonly MetricName: string;
  readonly Value: number;
  readonly at: number;
}
interface Sent {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly data: readonly Datum[];
}

async function put(metrics: CloudWatchClient, Namespace: string, { dimensions, data }: Sent): Promise<void> {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const MetricData = data.map(({ at, ...datum }) => ({ ...datum, Dimensions, Timestamp: new Date(at) }));
  await metrics.send(new PutMetricDataCommand({ Namespace, MetricData }));
}

export function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the emulator answered without what was asked for");
  return value;
}
