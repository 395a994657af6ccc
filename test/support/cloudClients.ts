// Real SDK clients with an answer of our own behind them, and some that meet a wire.
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { type AbortIn, answeredClients, type Clients } from "../../shared/aws/index.ts";
import { createMetricReader, type MetricReader } from "../../shared/aws/metricReader.ts";
import type { Cloud } from "../../shared/sim/cloud/index.ts";

export { answeredClients };

export const simulatedClients = (cloud: Cloud): Clients =>
  answeredClients((service, command, input) => cloud.answer(service, command, input));

/** Clients against one HTTP endpoint, with the SDK's own retries. */
export function wiredClients(endpoint: string): Clients {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const wired = { region: "eu-west-1", credentials, endpoint, maxAttempts: 2 };
  return {
    ec2: new EC2Client(wired),
    loadBalancer: new ElasticLoadBalancingV2Client(wired),
    metrics: new CloudWatchClient(wired),
  };
}

/** Waits for nobody. */
export const atOnceReader = (cloudWatch: CloudWatchClient): MetricReader =>
  createMetricReader({ cloudWatch, waiting: "none", now: () => 0 });

/** Imagined time aborts nothing. */
export const never: AbortIn = () => new AbortController().signal;

/** A refusal by its code, as the imagined cloud throws it. */
export const awsError = (name: string, httpStatusCode = 400): Error =>
  Object.assign(new Error(`${name} it is`), { name, httpStatusCode });
