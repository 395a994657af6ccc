// What carries a name after its stack is gone, asked of the services themselves: CloudFormation might only say so.
import { DescribeAlarmsCommand, ListDashboardsCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { ListRulesCommand } from "@aws-sdk/client-eventbridge";
import { ListRolesCommand } from "@aws-sdk/client-iam";
import { ListEventSourceMappingsCommand, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { ListQueuesCommand } from "@aws-sdk/client-sqs";
import type { Account } from "./account.ts";

/** Names and ARNs that hold `name`, or its alarms' `tidegate/<stage>/`. */
export async function leftOver(account: Account, name: string): Promise<readonly string[]> {
  const all = (await Promise.all(kinds.map((list) => list(account)))).flat().map((one = "") => one);
  return all.filter((one) => one.includes(name) || one.includes(name.replace("-", "/")));
}

type Names = readonly (string | undefined)[];

/** An emulator holds few enough of each to answer in one page. */
const kinds: readonly ((account: Account) => Promise<Names>)[] = [
  async ({ functions }) =>
    ((await functions.send(new ListFunctionsCommand({}))).Functions ?? []).map(({ FunctionName }) => FunctionName),
  async ({ functions }) =>
    ((await functions.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings ?? []).map(
      ({ FunctionArn }) => FunctionArn,
    ),
  async ({ queues }) => (await queues.send(new ListQueuesCommand({}))).QueueUrls ?? [],
  async ({ roles }) => ((await roles.send(new ListRolesCommand({}))).Roles ?? []).map(({ RoleName }) => RoleName),
  async ({ events }) => ((await events.send(new ListRulesCommand({}))).Rules ?? []).map(({ Name }) => Name),
  async ({ logs }) =>
    ((await logs.send(new DescribeLogGroupsCommand({}))).logGroups ?? []).map(({ logGroupName }) => logGroupName),
  async ({ metrics }) =>
    ((await metrics.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? []).map(({ AlarmName }) => AlarmName),
  async ({ metrics }) =>
    ((await metrics.send(new ListDashboardsCommand({}))).DashboardEntries ?? []).map(
      ({ DashboardName }) => DashboardName,
    ),
];
