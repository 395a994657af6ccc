// Access logs in S3, the newest of them. The client is loaded when they are asked for and not before.
import type { Found, Place, StoredLog, Wanted } from "../../shared/aws/accessLogs/index.ts";
import { type DurationMs, type EpochMs, minuteMs } from "../../shared/core/index.ts";
import { CliError } from "../failure.ts";
import { say } from "../output.ts";
import type { LogFile } from "./logLines.ts";

export interface Newest {
  readonly since?: DurationMs;
  readonly newest?: number;
}
export interface Opened {
  readonly files: readonly LogFile[];
  /** In all, as stored. */
  readonly bytes: number | "unknown";
  close(): void;
}

/** A page that is hot is so in any hour: some 200 files of five minutes tell the first fifty. */
export const newestUsual = 200;
/** Where a time is given, so many files all the same. */
export const newestMax = 10_000;
/** Gzipped; some 200 million lines. */
const bytesMax = 5_000_000_000;

export const isInS3 = (logs: string): boolean => logs.startsWith("s3://");

/** Lists them. Throws a CliError that says what to do when there are none, or none may be read. */
export async function openS3Logs(logs: string, { since, newest }: Newest): Promise<Opened> {
  const place = placeIn(logs);
  const s3 = await import("../../shared/aws/accessLogs/index.ts");
  const client = s3.openS3();
  const told = async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (thrown) {
      const refusal = s3.s3Refusal(thrown, place);
      throw refusal === "none" ? thrown : new CliError(refusal);
    }
  };
  say(`looking for logs under ${logs}`);
  const now = Date.now();
  const filesMax = newest ?? (since === undefined ? newestUsual : newestMax);
  const wanted: Wanted = { since: since === undefined ? "all" : now - since, filesMax, bytesMax };
  try {
    const found = someOf(await told(() => s3.findLogs(client, place, wanted)), logs);
    return {
      files: found.map(({ key }) => ({
        name: `s3://${place.bucket}/${key}`,
        open: () => told(() => s3.openLog(client, place, key)),
      })),
      bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
      close: () => client.destroy(),
    };
  } catch (thrown) {
    client.destroy();
    throw thrown;
  }
}

/** `s3://bucket/prefix` */
function placeIn(logs: string): Place {
  const [, bucket, prefix = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(logs) ?? [];
  if (bucket === undefined) throw new CliError(`${logs} is no address in S3: write s3://my-logs/AWSLogs/123456789012`);
  return { bucket, prefix };
}

function someOf(found: Found, logs: string): readonly StoredLog[] {
  if (found.kind === "too-many-keys")
    throw new CliError(
      `${logs} has more than ${found.listed} keys: name a longer prefix, down to the region or the day`,
    );
  const [first] = found.logs;
  if (first === undefined) throw new CliError(`${logs} ${noneBecause(found)}`);
  const oldest = found.logs[found.logs.length - 1] ?? first;
  const left = { none: "", files: ", the newest of more", bytes: `, the newest ${bytesMax / 1e9} GB of more` };
  const files = `${found.logs.length} log${found.logs.length === 1 ? "" : "s"}`;
  say(`${files} from ${minute(oldest.at)} to ${minute(first.at)}${left[found.leftOff]}`);
  return found.logs;
}

function noneBecause({ newest, other }: Extract<Found, { kind: "logs" }>): string {
  if (newest !== "none")
    return `has no log of that time, the newest is of ${minute(newest).slice(0, 10)}: give a longer --since, or none`;
  const others = other === "none" ? "no key begins so" : `there is ${other}, which is none`;
  return (
    `holds no access logs (*.log.gz): ${others}. They lie under PREFIX/AWSLogs/ACCOUNT/elasticloadbalancing/REGION; ` +
    "the load balancer's attributes access_logs.s3.enabled, .bucket and .prefix say whether and where"
  );
}

const minute = (at: EpochMs): string =>
  new Date(Math.floor(at / minuteMs) * minuteMs).toISOString().replace(":00.000Z", "Z");
