// The load balancer: what it says of its targets, and bringing instances in and out.
import {
  DeregisterTargetsCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
  type TargetHealth,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { fleetTag } from "../control/index.ts";
import { assert, type DurationMs, secondMs } from "../core/index.ts";
import type { TargetState } from "../engine/index.ts";
import type { HaproxyBackend } from "../policy/index.ts";
import type { SendOptions } from "./lease.ts";
import { type Patience, patiently } from "./patience.ts";

export interface TargetGroup {
  readonly name: string;
  readonly arn: string;
  /** Its dimension in CloudWatch: `targetgroup/<name>/<id>`. */
  readonly dimension: string;
  /** The load balancer's dimension in CloudWatch: `app/<name>/<id>`; or, where it is no ALB, HAProxy and the fleet's own dimensions. */
  readonly loadBalancer:
    | { readonly kind: "none" }
    | { readonly kind: "one"; readonly dimension: string }
    | {
        readonly kind: "haproxy";
        readonly backend: HaproxyBackend;
        readonly dimensions: Readonly<Record<string, string>>;
      };
  readonly deregistrationDelayMs: DurationMs;
  /** The `<stage>/<fleet>` that has claimed it by its tag; "" when nobody has. */
  readonly claimedBy: string;
}

/** AWS's default. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html */
const defaultDelaySeconds = 300;

/** `nameOrArn` as in the policy. Each of its three calls is patient for itself: what was answered is not asked again. */
export async function findTargetGroup(
  elb: ElasticLoadBalancingV2Client,
  nameOrArn: string,
  patience: Patience | "none" = "none",
): Promise<TargetGroup> {
  const by = nameOrArn.startsWith("arn:") ? { TargetGroupArns: [nameOrArn] } : { Names: [nameOrArn] };
  const { TargetGroups: groups = [] } = await patiently(patience, () => elb.send(new DescribeTargetGroupsCommand(by)));
  const arn = groups[0]?.TargetGroupArn;
  assert(arn !== undefined, `a target group that is found has an ARN`);
  const [{ Attributes: attributes = [] }, { TagDescriptions: [tagged] = [] }] = await Promise.all([
    patiently(patience, () => elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }))),
    patiently(patience, () => elb.send(new DescribeTagsCommand({ ResourceArns: [arn] }))),
  ]);
  const delay = attributes.find(({ Key }) => Key === "deregistration_delay.timeout_seconds")?.Value;
  const loadBalancerArn = groups[0]?.LoadBalancerArns?.[0];
  return {
    name: groups[0]?.TargetGroupName ?? nameOrArn,
    arn,
    dimension: arn.slice(arn.lastIndexOf(":") + 1),
    loadBalancer: loadBalancerArn
      ? { kind: "one", dimension: loadBalancerArn.slice(loadBalancerArn.indexOf(":loadbalancer/") + 14) }
      : { kind: "none" },
    deregistrationDelayMs: Number(delay ?? defaultDelaySeconds) * secondMs,
    claimedBy: tagged?.Tags?.find(({ Key }) => Key === fleetTag)?.Value ?? "",
  };
}

/** By instance id. One answer holds all targets of a group. */
export async function targetStates(
  elb: ElasticLoadBalancingV2Client,
  arn: string,
): Promise<ReadonlyMap<string, TargetState>> {
  const { TargetHealthDescriptions: described = [] } = await elb.send(
    new DescribeTargetHealthCommand({ TargetGroupArn: arn }),
  );
  return new Map(described.map(({ Target, TargetHealth }) => [Target?.Id ?? "", targetStateIn(TargetHealth ?? {})]));
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetHealth.html */
function targetStateIn({ State, Reason, Description = "" }: TargetHealth): TargetState {
  switch (State) {
    case "initial":
      return { kind: "initial" };
    case "draining":
    case "unhealthy.draining":
      return { kind: "draining" };
    // Requests are routed to a target that is not checked.
    case "healthy":
    case "unavailable":
      return { kind: "healthy" };
    default:
      if (Reason === "Target.NotRegistered") return { kind: "unregistered" };
      return { kind: "unhealthy", because: [Reason ?? State ?? "unknown", Description].filter(Boolean).join(": ") };
  }
}

export interface TargetsAt {
  readonly arn: string;
  readonly ids: readonly string[];
}

export async function registerTargets(
  elb: ElasticLoadBalancingV2Client,
  { arn, ids }: TargetsAt,
  options: SendOptions,
): Promise<void> {
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn: arn, Targets: ids.map((Id) => ({ Id })) }), options);
}

export async function deregisterTargets(
  elb: ElasticLoadBalancingV2Client,
  { arn, ids }: TargetsAt,
  options: SendOptions,
): Promise<void> {
  await elb.send(new DeregisterTargetsCommand({ TargetGroupArn: arn, Targets: ids.map((Id) => ({ Id })) }), options);
}
