// A DynamoDB table as small as Tidegate's use of it, answering the real client: dynalite takes milliseconds a call, a storm
// makes a million. memoryTable.test.ts holds it to dynalite.
import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { assert } from "../../core/index.ts";
import { type Answer, answerWith } from "../answered.ts";
import type { Item } from "./item.ts";
import type { Table } from "./table.ts";

export interface MemoryTable {
  /** Answers like DynamoDB: service "DynamoDB", command without "Command". */
  readonly answer: Answer;
  /** Every item there is, by key. */
  items(): readonly Item[];
}

type Rows = Map<string, Map<string, Item>>;

export function createMemoryTable(): MemoryTable {
  const rows: Rows = new Map();
  return {
    answer: (_service, command, input) => {
      const run = commands.get(command);
      assert(run !== undefined, `the table in memory knows ${command}`);
      return run(rows, input as never);
    },
    items: () => [...rows.values()].flatMap((partition) => [...partition.values()]),
  };
}

/** A table whose client is answered by `answer`. */
export function answeredTable(answer: Answer, stage: string): Table {
  const credentials = { accessKeyId: "imagined", secretAccessKey: "imagined" };
  const client = new DynamoDBClient({ region: "eu-west-1", credentials, maxAttempts: 1 });
  answerWith(client, "DynamoDB", answer);
  return { client, name: "tidegate", stage };
}

const commands = new Map<string, (rows: Rows, input: never) => object>([
  ["PutItem", putItem],
  ["GetItem", getItem],
  ["Query", query],
  ["BatchWriteItem", batchWriteItem],
  ["DeleteItem", deleteItem],
]);

interface PutInput {
  readonly Item: Item;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: Item;
}
function putItem(rows: Rows, { Item: item, ConditionExpression: condition, ...given }: PutInput): object {
  if (condition !== undefined && !holds(condition, at(rows, item), given)) throw conditionFailed();
  put(rows, item);
  return {};
}

function holds(condition: string, found: Item | undefined, given: Omit<PutInput, "Item">): boolean {
  switch (condition) {
    case "attribute_not_exists(pk)":
      return found === undefined;
    case "#kind = :started":
      return found?.kind?.S === given.ExpressionAttributeValues?.[":started"]?.S;
    default:
      assert(false, `a condition ${condition} is known`);
  }
}

const conditionFailed = (): Error =>
  new ConditionalCheckFailedException({
    message: "The conditional request failed",
    $metadata: { httpStatusCode: 400 },
  });

const at = (rows: Rows, key: Item): Item | undefined => rows.get(text(key.pk))?.get(text(key.sk));

function put(rows: Rows, item: Item): void {
  const partition = rows.get(text(item.pk)) ?? new Map<string, Item>();
  rows.set(text(item.pk), partition.set(text(item.sk), structuredClone(item)));
}

function text(value: Item[string] | undefined): string {
  assert(value?.S !== undefined, "a key is a string");
  return value.S;
}

function getItem(rows: Rows, { Key: key }: { readonly Key: Item }): object {
  const item = at(rows, key);
  return item ? { Item: structuredClone(item) } : {};
}

interface QueryInput {
  readonly KeyConditionExpression: string;
  readonly ExpressionAttributeValues: Item;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
}
/** DynamoDB's pages end at 1 MB too; here only a Limit ends one. */
function query(rows: Rows, input: QueryInput): object {
  const { ScanIndexForward: forward = true, Limit: limit = Number.MAX_SAFE_INTEGER, ExclusiveStartKey: start } = input;
  const { ":pk": pk, ...bounds } = input.ExpressionAttributeValues;
  const isWithin = rangeOf(input.KeyConditionExpression, bounds);
  const sorted = [...(rows.get(text(pk)) ?? [])].filter(([sk]) => isWithin(sk)).sort(([a], [b]) => (a < b ? -1 : 1));
  const ordered = forward ? sorted : sorted.reverse();
  const left = start ? ordered.filter(([sk]) => (forward ? sk > text(start.sk) : sk < text(start.sk))) : ordered;
  const page = left.slice(0, limit).map(([, item]) => structuredClone(item));
  const last = page.at(-1);
  const next = page.length === limit && last ? { LastEvaluatedKey: { pk: last.pk, sk: last.sk } } : {};
  return { Items: page, Count: page.length, ScannedCount: page.length, ...next };
}

function rangeOf(expression: string, bounds: Item): (sk: string) => boolean {
  switch (expression) {
    case "pk = :pk":
      return () => true;
    case "pk = :pk AND begins_with(sk, :prefix)":
      return (sk) => sk.startsWith(text(bounds[":prefix"]));
    case "pk = :pk AND sk BETWEEN :from AND :to":
      return (sk) => sk >= text(bounds[":from"]) && sk <= text(bounds[":to"]);
    default:
      assert(false, `a key condition ${expression} is known`);
  }
}

interface BatchInput {
  readonly RequestItems: Readonly<Record<string, readonly Write[]>>;
}
type Write = { readonly PutRequest: { readonly Item: Item } } | { readonly DeleteRequest: { readonly Key: Item } };
function batchWriteItem(rows: Rows, { RequestItems: requests }: BatchInput): object {
  for (const write of Object.values(requests).flat())
    if ("PutRequest" in write) put(rows, write.PutRequest.Item);
    else remove(rows, write.DeleteRequest.Key);
  return { UnprocessedItems: {} };
}

function deleteItem(rows: Rows, { Key: key }: { readonly Key: Item }): object {
  const item = at(rows, key);
  remove(rows, key);
  return item ? { Attributes: item } : {};
}

const remove = (rows: Rows, key: Item): void => void rows.get(text(key.pk))?.delete(text(key.sk));
