// The exported handler over real SDK clients and a real table; EC2, the load balancer, Lambda and SQS answer what a test says.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { SQSBatchResponse } from "aws-lambda";
import { type Answer, answerWith, type Table, told, warmOf } from "../../shared/aws/index.ts";
import type { Row } from "../../shared/control/index.ts";
import { cloudPolicy } from "../support/awsFleet.ts";
import { awsError } from "../support/cloudClients.ts";
import { hookOf, warmBy } from "../support/given.ts";
import { doneOf, rowOfGeneration } from "../support/rows.ts";
import { awsRequestId, batchOf, contextOf, type Lambda, openLambda, recorded, spyOnLog } from "./lambda.ts";

const hook = hookOf("arn:aws:lambda:eu-west-1:123456789012:function:warm-blog");
const policies = [
  ...["shop", "twins"].map((fleet) => cloudPolicy({ fleet, warm: warmBy() })),
  cloudPolicy({ fleet: "blog", warm: hook }),
  cloudPolicy({ fleet: "plain" }),
];

let lambda: Lambda;
let table: Table;
let handler: (...bodies: readonly string[]) => Promise<SQSBatchResponse>;

interface Invoked {
  readonly FunctionName: string;
  readonly InvocationType: string;
  readonly Payload: Uint8Array;
}
interface Filter {
  readonly Name: string;
  readonly Values: readonly string[];
}
const invoked: Invoked[] = [];
const looked: unknown[] = [];
/** In the queue of wishes. */
const later: { readonly body: string; readonly delaySeconds: number }[] = [];
const described: (readonly Filter[])[] = [];
let refusesLater = false;
/** The table, what is to stand beside the log. */
let refusesEnds = false;
let group: object;
let found: object;
/** Thrown by the command of this name, as often as said. */
let failures: { command: string; code: string; times: number };

