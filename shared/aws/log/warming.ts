// How far the warming of each instance has come: items of their own, which the warmer writes and looks read.
import { ConditionalCheckFailedException, DeleteItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { type DurationMs, dayMs, type EpochMs } from "../../core/index.ts";
import type { WarmResult, WarmState } from "../../engine/index.ts";
import { put, queryOf } from "./facts.ts";
import { bodyOf, type Item, itemOf, readBody, readNumber, readString, unreadable } from "./item.ts";
import { fleetKey, pagesOf, putAbsent, type Table, ttlOf } from "./table.ts";

/** An instance is warmed before it serves, within minutes of its launch; a day later nobody asks. */
const warmKeptMs: DurationMs = dayMs;

export interface Warmed {
  readonly instance: string;
  readonly state: Exclude<WarmState, { kind: "not-started" }>;
}

/** Notes how far an instance's warming has come, whatever stood there. */
export const putWarm = (table: Table, fleet: string, warmed: Warmed): Promise<void> =>
  put(table, attributesOf(table, fleet, warmed));

/** An instance is warmed once: whoever comes second is told that it is known already, and is to do nothing. */
export async function beginWarm(
  table: Table,
  fleet: string,
  { instance, at }: { readonly instance: string; readonly at: EpochMs },
): Promise<"begun" | "known"> {
  const begun = attributesOf(table, fleet, { instance, state: { kind: "started", at } });
  return (await putAbsent(table, itemOf(begun))) === "put" ? "begun" : "known";
}

/** Ends a warm-up that is under way; of two ends the first counts. */
export async function endWarm(table: Table, fleet: string, ended: Warmed): Promise<"ended" | "not-under-way"> {
  try {
    const put = new PutItemCommand({
      TableName: table.name,
      Item: itemOf(attributesOf(table, fleet, ended)),
      ConditionExpression: "#kind = :started",
      ExpressionAttributeNames: { "#kind": "kind" },
      ExpressionAttributeValues: itemOf({ ":started": "started" }),
    });
    await table.client.send(put);
    return "ended";
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return "not-under-way";
    throw error;
  }
}

/** As if it had not begun: whoever comes next may begin it. */
export async function undoWarm(table: Table, fleet: string, instance: string): Promise<void> {
  const key = itemOf({ pk: warmKey(table, fleet), sk: instance });
  await table.client.send(new DeleteItemCommand({ TableName: table.name, Key: key }));
}

/** How far warming has come, by instance id. */
export async function warmOf(table: Table, fleet: string): Promise<ReadonlyMap<string, WarmState>> {
  const warm = new Map<string, WarmState>();
  for await (const item of pagesOf(table, queryOf(table, warmKey(table, fleet), "")))
    warm.set(readString(item, "sk"), warmIn(item));
  return warm;
}
/** No fleet may be called so: a fleet's name has no slash. */
const warmKey = (table: Table, fleet: string): string => `${fleetKey(table, fleet)}/warm`;

function attributesOf(table: Table, fleet: string, { instance, state }: Warmed) {
  const measured = "result" in state ? { body: bodyOf(state.result) } : {};
  const because = state.kind === "failed" ? { because: state.because } : {};
  const key = { pk: warmKey(table, fleet), sk: instance };
  return { ...key, kind: state.kind, at: state.at, ...because, ...measured, ttl: ttlOf(state.at + warmKeptMs) };
}

function warmIn(item: Item): WarmState {
  const kind = readString(item, "kind");
  const at = readNumber(item, "at");
  const measured = item.body ? { result: readBody<WarmResult>(item) } : {};
  if (kind === "started") return { kind, at };
  if (kind === "done") return { kind, at, ...measured };
  if (kind === "failed") return { kind, at, because: readString(item, "because"), ...measured };
  throw unreadable(item, `${kind} is no state of warming`);
}
