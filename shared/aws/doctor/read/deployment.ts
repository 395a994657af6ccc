// What a deploy has left in the account: the log's table, the queue of looks, and functions that run.
import { GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeContinuousBackupsCommand, DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type EpochMs, minuteMs, secondMs } from "../../../core/index.ts";
import type { DoctorClients } from "../clients.ts";
import type { Deployment } from "../facts.ts";
import { andThen, ask } from "../reading.ts";

/** Three beats of the clock. */
const windowMs = 15 * minuteMs;
const functionNames = ["dispatch", "evaluate"] as const;

interface At {
  readonly stage: string;
  readonly now: EpochMs;
}

export async function readDeployment(
  { dynamodb, sqs, metrics }: DoctorClients,
  { stage, now }: At,
): Promise<Deployment> {
  const TableName = `tidegate-${stage}`;
  const [table, recovery, queue, invocations] = await Promise.all([
    ask("dynamodb:DescribeTable", async () => {
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName }));
      return { status: Table?.TableStatus ?? "unknown" };
    }),
    ask("dynamodb:DescribeContinuousBackups", async () => {
      const answer = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }));
      const described = answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
      return described?.PointInTimeRecoveryStatus === "ENABLED" ? ("on" as const) : ("off" as const);
    }),
    readQueue(sqs, { stage, now }),
    ask("cloudwatch:GetMetricData", async () => {
      const answer = await metrics.send(new GetMetricDataCommand(invocationsQuery(stage, now)));
      const sums = new Map(answer.MetricDataResults?.map(({ Id, Values = [] }) => [Id, sumOf(Values)]));
      return functionNames.map((name) => ({ name: `tidegate-${stage}-${name}`, count: sums.get(name) ?? 0 }));
    }),
  ]);
  return { table, recovery, queue, invocations };
}

async function readQueue(sqs: SQSClient, { stage, now }: At): Promise<Deployment["queue"]> {
  const QueueName = `tidegate-${stage}-looks`;
  const url = await ask(
    "sqs:GetQueueUrl",
    async () => (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl,
  );
  return await andThen(url, (QueueUrl) =>
    ask("sqs:GetQueueAttributes", async () => {
      const asked = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["CreatedTimestamp"] });
      const { Attributes: attributes } = await sqs.send(asked);
      return { ageMs: now - Number(attributes?.CreatedTimestamp ?? 0) * secondMs };
    }),
  );
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const invocationsQuery = (stage: string, now: EpochMs) => ({
  StartTime: new Date(now - windowMs),
  EndTime: new Date(now),
  MetricDataQueries: functionNames.map((Id) => ({
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
  })),
});
