// The fact of instances whose fleet has no policy any more: what the last reconciliation of the stage has counted.
import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { EpochMs } from "../../core/index.ts";
import { bodyOf, itemOf, readBody } from "./item.ts";
import { fleetKey, type Table } from "./table.ts";

export interface OrphanedFleet {
  readonly fleet: string;
  readonly count: number;
}
export interface Orphans {
  readonly at: EpochMs;
  readonly fleets: readonly OrphanedFleet[];
}

/** No fleet may be called so: a fleet's name has no tilde. One item holds them all, so that none stays behind. */
const keyOf = (table: Table) => ({ pk: fleetKey(table, "~orphans"), sk: "newest" });

export async function putOrphans(table: Table, orphans: Orphans): Promise<void> {
  const item = itemOf({ ...keyOf(table), body: bodyOf(orphans) });
  await table.client.send(new PutItemCommand({ TableName: table.name, Item: item }));
}

/** None when the stage was never reconciled. */
export async function orphans(table: Table): Promise<Orphans | "none"> {
  const get = new GetItemCommand({ TableName: table.name, Key: itemOf(keyOf(table)) });
  const { Item: item } = await table.client.send(get);
  return item ? readBody<Orphans>(item) : "none";
}
