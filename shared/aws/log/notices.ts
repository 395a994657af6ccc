// What EC2 has announced of spot instances: kept where every look finds it, until the instance is gone.

import { type DurationMs, hourMs } from "../../core/index.ts";
import type { Notice } from "../../engine/index.ts";
import { nowPrefix, put } from "./facts.ts";
import { bodyOf } from "./item.ts";
import { fleetKey, type Table, ttlOf } from "./table.ts";

export const noticePrefix = `${nowPrefix}notice#`;
/** One that was interrupted is gone in minutes; a rebalance recommendation is taken up within the hour, or was not to be. */
const keptMs: DurationMs = 2 * hourMs;

/** The newer of an instance's notices stands: an interruption comes after a recommendation. */
export async function putNotice(table: Table, fleet: string, notice: Notice): Promise<void> {
  const key = { pk: fleetKey(table, fleet), sk: noticePrefix + notice.instance };
  await put(table, { ...key, body: bodyOf(notice), ttl: ttlOf(notice.at + keptMs) });
}
