// Warm-ups from their two queues: wishes, for each of which the warmer is called, or a command sent and then asked after; and ends,
// which are written where looks find them.
// Each fleet that an end concerns is looked at again, so that what is warm serves at once. A message that fails fails alone.
import middy from "@middy/core";
import sqsPartialBatchFailure from "@middy/sqs-partial-batch-failure";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { lambdaClients, type Queue, sendMessage, sendMessages, type Table } from "../shared/aws/index.ts";
import { createWarmCalls, lambda, ssm } from "../shared/aws/warm/index.ts";
import {
  askAfterWarming,
  endWarming,
  isWorthALook,
  lookOf,
  messageOf,
  parseWarmMessage,
  startWarming,
  type Warming,
  type WarmStep,
} from "../shared/looks/index.ts";
import { beforeTimeout } from "./deadline.ts";
import { environment, warmDocument, warmFunction, warmQueueUrl } from "./environment.ts";
import { log, namesRequest } from "./log.ts";
import { openPolicies } from "./policies.ts";

const { tableName, stage, queueUrl, folder } = environment();
const table: Table = { client: lambdaClients.dynamodb, name: tableName, stage };
const looks: Queue = { client: lambdaClients.sqs, url: queueUrl };
const warming: Warming = {
  calls: createWarmCalls({ ...lambdaClients, lambda, ssm }, Date.now),
  table,
  now: Date.now,
  policyOf: openPolicies(folder, table).policyOf,
  send: (message) => sendMessage({ client: lambdaClients.sqs, url: warmQueueUrl() }, message),
  warmer: warmFunction(),
  document: warmDocument(),
};

type Settled = PromiseSettledResult<string>;

/** One after the other: a fleet that launches a hundred asks EC2 a hundred times, and looks ask it, too. */
async function handle({ Records }: SQSEvent, context: Context): Promise<readonly Settled[]> {
  const settled: Settled[] = [];
  for (const record of Records) settled.push(...(await Promise.allSettled([beforeTimeout(context, take(record))])));
  const moved = settled.flatMap((one) => (one.status === "fulfilled" && one.value !== "" ? [one.value] : []));
  const wanted = [...new Set(moved)].map((fleet) => ({ look: lookOf(fleet, { sight: "whole" }), delaySeconds: 0 }));
  // Should the queue refuse them, the fleet's own next look, within the minute, finds the same.
  await sendMessages(looks, wanted.map(messageOf));
  return settled;
}

/** The fleet that is to be looked at; "" where nothing new has come of it. */
async function take({ body }: SQSRecord): Promise<string> {
  const message = parseWarmMessage(body);
  const { fleet, instance } = message;
  const step = await stepOf(message);
  log.info("warming", { fleet, instance, ...step });
  return isWorthALook(step) ? fleet : "";
}

function stepOf(message: ReturnType<typeof parseWarmMessage>): Promise<WarmStep> {
  switch (message.kind) {
    case "start":
      return startWarming(warming, message);
    case "commanded":
      return askAfterWarming(warming, message);
    case "ended":
      return endWarming(warming, message);
  }
}

const failed = (error: unknown, { body }: SQSRecord): void => log.error("warming failed", { body, error });

export const handler = middy(handle)
  .use(namesRequest())
  .use(sqsPartialBatchFailure({ logger: failed })) as unknown as (
  event: SQSEvent,
  context: Context,
) => Promise<SQSBatchResponse>;
