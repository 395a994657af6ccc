// What forecasts leave in the table, and what they are told not to learn from.
import { DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import type { MarkedSpan, Span, StoredAhead, StoredForecast } from "../../control/index.ts";
import { type DurationMs, dayMs } from "../../core/index.ts";
import { nowPrefix, put, queryOf } from "./facts.ts";
import { bodyOf, type Item, itemOf, readBody, readNumber, readString } from "./item.ts";
import { fleetKey, itemAt, pagesOf, type Table, ttlOf } from "./table.ts";

/** The newest forecast, where every look finds it. */
export async function putForecast(table: Table, fleet: string, forecast: StoredForecast): Promise<void> {
  await put(table, { pk: fleetKey(table, fleet), sk: `${nowPrefix}forecast`, body: bodyOf(forecast) });
}

export async function getForecast(table: Table, fleet: string): Promise<StoredForecast | "none"> {
  const item = await itemAt(table, fleet, `${nowPrefix}forecast`);
  return item ? readBody<StoredForecast>(item) : "none";
}

/** Before the log, as everything that no look reads: what lies between the log and `now#` would come with it. */
const aheadKey = "forecast#newest";

/** The next 48 hours, for whoever asks. */
export async function putAhead(table: Table, fleet: string, ahead: StoredAhead): Promise<void> {
  await put(table, { pk: fleetKey(table, fleet), sk: aheadKey, body: bodyOf(ahead) });
}

export async function getAhead(table: Table, fleet: string): Promise<StoredAhead | "none"> {
  const item = await itemAt(table, fleet, aheadKey);
  return item ? readBody<StoredAhead>(item) : "none";
}

const markPrefix = "history#mark#";
/** Beyond the two weeks that a forecast looks back: to be shown, and to mark a trace that is pulled later. */
const markKeptMs: DurationMs = 400 * dayMs;

/** Puts a mark, or replaces the one with its id. */
export async function putMark(table: Table, fleet: string, { id, from, to, because, by }: MarkedSpan): Promise<void> {
  const key = { pk: fleetKey(table, fleet), sk: markPrefix + id };
  await put(table, { ...key, id, from, to, because, by, ttl: ttlOf(to + markKeptMs) });
}

export async function endMark(table: Table, fleet: string, id: string): Promise<"ended" | "none-there"> {
  const Key = itemOf({ pk: fleetKey(table, fleet), sk: markPrefix + id });
  const end = new DeleteItemCommand({ TableName: table.name, Key, ReturnValues: "ALL_OLD" });
  return (await table.client.send(end)).Attributes === undefined ? "none-there" : "ended";
}

/** Those that reach into [from, to), oldest mark first. */
export async function marksOf(table: Table, fleet: string, span: Span): Promise<readonly MarkedSpan[]> {
  const marks: MarkedSpan[] = [];
  for await (const item of pagesOf(table, queryOf(table, fleetKey(table, fleet), markPrefix))) marks.push(markIn(item));
  return marks.filter(({ from, to }) => from < span.to && to > span.from);
}

const markIn = (item: Item): MarkedSpan => ({
  id: readString(item, "id"),
  from: readNumber(item, "from"),
  to: readNumber(item, "to"),
  because: readString(item, "because"),
  by: readString(item, "by"),
});
