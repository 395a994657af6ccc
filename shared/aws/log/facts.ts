// What stands beside the log: which fleets there are, overrides, policies, and whose an instance is.

import { DeleteItemCommand, PutItemCommand, type QueryCommandInput, type WriteRequest } from "@aws-sdk/client-dynamodb";
import { type DurationMs, dayMs, type EpochMs } from "../../core/index.ts";
import type { Override } from "../../engine/index.ts";
import type { Policy, Warm } from "../../policy/index.ts";
import type { TargetGroup } from "../loadBalancer.ts";
import { writeAll } from "./batch.ts";
import { bodyOf, type Item, itemOf, readBody, readNumber, readString } from "./item.ts";
import { fleetKey, itemAt, pagesOf, putAbsent, rowKeptMs, type Table, ttlOf } from "./table.ts";

/** A fleet's target group as it was last looked up: what spares a calm fleet the load balancer's calls. */
export interface GroupFact {
  /** As the policy spells it. */
  readonly spelled: string;
  readonly readAt: EpochMs;
  readonly group: TargetGroup;
}

/** Facts that a look begins with stand beside the log's end, so that one query reads them all. */
export const nowPrefix = "now#";

/** An override is shown for a while after it has ended. */
const overrideKeptMs: DurationMs = 30 * dayMs;

/** Puts an override, or replaces the one with its id. */
export async function putOverride(table: Table, fleet: string, override: Override): Promise<void> {
  const { id, min, max, until, by, reason } = override;
  await put(table, {
    pk: fleetKey(table, fleet),
    sk: `${nowPrefix}override#${id}`,
    ...{ id, min, max, until, by, reason },
    ttl: ttlOf(until + overrideKeptMs),
  });
}

/** Takes an override away before its time. */
export async function endOverride(table: Table, fleet: string, id: string): Promise<"ended" | "none-there"> {
  const key = itemOf({ pk: fleetKey(table, fleet), sk: `${nowPrefix}override#${id}` });
  const end = new DeleteItemCommand({ TableName: table.name, Key: key, ReturnValues: "ALL_OLD" });
  return (await table.client.send(end)).Attributes === undefined ? "none-there" : "ended";
}

export async function putGroup(table: Table, fleet: string, fact: GroupFact): Promise<void> {
  await put(table, { pk: fleetKey(table, fleet), sk: `${nowPrefix}group`, body: bodyOf(fact) });
}

/** Keeps a policy for as long as the table stands, so that every row can be replayed. `version` as in Row. */
export async function putPolicy(table: Table, policy: Policy, version: string): Promise<void> {
  await put(table, { pk: fleetKey(table, policy.fleet), sk: `policy#${version}`, body: bodyOf(policy) });
}

export async function getPolicy(table: Table, fleet: string, version: string): Promise<Policy | "none"> {
  const item = await itemAt(table, fleet, `policy#${version}`);
  return item ? completed(readBody<Policy>(item)) : "none";
}

/** A policy that an older release wrote lacks what policies could not say then. */
const completed = (policy: Policy): Policy => ({
  ...policy,
  warm: warmOnce(policy.warm),
  peaks: policy.peaks.map(({ early, ...peak }) => ({ ...peak, early: early ?? { kind: "never" } })),
  renew: policy.renew ?? { kind: "never" },
  reserve: policy.reserve ?? { kind: "none" },
  limits: {
    ...policy.limits,
    budget: policy.limits.budget ?? { kind: "none" },
    surgeRatio: policy.limits.surgeRatio ?? 0.1,
  },
});

const warmOnce = (warm: Warm & { readonly paths?: readonly string[] }): Warm => {
  if (warm.paths === undefined) return warm.kind === "http" ? { ...warm, by: warm.by ?? "function" } : warm;
  const { paths, ...rest } = warm;
  const usual = {
    by: "function",
    untilCount: 20,
    concurrency: 4,
    method: "GET",
    headers: {},
    cacheHeader: "none",
  } as const;
  return { ...rest, from: { kind: "paths", paths }, ...usual } as Warm;
};

/** Enters a fleet in the stage's list; a second entry changes nothing. */
export async function putFleet(table: Table, fleet: string, since: EpochMs): Promise<void> {
  await putAbsent(table, itemOf({ pk: fleetKey(table, registry), sk: fleet, since }));
}

/** Every fleet of the stage that ever committed, by name. */
export async function fleets(table: Table): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const item of pagesOf(table, queryOf(table, fleetKey(table, registry), "")))
    names.push(readString(item, "sk"));
  return names;
}
/** No fleet may be called so: a fleet's name has no tilde. */
const registry = "~fleets";

export interface RosterChange {
  readonly at: EpochMs;
  readonly launched: readonly string[];
  readonly terminated: readonly string[];
}

/** Notes whose instances these are, so that an event that names an instance finds its fleet; forgets those that ended. */
export async function changeRoster(table: Table, fleet: string, change: RosterChange): Promise<void> {
  const ttl = ttlOf(change.at + rowKeptMs);
  const pk = fleetKey(table, roster);
  const writes: WriteRequest[] = [
    ...change.launched.map((id) => ({ PutRequest: { Item: itemOf({ pk, sk: id, fleet, ttl }) } })),
    ...change.terminated.map((id) => ({ DeleteRequest: { Key: itemOf({ pk, sk: id }) } })),
  ];
  await writeAll(table, writes);
}

/** The fleet of every instance that this stage launched and has not terminated. */
export async function rosterOf(table: Table): Promise<ReadonlyMap<string, string>> {
  const fleetByInstance = new Map<string, string>();
  for await (const item of pagesOf(table, { ...queryOf(table, fleetKey(table, roster), ""), ConsistentRead: false }))
    fleetByInstance.set(readString(item, "sk"), readString(item, "fleet"));
  return fleetByInstance;
}
const roster = "~instances";

export async function put(table: Table, attributes: Parameters<typeof itemOf>[0]): Promise<void> {
  await table.client.send(new PutItemCommand({ TableName: table.name, Item: itemOf(attributes) }));
}

export function queryOf(table: Table, pk: string, prefix: string): QueryCommandInput {
  const bound = prefix === "" ? {} : { ":prefix": prefix };
  return {
    TableName: table.name,
    KeyConditionExpression: prefix === "" ? "pk = :pk" : "pk = :pk AND begins_with(sk, :prefix)",
    ExpressionAttributeValues: itemOf({ ":pk": pk, ...bound }),
    ConsistentRead: true,
  };
}

export function overrideIn(item: Item): Override {
  return {
    id: readString(item, "id"),
    min: readNumber(item, "min"),
    max: readNumber(item, "max"),
    until: readNumber(item, "until"),
    by: readString(item, "by"),
    reason: readString(item, "reason"),
  };
}
