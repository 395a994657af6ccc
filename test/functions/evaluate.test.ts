// The exported handler over real SDK clients, a real table and the imagined cloud. A fleet a test, as the log is one.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { type Answer, answerWith, newest, type Table } from "../../shared/aws/index.ts";
import { loggedBytesPerLook } from "../../shared/costs/assumptions.ts";
import type { Cloud } from "../../shared/sim/cloud/index.ts";
import { givenCloud } from "../sim/cloudGiven.ts";
import { cloudPolicy } from "../support/awsFleet.ts";
import { awsRequestId, batchOf, contextOf, type Lambda, openLambda, queueUrl, recorded, spyOnLog } from "./lambda.ts";

const usual = ["shop", "blog", "alone", "twice", "chain", "old", "slow", "quick", "stuck", "lease", "dead", "calm"];
const policies = [
  ...usual.map((fleet) => cloudPolicy({ fleet })),
  // No parser lets this through: nothing can be right for it, so the engine must refuse.
  cloudPolicy({ fleet: "impossible", bounds: { min: 5, max: 2 } }),
];

let lambda: Lambda;
let table: Table;
let cloud: Cloud;
/** What answers EC2, the load balancer, CloudWatch and SQS. */
let answer: Answer;
let handler: (event: SQSEvent, remainingMs?: number) => Promise<SQSBatchResponse>;

beforeAll(async () => {
  lambda = await openLambda(policies);
  table = lambda.table;
  const clients = await import("../../shared/aws/lambdaClients.ts");
  const evaluate = await import("../../functions/evaluate.ts");
  const answering: Answer = (...call) => answer(...call);
  answerWith(clients.ec2, "EC2", answering);
  answerWith(clients.loadBalancer, "ElasticLoadBalancingV2", answering);
  answerWith(clients.metrics, "CloudWatch", answering);
  answerWith(clients.sqs, "SQS", answering);
  handler = (event, remainingMs = 30_000) => evaluate.handler(event, contextOf({ remainingMs }));
});
afterAll(() => lambda.close());

const log = spyOnLog();
beforeEach(() => {
  cloud = givenCloud({ startAt: Date.now() });
  answer = (...call) => cloud.answer(...call);
  log.clear();
});

const lookAt = (fleet: string, generation: number | "any" = "any"): string =>
  JSON.stringify({ fleet, generation, sight: "as-needed", watchCount: 0 });
const none: SQSBatchResponse = { batchItemFailures: [] };
const failedOnly = (...ids: readonly string[]): SQSBatchResponse => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

/** The generation of the newest row; 0 before the first. */
async function generationOf(fleet: string): Promise<number> {
  const last = await newest(table, fleet);
  return last.kind === "row" ? last.row.generation : 0;
}

describe("a look", () => {
  test("at each fleet of a recorded batch is a tick that ends in the log", async () => {
    const bodies = (recorded("sqs-batch") as SQSEvent).Records.map(({ body }) => body);
    expect(await handler(batchOf(...bodies))).toEqual(none);
    expect(cloud.rows()).toHaveLength(8);
    expect(await newest(table, "shop")).toMatchObject({
      kind: "row",
      row: { id: "shop@1" },
      outcomes: [{ kind: "done" }],
    });
    expect(await newest(table, "blog")).toMatchObject({
      kind: "row",
      row: { id: "blog@1" },
      outcomes: [{ kind: "done" }],
    });
  });

  test("writes one line: fleet, generation, from, to, kind and how long it took, under the request's id", async () => {
    await handler(batchOf(lookAt("alone")));
    expect(log.linesOf("INFO")).toEqual([
      expect.objectContaining({
        message: "looked",
        fleet: "alone",
        generation: 1,
        from: 0,
        to: 4,
        kind: "done",
        actions: 1,
        ms: expect.any(Number),
        requestId: awsRequestId,
      }),
    ]);
    // What `tidegate cost` counts for it.
    expect(JSON.stringify(log.linesOf("INFO")[0]).length).toBeLessThanOrEqual(loggedBytesPerLook);
  });

  test("that nobody came to in time is left to the heartbeat since", async () => {
    const batch = batchOf(lookAt("old"));
    const [record] = batch.Records;
    if (record) record.attributes.SentTimestamp = `${Date.now() - 11 * 60_000}`;
    expect(await handler(batch)).toEqual(none);
    expect(await generationOf("old")).toBe(0);
    expect(log.linesOf("WARN")).toMatchObject([{ message: "expired", look: { fleet: "old" } }]);
  });

  test("at a fleet in motion asks for the next one, a minute on and for that generation only", async () => {
    await handler(batchOf(lookAt("chain")));
    expect(cloud.sent).toMatchObject([{ queueUrl, body: lookAt("chain", 1) }]);
    expect(cloud.sent[0]?.delaySeconds).toBeGreaterThan(50);
    expect(cloud.sent[0]?.delaySeconds).toBeLessThanOrEqual(60);
  });

  test("for the newest generation goes on, for an older one stops without a call", async () => {
    await handler(batchOf(lookAt("old")));
    expect(await handler(batchOf(lookAt("old", 1)))).toEqual(none);
    expect(await generationOf("old")).toBe(2);
    cloud.sent.length = 0;
    answer = (service, command) => {
      throw new Error(`${service} ${command} is not called for`);
    };
    expect(await handler(batchOf(lookAt("old", 1)))).toEqual(none);
    expect(await generationOf("old")).toBe(2);
    expect(cloud.sent).toEqual([]);
  });

  test("at a calm fleet leaves the next one to the heartbeat", async () => {
    await handler(batchOf(lookAt("calm")));
    for (let minute = 1; minute <= 3; minute++) {
      cloud.closeMinute(cloud.now);
      cloud.advanceTo(cloud.now + 60_000);
      await handler(batchOf(lookAt("calm")));
    }
    cloud.sent.length = 0;
    log.clear();
    await handler(batchOf(lookAt("calm")));
    expect(log.linesOf("INFO")).toMatchObject([{ from: 4, to: 4, actions: 0, lookAgain: "heartbeat" }]);
    expect(cloud.sent).toEqual([]);
  });

  test("while another evaluator may still be acting waits for the end of its lease", async () => {
    answer = (...call) => {
      if (call[1] === "CreateFleet") throw Object.assign(new Error("no answer"), { name: "TimeoutError" });
      return cloud.answer(...call);
    };
    await handler(batchOf(lookAt("lease")));
    cloud.sent.length = 0;
    log.clear();
    expect(await handler(batchOf(lookAt("lease")))).toEqual(none);
    expect(log.linesOf("INFO")).toMatchObject([{ fleet: "lease", kind: "waiting" }]);
    expect(cloud.sent).toMatchObject([{ body: lookAt("lease") }]);
    expect(cloud.sent[0]?.delaySeconds).toBeGreaterThan(10);
    expect(cloud.sent[0]?.delaySeconds).toBeLessThanOrEqual(20);
    expect(await generationOf("lease")).toBe(1);
  });

  test("that a dead evaluator left behind, given again, does not stop at what that one committed", async () => {
    answer = (...call) => {
      if (call[1] === "CreateFleet") throw Object.assign(new Error("no answer"), { name: "TimeoutError" });
      return cloud.answer(...call);
    };
    await handler(batchOf(lookAt("dead", 0)));
    cloud.sent.length = 0;
    log.clear();
    expect(await handler(batchOf(lookAt("dead", 0)))).toEqual(none);
    expect(log.linesOf("INFO")).toMatchObject([{ fleet: "dead", kind: "waiting" }]);
    expect(cloud.sent).toMatchObject([{ body: lookAt("dead", 0) }]);
  });
});

