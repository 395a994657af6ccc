// The exported handler, with CloudFormation's events as recorded and a real server where the answers go.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { type Answer, answerWith } from "../../shared/aws/index.ts";
import { type Cloud, calmFaults } from "../../shared/sim/cloud/index.ts";
import { givenCloud } from "../sim/cloudGiven.ts";
import { cloudPolicy } from "../support/awsFleet.ts";
import { awsRequestId, contextOf, type Lambda, openLambda, recorded, spyOnLog, stage } from "./lambda.ts";

interface Answered {
  readonly method: string;
  readonly url: string;
  readonly contentType: string | undefined;
  readonly length: number;
  readonly body: Readonly<Record<string, unknown>>;
}

let lambda: Lambda;
let cloud: Cloud;
let server: Server;
let handler: (event: unknown, remainingMs?: number) => Promise<unknown>;
/** What CloudFormation was answered, and with which codes its URL refuses first. */
const answers: Answered[] = [];
let refusals: number[] = [];
/** Whether AWS answers nothing any more. */
let hangs = false;
const forever = (): Promise<never> => new Promise(() => {});

beforeAll(async () => {
  lambda = await openLambda([cloudPolicy(), cloudPolicy({ fleet: "lost", targetGroup: "lost-web" })]);
  const { patientClients: clients } = await import("../../shared/aws/index.ts");
  const answer: Answer = (service, command, input) => (hangs ? forever() : cloud.answer(service, command, input));
  answerWith(clients.ec2, "EC2", answer);
  answerWith(clients.loadBalancer, "ElasticLoadBalancingV2", answer);
  answerWith(clients.metrics, "CloudWatch", answer);
  const reconcile = await import("../../functions/reconcile.ts");
  handler = (event, remainingMs = 900_000) => reconcile.handler(event, contextOf({ remainingMs }));
  server = createServer(async (request, response) => {
    answers.push(await answerIn(request));
    response.writeHead(refusals.shift() ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await lambda.close();
});

async function answerIn(request: IncomingMessage): Promise<Answered> {
  const body = await text(request);
  const { "content-type": contentType, "content-length": length } = request.headers;
  const { method = "", url = "" } = request;
  return { method, url, contentType, length: Number(length), body: JSON.parse(body) };
}

const log = spyOnLog();

beforeEach(() => {
  cloud = givenCloud({ faults: { ...calmFaults(), visibilityLagMs: 0 } });
});
afterEach(() => {
  answers.length = 0;
  refusals = [];
  hangs = false;
  log.clear();
});

/** As recorded, but that the answer comes here. */
function asked(name: string): object {
  const event = recorded(name) as { readonly ResponseURL: string };
  const { pathname, search } = new URL(event.ResponseURL);
  const { port } = server.address() as AddressInfo;
  return { ...event, ResponseURL: `http://127.0.0.1:${port}${pathname}${search}` };
}

const alarms = (): readonly string[] => {
  const answer = cloud.answer("CloudWatch", "DescribeAlarms", {}) as { MetricAlarms: { AlarmName: string }[] };
  return answer.MetricAlarms.map(({ AlarmName }) => AlarmName);
};
const claimedBy = (owner: string): object => {
  const groups = cloud.answer("ElasticLoadBalancingV2", "DescribeTargetGroups", {}) as {
    TargetGroups: { TargetGroupArn: string }[];
  };
  return cloud.answer("ElasticLoadBalancingV2", "AddTags", {
    ResourceArns: groups.TargetGroups.map(({ TargetGroupArn }) => TargetGroupArn),
    Tags: [{ Key: "tidegate:fleet", Value: owner }],
  });
};
const shopAlarm = `tidegate/${stage}/shop/demand`;
const lostSays = "lost: target group lost-web: TargetGroupNotFound: One or more target groups not found";

test.each(["custom-resource-create", "custom-resource-update"])(
  "%s puts the alarms and answers as CloudFormation wants it; a fleet that fails does not fail the deploy",
  async (name) => {
    await handler(asked(name));
    expect(alarms()).toEqual([shopAlarm]);
    const event = recorded(name) as Readonly<Record<string, string>>;
    const reason = `${lostSays}; alarms: 1 put, 0 unchanged, 0 deleted`;
    expect(answers).toEqual([
      {
        method: "PUT",
        url: new URL(event.ResponseURL ?? "").pathname + new URL(event.ResponseURL ?? "").search,
        contentType: undefined,
        length: JSON.stringify(answers[0]?.body).length,
        body: {
          Status: "SUCCESS",
          Reason: reason,
          PhysicalResourceId: "tidegate/test",
          StackId: event.StackId,
          RequestId: event.RequestId,
          LogicalResourceId: "Reconciliation",
          Data: { Summary: reason },
        },
      },
    ]);
    expect(log.linesOf("WARN")).toMatchObject([{ message: "fleet not reconciled", fleet: "lost", kind: "unreached" }]);
    expect(log.linesOf("INFO")).toMatchObject([
      { message: "reconciled", put: 1, failed: 1, orphans: [], requestId: awsRequestId },
    ]);
  },
);

test("a target group that another Tidegate has fails the deploy, with what to do", async () => {
  claimedBy("production/shop");
  await handler(asked("custom-resource-create"));
  expect(answers).toMatchObject([{ body: { Status: "FAILED", PhysicalResourceId: "tidegate/test" } }]);
  expect(answers[0]?.body.Reason).toMatch(
    /^shop: target group shop-web is claimed by production\/shop: give the fleet/,
  );
  expect(alarms()).toEqual([]);
});

test("instances without a policy are told to whoever deploys", async () => {
  cloud.seedServing(2, { "tidegate:fleet": `${stage}/old` });
  await handler(asked("custom-resource-update"));
  expect(answers[0]?.body.Reason).toMatch(/; instances of old, which has no policy: 2$/);
});

test("what fails as a whole is answered, too", async () => {
  cloud.faults.denied = (command) => command === "DescribeAlarms";
  await handler(asked("custom-resource-update"));
  const Reason = "AccessDenied: You are not authorized to perform: DescribeAlarms";
  expect(answers).toMatchObject([{ body: { Status: "FAILED", Reason } }]);
  expect(log.linesOf("ERROR")).toMatchObject([{ message: "not reconciled" }]);
});

test("a call that hangs is given up in time for an answer", async () => {
  hangs = true;
  await handler(asked("custom-resource-update"), 20_100);
  expect(answers).toMatchObject([{ body: { Status: "FAILED", Reason: "Error: no end after 100 ms" } }]);
});

test("fleets whose turn did not come let the deploy go on, and Lambda call again", async () => {
  await expect(handler(asked("custom-resource-create"), 40_000)).rejects.toThrow(
    "2 fleets are left to the next run: shop, lost",
  );
  expect(answers).toMatchObject([{ body: { Status: "SUCCESS" } }]);
  expect(answers[0]?.body.Reason).toMatch(/^2 fleets left to the next run; alarms: 0 put/);
});

test("an answer that the URL refuses is given again", async () => {
  refusals = [500, 503];
  await handler(asked("custom-resource-delete"));
  expect(answers.map(({ body }) => body.Status)).toEqual(["SUCCESS", "SUCCESS", "SUCCESS"]);
});

test("an answer that the URL keeps refusing is an error", async () => {
  refusals = [403, 403, 403];
  await expect(handler(asked("custom-resource-delete"))).rejects.toThrow(
    "took no answer: HTTP 403; HTTP 403; HTTP 403",
  );
});

test("a long reason is cut, so that the answer stays within 4 KiB", async () => {
  claimedBy(`production/${"é".repeat(4_000)}`);
  await handler(asked("custom-resource-create"));
  expect(answers[0]?.length).toBeGreaterThan(1_000);
  expect(answers[0]?.length).toBeLessThan(4_096);
});

test("the end of the stack takes its alarms", async () => {
  await handler(asked("custom-resource-create"));
  await handler(asked("custom-resource-delete"));
  expect(answers[1]?.body).toMatchObject({ Status: "SUCCESS", Reason: "alarms: 1 deleted" });
  expect(alarms()).toEqual([]);
});

test("the clock puts right what was changed by hand, and answers nobody", async () => {
  await handler(recorded("drift"));
  cloud.answer("CloudWatch", "DeleteAlarms", { AlarmNames: [shopAlarm] });
  await handler(recorded("drift"));
  expect(alarms()).toEqual([shopAlarm]);
  expect(answers).toEqual([]);
});

test.each<[string, object, string]>([
  ["heartbeat", { kind: "heartbeat" }, 'unknown event: {"kind":"heartbeat"}'],
  ["an unknown request", { RequestType: "Rename" }, 'unknown RequestType "Rename"'],
  [
    "a request without an address",
    { RequestType: "Create", StackId: "s", RequestId: "r" },
    "lacks ResponseURL, LogicalResourceId",
  ],
])("%s is refused", async (_, event, message) => {
  await expect(handler(event)).rejects.toThrow(message);
  expect(alarms()).toEqual([]);
});
