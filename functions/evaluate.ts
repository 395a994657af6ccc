// Looks from the queue, each one tick of one fleet, side by side. A look that fails fails alone: SQS gives it again, and
// at last to the dead-letter queue.
import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { createAwsWorld, lambdaClients, newest, type Queue, sendMessage, type Table } from "../shared/aws/index.ts";
import { attentive, previousOf, tick } from "../shared/control/index.ts";
import { sizeByRules, unfinishedActions } from "../shared/engine/index.ts";
import { beforeTimeout } from "./deadline.ts";
import { environment } from "./environment.ts";
import { type Look, messageOf, parseLook } from "./looks.ts";
import { nextLook } from "./nextLook.ts";
import { policyOf, readPolicies } from "./policies.ts";
import { summaryOf } from "./summary.ts";

const { tableName, stage, queueUrl, folder, logStream } = environment();
const table: Table = { client: lambdaClients.dynamodb, name: tableName, stage };
const queue: Queue = { client: lambdaClients.sqs, url: queueUrl };
const policies = readPolicies(folder);
let commitCount = 0;
const world = createAwsWorld({
  clients: lambdaClients,
  table,
  now: Date.now,
  evaluator: () => `${logStream}/${++commitCount}`,
  warmer: { kind: "none" },
  gatherMs: 15,
});
const logger = new Logger({ serviceName: "tidegate" });

async function evaluate(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const look = (record: SQSRecord): Promise<void> => failLoudly(record, beforeTimeout(context, lookAt(record)));
  const processor = new BatchProcessor(EventType.SQS);
  return await processPartialResponse(event, look, processor, { throwOnFullBatchFailure: false });
}

async function lookAt({ body }: SQSRecord): Promise<void> {
  const look = parseLook(body);
  const versioned = policyOf(policies, look.fleet);
  if (await isBehind(look)) return logger.debug("behind", { look });
  const startedAt = world.now();
  const ticked = await tick(look.sight === "whole" ? attentive(world) : world, versioned, sizeByRules);
  const next = nextLook(look, ticked, world.now());
  if (next !== "none") await sendMessage(queue, messageOf(next));
  logger.info("looked", { ...summaryOf(look.fleet, ticked), ms: world.now() - startedAt });
}

/**
 * Another evaluator has committed since the look was sent; its own chain of looks goes on, this one ends. Unless that one has
 * left actions without outcomes: it may be dead, this look may be its own come again, and somebody has to recover it.
 */
async function isBehind({ fleet, generation }: Look): Promise<boolean> {
  if (generation === "any") return false;
  const last = previousOf(await newest(table, fleet));
  return last.kind === "row" && last.generation > generation && unfinishedActions(last).length === 0;
}

/** The batch keeps a failure's record, not its reason. */
async function failLoudly({ body }: SQSRecord, looking: Promise<void>): Promise<void> {
  try {
    await looking;
  } catch (error) {
    logger.error("look failed", { body, error: error as Error });
    throw error;
  }
}

export const handler = middy(evaluate).use(injectLambdaContext(logger));
