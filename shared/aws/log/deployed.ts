// The deployed table, with whatever region and credentials the AWS SDK finds, and what AWS may have against that.
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { secondMs } from "../../core/index.ts";
import type { Table } from "./table.ts";

export interface Deployed {
  readonly table: Table;
  close(): Promise<void>;
}

/** Somebody is waiting in front of the terminal. */
const settings = {
  requestHandler: { connectionTimeout: 2 * secondMs, requestTimeout: 10 * secondMs, throwOnRequestTimeout: true },
};

export function openDeployed({ name, stage }: { readonly name: string; readonly stage: string }): Deployed {
  const client = new DynamoDBClient(settings);
  return { table: { client, name, stage }, close: async () => client.destroy() };
}

/** One line on what went wrong between here and AWS; "none" when it was something else, and so a bug. */
export function awsRefusal(cause: unknown, table: string): string | "none" {
  const { name = "", message = "", code = "", $metadata } = Object(cause) as Refusal;
  if (name === "ResourceNotFoundException")
    return `no table ${table} in this account and region; --stage or --table names another, --local reads .tidegate`;
  if (name === "CredentialsProviderError") return `no AWS credentials: ${message}`;
  if (message === "Region is missing") return "no AWS region: set AWS_REGION, or region in ~/.aws/config";
  if (unreachable.has(code) || name === "TimeoutError") return `DynamoDB cannot be reached: ${message || code}`;
  return $metadata === undefined ? "none" : `DynamoDB refused: ${name}: ${message}`;
}

interface Refusal {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $metadata?: object;
}

const unreachable: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "ETIMEDOUT",
]);
