// Sends messages. SQS may take a part of a batch and refuse the rest: what it refused is sent again, then thrown.
import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

export interface Message {
  /** What it is about, for the error when it cannot be sent. */
  readonly about: string;
  readonly body: string;
  /** Whole seconds; SQS delays up to 900. */
  readonly delaySeconds: number;
}
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

export async function sendMessage(queue: Queue, { body, delaySeconds }: Message): Promise<void> {
  await queue.client.send(
    new SendMessageCommand({ QueueUrl: queue.url, MessageBody: body, DelaySeconds: delaySeconds }),
  );
}

/** Throws an Error that names what the messages were about that SQS kept refusing. */
export async function sendMessages(queue: Queue, messages: readonly Message[]): Promise<void> {
  const refused: Message[] = [];
  const batches = inParts(messages, batchMax);
  for (const some of inParts(batches, batchesAtOnceMax))
    refused.push(...(await Promise.all(some.map((batch) => sendBatch(queue, batch)))).flat());
  const names = refused.map(({ about }) => about);
  if (names.length > 0) throw new Error(`SQS refused, ${triesMax} times, messages about ${names.join(", ")}`);
}

/** What SQS still refuses after all tries. */
async function sendBatch(queue: Queue, batch: readonly Message[]): Promise<readonly Message[]> {
  let left = batch;
  for (let attempt = 0; attempt < triesMax && left.length > 0; attempt++) {
    const Entries = left.map(({ body, delaySeconds }, index) => ({
      Id: String(index),
      MessageBody: body,
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
