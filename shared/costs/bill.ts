// What usage costs: dollars a month, line by line. A month has 730 hours.
import { rowKeptMs } from "../aws/index.ts";
import { dayMs } from "../core/index.ts";
import { heartbeatSeconds } from "../looks/index.ts";
import { dispatchMemoryMb, dispatchMs, evaluateMemoryMb, pollersAtRest, pollsPerMinute } from "./assumptions.ts";
import { prices } from "./prices.ts";
import type { Usage } from "./usage.ts";

export interface Line {
  readonly what: string;
  readonly usd: number;
}
export type Bill = readonly Line[];

export const totalOf = (bill: Bill): number => bill.reduce((sum, { usd }) => sum + usd, 0);

export const hoursPerMonth = 730;
const heartbeatsPerHour = 3_600 / heartbeatSeconds;
const looksPerMessageBatch = 10;
/** How much of the log stands, in months of it. */
const monthsKept = rowKeptMs / dayMs / (365 / 12);

/** What one more fleet costs, of which this is an hour's usage. */
export function billOfFleet(hour: Usage, alarmCount: number): Bill {
  const month = (key: string): number => (hour[key] ?? 0) * hoursPerMonth;
  const lambda = { ms: month("lambda ms"), runs: month("invocations"), memoryMb: evaluateMemoryMb };
  const storedGb = (month("stored bytes") / 1e9) * monthsKept;
  return [
    { what: "alarms", usd: alarmCount * prices.alarmMonth },
    { what: "metrics read", usd: month("metrics") * prices.metricRead },
    { what: "Lambda", usd: lambdaUsd(lambda) },
    {
      what: "table, reads and writes",
      usd: month("read units") * prices.readUnit + month("write units") * prices.writeUnit,
    },
    { what: "table, rows of 400 days", usd: storedGb * (prices.storedGbMonth + prices.recoverableGbMonth) },
    { what: "queue", usd: queueRequests(hour) * hoursPerMonth * prices.queueRequest },
    { what: "logs of 30 days", usd: logUsd(month("logged bytes")) },
  ];
}

/** Sent by evaluate, sent by dispatch in batches, and by the event source one to receive and one to delete each batch. */
const queueRequests = (hour: Usage): number =>
  (hour["SQS SendMessage"] ?? 0) + heartbeatsPerHour / looksPerMessageBatch + 2 * (hour.invocations ?? 0);

/** In serverless/watch.yml and serverless/dashboard.yml. */
export const ownAlarmCount = 9;
export const ownMetricCount = 7;
const dashboardCount = 1;
/** Of looks and of forecasts. */
const queueCount = 2;

/** Of a month in which so many queues are asked, whether or not there is something. */
export const pollersUsd = (queues: number): number =>
  queues * pollersAtRest * pollsPerMinute * 60 * hoursPerMonth * prices.queueRequest;

export const logUsd = (bytes: number): number => (bytes / 1e9) * (prices.logGb + prices.logStoredGbMonth);

interface Runs {
  /** Of all together. */
  readonly ms: number;
  readonly runs: number;
  readonly memoryMb: number;
}
export const lambdaUsd = ({ ms, runs, memoryMb }: Runs): number =>
  (ms / 1_000) * (memoryMb / 1_024) * prices.lambdaGbSecond + runs * prices.lambdaRequest;

/** What an account pays for Tidegate without any fleet. */
export function billOfAccount(): Bill {
  const heartbeats = heartbeatsPerHour * hoursPerMonth;
  const dispatchGbSeconds = heartbeats * (dispatchMs / 1_000) * (dispatchMemoryMb / 1_024);
  return [
    { what: "alarms on Tidegate itself", usd: ownAlarmCount * prices.alarmMonth },
    { what: "metrics of its log", usd: ownMetricCount * prices.customMetricMonth },
    { what: "dashboard", usd: dashboardCount * prices.dashboardMonth },
    { what: "the queues' pollers", usd: pollersUsd(queueCount) },
    {
      what: "clock and dispatch",
      usd:
        dispatchGbSeconds * prices.lambdaGbSecond +
        heartbeats * (prices.lambdaRequest + prices.schedulerInvocation + prices.cloudWatchRequest),
    },
  ];
}
