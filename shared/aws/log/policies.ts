// The deployed policies, where there are more of them than a function's zip should carry: reconcile writes them at each deploy,
// dispatch reads the names, forecast those that have a forecast rule or peaks, evaluate the policy of the fleet it looks at.
import type { WriteRequest } from "@aws-sdk/client-dynamodb";
import { isForecast, type Versioned } from "../../control/index.ts";
import { writeAll } from "./batch.ts";
import { queryOf } from "./facts.ts";
import { bodyOf, itemOf, readBody, readString } from "./item.ts";
import { fleetKey, itemAt, pagesOf, type Table } from "./table.ts";

/** No fleet may be called so. */
const deployed = "~deployed";
const namesKey = "names";
const attendedKey = "attended";
const policyKey = (fleet: string): string => `policy#${fleet}`;

/** Puts all policies, takes away those of fleets that are gone, and last the names: whoever reads them finds every policy. */
export async function putDeployed(table: Table, policies: readonly Versioned[]): Promise<void> {
  const pk = fleetKey(table, deployed);
  const names = policies.map(({ policy }) => policy.fleet).sort();
  const puts = policies.map((versioned) => ({
    PutRequest: { Item: itemOf({ pk, sk: policyKey(versioned.policy.fleet), body: bodyOf(versioned) }) },
  }));
  await writeAll(table, puts);
  await writeAll(table, [listOf(pk, namesKey, names), listOf(pk, attendedKey, attendedOf(policies))]);
  await writeAll(table, await leftOver(table, new Set(names)));
}

const listOf = (pk: string, sk: string, names: readonly string[]): WriteRequest => ({
  PutRequest: { Item: itemOf({ pk, sk, body: bodyOf(names) }) },
});

/** The names of the fleets whose policies have a rule that forecasts, or peaks to be looked into, ascending. */
export const attendedOf = (policies: readonly Versioned[]): readonly string[] =>
  policies.flatMap(({ policy }) => (isForecast(policy) || policy.peaks.length > 0 ? [policy.fleet] : [])).sort();

async function leftOver(table: Table, names: ReadonlySet<string>): Promise<readonly WriteRequest[]> {
  const pk = fleetKey(table, deployed);
  const gone: WriteRequest[] = [];
  for await (const item of pagesOf(table, queryOf(table, pk, "policy#"))) {
    const sk = readString(item, "sk");
    if (!names.has(sk.slice("policy#".length))) gone.push({ DeleteRequest: { Key: itemOf({ pk, sk }) } });
  }
  return gone;
}

/** The names of all fleets deployed, ascending; none before the first deploy has come to its end. */
export const deployedFleets = (table: Table): Promise<readonly string[]> => listAt(table, namesKey);
/** Those of them that the clock asks for. */
export const deployedAttended = (table: Table): Promise<readonly string[]> => listAt(table, attendedKey);

async function listAt(table: Table, sk: string): Promise<readonly string[]> {
  const item = await itemAt(table, deployed, sk);
  return item ? readBody<readonly string[]>(item) : [];
}

export async function deployedPolicy(table: Table, fleet: string): Promise<Versioned | "none"> {
  const item = await itemAt(table, deployed, policyKey(fleet));
  return item ? readBody<Versioned>(item) : "none";
}
