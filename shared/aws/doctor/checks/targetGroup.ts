// The target group: that it is there, takes instances, gets traffic in the fleet's zones, and is nobody else's.
import { fleetTag } from "../../../control/index.ts";
import { type DurationMs, minuteMs, secondMs } from "../../../core/index.ts";
import type { Subnet, TargetGroup } from "../facts.ts";
import { about, counted, type Finding, listed } from "../finding.ts";
import { targetsPerGroup, targetsPerLoadBalancer } from "../quotas.ts";
import { checkQuota } from "./checkQuota.ts";
import { type Examined, ownerOf } from "./examined.ts";
import { unreachedHaproxy } from "./haproxy.ts";

const group = about("target group");
const traffic = about("listener");
const owner = about("owner");
const delay = about("deregistration delay");
const health = about("health check");

export function checkTargetGroup(examined: Examined): readonly Finding[] {
  const { policy, facts } = examined;
  if (typeof policy.targetGroup !== "string") return [unreachedHaproxy(examined.stage, policy.targetGroup)];
  if (facts.targetGroup.kind === "error") {
    const { error } = facts.targetGroup;
    const found = `target group ${policy.targetGroup} is not in this account and region`;
    if (error.kind === "missing") return [group.problem(found, "create it, or correct `targetGroup` in the policy")];
    return [group.unread(`target group ${policy.targetGroup}`, error)];
  }
  const found = facts.targetGroup.value;
  return [
    checkType(found),
    ...checkTraffic(found, facts.subnets.found.kind === "ok" ? facts.subnets.found.value : []),
    ...checkOwner(examined, found),
    ...checkDelay(found, policy.drain.timeoutMs),
    checkHealth(found, policy.launch.leadTimeMs),
    ...checkTargetCount(examined, found),
  ];
}

function checkType({ name, targetType }: TargetGroup): Finding {
  if (targetType === "instance") return group.fine(`target group ${name} takes instances`);
  const toDo = "create one of target type `instance` and name it in the policy; the type cannot be changed";
  return group.problem(`target group ${name} is of target type ${targetType}`, toDo);
}

function checkTraffic(found: TargetGroup, subnets: readonly Subnet[]): readonly Finding[] {
  const { name, loadBalancers, forwardingRuleCount } = found;
  const forwarded = traffic.judged(`who forwards to ${name}`, forwardingRuleCount, (count) => [
    count > 0
      ? traffic.fine(`${counted(count, "listener rule")} to ${name}`)
      : traffic.problem(`no listener forwards to ${name}`, "add a listener, or a rule, that forwards to it"),
  ]);
  const covered = traffic.judged(`the load balancer's zones`, loadBalancers, (balancers) =>
    balancers.flatMap(({ name: balancer, zones }) => {
      const bare = [...new Set(subnets.map(({ zone }) => zone).filter((zone) => !zones.includes(zone)))].sort();
      if (bare.length === 0) return [];
      const toDo = `give ${balancer} a subnet there, or take the zone's subnets out of \`launch.subnets\``;
      return [
        traffic.problem(`load balancer ${balancer} does not reach ${listed(bare)}, where instances launch`, toDo),
      ];
    }),
  );
  return [...forwarded, ...covered];
}

function checkOwner(examined: Examined, { name, owner: claimed }: TargetGroup): readonly Finding[] {
  const us = ownerOf(examined);
  return owner.judged(`whose ${name} is`, claimed, (claim) => {
    if (claim.kind === "nobody") return [owner.fine(`${name} is claimed by nobody else`)];
    if (claim.name === us) return [owner.fine(`${name} is claimed by ${us}`)];
    const toDo = `give ${us} a target group of its own, or, if ${claim.name} is gone, remove the tag ${fleetTag}`;
    return [owner.problem(`${name} is claimed by ${claim.name}`, toDo)];
  });
}

function checkDelay({ deregistrationDelayMs }: TargetGroup, drainMs: DurationMs): readonly Finding[] {
  return delay.judged("the deregistration delay", deregistrationDelayMs, (delayMs) => {
    const [set, wanted] = [seconds(delayMs), seconds(drainMs)];
    if (delayMs <= drainMs) return [delay.fine(`deregistration delay ${set}, within \`drain.timeout\` ${wanted}`)];
    const found = `deregistration delay ${set} is longer than \`drain.timeout\` ${wanted}: each drain takes ${set}`;
    return [
      delay.warning(found, `set the target group's deregistration_delay.timeout_seconds to ${drainMs / secondMs}`),
    ];
  });
}

/** Beyond it, the checks alone take as long as many an instance's boot. */
const passingMaxMs = minuteMs;

/** An instance serves once so many checks in a row have passed: that much comes on top of its boot. */
function checkHealth({ healthCheck: { intervalMs, healthyCount } }: TargetGroup, leadTimeMs: DurationMs): Finding {
  const passingMs = intervalMs * healthyCount;
  const found = `health checks add ${seconds(passingMs)} to a boot (${healthyCount} × ${seconds(intervalMs)})`;
  const toDo = "lower HealthyThresholdCount or HealthCheckIntervalSeconds of the target group";
  if (passingMs >= leadTimeMs)
    return health.warning(`${found}, no less than the assumed \`launch.leadTime\` ${seconds(leadTimeMs)}`, toDo);
  return passingMs > passingMaxMs ? health.warning(found, toDo) : health.fine(found);
}

function checkTargetCount(examined: Examined, { loadBalancers }: TargetGroup): readonly Finding[] {
  const { bounds } = examined.policy;
  const needs = [{ what: "`bounds.max`", count: bounds.max }];
  const balancers = loadBalancers.kind === "ok" ? loadBalancers.value : [];
  const behindOne = balancers.some(({ kind }) => kind === "application");
  return [targetsPerGroup, ...(behindOne ? [targetsPerLoadBalancer] : [])].map((quota) =>
    checkQuota(examined.account, { quota, unit: "targets", needs }),
  );
}

const seconds = (durationMs: DurationMs): string => `${durationMs / secondMs} s`;
