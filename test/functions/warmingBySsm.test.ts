// The exported handler where a policy has instances warm themselves: real SDK clients and a real table; EC2, the load balancer, SSM and
// SQS answer what a test says. What comes back through the queue is what the handler has sent to it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { SQSBatchResponse } from "aws-lambda";
import { type Answer, answerWith, type Table, warmOf } from "../../shared/aws/index.ts";
import { parameters } from "../../shared/policy/index.ts";
import { cloudPolicy } from "../support/awsFleet.ts";
import { awsError } from "../support/cloudClients.ts";
import { warmBy } from "../support/given.ts";
import { batchOf, contextOf, type Lambda, openLambda, spyOnLog } from "./lambda.ts";

const headers = { Host: "www.example.com", "X-Forwarded-Proto": "https" };
const from = { kind: "paths", paths: ["/", "/search?q=shoes"] } as const;
const timeoutMs = 120_000;
const policies = [cloudPolicy({ fleet: "shop", warm: warmBy({ by: "ssm", from, headers, timeoutMs }) })];

let lambda: Lambda;
let table: Table;
let handler: (...bodies: readonly string[]) => Promise<SQSBatchResponse>;
let instance: string;
let serial = 0;
let now = 0;

interface Sent {
  readonly DocumentName: string;
  readonly DocumentVersion: string;
  readonly InstanceIds: readonly string[];
  readonly Comment: string;
  readonly Parameters: Readonly<Record<string, readonly [string]>>;
}
const sent: Sent[] = [];
/** In the queue of wishes. */
const later: { readonly body: string; readonly delaySeconds: number }[] = [];
const looked: unknown[] = [];
/** What GetCommandInvocation answers. */
let invocation: object;
let failures: { command: string; code: string; times: number };

const answer: Answer = (service, command, input) => {
  if (failures.command === command && failures.times-- > 0) throw awsError(failures.code);
  switch (command) {
    case "DescribeTargetGroups":
      return { TargetGroups: [{ Protocol: "HTTP", Port: 8080 }] };
    case "DescribeInstances":
      return { Reservations: [{ Instances: [{ PrivateIpAddress: "10.0.3.7" }] }] };
    case "SendCommand":
      sent.push(input as Sent);
      return { Command: { CommandId: "command-1" } };
    case "GetCommandInvocation":
      return invocation;
    case "SendMessage": {
      const { QueueUrl, MessageBody, DelaySeconds } = input as Record<string, string & number>;
      expect(QueueUrl).toBe("https://sqs/warmings");
      later.push({ body: MessageBody ?? "", delaySeconds: DelaySeconds ?? 0 });
      return {};
    }
    case "SendMessageBatch":
      for (const { MessageBody } of (input as { readonly Entries: { readonly MessageBody: string }[] }).Entries)
        looked.push(JSON.parse(MessageBody));
      return { Successful: [], Failed: [] };
    default:
      throw new Error(`${service} ${command} is not called for`);
  }
};

const realNow = Date.now;
beforeAll(async () => {
  lambda = await openLambda(policies);
  table = lambda.table;
  process.env.TIDEGATE_WARM_DOCUMENT = "tidegate-test-warm";
  process.env.TIDEGATE_WARM_QUEUE_URL = "https://sqs/warmings";
  const { ec2, loadBalancer, sqs } = await import("../../shared/aws/lambdaClients.ts");
  const { lambda: client, ssm } = await import("../../shared/aws/warm/index.ts");
  for (const one of [ec2, loadBalancer, sqs, client, ssm]) answerWith(one as typeof ec2, "any", answer);
  Date.now = () => realNow() + now;
  const warming = await import("../../functions/warming.ts");
  handler = (...bodies) => warming.handler(batchOf(...bodies), contextOf());
});
afterAll(async () => {
  Date.now = realNow;
  await lambda.close();
});

const log = spyOnLog();
beforeEach(() => {
  instance = `i-${String(++serial).padStart(17, "0")}`;
  for (const list of [sent, later, looked]) list.length = 0;
  failures = { command: "none", code: "", times: 0 };
  invocation = { Status: "InProgress" };
  now = 0;
  log.clear();
});

