// Which access logs there are under a prefix, newest first, without listing those of years: AWS keeps each day in a folder of its own.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-file-format
import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { type DurationMs, dayMs, type EpochMs } from "../../core/index.ts";
import type { Place } from "./s3.ts";

export interface StoredLog {
  readonly key: string;
  /** As stored: gzipped, usually. */
  readonly bytes: number;
  /** When its last request ended, as its name has it; when it was stored, where its name has no time. */
  readonly at: EpochMs;
}
export interface Wanted {
  readonly since: EpochMs | "all";
  readonly filesMax: number;
  readonly bytesMax: number;
}
export type Found =
  | AccessLogs
  /** There are more keys than anybody wants to wait for. */
  | { readonly kind: "too-many-keys"; readonly listed: number };
export interface AccessLogs {
  readonly kind: "logs";
  /** Newest first; no more than were wanted. */
  readonly logs: readonly StoredLog[];
  /** There were more, left off by `filesMax` or `bytesMax`. */
  readonly leftOff: "none" | "files" | "bytes";
  /** The day of the newest of all that lie there, wanted or not. */
  readonly newest: EpochMs | "none";
  /** A key that is no log's, to show where none was found. */
  readonly other: string | "none";
}

/** Of 1,000 keys each: a minute or so. */
const pagesMax = 500;

export async function findLogs(client: S3Client, place: Place, wanted: Wanted): Promise<Found> {
  const listing: Listing = { client, place, pages: 0, other: "none" };
  const logs: StoredLog[] = [];
  const days: Day[] = [];
  const open = [place.prefix];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for await (const { folders, found } of pagesOf(listing, next, "/")) {
      logs.push(...found);
      for (const folder of folders) {
        const day = dayIn(folder);
        if (day === "none") open.push(folder);
        else days.push({ folder, day });
      }
    }
  }
  await readDays(listing, { days, logs, wanted });
  if (listing.pages >= pagesMax) return { kind: "too-many-keys", listed: pagesMax * keysAPage };
  const times = [...days.map(({ day }) => day), ...logs.map(({ at }) => at)];
  const newest = times.reduce<EpochMs | "none">((last, at) => (last === "none" ? at : Math.max(last, at)), "none");
  return { ...chosen(logs, wanted), newest, other: listing.other };
}

interface Listing {
  readonly client: S3Client;
  readonly place: Place;
  pages: number;
  other: string | "none";
}
interface Day {
  readonly folder: string;
  readonly day: EpochMs;
}

/** `…/2026/11/20/` */
function dayIn(folder: string): EpochMs | "none" {
  const [, year, month, day] = /\/(\d{4})\/(\d\d)\/(\d\d)\/$/.exec(`/${folder}`) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T00:00Z`);
  return Number.isNaN(at) ? "none" : at;
}

interface Reading {
  readonly days: readonly Day[];
  readonly logs: StoredLog[];
  readonly wanted: Wanted;
}

/** Adds to `logs`, until the days before have enough of them or are too old. */
async function readDays(listing: Listing, { days, logs, wanted: { since, filesMax } }: Reading): Promise<void> {
  const newestFirst = [...days].sort((a, b) => b.day - a.day);
  let last: EpochMs = Number.POSITIVE_INFINITY;
  for (const { folder, day } of newestFirst) {
    if (since !== "all" && day + dayLateMs < since) return;
    // Folders of one day, of several regions or accounts, belong together.
    if (day < last && logs.length > filesMax) return;
    last = day;
    for await (const { found } of pagesOf(listing, folder, "")) logs.push(...found);
  }
}
/** A log lies in the folder of the day on which it was delivered. */
const dayLateMs: DurationMs = 2 * dayMs;

interface Page {
  readonly folders: readonly string[];
  readonly found: readonly StoredLog[];
}
const keysAPage = 1_000;

async function* pagesOf(listing: Listing, prefix: string, delimiter: "/" | ""): AsyncGenerator<Page> {
  const asked = { Bucket: listing.place.bucket, Prefix: prefix, ...(delimiter === "" ? {} : { Delimiter: delimiter }) };
  let token: string | undefined;
  do {
    if (listing.pages >= pagesMax) return;
    listing.pages++;
    const page = new ListObjectsV2Command({ ...asked, ...(token === undefined ? {} : { ContinuationToken: token }) });
    const { Contents = [], CommonPrefixes = [], NextContinuationToken } = await listing.client.send(page);
    token = NextContinuationToken;
    const found = Contents.flatMap(({ Key = "", Size = 0, LastModified }) =>
      isLog(Key) ? [{ key: Key, bytes: Size, at: endOf(Key) ?? LastModified?.getTime() ?? 0 }] : [],
    );
    if (listing.other === "none") listing.other = Contents.find(({ Key = "" }) => !isLog(Key))?.Key ?? "none";
    yield { folders: CommonPrefixes.flatMap(({ Prefix = "" }) => (Prefix === "" ? [] : [Prefix])), found };
  } while (token !== undefined);
}

const isLog = (key: string): boolean => /\.(log|gz)$/.test(key);

/** `…_20261120T2220Z_…`: the end of its five minutes. */
function endOf(key: string): EpochMs | undefined {
  const [, year, month, day, hour, minute] = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_/.exec(key) ?? [];
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}Z`);
  return Number.isNaN(at) ? undefined : at;
}

function chosen(
  logs: readonly StoredLog[],
  { since, filesMax, bytesMax }: Wanted,
): Pick<AccessLogs, "kind" | "logs" | "leftOff"> {
  const recent = logs.filter(({ at }) => since === "all" || at >= since).sort((a, b) => b.at - a.at);
  let bytes = 0;
  const fitting = recent.slice(0, filesMax).filter((log) => {
    bytes += log.bytes;
    return bytes <= bytesMax;
  });
  const leftOff = bytes > bytesMax ? "bytes" : recent.length > filesMax ? "files" : "none";
  return { kind: "logs", logs: fitting, leftOff };
}
