// Alarms and tags of the imagined cloud, through the real SDK clients.
import { PutMetricAlarmCommand, paginateDescribeAlarms } from "@aws-sdk/client-cloudwatch";
import {
  AddTagsCommand,
  DescribeTagsCommand,
  DescribeTargetGroupsCommand,
  RemoveTagsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, test } from "@jest/globals";
import type { AwsError, Cloud } from "../../shared/sim/cloud/index.ts";
import { simulatedClients } from "../support/cloudClients.ts";
import { givenCloud } from "./cloudGiven.ts";

function refusal(cloud: Cloud, command: string, input: object): string {
  try {
    cloud.answer("CloudWatch", command, input);
    return "none";
  } catch (error) {
    return `${(error as AwsError).name}: ${(error as AwsError).message}`;
  }
}

const alarm = (AlarmName: string) => ({ AlarmName, MetricName: "Load", Namespace: "Shop", EvaluationPeriods: 1 });
const named = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `alarm ${index}`);

test("alarms are described by the beginning of their names, page by page", async () => {
  const { metrics } = simulatedClients(givenCloud());
  const put = { ...alarm(""), ComparisonOperator: "GreaterThanThreshold", Threshold: 7 } as const;
  for (const AlarmName of ["b/2", "a/1", "b/1", "b/3"])
    await metrics.send(new PutMetricAlarmCommand({ ...put, AlarmName }));
  const names: unknown[] = [];
  for await (const page of paginateDescribeAlarms({ client: metrics, pageSize: 2 }, { AlarmNamePrefix: "b/" }))
    names.push(page.MetricAlarms?.map(({ AlarmName, Threshold }) => [AlarmName, Threshold]));
  expect(names).toEqual([
    [
      ["b/1", 7],
      ["b/2", 7],
    ],
    [["b/3", 7]],
  ]);
});

test.each<[string, string, object, string]>([
  ["no name", "PutMetricAlarm", alarm(""), "ValidationError: AlarmName must"],
  ["a name too long", "PutMetricAlarm", alarm("x".repeat(256)), "ValidationError: AlarmName must"],
  [
    "neither metric nor expression",
    "PutMetricAlarm",
    { AlarmName: "a", EvaluationPeriods: 1 },
    "ValidationError: Exactly",
  ],
  ["both", "PutMetricAlarm", { ...alarm("a"), Metrics: [{ Id: "a" }] }, "ValidationError: Exactly one of"],
  [
    "two results of an expression",
    "PutMetricAlarm",
    { AlarmName: "a", EvaluationPeriods: 1, Metrics: [{ Id: "a" }, { Id: "b" }] },
    "ValidationError: Exactly one element",
  ],
  [
    "more points than periods",
    "PutMetricAlarm",
    { ...alarm("a"), DatapointsToAlarm: 2 },
    "ValidationError: DatapointsToAlarm",
  ],
  ["more than a hundred at once", "DeleteAlarms", { AlarmNames: named(101) }, "ValidationError: Up to 100"],
  ["an alarm that is not there", "DeleteAlarms", { AlarmNames: ["a"] }, "ResourceNotFound: no alarm a"],
])("%s is refused", (_, command, input, expected) => {
  expect(refusal(givenCloud(), command, input)).toContain(expected);
});

test("what is there goes, even when something else of the batch is not", () => {
  const cloud = givenCloud();
  cloud.answer("CloudWatch", "PutMetricAlarm", alarm("a"));
  expect(refusal(cloud, "DeleteAlarms", { AlarmNames: ["a", "b"] })).toBe("ResourceNotFound: no alarm b");
  expect(cloud.answer("CloudWatch", "DescribeAlarms", {})).toMatchObject({ MetricAlarms: [] });
});

test("the target group's tags are added, described and removed; another group has none", async () => {
  const { loadBalancer } = simulatedClients(givenCloud());
  const { TargetGroups: [group] = [] } = await loadBalancer.send(new DescribeTargetGroupsCommand({}));
  const ResourceArns = [group?.TargetGroupArn ?? ""];
  const Tags = [
    { Key: "owner", Value: "a" },
    { Key: "kept", Value: "b" },
  ];
  await loadBalancer.send(new AddTagsCommand({ ResourceArns, Tags }));
  await loadBalancer.send(new RemoveTagsCommand({ ResourceArns, TagKeys: ["owner"] }));
  const { TagDescriptions } = await loadBalancer.send(new DescribeTagsCommand({ ResourceArns }));
  expect(TagDescriptions).toEqual([{ ResourceArn: ResourceArns[0], Tags: Tags.slice(1) }]);
  for (const wrong of [["arn:other"], [], Array(21).fill(ResourceArns[0])])
    await expect(loadBalancer.send(new DescribeTagsCommand({ ResourceArns: wrong }))).rejects.toThrow();
});
