// What looks use, as counts by name; and the units in which CloudWatch and DynamoDB count a call.
import { assert, type EpochMs, secondMs } from "../core/index.ts";
import { recentMs } from "./quotas.ts";

/** `looks`, `invocations`, `lambda ms`, `metrics`, `read units`, … and a count for each call, `EC2 DescribeInstances`. */
export type Usage = Readonly<Record<string, number>>;

export const combined = (a: Usage, b: Usage, join: (of: number, and: number) => number): Usage =>
  Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, join(a[key] ?? 0, b[key] ?? 0)]),
  );

export const plus = (a: Usage, b: Usage): Usage => combined(a, b, (of, and) => of + and);
export const minus = (a: Usage, b: Usage): Usage => combined(a, b, (of, and) => of - and);
export const times = (usage: Usage, factor: number): Usage =>
  Object.fromEntries(Object.entries(usage).map(([key, count]) => [key, count * factor]));

export const services = ["EC2", "ElasticLoadBalancingV2", "CloudWatch", "DynamoDB", "SQS"] as const;
export type Service = (typeof services)[number];

/** Calls of some services, by `<service> <command>`. */
export const callsIn = (usage: Usage, of: readonly Service[] = services): readonly (readonly [string, number])[] =>
  Object.entries(usage).filter(([key]) => of.some((service) => key.startsWith(`${service} `)));

export const callCount = (usage: Usage, of?: readonly Service[]): number =>
  callsIn(usage, of).reduce((sum, [, count]) => sum + count, 0);

export interface MetricsInput {
  readonly StartTime: Date;
  readonly EndTime: Date;
  readonly MetricDataQueries: readonly { readonly Id: string; readonly MetricStat?: { readonly Period: number } }[];
}

/** Billed is each series, whatever the points; limited are the points that a call may bring, whether or not there are so many. */
export function metricsUsage({ StartTime, EndTime, MetricDataQueries: queries }: MetricsInput, now: EpochMs): Usage {
  const [from, to] = [Number(StartTime), Number(EndTime)];
  const series = queries.flatMap(({ MetricStat }) => MetricStat ?? []);
  const points = series.reduce((sum, { Period }) => sum + Math.ceil((to - from) / (Period * secondMs)), 0);
  return { metrics: series.length, [now - from > recentMs ? "old points" : "recent points"]: points };
}

type Item = Readonly<Record<string, { readonly S?: string; readonly N?: string; readonly B?: Uint8Array }>>;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
const itemBytes = (item: Item): number =>
  Object.entries(item).reduce(
    (sum, [name, { S, N, B }]) => sum + name.length + (S?.length ?? 0) + (N?.length ?? 0) + (B?.length ?? 0),
    0,
  );

interface TableInput {
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Readonly<Record<string, readonly { readonly PutRequest?: { readonly Item: Item } }[]>>;
}
interface TableOutput {
  readonly Items?: readonly Item[];
  readonly Item?: Item;
}

/** What one call to the table adds. A put of a row of the log stays for as long as rows are kept. */
export function tableUsage(command: string, input: TableInput, output: TableOutput): Usage {
  switch (command) {
    case "Query":
    case "GetItem": {
      const bytes = [...(output.Items ?? []), ...(output.Item ? [output.Item] : [])].reduce(
        (sum, item) => sum + itemBytes(item),
        0,
      );
      const units = Math.max(1, Math.ceil(bytes / 4_096));
      return { "read units": input.ConsistentRead === true ? units : units / 2 };
    }
    case "PutItem":
      return { "write units": writeUnits(input.Item), "stored bytes": loggedBytes(input.Item) };
    case "DeleteItem":
      return { "write units": writeUnits(input.Key) };
    case "BatchWriteItem": {
      const items = Object.values(input.RequestItems ?? {}).flat();
      return { "write units": items.reduce((sum, { PutRequest: put }) => sum + writeUnits(put?.Item), 0) };
    }
    default:
      assert(false, `what ${command} uses of the table is known`);
  }
}

const writeUnits = (item: Item = {}): number => Math.max(1, Math.ceil(itemBytes(item) / 1_024));
/** DynamoDB adds 100 bytes to each item for its index. */
const loggedBytes = (item: Item = {}): number => (item.sk?.S?.startsWith("log#") ? itemBytes(item) + 100 : 0);
