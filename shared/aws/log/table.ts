// The log and the facts beside it, in one DynamoDB table. The newest row is the state; a commit is one conditional put.
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
} from "@aws-sdk/client-dynamodb";
import type { Newest, Row } from "../../control/index.ts";
import { assert, type DurationMs, dayMs, type EpochMs } from "../../core/index.ts";
import type { Outcome } from "../../engine/index.ts";
import { bodyOf, type Item, itemOf, readBody, readString, unreadable } from "./item.ts";

export interface Table {
  readonly client: DynamoDBClient;
  readonly name: string;
  /** Part of every key, so that stages that share a table never meet. */
  readonly stage: string;
}

/** A row with what its actions did; no outcomes when the evaluator died before it could write them. */
export interface LoggedRow {
  readonly row: Row;
  readonly outcomes: readonly Outcome[];
}

/** Every fleet commits at least daily, so this never reaches a newest row. */
export const rowKeptMs: DurationMs = 400 * dayMs;

/** A fleet's key never reaches this far; a log that long is broken. Pages hold 1 MB at most. */
const pagesMax = 100_000;
const rowsPerPage = 100;

export const fleetKey = (table: Table, fleet: string): string => `${table.stage}/${fleet}`;
export const ttlOf = (until: EpochMs): number => Math.ceil(until / 1000);
/** So that keys sort as generations do. */
export const padded = (generation: number): string => String(generation).padStart(10, "0");
const generationKey = (generation: number): string => `log#${padded(generation)}`;
const decisionKey = (generation: number): string => `${generationKey(generation)}#decision`;
const outcomeKey = (generation: number): string => `${generationKey(generation)}#outcome`;

/** The newest row of a fleet's log, read consistently: one query, since outcomes sort just behind their decision. */
export async function newest(table: Table, fleet: string): Promise<Newest> {
  const { Items: items = [] } = await table.client.send(
    new QueryCommand({ ...logQuery(table, fleet, "log#~"), Limit: 2, ConsistentRead: true }),
  );
  return newestIn(items);
}

/** `items` of the log, newest first. */
export function newestIn([last, beforeLast]: readonly Item[]): Newest {
  if (!last) return { kind: "none" };
  if (readString(last, "kind") !== "outcome") return { kind: "row", row: rowIn(last), outcomes: [] };
  if (!beforeLast) throw unreadable(last, "it has no decision beside it");
  return { kind: "row", ...joined(beforeLast, last) };
}

/**
 * One conditional put at (fleet, generation). `evaluator` tells this run from any other: the SDK repeats a put whose
 * answer was lost and then meets its own row, which is no defeat.
 */
export async function putRow(table: Table, row: Row, evaluator: string): Promise<"committed" | "superseded"> {
  const { previous } = row.snapshot;
  const follows = previous.kind === "none" ? 0 : previous.generation;
  assert(row.generation === follows + 1, `row ${row.id} follows generation ${follows} that its snapshot was read from`);
  const body = bodyOf(row);
  const item = itemOf({
    pk: fleetKey(table, row.fleet),
    sk: decisionKey(row.generation),
    id: row.id,
    generation: row.generation,
    at: row.at,
    actBy: row.actBy,
    kind: row.decision.kind,
    target: row.decision.steps.at(-1)?.to ?? "none",
    policyVersion: row.policyVersion,
    engineVersion: row.engineVersion,
    evaluator,
    ttl: ttlOf(row.at + rowKeptMs),
    body,
  });
  if ((await putAbsent(table, item)) === "put") return "committed";
  const standing = await itemAt(table, row.fleet, decisionKey(row.generation));
  const ours =
    standing &&
    readString(standing, "evaluator") === evaluator &&
    Buffer.compare(standing.body?.B ?? empty, body) === 0;
  return ours ? "committed" : "superseded";
}
const empty = new Uint8Array();

/** Writes what a row's actions did, once: whoever comes second changes nothing. */
export async function putOutcomes(table: Table, row: Row, outcomes: readonly Outcome[]): Promise<void> {
  const item = itemOf({
    pk: fleetKey(table, row.fleet),
    sk: outcomeKey(row.generation),
    id: row.id,
    generation: row.generation,
    kind: "outcome",
    ttl: ttlOf(row.at + rowKeptMs),
    body: bodyOf(outcomes),
  });
  await putAbsent(table, item);
}

/** The rows of a fleet from a generation (or the newest) towards the first. Reads as far as the caller walks. */
export async function* rowsBackwards(
  table: Table,
  fleet: string,
  { from }: { readonly from: number | "newest" },
): AsyncGenerator<LoggedRow> {
  const upTo = from === "newest" ? "log#~" : `${generationKey(from)}#~`;
  let outcome: Item | "none" = "none";
  for await (const item of pagesOf(table, { ...logQuery(table, fleet, upTo), Limit: rowsPerPage })) {
    if (readString(item, "kind") === "outcome") {
      outcome = item;
      continue;
    }
    yield outcome === "none" ? { row: rowIn(item), outcomes: [] } : joined(item, outcome);
    outcome = "none";
  }
}

/** One row of the log with its outcomes; none when there is no such generation. */
export async function rowOf(table: Table, fleet: string, generation: number): Promise<Newest> {
  const [decision, outcome] = await Promise.all([
    itemAt(table, fleet, decisionKey(generation)),
    itemAt(table, fleet, outcomeKey(generation)),
  ]);
  if (!decision) return { kind: "none" };
  if (!outcome) return { kind: "row", row: rowIn(decision), outcomes: [] };
  return { kind: "row", ...joined(decision, outcome) };
}

/** Puts an item where none stands yet. */
export async function putAbsent(table: Table, item: Item): Promise<"put" | "present"> {
  try {
    const put = new PutItemCommand({
      TableName: table.name,
      Item: item,
      ConditionExpression: "attribute_not_exists(pk)",
    });
    await table.client.send(put);
    return "put";
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return "present";
    throw error;
  }
}

export async function itemAt(table: Table, fleet: string, sk: string): Promise<Item | undefined> {
  const key = itemOf({ pk: fleetKey(table, fleet), sk });
  const get = new GetItemCommand({ TableName: table.name, Key: key, ConsistentRead: true });
  return (await table.client.send(get)).Item;
}

/** The items of a query over all its pages. */
export async function* pagesOf(table: Table, query: QueryCommandInput): AsyncGenerator<Item> {
  let start: Item | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const at = start ? { ExclusiveStartKey: start } : {};
    const answer = await table.client.send(new QueryCommand({ ...query, ...at }));
    yield* answer.Items ?? [];
    start = answer.LastEvaluatedKey;
    if (!start) return;
  }
  assert(false, `a query ends within ${pagesMax} pages`);
}

export function logQuery(table: Table, fleet: string, upTo: string): QueryCommandInput {
  return {
    TableName: table.name,
    KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
    ExpressionAttributeValues: itemOf({ ":pk": fleetKey(table, fleet), ":from": "log#", ":to": upTo }),
    ScanIndexForward: false,
  };
}

function joined(decision: Item, outcome: Item): LoggedRow {
  const row = rowIn(decision);
  if (outcome.sk?.S !== outcomeKey(row.generation))
    throw unreadable(outcome, "it stands beside no decision of its own");
  return { row, outcomes: readBody<readonly Outcome[]>(outcome) };
}

function rowIn(item: Item): Row {
  const row = readBody<Row>(item);
  if (item.sk?.S !== decisionKey(row.generation)) throw unreadable(item, `its body is generation ${row.generation}`);
  return row;
}
