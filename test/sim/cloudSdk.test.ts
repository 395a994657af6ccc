// The real SDK clients over `answer`: proof that its shapes are those the clients' users read.
import { CloudWatchClient, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import {
  CreateFleetCommand,
  EC2Client,
  paginateDescribeInstances,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "@jest/globals";
import { type Cloud, calmFaults } from "../../shared/sim/cloud/index.ts";
import { atMinute, atSecond, givenCloud, start } from "./cloudGiven.ts";

const settings = { region: "eu-west-1", credentials: { accessKeyId: "none", secretAccessKey: "none" } };

/** As small as the middleware can be: whoever composes the two for good also translates the errors. */
function over<Client extends { middlewareStack: { add(middleware: never, options: object): void } }>(
  client: Client,
  cloud: Cloud,
): Client {
  const middleware =
    (_next: unknown, context: { clientName: string; commandName: string }) => async (args: { input: unknown }) => ({
      output: {
        ...cloud.answer(context.clientName, context.commandName, args.input),
        $metadata: { httpStatusCode: 200 },
      },
      response: {},
    });
  client.middlewareStack.add(middleware as never, { step: "initialize", priority: "low", name: "imaginedCloud" });
  return client;
}

async function collected<Page>(pages: AsyncIterable<Page>): Promise<readonly Page[]> {
  const all: Page[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

test("instances are launched, described page by page, registered and terminated", async () => {
  const cloud = givenCloud({ faults: { ...calmFaults(), visibilityLagMs: 0, pageSizeMax: 2 } });
  cloud.faults.noCapacity = ({ zone }) => zone === "eu-west-1a";
  const ec2 = over(new EC2Client(settings), cloud);
  const elb = over(new ElasticLoadBalancingV2Client(settings), cloud);

  const { Instances = [], Errors = [] } = await ec2.send(
    new CreateFleetCommand({
      Type: "instant",
      LaunchTemplateConfigs: [{ LaunchTemplateSpecification: { LaunchTemplateName: "shop-web", Version: "$Default" } }],
      TargetCapacitySpecification: { TotalTargetCapacity: 3, DefaultTargetCapacityType: "on-demand" },
      TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "fleet", Value: "shop" }] }],
    }),
  );
  const ids = Instances.flatMap(({ InstanceIds = [] }) => InstanceIds);
  expect(ids).toHaveLength(3);
  expect(Errors.map(({ ErrorCode }) => ErrorCode)).toEqual(["InsufficientInstanceCapacity"]);

  cloud.advanceTo(atSecond(30));
  const Filters = [{ Name: "tag:fleet", Values: ["shop"] }];
  const pages = await collected(paginateDescribeInstances({ client: ec2 }, { Filters }));
  expect(pages).toHaveLength(2);
  const instances = pages.flatMap(({ Reservations = [] }) => Reservations.flatMap(({ Instances = [] }) => Instances));
  expect(instances.map(({ InstanceId, State }) => [InstanceId, State?.Name])).toEqual(
    ids.toSorted().map((id) => [id, "running"]),
  );
  expect(instances[0]?.LaunchTime?.getTime()).toBe(start);

  const { TargetGroups: [group] = [] } = await elb.send(new DescribeTargetGroupsCommand({ Names: ["shop-web"] }));
  const TargetGroupArn = group?.TargetGroupArn;
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: ids.map((Id) => ({ Id })) }));
  cloud.advanceTo(atSecond(100));
  const health = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }));
  expect(health.TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth?.State)).toEqual(
    Array(3).fill("healthy"),
  );

  const ended = await ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));
  expect(ended.TerminatingInstances?.map(({ CurrentState }) => CurrentState?.Name)).toEqual(
    Array(3).fill("shutting-down"),
  );
});

test("a refusal carries AWS's name", async () => {
  const cloud = givenCloud();
  cloud.faults.noCapacity = () => true;
  const ec2 = over(new EC2Client(settings), cloud);
  const sent = ec2.send(new RunInstancesCommand({ MinCount: 1, MaxCount: 1 }));
  await expect(sent).rejects.toMatchObject({ name: "InsufficientInstanceCapacity", httpStatusCode: 500 });
});

test("metrics are paged by the SDK's own paginator", async () => {
  const cloud = givenCloud();
  cloud.seedServing(2, {});
  for (let minute = 0; minute < 6; minute++) {
    cloud.advanceTo(atMinute(minute));
    cloud.closeMinute(cloud.now);
  }
  const client = over(new CloudWatchClient(settings), cloud);
  const elb = over(new ElasticLoadBalancingV2Client(settings), cloud);
  const { TargetGroups: [group] = [] } = await elb.send(new DescribeTargetGroupsCommand({}));
  const Dimensions = [
    { Name: "TargetGroup", Value: group?.TargetGroupArn?.split(":").at(-1) },
    { Name: "LoadBalancer", Value: group?.LoadBalancerArns?.[0]?.split(":loadbalancer/").at(-1) },
  ];
  const Metric = { Namespace: "AWS/ApplicationELB", MetricName: "RequestCount", Dimensions };
  const pages = await collected(
    paginateGetMetricData(
      { client },
      {
        MetricDataQueries: [{ Id: "requests", MetricStat: { Metric, Period: 60, Stat: "Sum" } }],
        StartTime: new Date(start),
        EndTime: new Date(cloud.now),
        MaxDatapoints: 3,
        ScanBy: "TimestampAscending",
      },
    ),
  );
  const points = pages.flatMap(({ MetricDataResults: [result] = [] }) =>
    result?.Timestamps?.map((at, i) => [+at, result.Values?.[i]]),
  );
  expect(pages).toHaveLength(2);
  expect(points).toEqual([0, 1, 2, 3].map((minute) => [atMinute(minute), 600]));
});

test("the queue client's own checksum accepts the answer", async () => {
  const cloud = givenCloud();
  const sqs = over(new SQSClient(settings), cloud);
  const Entries = [{ Id: "1", MessageBody: "hello", DelaySeconds: 60 }];
  const { Successful } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: "https://queue", Entries }));
  expect(Successful?.map(({ Id }) => Id)).toEqual(["1"]);
  expect(cloud.sent).toEqual([{ queueUrl: "https://queue", body: "hello", delaySeconds: 60, at: start }]);
});