const none: SQSBatchResponse = { batchItemFailures: [] };
const begin = () => handler(JSON.stringify({ fleet: "shop", instance }));
/** The last message that was sent to the queue of wishes comes out of it. */
const comeBack = () => handler(later.at(-1)?.body ?? "nothing was sent");
const stateOf = async () => (await warmOf(table, "shop")).get(instance);
const whole = { fleet: "shop", generation: "any", sight: "whole", watchCount: 0 };
const result = {
  ...{ verdict: "under-bound", requests: 40, firstP95Ms: 900, lastP95Ms: 80, hitRatio: "none" },
  ...{ durationMs: 12_000, trouble: "" },
};

describe("a wish for a warm-up by SSM", () => {
  test("sends the instance our own document, newest version, with what the policy says", async () => {
    expect(await begin()).toEqual(none);
    expect(sent).toMatchObject([
      {
        DocumentName: "tidegate-test-warm",
        DocumentVersion: "$LATEST",
        InstanceIds: [instance],
        Comment: "test/shop",
        Parameters: {
          ...{ Protocol: ["http"], Port: ["8080"], Method: ["GET"], Paths: ["/ /search?q=shoes"] },
          ...{ Headers: ["Host:www.example.com|X-Forwarded-Proto:https"], CacheHeader: ["none"], Concurrency: ["4"] },
          ...{ BoundMs: ["300"], Count: ["20"], AnswerMs: ["10000"], TimeoutMs: [String(timeoutMs)] },
        },
      },
    ]);
    expect(await stateOf()).toMatchObject({ kind: "started" });
    expect(later).toMatchObject([{ delaySeconds: 10 }]);
  });

  test("passes on every parameter of the document, each as its pattern has it", async () => {
    await begin();
    const said = sent[0]?.Parameters ?? {};
    expect(Object.keys(said)).toEqual(Object.keys(parameters));
    for (const [name, { pattern }] of Object.entries(parameters)) expect(said[name]?.[0]).toMatch(new RegExp(pattern));
  });

  test("that comes twice is begun once", async () => {
    await begin();
    await begin();
    expect(sent).toHaveLength(1);
  });

  test("waits until SSM has heard of the instance, and its patience is the policy's, from the first try", async () => {
    failures = { command: "SendCommand", code: "InvalidInstanceId", times: 2 };
    expect(await begin()).toEqual(none);
    expect(await stateOf()).toBeUndefined();
    expect(later).toMatchObject([{ delaySeconds: 10 }]);
    now = 30_000;
    await comeBack();
    now = 60_000;
    await comeBack();
    expect(sent).toHaveLength(1);
    const timeout = Number(sent[0]?.Parameters.TimeoutMs?.[0]);
    expect(timeout).toBeGreaterThan(timeoutMs - 65_000);
    expect(timeout).toBeLessThanOrEqual(timeoutMs - 60_000);
    expect(await stateOf()).toMatchObject({ kind: "started" });
  });

  test("for an instance that SSM never hears of fails when the policy's patience ends, and says what is missing", async () => {
    failures = { command: "SendCommand", code: "InvalidInstanceId", times: 99 };
    await begin();
    now = timeoutMs;
    expect(await comeBack()).toEqual(none);
    const because = expect.stringMatching(
      /^Systems Manager does not know i-\d+: its agent .* AmazonSSMManagedInstanceCore/,
    );
    expect(await stateOf()).toMatchObject({ kind: "failed", because });
    expect(looked).toEqual([whole]);
    expect(later).toHaveLength(1);
  });

  test.each([["AccessDeniedException"], ["InvalidDocument"], ["InvalidParameters"]])(
    "that SSM refuses for good (%s) ends as failed",
    async (code) => {
      failures = { command: "SendCommand", code, times: 9 };
      expect(await begin()).toEqual(none);
      expect(await stateOf()).toMatchObject({
        kind: "failed",
        because: expect.stringContaining(code.replace("Exception", "")),
      });
      expect(looked).toEqual([whole]);
    },
  );

  test.each([["SendCommand"], ["DescribeInstances"]])(
    "for which %s is throttled comes back after ten seconds, as if nothing had been",
    async (command) => {
      failures = { command, code: "ThrottlingException", times: 1 };
      expect(await begin()).toEqual(none);
      expect(await stateOf()).toBeUndefined();
      expect(later).toMatchObject([{ delaySeconds: 10 }]);
      now = 10_000;
      expect(await comeBack()).toEqual(none);
      expect(sent).toHaveLength(1);
      const timeout = Number(sent[0]?.Parameters.TimeoutMs?.[0]);
      expect(timeout).toBeGreaterThan(timeoutMs - 12_000);
      expect(timeout).toBeLessThanOrEqual(timeoutMs - 10_000);
    },
  );

  test("that is throttled for ever has failed with the policy's patience, and says so", async () => {
    failures = { command: "SendCommand", code: "ThrottlingException", times: 99 };
    await begin();
    for (now = 10_000; looked.length === 0 && now < 600_000; now += 10_000) expect(await comeBack()).toEqual(none);
    expect(now).toBeLessThanOrEqual(timeoutMs);
    expect(now).toBeGreaterThan(timeoutMs - 20_000);
    const because = expect.stringMatching(/^it could not be begun in time: Throttling: /);
    expect(await stateOf()).toMatchObject({ kind: "failed", because });
    expect(sent).toEqual([]);
  });
});

