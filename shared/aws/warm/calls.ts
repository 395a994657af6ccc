// What starting a warm-up asks of AWS: where an instance is reached, and to call who warms it. Expected failures are values that say
// whether the same call may do better a while later.
import { DescribeInstancesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import {
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { fleetTag } from "../../control/index.ts";
import { type EpochMs, error, minuteMs, ok, type Result } from "../../core/index.ts";
import { failureOf } from "../outcomes.ts";

export interface WarmClients {
  readonly ec2: EC2Client;
  readonly loadBalancer: ElasticLoadBalancingV2Client;
  readonly lambda: LambdaClient;
}
export interface WarmFailure {
  readonly because: string;
  readonly again: "worth-it" | "in-vain";
}
export interface WarmTarget {
  readonly address: string;
  readonly port: number;
  readonly protocol: "http" | "https";
}
/** Where the load balancer sends requests of a group. */
interface Listening extends Omit<WarmTarget, "address"> {
  readonly family: "ipv4" | "ipv6";
}

export interface WarmCalls {
  /** Of a running instance that carries the fleet's tag, and of no other. `owner` is `<stage>/<fleet>`, `group` as in the policy. */
  targetOf(asked: {
    readonly owner: string;
    readonly instance: string;
    readonly group: string;
  }): Promise<Result<WarmTarget, WarmFailure>>;
  /** Answers once Lambda has taken the event, not when the function has ended. `functionName` may be an ARN. */
  invokeLater(functionName: string, payload: object): Promise<Result<void, WarmFailure>>;
}

/** Many instances of a fleet start at once, and their port is the same. */
const groupKeptMs = 5 * minuteMs;

export function createWarmCalls(clients: WarmClients, now: () => EpochMs): WarmCalls {
  const groups = new Map<string, { readonly at: EpochMs; readonly listening: Listening }>();
  const listeningOf = async (group: string): Promise<Listening> => {
    const known = groups.get(group);
    if (known && now() - known.at < groupKeptMs) return known.listening;
    const listening = await readGroup(clients.loadBalancer, group);
    groups.set(group, { at: now(), listening });
    return listening;
  };
  return {
    targetOf: ({ owner, instance, group }) =>
      attempted(async () => {
        const { family, ...listening } = await listeningOf(group);
        const address = await addressOf(clients.ec2, { owner, instance, family });
        if (address !== "none") return ok({ address, ...listening });
        return error({ because: `${instance} is no running instance of ${owner} with an address`, again: "in-vain" });
      }),
    invokeLater: (FunctionName, payload) =>
      attempted(async () => {
        const Payload = Buffer.from(JSON.stringify(payload));
        await clients.lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload }));
        return ok(undefined);
      }),
  };
}

async function attempted<T>(call: () => Promise<Result<T, WarmFailure>>): Promise<Result<T, WarmFailure>> {
  try {
    return await call();
  } catch (thrown) {
    const { kind, because } = failureOf(thrown);
    return error({ because, again: kind === "throttled" || kind === "unanswered" ? "worth-it" : "in-vain" });
  }
}

async function readGroup(elb: ElasticLoadBalancingV2Client, group: string): Promise<Listening> {
  const by = group.startsWith("arn:") ? { TargetGroupArns: [group] } : { Names: [group] };
  const { TargetGroups: [found] = [] } = await elb.send(new DescribeTargetGroupsCommand(by));
  return {
    port: found?.Port ?? 80,
    protocol: found?.Protocol === "HTTPS" ? "https" : "http",
    family: found?.IpAddressType === "ipv6" ? "ipv6" : "ipv4",
  };
}

/** A filter and no id: one that is not the fleet's, or not there any more, is then no error but nobody. */
async function addressOf(
  ec2: EC2Client,
  { owner, instance, family }: { readonly owner: string; readonly instance: string } & Pick<Listening, "family">,
): Promise<string | "none"> {
  const Filters = [
    { Name: "instance-id", Values: [instance] },
    { Name: `tag:${fleetTag}`, Values: [owner] },
    { Name: "instance-state-name", Values: ["running"] },
  ];
  const { Reservations: [reservation] = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
  const found = reservation?.Instances?.[0];
  return (family === "ipv6" ? found?.Ipv6Address : found?.PrivateIpAddress) || "none";
}
