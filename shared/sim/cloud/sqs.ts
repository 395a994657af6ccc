// SQS: messages are kept for whoever plays their receiver. Nothing is delivered here.
import { createHash } from "node:crypto";
import { AwsError } from "./errors.ts";
import type { Site } from "./site.ts";

export interface SendMessageInput {
  readonly QueueUrl: string;
  readonly MessageBody: string;
  readonly DelaySeconds?: number;
}
export function sendMessage({ fleet, sent }: Site, input: SendMessageInput): object {
  const { QueueUrl: queueUrl, MessageBody: body, DelaySeconds: delaySeconds = 0 } = input;
  sent.push({ queueUrl, body, delaySeconds, at: fleet.now });
  return { MessageId: `message-${sent.length}`, MD5OfMessageBody: createHash("md5").update(body).digest("hex") };
}

export interface SendMessageBatchInput {
  readonly QueueUrl: string;
  readonly Entries: readonly (Omit<SendMessageInput, "QueueUrl"> & { readonly Id: string })[];
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html */
const entriesMax = 10;

export function sendMessageBatch(site: Site, { QueueUrl, Entries: entries }: SendMessageBatchInput): object {
  if (entries.length === 0) throw new AwsError("EmptyBatchRequest", "There should be at least one entry.");
  if (entries.length > entriesMax) throw new AwsError("TooManyEntriesInBatchRequest", "Ten entries at most.");
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) throw repeatedId();
  const Successful = entries.map(({ Id, ...entry }) => ({ Id, ...sendMessage(site, { QueueUrl, ...entry }) }));
  return { Successful, Failed: [] };
}

const repeatedId = (): AwsError => new AwsError("BatchEntryIdsNotDistinct", "Two entries have the same Id.");
