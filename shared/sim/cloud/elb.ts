// ELBv2: one target group behind one load balancer.
import { type EpochMs, unreachable } from "../../core/index.ts";
import { AwsError } from "./errors.ts";
import { type Fleet, targetRules, visibleAt } from "./fleet.ts";
import { type Machine, stateAt, targetAt } from "./machine.ts";
import { deregister, register } from "./operate.ts";
import { asOfRead, orThrow, type Site } from "./site.ts";

/** The part of the ARN that CloudWatch uses as a dimension. */
export const groupDimension = ({ options }: Fleet): string =>
  `targetgroup/${options.targetGroup.name}/0a1b2c3d4e5f6071`;
export const balancerDimension = ({ options }: Fleet): string =>
  `app/${options.targetGroup.loadBalancerName}/1f2e3d4c5b6a7980`;

const arn = (resource: string): string => `arn:aws:elasticloadbalancing:eu-west-1:000000000000:${resource}`;
const groupArn = (fleet: Fleet): string => arn(groupDimension(fleet));

export interface DescribeTargetGroupsInput {
  readonly Names?: readonly string[];
  readonly TargetGroupArns?: readonly string[];
}
export function describeTargetGroups({ fleet }: Site, input: DescribeTargetGroupsInput): object {
  const { Names: names = [], TargetGroupArns: arns = [] } = input;
  const { name } = fleet.options.targetGroup;
  if (names.some((asked) => asked !== name)) throw groupNotFound();
  for (const asked of arns) checkGroup(fleet, asked);
  const group = {
    TargetGroupArn: groupArn(fleet),
    TargetGroupName: name,
    Protocol: "HTTP",
    Port: 80,
    TargetType: "instance",
    HealthCheckEnabled: true,
    LoadBalancerArns: [arn(`loadbalancer/${balancerDimension(fleet)}`)],
  };
  return { TargetGroups: [group] };
}

const groupNotFound = (): AwsError =>
  new AwsError("TargetGroupNotFoundException", "One or more target groups not found");

export function checkGroup(fleet: Fleet, asked: string): void {
  if (asked !== groupArn(fleet)) throw groupNotFound();
}

interface OfGroup {
  readonly TargetGroupArn: string;
}
interface Target {
  readonly Id: string;
}

export function describeTargetGroupAttributes({ fleet }: Site, { TargetGroupArn }: OfGroup): object {
  checkGroup(fleet, TargetGroupArn);
  const seconds = String(fleet.options.plant.drainSeconds);
  return { Attributes: [{ Key: "deregistration_delay.timeout_seconds", Value: seconds }] };
}

export function registerTargets({ fleet }: Site, input: OfGroup & { readonly Targets: readonly Target[] }): object {
  checkGroup(fleet, input.TargetGroupArn);
  orThrow(
    register(
      fleet,
      input.Targets.map(({ Id }) => Id),
    ),
  );
  return {};
}

export function deregisterTargets({ fleet }: Site, input: OfGroup & { readonly Targets: readonly Target[] }): object {
  checkGroup(fleet, input.TargetGroupArn);
  orThrow(
    deregister(
      fleet,
      input.Targets.map(({ Id }) => Id),
    ),
  );
  return {};
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html */
export function describeTargetHealth(site: Site, input: OfGroup & { readonly Targets?: readonly Target[] }): object {
  const { fleet } = site;
  checkGroup(fleet, input.TargetGroupArn);
  const asOf = asOfRead(site);
  const listed = visibleAt(fleet, asOf).flatMap((machine) => {
    const health = healthOf(fleet, machine, asOf);
    return health.State === "unused" && health.Reason === "Target.NotRegistered" ? [] : [describe(machine.id, health)];
  });
  if (input.Targets === undefined) return { TargetHealthDescriptions: listed };
  const byId = new Map(listed.map((description) => [description.Target.Id, description]));
  return { TargetHealthDescriptions: input.Targets.map(({ Id }) => byId.get(Id) ?? describe(Id, notRegistered)) };
}

interface Health {
  readonly State: "initial" | "healthy" | "unhealthy" | "draining" | "unused";
  readonly Reason?: string;
}
const notRegistered: Health = { State: "unused", Reason: "Target.NotRegistered" };
const describe = (id: string, health: Health) => ({
  Target: { Id: id, Port: 80 },
  HealthCheckPort: "80",
  TargetHealth: health,
});

/** A target whose instance is shutting down is `unused` for that while, and then no longer listed. */
function healthOf(fleet: Fleet, machine: Machine, asOf: EpochMs): Health {
  const target = targetAt(machine, asOf, targetRules(fleet));
  switch (target.kind) {
    case "unregistered":
      return wasTarget(fleet, machine, asOf) ? { State: "unused", Reason: "Target.InvalidState" } : notRegistered;
    case "initial":
      return { State: "initial", Reason: "Elb.InitialHealthChecking" };
    case "healthy":
      return { State: "healthy" };
    case "unhealthy":
      return { State: "unhealthy", Reason: target.because };
    case "draining":
      return { State: "draining", Reason: "Target.DeregistrationInProgress" };
    default:
      return unreachable(target);
  }
}

function wasTarget(fleet: Fleet, machine: Machine, asOf: EpochMs): boolean {
  if (stateAt(machine, asOf) !== "shutting-down" || machine.end.kind === "never") return false;
  return targetAt(machine, machine.end.at - 1, targetRules(fleet)).kind !== "unregistered";
}
