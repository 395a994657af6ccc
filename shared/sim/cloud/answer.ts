// The face that SDK clients see: (service, command, input) → output, or an AwsError. One line a command.
import { deleteAlarms, describeAlarms, putMetricAlarm } from "./alarms.ts";
import { getMetricData } from "./cloudwatch.ts";
import {
  createTags,
  describeInstances,
  describeLaunchTemplates,
  startInstances,
  stopInstances,
  terminateInstances,
} from "./ec2.ts";
import { createFleet, runInstances } from "./ec2-launch.ts";
import * as elb from "./elb.ts";
import { addTags, describeTags, removeTags } from "./elb-tags.ts";
import { AwsError } from "./errors.ts";
import type { Call, Site } from "./site.ts";
import { sendMessage, sendMessageBatch } from "./sqs.ts";

type Answering = (site: Site, input: unknown) => object;

/** The SDK's types vouch for the input's shape: here, once, it is believed. */
const believing =
  <Input>(run: (site: Site, input: Input) => object): Answering =>
  (site, input) =>
    run(site, input as Input);

const commands: ReadonlyMap<string, Answering> = new Map([
  ["EC2.CreateFleet", believing(createFleet)],
  ["EC2.RunInstances", believing(runInstances)],
  ["EC2.DescribeInstances", believing(describeInstances)],
  ["EC2.TerminateInstances", believing(terminateInstances)],
  ["EC2.StopInstances", believing(stopInstances)],
  ["EC2.StartInstances", believing(startInstances)],
  ["EC2.DescribeLaunchTemplates", believing(describeLaunchTemplates)],
  ["EC2.CreateTags", believing(createTags)],
  ["ElasticLoadBalancingV2.DescribeTargetGroups", believing(elb.describeTargetGroups)],
  ["ElasticLoadBalancingV2.DescribeTargetGroupAttributes", believing(elb.describeTargetGroupAttributes)],
  ["ElasticLoadBalancingV2.RegisterTargets", believing(elb.registerTargets)],
  ["ElasticLoadBalancingV2.DeregisterTargets", believing(elb.deregisterTargets)],
  ["ElasticLoadBalancingV2.DescribeTargetHealth", believing(elb.describeTargetHealth)],
  ["ElasticLoadBalancingV2.DescribeTags", believing(describeTags)],
  ["ElasticLoadBalancingV2.AddTags", believing(addTags)],
  ["ElasticLoadBalancingV2.RemoveTags", believing(removeTags)],
  ["CloudWatch.GetMetricData", believing(getMetricData)],
  ["CloudWatch.PutMetricAlarm", believing(putMetricAlarm)],
  ["CloudWatch.DescribeAlarms", believing(describeAlarms)],
  ["CloudWatch.DeleteAlarms", believing(deleteAlarms)],
  ["SQS.SendMessage", believing(sendMessage)],
  ["SQS.SendMessageBatch", believing(sendMessageBatch)],
]);

export function answer(site: Site, call: Call): object {
  const { faults } = site.fleet.options;
  const service = call.service.replace(/Client$/, "");
  const command = call.commandName.replace(/Command$/, "");
  const run = commands.get(`${service}.${command}`);
  if (run === undefined) throw new AwsError("InvalidAction", `The action ${service} ${command} is not imagined here.`);
  faults.crash(command, "before");
  if (faults.throttle(command)) throw throttled(service);
  if (faults.denied(command)) throw denied(service, command);
  if (asksOnly(call.input)) throw new AwsError("DryRunOperation", "Request would have succeeded.", 412);
  const output = run(site, call.input);
  faults.crash(command, "after");
  return output;
}

/** EC2 answers a DryRun that is allowed with this error. */
const asksOnly = (input: unknown): boolean =>
  typeof input === "object" && input !== null && "DryRun" in input && input.DryRun === true;

/** https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html and each service's common errors. */
function throttled(service: string): AwsError {
  if (service === "EC2") return new AwsError("RequestLimitExceeded", "Request limit exceeded.", 503);
  if (service === "SQS") return new AwsError("RequestThrottled", "Rate exceeded", 400);
  return new AwsError("Throttling", "Rate exceeded", 400);
}

function denied(service: string, command: string): AwsError {
  const name =
    service === "EC2" ? "UnauthorizedOperation" : service === "SQS" ? "AccessDeniedException" : "AccessDenied";
  return new AwsError(name, `You are not authorized to perform: ${command}`, 403);
}
