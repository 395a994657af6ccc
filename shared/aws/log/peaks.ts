// Peaks that operators added beside the policy's: facts that a look begins with.
import { DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { endsAt, type Preflight } from "../../control/index.ts";
import { type DurationMs, dayMs, type EpochMs } from "../../core/index.ts";
import type { Peak } from "../../policy/index.ts";
import { nowPrefix, put, queryOf } from "./facts.ts";
import { bodyOf, type Item, itemOf, readBody, readNumber, readString } from "./item.ts";
import { fleetKey, pagesOf, type Table, ttlOf } from "./table.ts";

export interface AddedPeak {
  readonly peak: Peak;
  readonly by: string;
  readonly addedAt: EpochMs;
  /** Of one that a calendar brought. */
  readonly event?: CalendarEvent;
}

/** By which a later reading of the calendar knows it again, though it has moved. */
export interface CalendarEvent {
  readonly calendar: string;
  readonly id: string;
}

/** Before a peak's name, which is its id. */
export const peakPrefix = `${nowPrefix}peak#`;

export const preflightKey = `${nowPrefix}preflight`;

/** A peak is told of for a while after it has ended. */
const peakKeptMs: DurationMs = 30 * dayMs;

/** Puts a peak, or replaces the one of its name. */
export async function putPeak(table: Table, fleet: string, { peak, by, addedAt, event }: AddedPeak): Promise<void> {
  const ends = endsAt(peak);
  await put(table, { ...entryOf(table, fleet, peak.name), fleet, ttl: ttlOf(ends) });
  await put(table, {
    pk: fleetKey(table, fleet),
    sk: `${peakPrefix}${peak.name}`,
    ...{ by, addedAt },
    ...(event === undefined ? {} : { calendar: event.calendar, event: event.id }),
    ttl: ttlOf(ends + peakKeptMs),
    body: bodyOf(peak),
  });
}

/** What was found in the way of the fleet's peaks: all of it, in place of what was found before. */
export async function putPreflight(table: Table, fleet: string, preflight: Preflight): Promise<void> {
  const key = { pk: fleetKey(table, fleet), sk: preflightKey };
  await put(table, { ...key, ttl: ttlOf(preflight.until), body: bodyOf(preflight) });
}

/** The fleets that announced events were put beside the log of, and that are not long over. */
export async function fleetsWithPeaks(table: Table): Promise<readonly string[]> {
  const names = new Set<string>();
  for await (const item of pagesOf(table, queryOf(table, fleetKey(table, announced), "")))
    names.add(readString(item, "fleet"));
  return [...names];
}
/** No fleet may be called so. One entry a peak, so that each ends by itself. */
const announced = "~peaks";
const entryOf = (table: Table, fleet: string, name: string) => ({
  pk: fleetKey(table, announced),
  sk: `${fleet}#${name}`,
});

/** Takes a peak away. */
export async function endPeak(table: Table, fleet: string, name: string): Promise<"ended" | "none-there"> {
  const key = itemOf({ pk: fleetKey(table, fleet), sk: `${peakPrefix}${name}` });
  const end = new DeleteItemCommand({ TableName: table.name, Key: key, ReturnValues: "ALL_OLD" });
  const { Attributes: was } = await table.client.send(end);
  await table.client.send(new DeleteItemCommand({ TableName: table.name, Key: itemOf(entryOf(table, fleet, name)) }));
  return was === undefined ? "none-there" : "ended";
}

/** Those added to a fleet, with who did and when; those that ended lately, too. */
export async function addedPeaks(table: Table, fleet: string): Promise<readonly AddedPeak[]> {
  const added: AddedPeak[] = [];
  for await (const item of pagesOf(table, queryOf(table, fleetKey(table, fleet), peakPrefix)))
    added.push({
      peak: readBody<Peak>(item),
      by: readString(item, "by"),
      addedAt: readNumber(item, "addedAt"),
      ...eventIn(item),
    });
  return added;
}

const eventIn = (item: Item): Pick<AddedPeak, "event"> =>
  item.event === undefined ? {} : { event: { calendar: readString(item, "calendar"), id: readString(item, "event") } };
