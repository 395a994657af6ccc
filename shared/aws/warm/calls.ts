// What starting a warm-up asks of AWS: where an instance is reached, and to call who warms it. Expected failures are values that say
// whether the same call may do better a while later.
import { DescribeInstancesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import {
  DescribeTargetGroupsCommand,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { fleetTag } from "../../control/index.ts";
import { type EpochMs, error, minuteMs, ok, type Result } from "../../core/index.ts";
import type { Policy } from "../../policy/index.ts";
import { type Failure, failureOf } from "../outcomes.ts";
import { askAfter, type Commanded, type Sent, send } from "./command.ts";

export interface WarmClients {
  readonly ec2: EC2Client;
  readonly loadBalancer: ElasticLoadBalancingV2Client;
  readonly lambda: LambdaClient;
  readonly ssm: SSMClient;
}
export interface WarmFailure {
  readonly because: string;
  /** `unregistered`: SSM has not heard of the instance yet. */
  readonly again: "worth-it" | "in-vain" | "unregistered";
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
    readonly group: Policy["targetGroup"];
  }): Promise<Result<WarmTarget, WarmFailure>>;
  /** Answers once Lambda has taken the event, not when the function has ended. `functionName` may be an ARN. */
  invokeLater(functionName: string, payload: object): Promise<Result<void, WarmFailure>>;
  /** Answers once SSM has taken the command, not when the instance has run it: the command's id. */
  send(sent: Sent): Promise<Result<string, WarmFailure>>;
  askAfter(asked: { readonly command: string; readonly instance: string }): Promise<Result<Commanded, WarmFailure>>;
}

/** Many instances of a fleet start at once, and their port is the same. */
const groupKeptMs = 5 * minuteMs;

export function createWarmCalls(clients: WarmClients, now: () => EpochMs): WarmCalls {
  const groups = new Map<string, { readonly at: EpochMs; readonly listening: Listening }>();
  const listeningOf = async (group: Policy["targetGroup"]): Promise<Listening> => {
    if (typeof group !== "string") return { port: group.port, protocol: "http", family: "ipv4" };
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
    send: (sent) => attempted(async () => ok(await send(clients.ssm, sent))),
    askAfter: (asked) => attempted(async () => ok(await askAfter(clients.ssm, asked))),
  };
}

async function attempted<T>(call: () => Promise<Result<T, WarmFailure>>): Promise<Result<T, WarmFailure>> {
  try {
    return await call();
  } catch (thrown) {
    return error(warmFailureOf(failureOf(thrown)));
  }
}

function warmFailureOf(failure: Failure): WarmFailure {
  const { kind, because } = failure;
  if (kind === "throttled" || kind === "unanswered" || failure.fault === "server")
    return { because, again: "worth-it" };
  return { because, again: failure.code === "InvalidInstanceId" ? "unregistered" : "in-vain" };
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
