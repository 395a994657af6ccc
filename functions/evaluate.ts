// Looks from the queue, each one tick of one fleet, side by side. A look that fails fails alone: SQS gives it again, and
// at last to the dead-letter queue.
import middy from "@middy/core";
import sqsPartialBatchFailure from "@middy/sqs-partial-batch-failure";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { createAwsWorld, lambdaClients, newest, type Queue, sendMessage, type Table } from "../shared/aws/index.ts";
import { attentive, previousOf, tick } from "../shared/control/index.ts";
import { sizeByRules, unfinishedActions } from "../shared/engine/index.ts";
import { beforeTimeout } from "./deadline.ts";
import { environment } from "./environment.ts";
import { log, namesRequest } from "./log.ts";
import { hasExpired, type Look, messageOf, parseLook } from "./looks.ts";
import { nextLook } from "./nextLook.ts";
import { openPolicies } from "./policies.ts";
import { summaryOf } from "./summary.ts";

const { tableName, stage, queueUrl, folder, logStream } = environment();
const table: Table = { client: lambdaClients.dynamodb, name: tableName, stage };
const queue: Queue = { client: lambdaClients.sqs, url: queueUrl };
const policies = openPolicies(folder, table);
let commitCount = 0;
const world = createAwsWorld({
  clients: lambdaClients,
  table,
  now: Date.now,
  evaluator: () => `${logStream}/${++commitCount}`,
  warmer: { kind: "none" },
  gatherMs: 15,
});

/** Side by side, and each comes to its own end. */
const evaluate = async ({ Records }: SQSEvent, context: Context): Promise<readonly PromiseSettledResult<void>[]> =>
  await Promise.allSettled(Records.map((record) => beforeTimeout(context, lookAt(record))));

async function lookAt({ body, attributes }: SQSRecord): Promise<void> {
  const look = parseLook(body);
  if (hasExpired(Number(attributes.SentTimestamp), Date.now())) return log.warn("expired", { look });
  const versioned = await policies.policyOf(look.fleet);
  if (await isBehind(look)) return log.debug("behind", { look });
  const startedAt = world.now();
  const ticked = await tick(look.sight === "whole" ? attentive(world) : world, versioned, sizeByRules);
  const next = nextLook(look, ticked, world.now());
  if (next !== "none") await sendMessage(queue, messageOf(next));
  log.info("looked", { ...summaryOf(look.fleet, ticked), ms: world.now() - startedAt });
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

const failed = (error: unknown, { body }: SQSRecord): void => log.error("look failed", { body, error });

export const handler = middy(evaluate)
  .use(namesRequest())
  .use(sqsPartialBatchFailure({ logger: failed })) as unknown as (
  event: SQSEvent,
  context: Context,
) => Promise<SQSBatchResponse>;
