// One GetMetricData for all the looks of a batch: fleets that ask at about the same time are asked for together.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
  ScanBy as Order,
} from "@aws-sdk/client-cloudwatch";
import DataLoader from "dataloader";
import { assert, type DurationMs, type EpochMs, minuteOf, secondMs } from "../core/index.ts";
import { gathering, type Patience, patiently, type Waiting } from "./patience.ts";

/** What one look asks for; ids are its own. */
export interface MetricsRead {
  readonly queries: readonly MetricDataQuery[];
  /** How far back. Those that are read together read as far as any of them. */
  readonly windowMs: DurationMs;
  readonly now: EpochMs;
}
/** By the asker's ids. */
export type Read = ReadonlyMap<string, { readonly status: string; readonly values: ReadonlyMap<EpochMs, number> }>;
export type MetricReader = (asked: MetricsRead) => Promise<Read>;

/** As many as one call takes. */
const queriesMax = 500;
/** Five hundred metrics of an hour fit one page. */
const pagesMax = 20;

export interface MetricsFrom {
  readonly cloudWatch: CloudWatchClient;
  readonly waiting: Waiting | "none";
  now(): EpochMs;
}

/** With nothing to wait with, only those who ask in the same turn come together, `together` queries a call. */
export function createMetricReader(from: MetricsFrom, together = queriesMax): MetricReader {
  const loader = new DataLoader<MetricsRead, Read>((asked) => readAll(from, asked, together), gathering(from.waiting));
  return (asked) => (asked.queries.length === 0 ? Promise.resolve(new Map()) : loader.load(asked));
}

/** One call a part. */
async function readAll(from: MetricsFrom, asked: readonly MetricsRead[], together: number): Promise<(Read | Error)[]> {
  return (await Promise.all(inParts(asked, together).map((part) => readPart(from, part)))).flat();
}

function inParts(asked: readonly MetricsRead[], together: number): readonly (readonly MetricsRead[])[] {
  const parts: MetricsRead[][] = [];
  let room = 0;
  for (const one of asked) {
    if (one.queries.length > room || parts.length === 0) {
      parts.push([]);
      room = together;
    }
    parts.at(-1)?.push(one);
    room -= one.queries.length;
  }
  return parts;
}

/** What one fleet asks wrongly must not blind the others: a refused call is repeated fleet by fleet. */
async function readPart(from: MetricsFrom, part: readonly MetricsRead[]): Promise<(Read | Error)[]> {
  try {
    const read = await patiently(sharedPatience(from), () => send(from.cloudWatch, part));
    return part.map((asked, index) => ownOf(read, asked, index));
  } catch (thrown) {
    assert(thrown instanceof Error, "what is thrown is an Error");
    if (part.length === 1 || !isRefusal(thrown)) return part.map(() => thrown);
    return (await Promise.all(part.map((asked) => readPart(from, [asked])))).flat();
  }
}

/** A look reads metrics twice at most, and instances between: it is to come to its end all the same. */
const metricsPatienceMs: DurationMs = 4 * secondMs;

/** The neediest of the batch may be anyone. */
const sharedPatience = ({ waiting, now }: MetricsFrom): Patience | "none" =>
  waiting === "none" ? "none" : { waiting, need: 1, until: now() + metricsPatienceMs, now };

/** The request itself is wrong; a throttled one, or one that met a sick service, would only be made worse. */
const isRefusal = ({ name }: Error): boolean =>
  ["ValidationError", "InvalidParameterValue", "InvalidParameterCombination"].some((start) => name.startsWith(start));

async function send(cloudWatch: CloudWatchClient, part: readonly MetricsRead[]): Promise<Read> {
  const read = new Map<string, { status: string; values: Map<EpochMs, number> }>();
  const MetricDataQueries = part.flatMap(({ queries }, index) =>
    queries.map((query) => renamed(query, queries, index)),
  );
  const window = {
    StartTime: new Date(Math.min(...part.map(({ now, windowMs }) => now - windowMs))),
    EndTime: new Date(Math.max(...part.map(({ now }) => now))),
  };
  let next: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const at = next ? { NextToken: next } : {};
    const ask = { MetricDataQueries, ...window, ScanBy: Order.TIMESTAMP_ASCENDING, ...at };
    const answer = await cloudWatch.send(new GetMetricDataCommand(ask));
    for (const result of answer.MetricDataResults ?? []) addTo(read, result);
    next = answer.NextToken;
    if (!next) return read;
  }
  assert(false, `metrics of one batch fit ${pagesMax} pages`);
}

const prefixOf = (index: number): string => `f${index}_`;

/** Ids are unique in a call, and an expression names them. */
function renamed(query: MetricDataQuery, queries: readonly MetricDataQuery[], index: number): MetricDataQuery {
  const ids = new Set(queries.map(({ Id }) => Id));
  const prefix = prefixOf(index);
  const Expression = query.Expression?.replaceAll(/[A-Za-z_]\w*/g, (word) => (ids.has(word) ? prefix + word : word));
  return { ...query, Id: prefix + query.Id, ...(Expression === undefined ? {} : { Expression }) };
}

function addTo(
  read: Map<string, { status: string; values: Map<EpochMs, number> }>,
  { Id = "", StatusCode = "Complete", Timestamps = [], Values = [] }: MetricDataResult,
): void {
  const entry = read.get(Id) ?? { status: StatusCode, values: new Map() };
  read.set(Id, entry);
  entry.status = StatusCode;
  for (const [index, at] of Timestamps.entries()) entry.values.set(at.getTime(), Values[index] ?? 0);
}

/** Under the asker's ids, and within its own window: another may have asked a little later. */
function ownOf(read: Read, { queries, windowMs, now }: MetricsRead, index: number): Read {
  const own = new Map<string, { status: string; values: Map<EpochMs, number> }>();
  for (const { Id = "" } of queries) {
    const found = read.get(prefixOf(index) + Id);
    if (!found) continue;
    const within = [...found.values].filter(([at]) => at < now && at >= minuteOf(now - windowMs));
    own.set(Id, { status: found.status, values: new Map(within) });
  }
  return own;
}
