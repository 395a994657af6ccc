// An account's answers as AWS gives them, behind real SDK clients: one fleet in a VPC of two zones, deployed and at rest.
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { DoctorClients } from "../../../shared/aws/doctor/index.ts";
import { answerWith } from "../../../shared/aws/index.ts";
import { hourMs, secondMs } from "../../../shared/core/index.ts";
import { noon } from "../../support/given.ts";
import { fleetRole, groupArn, spotRole } from "./givenFacts.ts";

export interface Call {
  readonly service: string;
  readonly command: string;
  readonly input: unknown;
}
/** Answers by the command's name. */
export type Answers = Readonly<Record<string, (input: never) => object>>;

const balancer = "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/web/1";
const warmedQueue = "arn:aws:sqs:eu-west-1:1:tidegate-prod-warmed";
const key = "arn:aws:kms:eu-west-1:1:key/k-1";

export const templateAnswer = (change: object = {}) => ({
  LaunchTemplateVersions: [
    {
      LaunchTemplateName: "shop",
      VersionNumber: 3,
      LaunchTemplateData: {
        ImageId: "ami-1",
        InstanceType: "m7g.large",
        Monitoring: { Enabled: true },
        IamInstanceProfile: { Arn: "arn:aws:iam::1:instance-profile/shop/web" },
        SecurityGroupIds: ["sg-web"],
        BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { Encrypted: true, KmsKeyId: key } }],
        ...change,
      },
    },
  ],
});

const subnetAnswer = (letter: string) => ({
  SubnetId: `subnet-${letter}`,
  AvailabilityZone: `eu-west-1${letter}`,
  VpcId: "vpc-1",
  AvailableIpAddressCount: 200,
});

export const answers: Answers = {
  DescribeInstances: () => ({
    Reservations: [
      { Instances: [{ InstanceType: "m5.large", SubnetId: "subnet-a", Tags: [{ Key: "Name", Value: "prod/shop" }] }] },
      { Instances: [{ InstanceType: "m7g.large", Tags: [{ Key: "tidegate:fleet", Value: "prod/shop" }] }] },
    ],
  }),
  DescribeInstanceTypes: ({ Filters }: { Filters: readonly { Values: readonly string[] }[] }) => ({
    InstanceTypes: Filters[0]?.Values.map((InstanceType) => ({
      InstanceType,
      VCpuInfo: { DefaultVCpus: 2 },
      ProcessorInfo: { SupportedArchitectures: [InstanceType.startsWith("m7g") ? "arm64" : "x86_64"] },
    })),
  }),
  DescribeInstanceTypeOfferings: () => ({
    InstanceTypeOfferings: ["a", "b"].map((zone) => ({ InstanceType: "m7g.large", Location: `eu-west-1${zone}` })),
  }),
  DescribeSubnets: () => ({ Subnets: [subnetAnswer("a"), subnetAnswer("b")] }),
  DescribeLaunchTemplateVersions: () => templateAnswer(),
  DescribeImages: () => ({
    Images: [
      {
        State: "available",
        Architecture: "arm64",
        BlockDeviceMappings: [{ Ebs: { Encrypted: true, SnapshotId: "snap-1" } }, { VirtualName: "ephemeral0" }],
      },
    ],
  }),
  DescribeSecurityGroups: () => ({
    SecurityGroups: [
      {
        GroupId: "sg-web",
        IpPermissions: [
          { IpProtocol: "tcp", FromPort: 8080, ToPort: 8080, UserIdGroupPairs: [{ GroupId: "sg-warm" }] },
        ],
      },
    ],
  }),
  DescribeSnapshots: () => ({ Snapshots: [{ SnapshotId: "snap-1", KmsKeyId: key }] }),
  GetEbsEncryptionByDefault: () => ({ EbsEncryptionByDefault: true }),
  GetEbsDefaultKmsKeyId: () => ({ KmsKeyId: "alias/aws/ebs" }),
  DescribeKey: ({ KeyId }: { KeyId: string }) => ({
    KeyMetadata: { KeyId, Arn: KeyId, KeyState: "Enabled", KeyManager: KeyId === key ? "CUSTOMER" : "AWS" },
  }),
  ListGrants: () => ({ Grants: [{ GranteePrincipal: fleetRole }, { GranteePrincipal: spotRole }] }),
  GetInstanceProfile: () => ({ InstanceProfile: { Roles: [{ RoleName: "web" }] } }),
  GetRole: ({ RoleName }: { RoleName: string }) => ({
    Role: { Arn: RoleName === "AWSServiceRoleForEC2Spot" ? spotRole : fleetRole },
  }),
  DescribeTargetGroups: () => ({
    TargetGroups: [
      {
        TargetGroupArn: groupArn,
        TargetGroupName: "shop-web",
        TargetType: "instance",
        Port: 8080,
        VpcId: "vpc-1",
        HealthCheckIntervalSeconds: 10,
        HealthyThresholdCount: 3,
        LoadBalancerArns: [balancer],
      },
    ],
  }),
  DescribeTargetGroupAttributes: () => ({
    Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: "60" }],
  }),
  DescribeTags: () => ({ TagDescriptions: [{ Tags: [{ Key: "tidegate:fleet", Value: "prod/shop" }] }] }),
  DescribeLoadBalancers: () => ({
    LoadBalancers: [
      {
        LoadBalancerArn: balancer,
        LoadBalancerName: "web",
        Type: "application",
        AvailabilityZones: [{ ZoneName: "eu-west-1a" }, { ZoneName: "eu-west-1b" }],
      },
    ],
  }),
  DescribeListeners: () => ({ Listeners: [{ ListenerArn: "listener-1" }] }),
  DescribeRules: () => ({ Rules: [{ Actions: [{ Type: "forward", TargetGroupArn: groupArn }] }] }),
  GetServiceQuota: ({ QuotaCode }: { QuotaCode: string }) => {
    if (QuotaCode.startsWith("L-7E")) throw refusal("NoSuchResourceException");
    return { Quota: { Value: 500 } };
  },
  GetAWSDefaultServiceQuota: () => ({ Quota: { Value: 1_000 } }),
  DescribeTable: () => ({ Table: { TableStatus: "ACTIVE" } }),
  DescribeContinuousBackups: () => ({
    ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: "ENABLED" } },
  }),
  GetQueueUrl: () => ({ QueueUrl: "https://sqs.eu-west-1.amazonaws.com/1/tidegate-prod-looks" }),
  GetQueueAttributes: () => ({
    Attributes: { CreatedTimestamp: String((noon - hourMs) / secondMs), ApproximateNumberOfMessages: "0" },
  }),
  GetMetricData: ({ MetricDataQueries: [query] }: { MetricDataQueries: readonly { Id: string }[] }) => ({
    MetricDataResults: [
      { Id: "dispatch", Values: [1, 2] },
      { Id: "evaluate", Values: [6] },
      { Id: "forecast", Values: [1, 1] },
    ].filter(({ Id }) => Id === query?.Id),
  }),
  GetFunctionConfiguration: ({ FunctionName }: { FunctionName: string }) => ({
    FunctionName,
    VpcConfig: FunctionName.endsWith("-warming") ? undefined : { VpcId: "vpc-1", SecurityGroupIds: ["sg-warm"] },
  }),
  GetFunctionEventInvokeConfig: () => ({
    MaximumRetryAttempts: 0,
    DestinationConfig: { OnSuccess: { Destination: warmedQueue }, OnFailure: { Destination: warmedQueue } },
  }),
  DescribeAlarms: ({ AlarmNames }: { AlarmNames: readonly string[] }) => ({
    MetricAlarms: AlarmNames.map((AlarmName) => ({ AlarmName, StateValue: "OK" })),
  }),
};