describe("a command", () => {
  test.each([["Pending"], ["InProgress"], ["Delayed"], ["Cancelling"]])(
    "that is %s is asked after again",
    async (Status) => {
      await begin();
      invocation = { Status };
      expect(await comeBack()).toEqual(none);
      expect(later.map(({ delaySeconds }) => delaySeconds)).toEqual([10, 10]);
      expect(await stateOf()).toMatchObject({ kind: "started" });
      expect(looked).toEqual([]);
    },
  );

  test.each([["InvocationDoesNotExist"], ["ThrottlingException"]])(
    "of which SSM says %s is asked after again",
    async (code) => {
      await begin();
      failures = { command: "GetCommandInvocation", code, times: 1 };
      expect(await comeBack()).toEqual(none);
      expect(later).toHaveLength(2);
      expect(await stateOf()).toMatchObject({ kind: "started" });
    },
  );

  test("that has ended is written with what it measured, and the fleet is looked at whole", async () => {
    await begin();
    invocation = { Status: "Success", StandardOutputContent: `${JSON.stringify(result)}\n` };
    expect(await comeBack()).toEqual(none);
    expect(await stateOf()).toEqual({ kind: "done", at: expect.any(Number), result });
    expect(looked).toEqual([whole]);
    expect(later).toHaveLength(1);
  });

  test("that has ended cold is a warm-up that failed", async () => {
    await begin();
    const cold = { ...result, verdict: "time-up", trouble: "/ answered 503" };
    invocation = { Status: "Success", StandardOutputContent: JSON.stringify(cold) };
    await comeBack();
    expect(await stateOf()).toMatchObject({ kind: "failed", because: "time-up: / answered 503", result: cold });
  });

  test.each<[string, object, string]>([
    [
      "has no Python",
      {
        Status: "Failed",
        StatusDetails: "Failed",
        StandardErrorContent: "_script.sh: 1: python3: not found\nfailed to run commands: exit status 127",
      },
      "the command on the instance failed: _script.sh: 1: python3: not found",
    ],
    [
      "never took it",
      { Status: "TimedOut", StatusDetails: "DeliveryTimedOut" },
      "the command on the instance failed: DeliveryTimedOut",
    ],
    [
      "printed nothing of ours",
      { Status: "Success", StandardOutputContent: "hello" },
      "the instance printed no result: hello",
    ],
    [
      "printed half",
      { Status: "Success", StandardOutputContent: '{"verdict":"under' },
      'the instance printed no result: {"verdict":"under',
    ],
  ])("on an instance that %s has failed, and says so", async (_, answered, because) => {
    await begin();
    invocation = answered;
    expect(await comeBack()).toEqual(none);
    expect(await stateOf()).toMatchObject({ kind: "failed", because });
    expect(looked).toEqual([whole]);
  });

  test("that we may not ask after has failed at once", async () => {
    await begin();
    failures = { command: "GetCommandInvocation", code: "AccessDeniedException", times: 1 };
    await comeBack();
    expect(await stateOf()).toMatchObject({ kind: "failed", because: expect.stringContaining("AccessDenied") });
  });

  test("that never ends is given up a minute after its time", async () => {
    await begin();
    now = timeoutMs + 30_000;
    await comeBack();
    expect(await stateOf()).toMatchObject({ kind: "started" });
    now = timeoutMs + 61_000;
    await comeBack();
    expect(await stateOf()).toMatchObject({
      kind: "failed",
      because: "the command on the instance has not ended in time",
    });
    expect(later).toHaveLength(2);
  });

  test("that has ended is written once, however often its end is heard of", async () => {
    await begin();
    invocation = { Status: "Success", StandardOutputContent: JSON.stringify(result) };
    await comeBack();
    await comeBack();
    expect(looked).toHaveLength(1);
  });
});
