// A history for somebody in front of a terminal: any fleet's, or any target group's, as fine as CloudWatch still has it.
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { RawHistory, Span } from "../../control/index.ts";
import { type DurationMs, error, ok, type Result, secondMs } from "../../core/index.ts";
import { findTargetGroup, type TargetGroup } from "../loadBalancer.ts";
import { createMetricReader } from "../metricReader.ts";
import { failureOf } from "../outcomes.ts";
import { readHistory } from "./read.ts";

export interface PullClients {
  readonly metrics: CloudWatchClient;
  readonly loadBalancer: ElasticLoadBalancingV2Client;
}

export function openPullClients(): PullClients {
  const settings = {
    requestHandler: { connectionTimeout: 2 * secondMs, requestTimeout: 20 * secondMs, throwOnRequestTimeout: true },
    maxAttempts: 6,
  };
  return { metrics: new CloudWatchClient(settings), loadBalancer: new ElasticLoadBalancingV2Client(settings) };
}

/** Error: what AWS has against it, in one line. */
export async function findGroup(clients: PullClients, nameOrArn: string): Promise<Result<TargetGroup, string>> {
  return await told("the load balancer's API", () => findTargetGroup(clients.loadBalancer, nameOrArn));
}

export async function pull(
  { metrics }: PullClients,
  asked: { readonly group: TargetGroup; readonly span: Span; readonly stepMs: DurationMs },
): Promise<Result<RawHistory, string>> {
  if (asked.group.loadBalancer.kind === "none")
    return error(`target group ${asked.group.name} has no load balancer, so nobody counts its requests`);
  const reader = createMetricReader({ cloudWatch: metrics, waiting: "none", now: () => asked.span.to });
  return await told("CloudWatch", () => readHistory(reader, asked));
}

async function told<T>(whose: string, ask: () => Promise<T>): Promise<Result<T, string>> {
  try {
    return ok(await ask());
  } catch (thrown) {
    if ((thrown as Error).message === "Region is missing") return error("no AWS region: set AWS_REGION");
    return error(`${whose} refused: ${failureOf(thrown).because}`);
  }
}
