// What a look begins with, in one query: the newest row with its outcomes, and the facts that stand just behind the log.
import type { Newest, Preflight, StoredForecast } from "../../control/index.ts";
import type { Notice, Override } from "../../engine/index.ts";
import type { Peak } from "../../policy/index.ts";
import { type GroupFact, nowPrefix, overrideIn } from "./facts.ts";
import { type Item, readBody, readString, unreadable } from "./item.ts";
import { noticePrefix } from "./notices.ts";
import { peakPrefix, preflightKey } from "./peaks.ts";
import { logQuery, newestIn, pagesOf, type Table } from "./table.ts";

export interface Standing {
  readonly newest: Newest;
  /** Expired ones too: the engine passes over them. */
  readonly overrides: readonly Override[];
  /** Added beside the policy's. */
  readonly peaks: readonly Peak[];
  readonly preflight: Preflight | "none";
  readonly notices: readonly Notice[];
  readonly group: GroupFact | "none";
  readonly forecast: StoredForecast | "none";
}

/** A group, a forecast, a row, its outcomes and one to spare: most have no override, and older rows need not be read. */
const itemsPerPage = 5;

export async function standingOf(table: Table, fleet: string): Promise<Standing> {
  const query = { ...logQuery(table, fleet, `${nowPrefix}~`), Limit: itemsPerPage, ConsistentRead: true };
  const overrides: Override[] = [];
  const peaks: Peak[] = [];
  const notices: Notice[] = [];
  const log: Item[] = [];
  let preflight: Preflight | "none" = "none";
  let group: GroupFact | "none" = "none";
  let forecast: StoredForecast | "none" = "none";
  for await (const item of pagesOf(table, query)) {
    const sk = readString(item, "sk");
    if (sk === `${nowPrefix}group`) group = readBody<GroupFact>(item);
    else if (sk === `${nowPrefix}forecast`) forecast = readBody<StoredForecast>(item);
    else if (sk.startsWith(`${nowPrefix}override#`)) overrides.push(overrideIn(item));
    else if (sk.startsWith(noticePrefix)) notices.push(readBody<Notice>(item));
    else if (sk === preflightKey) preflight = readBody<Preflight>(item);
    else if (sk.startsWith(peakPrefix)) peaks.push(readBody<Peak>(item));
    else if (sk.startsWith(nowPrefix)) throw unreadable(item, "it is no kind of fact");
    else log.push(item);
    if (readString(log.at(-1) ?? item, "sk").endsWith("#decision")) break;
  }
  return {
    newest: newestIn(log),
    overrides: overrides.reverse(),
    peaks: peaks.reverse(),
    notices: notices.reverse(),
    preflight,
    group,
    forecast,
  };
}
