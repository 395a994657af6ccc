// Looks from the queue, each one tick of one fleet, side by side. A look that fails fails alone: SQS gives it again, and
// at last to the dead-letter queue.
import middy from "@middy/core";
import sqsPartialBatchFailure from "@middy/sqs-partial-batch-failure";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import {
  askByLambda,
  createAwsWorld,
  lambdaClients,
  type Message,
  type Queue,
  realWaiting,
  sendMessage,
  type Table,
  type Warmer,
} from "../shared/aws/index.ts";
import { hasExpired, lookAt, parseLook, warmMessage } from "../shared/looks/index.ts";
import { beforeTimeout } from "./deadline.ts";
import { environment, haproxyFunction, lambdaUrl, warmQueueUrl } from "./environment.ts";
import { log, namesRequest } from "./log.ts";
import { openPolicies } from "./policies.ts";
import { summaryOf } from "./summary.ts";

const { tableName, stage, queueUrl, folder, logStream } = environment();
const table: Table = { client: lambdaClients.dynamodb, name: tableName, stage };
const queue: Queue = { client: lambdaClients.sqs, url: queueUrl };
const send = (message: Message): Promise<void> => sendMessage(queue, message);
const policies = openPolicies(folder, table);
let commitCount = 0;
const world = createAwsWorld({
  clients: lambdaClients,
  table,
  now: Date.now,
  evaluator: () => `${logStream}/${++commitCount}`,
  warmer: warmerAt(warmQueueUrl()),
  ...haproxyAt(haproxyFunction()),
  waiting: realWaiting(15),
});

/** Wishes go to a queue: who warms is called from there, by a function that carries Lambda's client. */
function warmerAt(url: string): Warmer {
  if (url === "") return { kind: "none" };
  const wishes: Queue = { client: lambdaClients.sqs, url };
  return { kind: "warmer", start: ({ fleet }, order) => sendMessage(wishes, warmMessage(fleet, order)) };
}

/** By a call of the function in HAProxy's network, which answers at once. */
function haproxyAt(functionName: string) {
  if (functionName === "") return {};
  return { haproxy: askByLambda({ url: lambdaUrl(), client: lambdaClients.sqs, functionName }) };
}

/** Side by side, and each comes to its own end. */
const evaluate = async ({ Records }: SQSEvent, context: Context): Promise<readonly PromiseSettledResult<void>[]> =>
  await Promise.allSettled(Records.map((record) => beforeTimeout(context, lookFrom(record))));

async function lookFrom({ body, attributes }: SQSRecord): Promise<void> {
  const look = parseLook(body);
  if (hasExpired(Number(attributes.SentTimestamp), Date.now())) return log.warn("expired", { look });
  const startedAt = world.now();
  const looked = await lookAt({ world, table, policyOf: policies.policyOf, send }, look);
  if (looked.kind === "behind") return log.debug("behind", { look });
  log.info("looked", { ...summaryOf(look.fleet, looked), ms: world.now() - startedAt });
}

const failed = (error: unknown, { body }: SQSRecord): void => log.error("look failed", { body, error });

export const handler = middy(evaluate)
  .use(namesRequest())
  .use(sqsPartialBatchFailure({ logger: failed })) as unknown as (
  event: SQSEvent,
  context: Context,
) => Promise<SQSBatchResponse>;
