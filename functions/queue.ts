// Sends looks. SQS may take a part of a batch and refuse the rest: what it refused is sent again, then thrown.
import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type DelayedLook, encodeLook } from "./looks.ts";

export interface Queue {
  readonly client: SQSClient;
  readonly url: string;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const batchMax = 10;
/** Throttling passes within a second or not before the next heartbeat. */
const triesMax = 3;
/** Batches on their way at once: the sockets that one client has. */
const batchesAtOnceMax = 50;

export async function sendLook(queue: Queue, { look, delaySeconds }: DelayedLook): Promise<void> {
  const message = { QueueUrl: queue.url, MessageBody: encodeLook(look), DelaySeconds: delaySeconds };
  await queue.client.send(new SendMessageCommand(message));
}

/** Throws an Error that names the fleets whose looks SQS kept refusing. */
export async function sendLooks(queue: Queue, looks: readonly DelayedLook[]): Promise<void> {
  const refused: DelayedLook[] = [];
  const batches = inParts(looks, batchMax);
  for (const some of inParts(batches, batchesAtOnceMax))
    refused.push(...(await Promise.all(some.map((batch) => sendBatch(queue, batch)))).flat());
  const fleets = refused.map(({ look }) => look.fleet);
  if (fleets.length > 0) throw new Error(`SQS refused ${fleets.length} looks ${triesMax} times: ${fleets.join(", ")}`);
}

/** What SQS still refuses after all tries. */
async function sendBatch(queue: Queue, batch: readonly DelayedLook[]): Promise<readonly DelayedLook[]> {
  let left = batch;
  for (let attempt = 0; attempt < triesMax && left.length > 0; attempt++) {
    const Entries = left.map(({ look, delaySeconds }, index) => ({
      Id: String(index),
      MessageBody: encodeLook(look),
      DelaySeconds: delaySeconds,
    }));
    const { Failed = [] } = await queue.client.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }));
    left = left.filter((_, index) => Failed.some(({ Id }) => Id === String(index)));
  }
  return left;
}

function inParts<T>(all: readonly T[], sizeMax: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / sizeMax) }, (_, part) =>
    all.slice(part * sizeMax, (part + 1) * sizeMax),
  );
}
