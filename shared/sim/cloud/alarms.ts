// CloudWatch's alarms: kept as they were put, and described in pages. They are not evaluated here.
import { AwsError } from "./errors.ts";
import { pageOf } from "./pages.ts";
import type { Site } from "./site.ts";

/** What an alarm was put with. */
export interface PutMetricAlarmInput {
  readonly AlarmName: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly MetricName?: string;
  readonly Metrics?: readonly { readonly Id: string; readonly ReturnData?: boolean }[];
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
export function putMetricAlarm({ alarms }: Site, input: PutMetricAlarmInput): object {
  const { AlarmName: name, EvaluationPeriods: periods, DatapointsToAlarm: points = periods, Metrics: queries } = input;
  if (name.length < 1 || name.length > 255) throw invalid("AlarmName must have from 1 to 255 characters.");
  if ((input.MetricName === undefined) === (queries === undefined))
    throw invalid("Exactly one of MetricName and Metrics must be given.");
  if (queries && queries.filter(({ ReturnData = true }) => ReturnData).length !== 1)
    throw invalid("Exactly one element of the metrics list should return data.");
  if (points > periods) throw invalid("DatapointsToAlarm must be at most EvaluationPeriods.");
  alarms.set(name, input);
  return {};
}

const invalid = (message: string): AwsError => new AwsError("ValidationError", message);

export interface DescribeAlarmsInput {
  readonly AlarmNamePrefix?: string;
  readonly AlarmNames?: readonly string[];
  readonly MaxRecords?: number;
  readonly NextToken?: string;
}

/** Every alarm is OK: nobody evaluates it. */
export function describeAlarms({ alarms, fleet }: Site, input: DescribeAlarmsInput): object {
  const { AlarmNamePrefix: prefix = "", AlarmNames: names, MaxRecords: limit = 50, NextToken: token } = input;
  const found = [...alarms]
    .filter(([name]) => name.startsWith(prefix) && (names?.includes(name) ?? true))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const { items, nextToken } = pageOf(found, Math.min(limit, fleet.options.faults.pageSizeMax), token);
  const described = items.map(([, alarm]) => ({ Dimensions: [], Metrics: [], ...alarm, StateValue: "OK" }));
  return { MetricAlarms: described, CompositeAlarms: [], ...(nextToken ? { NextToken: nextToken } : {}) };
}

/** At once, at most. */
const deletedMax = 100;

export function deleteAlarms(
  { alarms }: Site,
  { AlarmNames: names }: { readonly AlarmNames: readonly string[] },
): object {
  if (names.length > deletedMax) throw invalid(`Up to ${deletedMax} alarms can be deleted at once.`);
  const unknown = names.filter((name) => !alarms.has(name));
  for (const name of names) alarms.delete(name);
  if (unknown.length > 0) throw new AwsError("ResourceNotFound", `no alarm ${unknown.join(", ")}`, 404);
  return {};
}
