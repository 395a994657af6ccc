// What a deploy has left in the account: the log's table, the queues, functions that run, and the alarms on them.
import { DescribeAlarmsCommand, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeContinuousBackupsCommand, DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type EpochMs, secondMs } from "../../../core/index.ts";
import type { Policy } from "../../../policy/index.ts";
import type { DoctorClients } from "../clients.ts";
import type { Alarm, Deployment, Invocations, OwnFunction, Queue, QueuePair } from "../facts.ts";
import { ownAlarms, ownFunctions, runsWithin, warmingAlarm } from "../own.ts";
import { andThen, ask, type Reading } from "../reading.ts";
import { isWarmed, wantedFunctions } from "../wanted.ts";
import { readFunction } from "./functions.ts";

interface At {
  readonly stage: string;
  readonly now: EpochMs;
}

export async function readDeployment(
  { dynamodb, sqs, metrics, lambda }: DoctorClients,
  { stage, now, policies }: At & { readonly policies: readonly Policy[] },
): Promise<Deployment> {
  const TableName = `tidegate-${stage}`;
  const [table, recovery, looks, forecasts, warmings, wanted, invocations, alarms] = await Promise.all([
    ask("dynamodb:DescribeTable", async () => {
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
      return { status: Table?.TableStatus ?? "unknown" };
    }),
    ask("dynamodb:DescribeContinuousBackups", async () => {
      const answer = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
      const described = answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
      return described?.PointInTimeRecoveryStatus === "ENABLED" ? ("on" as const) : ("off" as const);
    }),
    readQueues(sqs, "looks", { stage, now }),
    readQueues(sqs, "forecasts", { stage, now }),
    policies.some(isWarmed) ? readQueues(sqs, "warmings", { stage, now }) : ("unwanted" as const),
    readWanted(lambda, stage, policies),
    ask("cloudwatch:GetMetricData", () =>
      Promise.all(ownFunctions.map((name) => invocationsOf(metrics, name, { stage, now }))),
    ),
    ask("cloudwatch:DescribeAlarms", () => alarmsOf(metrics, stage)),
  ]);
  return { table, recovery, looks, forecasts, warmings, wanted, invocations, alarms };
}

async function readWanted(lambda: LambdaClient, stage: string, policies: readonly Policy[]) {
  const read = wantedFunctions(policies).map(
    async (name) => [name, await readFunction(lambda, `tidegate-${stage}-${name}`)] as const,
  );
  return new Map(await Promise.all(read));
}

async function readQueues(sqs: SQSClient, name: string, { stage, now }: At): Promise<QueuePair> {
  const [queue, failed] = await Promise.all([
    readQueue(sqs, `tidegate-${stage}-${name}`, now),
    readQueue(sqs, `tidegate-${stage}-${name}-failed`, now),
  ]);
  return { queue, failed };
}

async function readQueue(sqs: SQSClient, QueueName: string, now: EpochMs): Promise<Reading<Queue>> {
  const url = await ask(
    "sqs:GetQueueUrl",
    async () => (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl,
  );
  return await andThen(url, (QueueUrl) =>
    ask("sqs:GetQueueAttributes", async () => {
      const asked = new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ["CreatedTimestamp", "ApproximateNumberOfMessages"],
      });
      const { Attributes: attributes } = await sqs.send(asked);
      return {
        ageMs: now - Number(attributes?.CreatedTimestamp ?? 0) * secondMs,
        messageCount: Number(attributes?.ApproximateNumberOfMessages ?? 0),
      };
    }),
  );
}

type Metrics = DoctorClients["metrics"];

/** A window each, since one is woken every hour and another every five minutes. */
async function invocationsOf(metrics: Metrics, name: OwnFunction, { stage, now }: At): Promise<Invocations> {
  const answer = await metrics.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - runsWithin[name]),
      EndTime: new Date(now),
      MetricDataQueries: [invocationsQuery(stage, name)],
    }),
  );
  const values = answer.MetricDataResults?.flatMap(({ Id, Values = [] }) => (Id === name ? Values : [])) ?? [];
  return { name, count: values.reduce((sum, value) => sum + value, 0) };
}

const invocationsQuery = (stage: string, Id: OwnFunction) => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: "AWS/Lambda",
      MetricName: "Invocations",
      Dimensions: [{ Name: "FunctionName", Value: `tidegate-${stage}-${Id}` }],
    },
    Period: 300,
    Stat: "Sum",
  },
});

async function alarmsOf(metrics: Metrics, stage: string): Promise<readonly Alarm[]> {
  const prefix = `tidegate-${stage}-`;
  const AlarmNames = [...Object.keys(ownAlarms), warmingAlarm.name].map((name) => `${prefix}${name}`);
  const { MetricAlarms = [] } = await metrics.send(new DescribeAlarmsCommand({ AlarmNames }));
  return MetricAlarms.map(({ AlarmName = "", StateValue }) => ({
    name: AlarmName.slice(prefix.length),
    state: StateValue === "ALARM" ? "ringing" : "silent",
  }));
}
