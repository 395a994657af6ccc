// Peaks that operators added beside the policy's: facts that a look begins with.
import { DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { type DurationMs, dayMs, type EpochMs } from "../../core/index.ts";
import type { Peak } from "../../policy/index.ts";
import { nowPrefix, put, queryOf } from "./facts.ts";
import { bodyOf, itemOf, readBody, readNumber, readString } from "./item.ts";
import { fleetKey, pagesOf, type Table, ttlOf } from "./table.ts";

export interface AddedPeak {
  readonly peak: Peak;
  readonly by: string;
  readonly addedAt: EpochMs;
}

/** Before a peak's name, which is its id. */
export const peakPrefix = `${nowPrefix}peak#`;

/** A peak is told of for a while after it has ended. */
const peakKeptMs: DurationMs = 30 * dayMs;

/** Puts a peak, or replaces the one of its name. */
export async function putPeak(table: Table, fleet: string, { peak, by, addedAt }: AddedPeak): Promise<void> {
  const endsAt = peak.atMs + peak.holdMs + peak.releaseMs;
  await put(table, {
    pk: fleetKey(table, fleet),
    sk: `${peakPrefix}${peak.name}`,
    ...{ by, addedAt },
    ttl: ttlOf(endsAt + peakKeptMs),
    body: bodyOf(peak),
  });
}

/** Takes a peak away. */
export async function endPeak(table: Table, fleet: string, name: string): Promise<"ended" | "none-there"> {
  const key = itemOf({ pk: fleetKey(table, fleet), sk: `${peakPrefix}${name}` });
  const end = new DeleteItemCommand({ TableName: table.name, Key: key, ReturnValues: "ALL_OLD" });
  return (await table.client.send(end)).Attributes === undefined ? "none-there" : "ended";
}

/** Those added to a fleet, with who did and when; those that ended lately, too. */
export async function addedPeaks(table: Table, fleet: string): Promise<readonly AddedPeak[]> {
  const added: AddedPeak[] = [];
  for await (const item of pagesOf(table, queryOf(table, fleetKey(table, fleet), peakPrefix)))
    added.push({ peak: readBody<Peak>(item), by: readString(item, "by"), addedAt: readNumber(item, "addedAt") });
  return added;
}
