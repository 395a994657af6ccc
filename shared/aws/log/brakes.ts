// The operator's brakes: one item stops the terminations of every fleet, or of one, until it is taken away.
import { DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import type { Brake } from "../../engine/index.ts";
import { put, queryOf } from "./facts.ts";
import { itemOf, readNumber, readString } from "./item.ts";
import { fleetKey, pagesOf, type Table } from "./table.ts";

export type Braked = { readonly kind: "all-fleets" } | { readonly kind: "fleet"; readonly fleet: string };
/** Every brake of the stage; what concerns one fleet is picked by `brakesOn`. */
export type Brakes = ReadonlyMap<string, Brake>;

const brakesKey = (table: Table): string => fleetKey(table, "~brakes");
/** No fleet may be called so. */
const everyFleet = "*";
const nameOf = (braked: Braked): string => (braked.kind === "all-fleets" ? everyFleet : braked.fleet);

/** Puts a brake, or replaces the one that stood. It has no time to live: only an operator lifts it. */
export async function putBrake(table: Table, braked: Braked, brake: Omit<Brake, "scope">): Promise<void> {
  const { since, by, reason } = brake;
  await put(table, { pk: brakesKey(table), sk: nameOf(braked), since, by, reason });
}

/** Whether one stood there. */
export async function liftBrake(table: Table, braked: Braked): Promise<"lifted" | "none-there"> {
  const key = itemOf({ pk: brakesKey(table), sk: nameOf(braked) });
  const lift = new DeleteItemCommand({ TableName: table.name, Key: key, ReturnValues: "ALL_OLD" });
  return (await table.client.send(lift)).Attributes === undefined ? "none-there" : "lifted";
}

/** One query a batch of looks. */
export async function brakesOf(table: Table): Promise<Brakes> {
  const brakes = new Map<string, Brake>();
  for await (const item of pagesOf(table, queryOf(table, brakesKey(table), ""))) {
    const name = readString(item, "sk");
    brakes.set(name, {
      scope: name === everyFleet ? "all-fleets" : "fleet",
      since: readNumber(item, "since"),
      by: readString(item, "by"),
      reason: readString(item, "reason"),
    });
  }
  return brakes;
}

/** Those that hold a fleet, the widest first. */
export const brakesOn = (brakes: Brakes, fleet: string): readonly Brake[] =>
  [everyFleet, fleet].flatMap((name) => brakes.get(name) ?? []);