/** A refusal as AWS would give it. */
export const refusal = (name: string, httpStatusCode = 400): Error =>
  Object.assign(new Error(`${name} it is\nand a hint`), { name, httpStatusCode });

const offline = {
  region: "eu-west-1",
  credentials: { accessKeyId: "imagined", secretAccessKey: "imagined" },
  maxAttempts: 1,
};

/** Clients that are answered from `script`, or else as usual. `calls` fills with what they send. */
export function doctorClients(script: Answers = {}): { clients: DoctorClients; calls: readonly Call[] } {
  const calls: Call[] = [];
  const answer = (service: string, command: string, input: unknown): object => {
    calls.push({ service, command, input });
    const found = script[command] ?? answers[command];
    if (!found) throw new Error(`no answer to ${command}`);
    return found(input as never);
  };
  const clients = {
    ec2: new EC2Client(offline),
    loadBalancer: new ElasticLoadBalancingV2Client(offline),
    iam: new IAMClient(offline),
    kms: new KMSClient(offline),
    lambda: new LambdaClient(offline),
    quotas: new ServiceQuotasClient(offline),
    dynamodb: new DynamoDBClient(offline),
    sqs: new SQSClient(offline),
    metrics: new CloudWatchClient(offline),
  };
  answerWith(clients.ec2, "ec2", answer);
  answerWith(clients.loadBalancer, "elasticloadbalancing", answer);
  answerWith(clients.iam, "iam", answer);
  answerWith(clients.kms, "kms", answer);
  answerWith(clients.lambda, "lambda", answer);
  answerWith(clients.quotas, "servicequotas", answer);
  answerWith(clients.dynamodb, "dynamodb", answer);
  answerWith(clients.sqs, "sqs", answer);
  answerWith(clients.metrics, "cloudwatch", answer);
  return { clients, calls };
}
