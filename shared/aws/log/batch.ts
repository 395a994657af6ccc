// Many items at once. A batch may come back in part, unprocessed, when the table is throttled.
import { setTimeout as wait } from "node:timers/promises";
import { BatchWriteItemCommand, type WriteRequest } from "@aws-sdk/client-dynamodb";
import type { Table } from "./table.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html */
const batchItemsMax = 25;
const triesMax = 6;
const firstWaitMs = 50;

/** In the order given. Throws an Error when some of them are still refused after all tries. */
export async function writeAll(table: Table, writes: readonly WriteRequest[]): Promise<void> {
  for (let from = 0; from < writes.length; from += batchItemsMax)
    await writeBatch(table, writes.slice(from, from + batchItemsMax));
}

async function writeBatch(table: Table, writes: WriteRequest[]): Promise<void> {
  let left = writes;
  for (let attempt = 0; attempt < triesMax; attempt++) {
    if (attempt > 0) await wait(firstWaitMs * 2 ** attempt);
    const answer = await table.client.send(new BatchWriteItemCommand({ RequestItems: { [table.name]: left } }));
    left = answer.UnprocessedItems?.[table.name] ?? [];
    if (left.length === 0) return;
  }
  throw new Error(`${left.length} items were still unprocessed after ${triesMax} tries`);
}
