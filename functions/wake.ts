// What woke us, read from the events of EventBridge and its Scheduler. An event says which fleet to look at now. What EC2 announces
// of a spot instance is written down for every look to find; nothing else of an event goes further, so that the same snapshot gives
// the same decision whoever asked.
// https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ec2.html
import type { Notice } from "../shared/engine/index.ts";

export type Wake =
  | { readonly kind: "heartbeat" }
  | { readonly kind: "alarm"; readonly alarm: string }
  | { readonly kind: "instance"; readonly instance: string; readonly announces: Notice["kind"] | "nothing" }
  /** An alarm that went back: the heartbeat shrinks. */
  | { readonly kind: "calm-again"; readonly alarm: string };

/** Throws an Error that names the event's source and detail-type when it is none that Tidegate asked for. */
export function wakeOf(event: unknown): Wake {
  const { kind, source, "detail-type": type, detail } = Object(event);
  if (kind === "heartbeat") return { kind };
  const { alarmName, state, "instance-id": instance } = Object(detail);
  if (source === "aws.cloudwatch" && type === "CloudWatch Alarm State Change" && isText(alarmName))
    return { kind: Object(state).value === "ALARM" ? "alarm" : "calm-again", alarm: alarmName };
  const announces = isText(type) ? announcedBy.get(type) : undefined;
  if (source === "aws.ec2" && announces !== undefined && isText(instance))
    return { kind: "instance", instance, announces };
  throw new Error(`unknown event: source ${quoted(source)}, detail-type ${quoted(type)}`);
}

const announcedBy: ReadonlyMap<string, Notice["kind"] | "nothing"> = new Map([
  ["EC2 Instance State-change Notification", "nothing"],
  ["EC2 Spot Instance Interruption Warning", "interruption"],
  ["EC2 Instance Rebalance Recommendation", "rebalance"],
]);

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const quoted = (value: unknown): string => JSON.stringify(value) ?? "none";

/** The fleet in `tidegate/<stage>/<fleet>/<what>`; none when the alarm is another stage's, or not Tidegate's. */
export function fleetOfAlarm(alarm: string, stage: string): string | "none" {
  const [product, itsStage, fleet, what] = alarm.split("/");
  return product === "tidegate" && itsStage === stage && fleet && what ? fleet : "none";
}
