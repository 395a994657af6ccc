// How far the warming of each instance has come: items of their own, which the warmer writes and looks read.
import { type DurationMs, dayMs, type EpochMs } from "../../core/index.ts";
import type { WarmResult, WarmState } from "../../engine/index.ts";
import { writeAll } from "./batch.ts";
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

/** Which warm-up is meant, and which generation's decision ordered it; `unknown` where an older release asked for it. */
export interface WarmOrder {
  readonly instance: string;
  readonly generation: number | "unknown";
}

/** An instance is warmed once: whoever comes second is told that it is known already, and is to do nothing. */
export async function beginWarm(
  table: Table,
  fleet: string,
  { instance, generation, at }: WarmOrder & { readonly at: EpochMs },
): Promise<"begun" | "known"> {
  const begun = attributesOf(table, fleet, { instance, state: { kind: "started", at } });
  const ordered = generation === "unknown" ? {} : { generation };
  return (await putAbsent(table, itemOf({ ...begun, ...ordered }))) === "put" ? "begun" : "known";
}

/** As if they had not begun: whoever comes next may begin them. */
export async function undoWarm(table: Table, fleet: string, instances: readonly string[]): Promise<void> {
  const pk = warmKey(table, fleet);
  await writeAll(
    table,
    instances.map((sk) => ({ DeleteRequest: { Key: itemOf({ pk, sk }) } })),
  );
}

/** How far warming has come, by instance id. */
export async function warmOf(table: Table, fleet: string): Promise<ReadonlyMap<string, WarmState>> {
  const warm = new Map<string, WarmState>();
  for await (const item of pagesOf(table, queryOf(table, warmKey(table, fleet), "")))
    warm.set(readString(item, "sk"), warmIn(item));
  return warm;
}
/** No fleet may be called so: a fleet's name has no slash. */
export const warmsOf = (fleet: string): string => `${fleet}/warm`;
const warmKey = (table: Table, fleet: string): string => fleetKey(table, warmsOf(fleet));

export function attributesOf(table: Table, fleet: string, { instance, state }: Warmed) {
  return { pk: warmKey(table, fleet), sk: instance, ...stateAttributes(state), ttl: ttlOf(state.at + warmKeptMs) };
}

export function stateAttributes(state: Warmed["state"]) {
  const measured = "result" in state ? { body: bodyOf(state.result) } : {};
  const because = state.kind === "failed" ? { because: state.because } : {};
  return { kind: state.kind, at: state.at, ...because, ...measured };
}

export function warmIn(item: Item): WarmState {
  const kind = readString(item, "kind");
  const at = readNumber(item, "at");
  const measured = item.body ? { result: readBody<WarmResult>(item) } : {};
  if (kind === "started") return { kind, at };
  if (kind === "done") return { kind, at, ...measured };
  if (kind === "failed") return { kind, at, because: readString(item, "because"), ...measured };
  throw unreadable(item, `${kind} is no state of warming`);
}