const answer: Answer = (service, command, input) => {
  if (failures.command === command && failures.times-- > 0)
    throw awsError(failures.code, /^(Internal|Service)/.test(failures.code) ? 500 : 400);
  switch (command) {
    case "DescribeTargetGroups":
      return { TargetGroups: [group] };
    case "DescribeInstances":
      described.push((input as { readonly Filters: readonly Filter[] }).Filters);
      return { Reservations: [{ Instances: [found] }] };
    case "Invoke":
      invoked.push(input as Invoked);
      return { StatusCode: 202 };
    case "SendMessage": {
      const { QueueUrl, MessageBody, DelaySeconds } = input as Record<string, string & number>;
      expect(QueueUrl).toBe("https://sqs/warmings");
      if (refusesLater) throw awsError("AccessDeniedException");
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
let now = 0;
beforeAll(async () => {
  lambda = await openLambda(policies);
  table = lambda.table;
  process.env.TIDEGATE_WARM_FUNCTION = "tidegate-test-warm";
  process.env.TIDEGATE_WARM_QUEUE_URL = "https://sqs/warmings";
  Date.now = () => realNow() + now;
  const { dynamodb, ec2, loadBalancer, sqs } = await import("../../shared/aws/lambdaClients.ts");
  const { lambda: client } = await import("../../shared/aws/warm/index.ts");
  for (const one of [ec2, loadBalancer, sqs, client]) answerWith(one as typeof ec2, "any", answer);
  dynamodb.middlewareStack.add(
    (next) => async (args) => {
      if (refusesEnds && JSON.stringify(args.input).includes("warmed#")) throw awsError("AccessDeniedException");
      return await next(args);
    },
    { step: "initialize" },
  );
  const warming = await import("../../functions/warming.ts");
  handler = (...bodies) => warming.handler(batchOf(...bodies), contextOf());
});
afterAll(async () => {
  Date.now = realNow;
  await lambda.close();
});

const log = spyOnLog();
let serial = 0;
let instance: string;
beforeEach(() => {
  instance = `i-${String(++serial).padStart(17, "0")}`;
  now = 0;
  for (const list of [invoked, looked, described, later]) list.length = 0;
  failures = { command: "none", code: "", times: 0 };
  group = { TargetGroupArn: "arn", Protocol: "HTTP", Port: 8080, IpAddressType: "ipv4" };
  found = { InstanceId: instance, PrivateIpAddress: "10.0.3.7" };
  refusesLater = false;
  refusesEnds = false;
  log.clear();
});

const wish = (fleet: string): string => JSON.stringify({ fleet, instance });
/** The last message that was sent to the queue of wishes comes out of it. */
const comeBack = () => handler(later.at(-1)?.body ?? "nothing was sent");
const record = (name: "warm-done" | "warm-failed", fleet: string, changed: object = {}): string =>
  JSON.stringify({ ...(recorded(name) as object), requestPayload: { fleet, instance }, ...changed });
const stateOf = async (fleet: string) => (await warmOf(table, fleet)).get(instance);
const payload = () => JSON.parse(Buffer.from(invoked[0]?.Payload ?? []).toString());
const none: SQSBatchResponse = { batchItemFailures: [] };
const whole = (fleet: string) => ({ fleet, generation: "any", sight: "whole", watchCount: 0 });

describe("a wish for a warm-up", () => {
  test("calls the warmer, once Lambda has it done with: whom to ask, and how", async () => {
    expect(await handler(wish("shop"))).toEqual(none);
    expect(invoked).toMatchObject([{ FunctionName: "tidegate-test-warm", InvocationType: "Event" }]);
    const target = { address: "10.0.3.7", port: 8080, protocol: "http" };
    expect(payload()).toEqual({ fleet: "shop", instance, target, warm: warmBy() });
    expect(await stateOf("shop")).toEqual({ kind: "started", at: expect.any(Number) });
    expect(looked).toEqual([]);
    expect(log.linesOf("INFO")).toMatchObject([{ fleet: "shop", instance, kind: "started", requestId: awsRequestId }]);
  });

  test("is for a running instance that carries the fleet's tag, or for none", async () => {
    await handler(wish("shop"));
    expect(described).toEqual([
      [
        { Name: "instance-id", Values: [instance] },
        { Name: "tag:tidegate:fleet", Values: ["test/shop"] },
        { Name: "instance-state-name", Values: ["running"] },
      ],
    ]);
  });

  test("that comes twice, in one batch or later, begins one warm-up", async () => {
    expect(await handler(wish("shop"), wish("shop"))).toEqual(none);
    expect(await handler(wish("shop"))).toEqual(none);
    expect(invoked).toHaveLength(1);
    expect(log.linesOf("INFO").map(({ kind }) => kind)).toEqual(["started", "known", "known"]);
  });

  test("calls the operator's hook where the policy has one", async () => {
    await handler(wish("blog"));
    expect(invoked).toMatchObject([{ FunctionName: hook.functionArn, InvocationType: "Event" }]);
    expect(payload()).toMatchObject({ fleet: "blog", instance, target: { address: "10.0.3.7" }, warm: hook });
  });

  test("of a fleet that wants none any more is passed over", async () => {
    expect(await handler(wish("plain"))).toEqual(none);
    expect(invoked).toEqual([]);
    expect(await stateOf("plain")).toBeUndefined();
  });

  test("goes to the address and the protocol that the target group has", async () => {
    // What one process has read of a group it keeps for a while: hence a fleet, and so a group, of its own.
    group = { Protocol: "HTTPS", Port: 8443, IpAddressType: "ipv6" };
    found = { PrivateIpAddress: "10.0.3.7", Ipv6Address: "2a05:d018:1::7" };
    const { createWarmCalls } = await import("../../shared/aws/warm/index.ts");
    const clients = await import("../../shared/aws/lambdaClients.ts");
    const { lambda: client, ssm } = await import("../../shared/aws/warm/index.ts");
    const calls = createWarmCalls({ ...clients, lambda: client, ssm }, Date.now);
    const target = await calls.targetOf({ owner: "test/shop", instance, group: "other" });
    expect(target).toEqual({ kind: "ok", value: { address: "2a05:d018:1::7", port: 8443, protocol: "https" } });
  });

  test("for an instance that is not there ends as failed, and the fleet is looked at", async () => {
    found = {};
    expect(await handler(wish("shop"))).toEqual(none);
    const because = `${instance} is no running instance of test/shop with an address`;
    expect(await stateOf("shop")).toEqual({ kind: "failed", at: expect.any(Number), because });
    expect(looked).toEqual([whole("shop")]);
    expect(invoked).toEqual([]);
  });

  test.each([
    ["DescribeInstances", "UnauthorizedOperation"],
    ["Invoke", "AccessDeniedException"],
    ["Invoke", "ResourceNotFoundException"],
  ])("that %s refuses for good (%s) ends as failed, and says so", async (command, code) => {
    failures = { command, code, times: 9 };
    expect(await handler(wish("blog"))).toEqual(none);
    const because = expect.stringContaining(code.replace("Exception", ""));
    expect(await stateOf("blog")).toMatchObject({ kind: "failed", because });
    expect(looked).toEqual([whole("blog")]);
  });

  describe.each([
    ["DescribeInstances", "RequestLimitExceeded"],
    ["DescribeInstances", "TimeoutError"],
    ["Invoke", "TooManyRequestsException"],
    ["Invoke", "ServiceException"],
    ["DescribeInstances", "InternalError"],
  ])("for which %s is not served just now (%s)", (command, code) => {
    test("comes back after ten seconds, as if nothing had been", async () => {
      failures = { command, code, times: 1 };
      expect(await handler(wish("shop"))).toEqual(none);
      expect(later).toMatchObject([{ delaySeconds: 10 }]);
      expect(await stateOf("shop")).toBeUndefined();
      expect(log.linesOf("INFO")).toMatchObject([{ kind: "waits", because: expect.stringContaining("it is") }]);
      now = 10_000;
      expect(await comeBack()).toEqual(none);
      expect(invoked).toHaveLength(1);
      expect(await stateOf("shop")).toMatchObject({ kind: "started" });
    });

    test("is given, once it is begun, what the first try has left of the policy's patience", async () => {
      failures = { command, code, times: 3 };
      await handler(wish("shop"));
      for (now = 10_000; now <= 30_000; now += 10_000) await comeBack();
      const { timeoutMs } = payload().warm;
      expect(timeoutMs).toBeGreaterThan(warmBy().timeoutMs - 32_000);
      expect(timeoutMs).toBeLessThanOrEqual(warmBy().timeoutMs - 30_000);
    });

    test("has failed with the patience of the policy, before the engine's, and says why", async () => {
      failures = { command, code, times: 99 };
      await handler(wish("shop"));
      for (now = 10_000; looked.length === 0 && now < 600_000; now += 10_000) expect(await comeBack()).toEqual(none);
      expect(now).toBeLessThanOrEqual(warmBy().timeoutMs);
      expect(now).toBeGreaterThan(warmBy().timeoutMs - 20_000);
      expect(later.every(({ delaySeconds }) => delaySeconds === 10)).toBe(true);
      const because = expect.stringMatching(/^it could not be begun in time: .* it is$/);
      expect(await stateOf("shop")).toMatchObject({ kind: "failed", because });
      expect(looked).toEqual([whole("shop")]);
      expect(invoked).toEqual([]);
    });
  });

  test("that was throttled and is begun meanwhile by another of its kind begins nothing more", async () => {
    failures = { command: "DescribeInstances", code: "RequestLimitExceeded", times: 1 };
    await handler(wish("shop"));
    await handler(wish("shop"));
    await comeBack();
    expect(invoked).toHaveLength(1);
  });

  test("fails where its queue does not take it back, and comes again by the queue's own time", async () => {
    failures = { command: "Invoke", code: "TooManyRequestsException", times: 1 };
    refusesLater = true;
    expect(await handler(wish("shop"))).toEqual({ batchItemFailures: [{ itemIdentifier: "message-1" }] });
    expect(log.linesOf("ERROR")).toMatchObject([{ message: "warming failed", body: wish("shop") }]);
    expect(await stateOf("shop")).toBeUndefined();
    expect(await handler(wish("shop"))).toEqual(none);
    expect(await stateOf("shop")).toMatchObject({ kind: "started" });
  });
});

describe("beside the decision that ordered the warm-up, its end", () => {
  const generation = 12;
  const ordered = (fleet: string) => JSON.stringify({ fleet, instance, generation });
  const toldOf = async (fleet: string, ofGeneration = generation) =>
    (await told(table, { row: rowThatWarms(fleet, ofGeneration), outcomes: doneIn(fleet, ofGeneration) })).outcomes;
  const doneIn = (fleet: string, of: number) => [doneOf(`${fleet}@${of}/warm/${instance}`, instance)];
  const rowThatWarms = (fleet: string, of: number): Row => ({
    ...rowOfGeneration(of, { actions: [{ kind: "warm", id: `${fleet}@${of}/warm/${instance}`, instance }] }),
    fleet,
  });

  test("is told as it stands, and only there", async () => {
    await handler(ordered("shop"));
    expect(await toldOf("shop")).toEqual(doneIn("shop", generation));
    await handler(record("warm-done", "shop"));
    const end = await stateOf("shop");
    const action = `shop@12/warm/${instance}`;
    expect(await toldOf("shop")).toEqual([{ kind: "warmed", action, instances: [instance], end }]);
    expect(end).toHaveProperty("result");
    expect(await toldOf("shop", 11)).toEqual(doneIn("shop", 11));
    expect(await toldOf("shop", 120)).toEqual(doneIn("shop", 120));
    expect(await toldOf("blog")).toEqual(doneIn("blog", generation));
  });

  test("is told of an action of unknown end, too, and where a recovery ordered it again", async () => {
    await handler(ordered("shop"));
    await handler(record("warm-done", "shop"));
    const recovering = { ...rowThatWarms("shop", generation), generation: 13, id: "shop@13" };
    expect((await told(table, { row: recovering, outcomes: [] })).outcomes).toMatchObject([{ kind: "warmed" }]);
  });

  test("is the first of two, and is written in the end where it was not at first", async () => {
    await handler(ordered("shop"));
    refusesEnds = true;
    expect(await handler(record("warm-done", "shop"))).toEqual({
      batchItemFailures: [{ itemIdentifier: "message-1" }],
    });
    refusesEnds = false;
    expect(await stateOf("shop")).toMatchObject({ kind: "done" });
    expect(await toldOf("shop")).toMatchObject([{ kind: "done" }]);
    await handler(record("warm-failed", "shop"));
    expect(await toldOf("shop")).toMatchObject([{ kind: "warmed", end: await stateOf("shop") }]);
    await handler(record("warm-failed", "shop"));
    expect(await toldOf("shop")).toMatchObject([{ kind: "warmed", end: { kind: "done" } }]);
  });

  test("is why it could not be begun", async () => {
    found = {};
    await handler(ordered("shop"));
    const because = expect.stringContaining("is no running instance of test/shop");
    expect(await toldOf("shop")).toMatchObject([{ kind: "warmed", end: { kind: "failed", because } }]);
  });

  test("survives that Lambda was throttled and the wish came back", async () => {
    failures = { command: "Invoke", code: "TooManyRequestsException", times: 1 };
    await handler(ordered("shop"));
    await comeBack();
    await handler(record("warm-done", "shop"));
    expect(await toldOf("shop")).toMatchObject([{ kind: "warmed", end: { kind: "done" } }]);
  });

  test("is not told of a wish that an older release sent", async () => {
    await handler(wish("shop"));
    await handler(record("warm-done", "shop"));
    expect(await toldOf("shop")).toEqual(doneIn("shop", generation));
  });
});

describe("the end of a warm-up", () => {
  test("is written with what was measured, and the fleet looked at whole, at once", async () => {
    await handler(wish("shop"));
    expect(await handler(record("warm-done", "shop"))).toEqual(none);
    const { responsePayload } = recorded("warm-done") as { readonly responsePayload: object };
    expect(await stateOf("shop")).toEqual({ kind: "done", at: expect.any(Number), result: responsePayload });
    expect(looked).toEqual([whole("shop")]);
  });

  test.each([["under-bound"], ["time-up"]])(
    "(%s) of which a hook tells more than there is to know is written as what is known",
    async (verdict) => {
      await handler(wish("blog"));
      const more = { pages: "x".repeat(200_000), at: "noon" };
      await handler(record("warm-done", "blog", { responsePayload: { ...result(), verdict, ...more } }));
      expect(await stateOf("blog")).toHaveProperty("result", { ...result(), verdict });
    },
  );

  test("that comes twice is written once, and asks for one look", async () => {
    await handler(wish("shop"));
    await handler(record("warm-done", "shop"));
    const first = await stateOf("shop");
    await handler(record("warm-failed", "shop"), record("warm-done", "shop"));
    expect(await stateOf("shop")).toEqual(first);
    expect(looked).toHaveLength(1);
  });

  test("of several instances of a fleet asks for one look", async () => {
    const ids = ["i-0aa1", "i-0aa2", "i-0aa3"].map((id) => ({ fleet: "twins", instance: id }));
    await handler(...ids.map((named) => JSON.stringify(named)));
    await handler(...ids.map((named) => record("warm-done", "twins", { requestPayload: named })));
    expect(looked).toEqual([whole("twins")]);
  });

  test("of one that nobody has begun changes nothing", async () => {
    expect(await handler(record("warm-done", "shop"))).toEqual(none);
    expect(await stateOf("shop")).toBeUndefined();
    expect(looked).toEqual([]);
  });

  test.each<[string, "warm-done" | "warm-failed", object, object]>([
    [
      "the time was up",
      "warm-done",
      { responsePayload: { ...result(), verdict: "time-up", trouble: "/ answered 500" } },
      { kind: "failed", because: "time-up: / answered 500", result: { requests: 1 } },
    ],
    [
      "the warmer itself died",
      "warm-failed",
      {},
      { kind: "failed", because: expect.stringMatching(/^the warmer itself failed: .*Task timed out after 900/) },
    ],
    [
      "nobody came to it in time",
      "warm-failed",
      { requestContext: { condition: "EventAgeExceeded" }, responsePayload: null },
      { kind: "failed", because: "the warmer itself failed: EventAgeExceeded" },
    ],
    ["a hook says nothing", "warm-done", { responsePayload: null }, { kind: "done" }],
    [
      "a hook says that it is not warm",
      "warm-done",
      { responsePayload: { warm: false, because: "index missing" } },
      { kind: "failed", because: "index missing" },
    ],
    [
      "a hook says more than it was asked",
      "warm-done",
      { responsePayload: { warm: false, because: "x".repeat(1_000) } },
      { kind: "failed", because: "x".repeat(200) },
    ],
    [
      "a hook imitates a result badly",
      "warm-done",
      { responsePayload: { ...result(), requests: "many" } },
      { kind: "done", at: expect.any(Number) },
    ],
  ])("%s", async (_, name, changed, state) => {
    await handler(wish("shop"));
    expect(await handler(record(name, "shop", changed))).toEqual(none);
    expect(await stateOf("shop")).toMatchObject(state);
    expect(looked).toEqual([whole("shop")]);
  });
});

function result() {
  return {
    ...{ verdict: "under-bound", requests: 1, firstP95Ms: 2, lastP95Ms: "none", hitRatio: "none" },
    ...{ durationMs: 3, trouble: "" },
  };
}

test("what is no warm-up, or of a fleet without a policy, fails alone", async () => {
  const gone = JSON.stringify({ fleet: "gone", instance });
  const odd = JSON.stringify({ fleet: "shop", instance: "../../x" });
  const failed = ["message-1", "message-2", "message-3"].map((itemIdentifier) => ({ itemIdentifier }));
  expect(await handler("{", gone, odd, wish("shop"))).toEqual({ batchItemFailures: failed });
  expect(await stateOf("shop")).toMatchObject({ kind: "started" });
});
