// What Lambda gives a function: an environment, a folder, events and a context. Behind it stand a real table and, for all
// other services, whatever answer a test plugs into the function's own clients.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jest } from "@jest/globals";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import { openMemory, type Table } from "../../shared/aws/index.ts";
import { type Policy, policyVersion } from "../../shared/policy/index.ts";

export const stage = "test";
export const queueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/tidegate-test-looks";

export interface Lambda {
  readonly table: Table;
  close(): Promise<void>;
}

/** Sets this process up as Lambda would. The handlers read it when they are imported: import them afterwards. */
export async function openLambda(policies: readonly Policy[]): Promise<Lambda> {
  const { client, table, endpoint, close } = await openMemory();
  const folder = mkdtempSync(join(tmpdir(), "tidegate-functions-"));
  const versioned = policies.map((policy) => ({ policy, policyVersion: policyVersion(policy) }));
  writeFileSync(join(folder, "policies.json"), JSON.stringify(versioned));
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_SESSION_TOKEN: "test",
    AWS_REGION: "eu-west-1",
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
    LAMBDA_TASK_ROOT: folder,
    AWS_LAMBDA_LOG_STREAM_NAME: "2026/10/02/[$LATEST]0123456789abcdef",
    TIDEGATE_QUEUE_URL: queueUrl,
    TIDEGATE_STAGE: stage,
    TIDEGATE_TABLE: table.name,
  });
  return {
    table: { client, name: table.name, stage },
    close: async () => {
      await close();
      rmSync(folder, { recursive: true });
    },
  };
}

export const awsRequestId = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef";

export function contextOf({ remainingMs = 30_000 } = {}): Context {
  return {
    awsRequestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: "tidegate-test",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:tidegate-test",
    logGroupName: "/aws/lambda/tidegate-test",
    logStreamName: "2026/10/02/[$LATEST]0123456789abcdef",
    memoryLimitInMB: "512",
    getRemainingTimeInMillis: () => remainingMs,
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}

/** A recorded event. */
export const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`./events/${name}.json`, import.meta.url), "utf8"));

/** A batch as recorded, with these bodies instead; the messages are called `message-1`, `message-2`, … */
export function batchOf(...bodies: readonly string[]): SQSEvent {
  const [record] = (recorded("sqs-batch") as SQSEvent).Records;
  return {
    Records: bodies.map((body, index) => {
      const { attributes, ...recorded } = record as SQSRecord;
      const sent = { ...attributes, SentTimestamp: `${Date.now() - 1_000}` };
      return { ...recorded, attributes: sent, messageId: `message-${index + 1}`, body };
    }),
  };
}

type Line = Readonly<Record<string, unknown>>;

/** Keeps what is written to the standard output from now on, instead of writing it. */
export function spyOnLog(): { linesOf(level: "INFO" | "WARN" | "ERROR"): readonly Line[]; clear(): void } {
  const lines: Line[] = [];
  jest.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(JSON.parse(String(line))) > 0);
  return {
    linesOf: (asked) => lines.filter(({ level }) => level === asked),
    clear: () => void lines.splice(0),
  };
}
