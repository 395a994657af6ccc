// The alarms that are there in CloudWatch: listing, putting and deleting them.
import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
} from "@aws-sdk/client-cloudwatch";
import { assert } from "../../core/index.ts";
import type { Alarm } from "./alarm.ts";
import { requestOf, saysTheSame } from "./request.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const pageSizeMax = 100;
/** As many alarms as ten thousand fleets of ten rules have. */
const pagesMax = 1_000;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html */
const deletedAtOnceMax = 100;

/** By name. */
export type Present = ReadonlyMap<string, MetricAlarm>;

export async function alarmsUnder(metrics: CloudWatchClient, prefix: string): Promise<Present> {
  const present = new Map<string, MetricAlarm>();
  let next: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const at = next ? { NextToken: next } : {};
    const ask = { AlarmNamePrefix: prefix, MaxRecords: pageSizeMax, ...at };
    const answer = await metrics.send(new DescribeAlarmsCommand(ask));
    for (const alarm of answer.MetricAlarms ?? []) present.set(alarm.AlarmName ?? "", alarm);
    next = answer.NextToken;
    if (!next) return present;
  }
  assert(false, `a stage's alarms fit ${pagesMax} pages`);
}

/** An alarm that stands as wanted keeps its state and costs no call. */
export async function putAlarm(
  metrics: CloudWatchClient,
  present: Present,
  alarm: Alarm,
): Promise<"put" | "unchanged"> {
  const wanted = requestOf(alarm);
  const before = present.get(alarm.name);
  if (before && saysTheSame(before, wanted)) return "unchanged";
  await metrics.send(new PutMetricAlarmCommand(wanted));
  return "put";
}

/** One that is gone already is as good as deleted. */
export async function deleteAlarms(metrics: CloudWatchClient, names: readonly string[]): Promise<void> {
  for (let from = 0; from < names.length; from += deletedAtOnceMax) {
    const AlarmNames = names.slice(from, from + deletedAtOnceMax);
    try {
      await metrics.send(new DeleteAlarmsCommand({ AlarmNames }));
    } catch (thrown) {
      // Those of the batch that do stand are deleted all the same.
      if (!(thrown instanceof Error) || !/^ResourceNotFound/.test(thrown.name)) throw thrown;
    }
  }
}
