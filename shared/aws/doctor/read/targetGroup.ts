// A target group with what stands in front of it.
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
  type Rule,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { fleetTag } from "../../../control/index.ts";
import { assert, ok, secondMs } from "../../../core/index.ts";
import type { LoadBalancer, TargetGroup } from "../facts.ts";
import { andThen, ask, type Reading } from "../reading.ts";
import { allPages } from "./pages.ts";

type Elb = ElasticLoadBalancingV2Client;

/** A page holds up to 400; a load balancer has some hundred listeners at most, each of them some hundred rules. */
const pagesMax = 20;

/** `nameOrArn` as in the policy. */
export async function readTargetGroup(elb: Elb, nameOrArn: string): Promise<Reading<TargetGroup>> {
  const by = nameOrArn.startsWith("arn:") ? { TargetGroupArns: [nameOrArn] } : { Names: [nameOrArn] };
  const described = await ask("elasticloadbalancing:DescribeTargetGroups", async () => {
    const { TargetGroups: groups = [] } = await elb.send(new DescribeTargetGroupsCommand(by));
    const [group] = groups;
    assert(group?.TargetGroupArn !== undefined, "a target group that is found has an ARN");
    return { ...group, arn: group.TargetGroupArn };
  });
  return await andThen(described, async ({ arn, ...group }) => {
    const arns = group.LoadBalancerArns ?? [];
    const [deregistrationDelayMs, owner, loadBalancers, forwardingRuleCount] = await Promise.all([
      readDelay(elb, arn),
      readOwner(elb, arn),
      readLoadBalancers(elb, arns),
      countForwarding(elb, arn, arns),
    ]);
    const name = group.TargetGroupName ?? nameOrArn;
    const { TargetType: targetType = "instance", Port: port = 80, VpcId: vpc = "" } = group;
    const healthCheck = {
      intervalMs: (group.HealthCheckIntervalSeconds ?? 30) * secondMs,
      healthyCount: group.HealthyThresholdCount ?? 5,
    };
    const read = { deregistrationDelayMs, owner, loadBalancers, forwardingRuleCount };
    return ok({ arn, name, targetType, port, vpc, healthCheck, ...read });
  });
}

const readDelay = (elb: Elb, arn: string): Promise<TargetGroup["deregistrationDelayMs"]> =>
  ask("elasticloadbalancing:DescribeTargetGroupAttributes", async () => {
    const answer = await elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn: arn }));
    const delay = answer.Attributes?.find(({ Key }) => Key === "deregistration_delay.timeout_seconds")?.Value;
    return Number(delay ?? 300) * secondMs;
  });

const readOwner = (elb: Elb, arn: string): Promise<TargetGroup["owner"]> =>
  ask("elasticloadbalancing:DescribeTags", async () => {
    const { TagDescriptions: described = [] } = await elb.send(new DescribeTagsCommand({ ResourceArns: [arn] }));
    const name = described[0]?.Tags?.find(({ Key }) => Key === fleetTag)?.Value;
    return name === undefined ? { kind: "nobody" } : { kind: "one", name };
  });

const readLoadBalancers = (elb: Elb, arns: readonly string[]): Promise<Reading<readonly LoadBalancer[]>> =>
  ask("elasticloadbalancing:DescribeLoadBalancers", async () => {
    if (arns.length === 0) return [];
    const answer = await elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [...arns] }));
    return (answer.LoadBalancers ?? []).map((one) => ({
      arn: one.LoadBalancerArn ?? "",
      name: one.LoadBalancerName ?? "",
      kind: one.Type === "application" ? "application" : "other",
      zones: (one.AvailabilityZones ?? []).map(({ ZoneName }) => ZoneName ?? ""),
    }));
  });

async function countForwarding(elb: Elb, arn: string, loadBalancers: readonly string[]): Promise<Reading<number>> {
  const listeners = await ask("elasticloadbalancing:DescribeListeners", async () => {
    const found = await Promise.all(loadBalancers.map((loadBalancer) => listenersOf(elb, loadBalancer)));
    return found.flat();
  });
  return await andThen(listeners, (found) =>
    ask("elasticloadbalancing:DescribeRules", async () => {
      const rules = await Promise.all(found.map((listener) => rulesOf(elb, listener)));
      return rules.flat().filter((rule) => forwardsTo(rule, arn)).length;
    }),
  );
}

async function listenersOf(elb: Elb, LoadBalancerArn: string): Promise<readonly string[]> {
  return await allPages(pagesMax, async (Marker) => {
    const answer = await elb.send(new DescribeListenersCommand({ LoadBalancerArn, Marker }));
    return { found: (answer.Listeners ?? []).map(({ ListenerArn }) => ListenerArn ?? ""), next: answer.NextMarker };
  });
}

async function rulesOf(elb: Elb, ListenerArn: string): Promise<readonly Rule[]> {
  return await allPages(pagesMax, async (Marker) => {
    const answer = await elb.send(new DescribeRulesCommand({ ListenerArn, Marker }));
    return { found: answer.Rules ?? [], next: answer.NextMarker };
  });
}

/** A weight of nothing sends nothing. */
const forwardsTo = ({ Actions: actions = [] }: Rule, arn: string): boolean =>
  actions.some(({ TargetGroupArn, ForwardConfig }) => {
    const groups = ForwardConfig?.TargetGroups ?? [];
    if (groups.length === 0) return TargetGroupArn === arn;
    return groups.some((group) => group.TargetGroupArn === arn && group.Weight !== 0);
  });
