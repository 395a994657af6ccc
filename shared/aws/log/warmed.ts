// How warm-ups have ended: written where looks find it, and for as long as the log is kept beside the decision that ordered the
// warm-up. Its outcome says only that it was begun, and is written once: what came of it arrives minutes later.
import { ConditionalCheckFailedException, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { Row } from "../../control/index.ts";
import { type Action, originOf, type ToldOutcome, type WarmEnd } from "../../engine/index.ts";
import { queryOf } from "./facts.ts";
import { type Item, itemOf, readString } from "./item.ts";
import { fleetKey, itemAt, type LoggedRow, padded, pagesOf, putAbsent, rowKeptMs, type Table, ttlOf } from "./table.ts";
import { attributesOf, stateAttributes, warmIn, warmsOf } from "./warming.ts";

interface Ended {
  readonly instance: string;
  readonly state: WarmEnd;
}

/**
 * Ends a warm-up that is under way; of two ends the first counts. Whoever comes again sees to it that the one that stands is told with
 * its decision: whoever came before may have died between the two.
 */
export async function endWarm(table: Table, fleet: string, ended: Ended): Promise<"ended" | "not-under-way"> {
  const { instance } = ended;
  const found = await itemAt(table, warmsOf(fleet), instance);
  if (found === undefined) return "not-under-way";
  const stands = endIn(found);
  if (stands === "none" && (await putEnd(table, fleet, { ...ended, found })) === "superseded") return "not-under-way";
  const state = stands === "none" ? ended.state : stands;
  // What an older release asked for names no decision.
  if (found.generation) await putWarmed(table, fleet, { generation: Number(found.generation.N), instance, state });
  return stands === "none" ? "ended" : "not-under-way";
}

function endIn(item: Item): WarmEnd | "none" {
  const state = warmIn(item);
  return state.kind === "done" || state.kind === "failed" ? state : "none";
}

/** What else the item says it goes on saying. */
async function putEnd(
  table: Table,
  fleet: string,
  { found, ...ended }: Ended & { readonly found: Item },
): Promise<"put" | "superseded"> {
  try {
    const put = new PutItemCommand({
      TableName: table.name,
      Item: { ...found, ...itemOf(attributesOf(table, fleet, ended)) },
      ConditionExpression: "#kind = :started",
      ExpressionAttributeNames: { "#kind": "kind" },
      ExpressionAttributeValues: itemOf({ ":started": "started" }),
    });
    await table.client.send(put);
    return "put";
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return "superseded";
    throw error;
  }
}

/** Looks do not read so far: a decision that warms a hundred would cost each of them a page. */
const warmedPrefix = (generation: number): string => `warmed#${padded(generation)}#`;

async function putWarmed(
  table: Table,
  fleet: string,
  { generation, instance, state }: Ended & { readonly generation: number },
): Promise<void> {
  const key = { pk: fleetKey(table, fleet), sk: `${warmedPrefix(generation)}${instance}` };
  await putAbsent(table, itemOf({ ...key, instance, ...stateAttributes(state), ttl: ttlOf(state.at + rowKeptMs) }));
}

export interface ToldRow {
  readonly row: Row;
  readonly outcomes: readonly ToldOutcome[];
}

/** A row with how the warm-ups that it ordered have ended, as far as they have. */
export async function told(table: Table, { row, outcomes }: LoggedRow): Promise<ToldRow> {
  const warms = row.decision.actions.filter((action): action is WarmAction => action.kind === "warm");
  const byAction = new Map<string, ToldOutcome>(outcomes.map((outcome) => [outcome.action, outcome]));
  for (const generation of new Set(warms.map(({ id }) => originOf(id)))) {
    const ends = await endsOf(table, row.fleet, generation);
    for (const { id, instance } of warms) {
      const end = ends.get(instance);
      if (end) byAction.set(id, { kind: "warmed", action: id, instances: [instance], end });
    }
  }
  return { row, outcomes: [...byAction.values()] };
}
type WarmAction = Extract<Action, { kind: "warm" }>;

async function endsOf(table: Table, fleet: string, generation: number): Promise<ReadonlyMap<string, WarmEnd>> {
  const ends = new Map<string, WarmEnd>();
  for await (const item of pagesOf(table, queryOf(table, fleetKey(table, fleet), warmedPrefix(generation)))) {
    const end = endIn(item);
    if (end !== "none") ends.set(readString(item, "instance"), end);
  }
  return ends;
}
