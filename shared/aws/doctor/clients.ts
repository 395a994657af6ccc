// The SDK clients that doctor reads with. It sends no command that writes.
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SQSClient } from "@aws-sdk/client-sqs";
import { error, ok, type Result, secondMs } from "../../core/index.ts";

export interface DoctorClients {
  readonly ec2: EC2Client;
  readonly loadBalancer: ElasticLoadBalancingV2Client;
  readonly iam: IAMClient;
  readonly kms: KMSClient;
  readonly lambda: LambdaClient;
  readonly quotas: ServiceQuotasClient;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly metrics: CloudWatchClient;
}

/** "usual": whichever the environment and ~/.aws/config name. */
export type Region = { readonly kind: "usual" } | { readonly kind: "one"; readonly name: string };

/** Somebody is waiting in front of the terminal; the SDK repeats what was throttled. */
const patience = {
  requestHandler: { connectionTimeout: 2 * secondMs, requestTimeout: 10 * secondMs, throwOnRequestTimeout: true },
  maxAttempts: 4,
};

/** Clients for a region, or one line on what has to be set first. Sends nothing. */
export async function openClients(
  region: Region,
): Promise<Result<{ readonly clients: DoctorClients; readonly region: string }, string>> {
  const settings = { ...patience, ...(region.kind === "one" ? { region: region.name } : {}) };
  const clients = {
    ec2: new EC2Client(settings),
    loadBalancer: new ElasticLoadBalancingV2Client(settings),
    iam: new IAMClient(settings),
    kms: new KMSClient(settings),
    lambda: new LambdaClient(settings),
    quotas: new ServiceQuotasClient(settings),
    dynamodb: new DynamoDBClient(settings),
    sqs: new SQSClient(settings),
    metrics: new CloudWatchClient(settings),
  };
  const found = await told("no AWS region: give --region, or set AWS_REGION", () => clients.ec2.config.region());
  if (found.kind === "error") return found;
  const remedy = "no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  const credentials = await told(remedy, () => clients.ec2.config.credentials());
  if (credentials.kind === "error") return credentials;
  return ok({ clients, region: found.value });
}

/** Whatever a provider of settings has against it, be it a file, a service or the network, is the user's to mend. */
async function told<T>(remedy: string, ask: () => Promise<T>): Promise<Result<T, string>> {
  try {
    return ok(await ask());
  } catch (thrown) {
    return error(`${remedy} (${thrown instanceof Error ? thrown.message : String(thrown)})`);
  }
}
