// Woken by the clock or by an event: which fleets are to be looked at, and off with their looks to the queue.
import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import middy from "@middy/core";
import { fleetOf, lambdaClients, type Queue, sendMessages, type Table } from "../shared/aws/index.ts";
import { environment } from "./environment.ts";
import { type DelayedLook, messageOf, secondOf } from "./looks.ts";
import { readPolicies } from "./policies.ts";
import { fleetOfAlarm, type Wake, wakeOf } from "./wake.ts";

const { tableName, stage, queueUrl, folder } = environment();
const table: Table = { client: lambdaClients.dynamodb, name: tableName, stage };
const queue: Queue = { client: lambdaClients.sqs, url: queueUrl };
const fleets = [...readPolicies(folder).keys()];
const logger = new Logger({ serviceName: "tidegate" });

async function dispatch(event: unknown): Promise<void> {
  const wake = wakeOf(event);
  const looks = await looksFor(wake);
  await sendMessages(queue, looks.map(messageOf));
  if (looks.length > 0) logger.info("dispatched", { wake, looks: looks.length });
  else logger.debug("not ours", { wake });
}

async function looksFor(wake: Wake): Promise<readonly DelayedLook[]> {
  if (wake.kind === "heartbeat") return fleets.map((fleet) => lookAt(fleet, secondOf(fleet)));
  const fleet = wake.kind === "alarm" ? fleetOfAlarm(wake.alarm, stage) : await fleetOf(table, wake.instance);
  return fleet === "none" ? [] : [lookAt(fleet, 0)];
}

const lookAt = (fleet: string, delaySeconds: number): DelayedLook => ({
  look: { fleet, generation: "any" },
  delaySeconds,
});

export const handler = middy(dispatch).use(injectLambdaContext(logger));
