// Which alarms stand in ALARM now: an event tells only of the change, and may be lost.
import { type CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { assert } from "../core/index.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const pageSizeMax = 100;
/** Every fleet of ten thousand in alarm with three alarms each. */
const pagesMax = 300;

/** The names, in the order they come in. */
export async function standingAlarms(cloudWatch: CloudWatchClient, prefix: string): Promise<readonly string[]> {
  const names: string[] = [];
  let next: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const at = next ? { NextToken: next } : {};
    const asked = { AlarmNamePrefix: prefix, StateValue: "ALARM", MaxRecords: pageSizeMax } as const;
    const answer = await cloudWatch.send(new DescribeAlarmsCommand({ ...asked, ...at }));
    names.push(...(answer.MetricAlarms ?? []).flatMap(({ AlarmName }) => AlarmName ?? []));
    next = answer.NextToken;
    if (!next) return names;
  }
  assert(false, `alarms that stand fit ${pagesMax} pages`);
}
