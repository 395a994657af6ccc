// What became of fetching peaks' pages: items of their own, which no look reads.
import { type DurationMs, dayMs, type EpochMs, type Prefetched, type PrefetchState } from "../../core/index.ts";
import { put, queryOf } from "./facts.ts";
import { bodyOf, itemOf, readBody, readNumber, readString } from "./item.ts";
import { fleetKey, pagesOf, putAbsent, type Table, ttlOf } from "./table.ts";

/** As long as a peak that was added is told of. */
const keptMs: DurationMs = 40 * dayMs;

export interface PrefetchOf {
  /** As `prefetchKey` makes it. */
  readonly key: string;
  readonly at: EpochMs;
}

/** Pages are fetched once: whoever comes second is told that it is known already, and is to do nothing. */
export async function beginPrefetch(table: Table, fleet: string, { key, at }: PrefetchOf): Promise<"begun" | "known"> {
  const begun = itemOf({ pk: prefetchesKey(table, fleet), sk: key, at, ttl: ttlOf(at + keptMs) });
  return (await putAbsent(table, begun)) === "put" ? "begun" : "known";
}

export async function endPrefetch(
  table: Table,
  fleet: string,
  { key, at, result }: PrefetchOf & { readonly result: Prefetched },
): Promise<void> {
  await put(table, {
    ...{ pk: prefetchesKey(table, fleet), sk: key, at },
    ttl: ttlOf(at + keptMs),
    body: bodyOf(result),
  });
}

/** By `prefetchKey`; what has not begun is not there. */
export async function prefetchesOf(table: Table, fleet: string): Promise<ReadonlyMap<string, PrefetchState>> {
  const states = new Map<string, PrefetchState>();
  for await (const item of pagesOf(table, queryOf(table, prefetchesKey(table, fleet), ""))) {
    const at = readNumber(item, "at");
    const state = item.body
      ? { kind: "done" as const, at, result: readBody<Prefetched>(item) }
      : { kind: "begun" as const, at };
    states.set(readString(item, "sk"), state);
  }
  return states;
}
/** No fleet may be called so: a fleet's name has no slash. */
const prefetchesKey = (table: Table, fleet: string): string => `${fleetKey(table, fleet)}/prefetch`;