describe("of a batch", () => {
  test.each([
    ["no JSON", "look!", "this message is no look at a fleet: look!"],
    ["no look", '{"fleet":7}', 'this message is no look at a fleet: {"fleet":7}'],
    ["a generation that is none", '{"fleet":"shop","generation":"last"}', "this message is no look"],
    ["nobody's fleet", lookAt("gone"), "no policy was deployed for fleet gone"],
  ])("only %s fails, and says why", async (_what, bad, why) => {
    const before = await generationOf("alone");
    expect(await handler(batchOf(bad, lookAt("alone")))).toEqual(failedOnly("message-1"));
    expect(await generationOf("alone")).toBe(before + 1);
    expect(log.linesOf("ERROR")).toMatchObject([{ body: bad, error: { message: expect.stringContaining(why) } }]);
  });

  test("a message that is alone and bad fails like any other", async () => {
    expect(await handler(batchOf("look!"))).toEqual(failedOnly("message-1"));
  });

  test("a broken invariant fails its fleet, after its refusal is in the log", async () => {
    expect(await handler(batchOf(lookAt("impossible"), lookAt("alone")))).toEqual(failedOnly("message-1"));
    expect(await newest(table, "impossible")).toMatchObject({ row: { decision: { kind: "refused", actions: [] } } });
    expect(log.linesOf("ERROR")).toMatchObject([{ error: { name: "BrokenInvariant" } }]);
  });

  test("two fleets are looked at side by side: one may wait for what the other does", async () => {
    let quickLaunched = () => {};
    const launched = new Promise<void>((resolve) => {
      quickLaunched = resolve;
    });
    const order: string[] = [];
    answer = async (service, command, input) => {
      const fleet = JSON.stringify(input).includes("test/slow") ? "slow" : "quick";
      if (command === "DescribeInstances" && fleet === "slow") await launched;
      const output = cloud.answer(service, command, input);
      if (command !== "CreateFleet") return output;
      order.push(fleet);
      quickLaunched();
      return output;
    };
    expect(await handler(batchOf(lookAt("slow"), lookAt("quick")))).toEqual(none);
    expect(order).toEqual(["quick", "slow"]);
  });

  test("a fleet that hangs fails alone, in time", async () => {
    const before = await generationOf("alone");
    answer = (service, command, input) => {
      const hangs = command === "DescribeInstances" && JSON.stringify(input).includes("test/stuck");
      return hangs ? new Promise<never>(() => {}) : cloud.answer(service, command, input);
    };
    expect(await handler(batchOf(lookAt("stuck"), lookAt("alone")), 1_500)).toEqual(failedOnly("message-1"));
    expect(log.linesOf("ERROR")).toMatchObject([{ error: { message: "no end after 500 ms" } }]);
    expect(await generationOf("alone")).toBe(before + 1);
    expect(await generationOf("stuck")).toBe(0);
  });

  test("of two looks at one fleet at once one is superseded, and the fleet is launched once", async () => {
    let asked = 0;
    let bothAsked = () => {};
    const both = new Promise<void>((resolve) => {
      bothAsked = resolve;
    });
    answer = async (service, command, input) => {
      if (command === "DescribeInstances" && ++asked === 2) bothAsked();
      if (command === "DescribeInstances") await both;
      return cloud.answer(service, command, input);
    };
    expect(await handler(batchOf(lookAt("twice"), lookAt("twice")))).toEqual(none);
    expect(cloud.rows()).toHaveLength(4);
    expect(
      log
        .linesOf("INFO")
        .map(({ kind }) => kind)
        .sort(),
    ).toEqual(["done", "superseded"]);
    expect(cloud.sent.map(({ body }) => body)).toEqual([lookAt("twice", 1)]);
  });
});
