// The exported handler, its middleware included, with events as AWS sends them.
import { DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { answerWith, changeRoster, standingOf } from "../../shared/aws/index.ts";
import type { Look } from "../../shared/looks/index.ts";
import { cloudPolicy } from "../support/awsFleet.ts";
import { awsError } from "../support/cloudClients.ts";
import { awsRequestId, contextOf, type Lambda, openLambda, queueUrl, recorded, spyOnLog } from "./lambda.ts";

interface Batch {
  readonly QueueUrl: string;
  readonly Entries: readonly { readonly Id: string; readonly MessageBody: string; readonly DelaySeconds: number }[];
}

interface AlarmsAsked {
  readonly AlarmNamePrefix: string;
  readonly StateValue: string;
  readonly NextToken?: string;
}
/** One alarm a page. */
function alarmsAnswer({ AlarmNamePrefix, StateValue, NextToken = "0" }: AlarmsAsked, standing: readonly string[]) {
  expect([AlarmNamePrefix, StateValue]).toEqual(["tidegate/test/", "ALARM"]);
  const next = Number(NextToken) + 1;
  const MetricAlarms = standing.slice(next - 1, next).map((AlarmName) => ({ AlarmName }));
  return { MetricAlarms, ...(next < standing.length ? { NextToken: `${next}` } : {}) };
}

const fleets = ["shop", "blog", ...Array.from({ length: 21 }, (_, index) => `fleet-${index}`)];
const instance = "i-0abcd1111efgh2222";
const batches: Batch[] = [];
/** Which entries SQS refuses, asked anew each time. */
let refuses: (body: string) => boolean = () => false;
/** Those in ALARM. */
let alarms: readonly string[] | "unreadable" = [];
let tableCalls = 0;
let lambda: Lambda;
let handler: (event: unknown) => Promise<unknown>;

beforeAll(async () => {
  lambda = await openLambda(fleets.map((fleet) => cloudPolicy({ fleet })));
  const at = Date.now();
  await changeRoster(lambda.table, "blog", { launched: [instance], terminated: [], at });
  await changeRoster(lambda.table, "gone", { launched: ["i-0orphan000000000"], terminated: [], at });
  const other = { ...lambda.table, stage: "production" };
  await changeRoster(other, "blog", { launched: ["i-0production00000000"], terminated: [], at });
  const { dynamodb, metrics, sqs } = await import("../../shared/aws/lambdaClients.ts");
  answerWith(metrics, "CloudWatch", (_service, _command, input) => {
    if (alarms === "unreadable") throw awsError("InternalFailure", 500);
    return alarmsAnswer(input as AlarmsAsked, alarms);
  });
  dynamodb.middlewareStack.add(
    (next) => (args) => {
      tableCalls += 1;
      return next(args);
    },
    { step: "initialize" },
  );
  const dispatch = await import("../../functions/dispatch.ts");
  handler = (event) => dispatch.handler(event, contextOf());
  answerWith(sqs, "SQS", (_service, _command, input) => {
    const batch = input as Batch;
    batches.push(batch);
    const Failed = batch.Entries.filter(({ MessageBody }) => refuses(MessageBody)).map(({ Id }) => ({ Id }));
    return { Successful: [], Failed };
  });
});
afterAll(() => lambda.close());

const log = spyOnLog();
afterEach(() => {
  batches.length = 0;
  refuses = () => false;
  alarms = [];
  tableCalls = 0;
  log.clear();
});

const lookAt = (look: Partial<Look>) => ({ generation: "any", sight: "as-needed", watchCount: 0, ...look });
const sent = () => batches.flatMap(({ Entries }) => Entries).map(({ MessageBody }) => JSON.parse(MessageBody));
const delays = () => batches.flatMap(({ Entries }) => Entries).map(({ DelaySeconds }) => DelaySeconds);

test("a heartbeat looks once at every fleet, ten a batch, some fifty at a time and always alike", async () => {
  await handler(recorded("heartbeat"));
  expect(sent()).toEqual(fleets.map((fleet) => lookAt({ fleet })));
  expect(batches.map(({ QueueUrl, Entries }) => [QueueUrl, Entries.length])).toEqual([
    [queueUrl, 10],
    [queueUrl, 10],
    [queueUrl, 3],
  ]);
  const first = delays();
  expect(first.every((delay) => Number.isInteger(delay) && delay >= 0 && delay < 300)).toBe(true);
  expect(new Set(first).size).toBe(1);
  batches.length = 0;
  await handler(recorded("heartbeat"));
  expect(delays()).toEqual(first);
});

test("what SQS refused of a batch is sent again, and nothing else of it", async () => {
  const once = new Set(["blog", "fleet-3"]);
  refuses = (body) => once.delete(JSON.parse(body).fleet);
  await handler(recorded("heartbeat"));
  expect(sent().map(({ fleet }) => fleet)).toHaveLength(fleets.length + 2);
  expect(new Set(sent().map(({ fleet }) => fleet))).toEqual(new Set(fleets));
});

test("what SQS keeps refusing is an error that names the fleets", async () => {
  refuses = (body) => JSON.parse(body).fleet === "blog";
  await expect(handler(recorded("heartbeat"))).rejects.toThrow("SQS refused, 3 times, messages about blog");
});

test("an alarm looks at its fleet, at once", async () => {
  await handler(recorded("alarm-state-change"));
  expect(sent()).toEqual([lookAt({ fleet: "shop", watchCount: 4 })]);
  expect(delays()).toEqual([0]);
});

test("the middleware runs: each line of the log has the request's id", async () => {
  await handler(recorded("alarm-state-change"));
  expect(log.linesOf("INFO")).toMatchObject([{ message: "dispatched", requestId: awsRequestId, looks: 1 }]);
});

test.each([["tidegate/production/shop/requests-high"], ["tidegate/test"], ["shop is slow"]])(
  "the alarm %s is none of this stage's fleets'",
  async (alarmName) => {
    const event = recorded("alarm-state-change") as { readonly detail: object };
    await handler({ ...event, detail: { ...event.detail, alarmName } });
    expect(sent()).toEqual([]);
  },
);

const instanceEvents = [["instance-state-change"], ["spot-interruption"], ["rebalance-recommendation"]];

test.each(instanceEvents)("%s of an instance that nobody here launched is passed over", async (name) => {
  const event = recorded(name) as { readonly detail: object };
  const foreign = { ...event, detail: { ...event.detail, "instance-id": "i-0somebodyelses0000" } };
  await handler(foreign);
  tableCalls = 0;
  await handler(foreign);
  expect(sent()).toEqual([]);
  expect(tableCalls).toBe(0);
});

test.each(instanceEvents)("%s looks at the fleet that launched the instance", async (name) => {
  await handler(recorded(name));
  expect(sent()).toEqual([lookAt({ fleet: "blog", sight: "whole" })]);
});

test.each([
  ["instance-state-change", []],
  ["rebalance-recommendation", ["rebalance"]],
  ["spot-interruption", ["interruption"]],
])("what %s announces stands where every look finds it", async (name, kinds) => {
  await lambda.table.client.send(
    new DeleteItemCommand({
      TableName: lambda.table.name,
      Key: { pk: { S: "test/blog" }, sk: { S: `now#notice#${instance}` } },
    }),
  );
  await handler(recorded(name));
  const { notices } = await standingOf(lambda.table, "blog");
  expect(notices.map((one) => [one.instance, one.kind])).toEqual(kinds.map((kind) => [instance, kind]));
});

test("nothing is written down of an instance that is nobody's", async () => {
  const event = recorded("spot-interruption") as { readonly detail: object };
  await handler({ ...event, detail: { ...event.detail, "instance-id": "i-0orphan000000000" } });
  expect((await standingOf(lambda.table, "gone")).notices).toEqual([]);
});

test("another stage's instance is passed over", async () => {
  const event = recorded("spot-interruption") as { readonly detail: object };
  await handler({ ...event, detail: { ...event.detail, "instance-id": "i-0production00000000" } });
  expect(sent()).toEqual([]);
});

test("an instance that has outlived its policy looks at nothing", async () => {
  const event = recorded("spot-interruption") as { readonly detail: object };
  await handler({ ...event, detail: { ...event.detail, "instance-id": "i-0orphan000000000" } });
  expect(sent()).toEqual([]);
});

test("an alarm that goes back looks at nothing: the heartbeat shrinks", async () => {
  const event = recorded("alarm-state-change") as { readonly detail: object };
  await handler({ ...event, detail: { ...event.detail, state: { value: "OK" } } });
  expect(sent()).toEqual([]);
});

test("a heartbeat watches the fleets whose alarms stand, on all pages, whether their events came or not", async () => {
  alarms = ["tidegate/test/shop/a", "tidegate/test/fleet-3/b", "tidegate/test/gone/c"];
  await handler(recorded("heartbeat"));
  const watched = sent().filter(({ watchCount }) => watchCount > 0);
  expect(watched.map(({ fleet, watchCount }) => [fleet, watchCount])).toEqual([
    ["shop", 4],
    ["fleet-3", 4],
  ]);
  expect(sent()).toHaveLength(fleets.length);
});

test("no heartbeat is missed because CloudWatch cannot say", async () => {
  alarms = "unreadable";
  await handler(recorded("heartbeat"));
  expect(sent()).toHaveLength(fleets.length);
  expect(log.linesOf("WARN")).toMatchObject([{ message: "alarms not read" }]);
});

test.each([
  [{ source: "aws.s3", "detail-type": "Object Created", detail: {} }, 'source "aws.s3", detail-type "Object Created"'],
  [{ source: "aws.ec2", "detail-type": "EBS Volume Notification" }, 'source "aws.ec2", detail-type "EBS Volume'],
  [{ source: "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change", detail: {} }, "aws.cloudwatch"],
  [{}, "unknown event: source none, detail-type none"],
  ["heartbeat", "unknown event"],
])("%j is refused by its name", async (event, message) => {
  await expect(handler(event)).rejects.toThrow(message);
  expect(sent()).toEqual([]);
});
