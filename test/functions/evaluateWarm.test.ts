// evaluate where a warmer is deployed: the wish for a warm-up goes to its queue, and the look itself to the looks'.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { SQSBatchResponse } from "aws-lambda";
import { answerWith, newest } from "../../shared/aws/index.ts";
import type { Cloud } from "../../shared/sim/cloud/index.ts";
import { givenCloud } from "../sim/cloudGiven.ts";
import { cloudPolicy } from "../support/awsFleet.ts";
import { warmBy } from "../support/given.ts";
import { batchOf, contextOf, type Lambda, openLambda, queueUrl, spyOnLog } from "./lambda.ts";

const warmQueueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/tidegate-test-warmings";

let lambda: Lambda;
let cloud: Cloud;
let look: () => Promise<SQSBatchResponse>;
beforeAll(async () => {
  lambda = await openLambda([cloudPolicy({ warm: warmBy() })]);
  process.env.TIDEGATE_WARM_QUEUE_URL = warmQueueUrl;
  cloud = givenCloud({ startAt: Date.now() });
  const clients = await import("../../shared/aws/lambdaClients.ts");
  const services = { EC2: clients.ec2, ElasticLoadBalancingV2: clients.loadBalancer, CloudWatch: clients.metrics };
  for (const [service, client] of Object.entries({ ...services, SQS: clients.sqs }))
    answerWith(client as typeof clients.ec2, service, (...call) => cloud.answer(...call));
  const evaluate = await import("../../functions/evaluate.ts");
  const body = JSON.stringify({ fleet: "shop", generation: "any", sight: "as-needed", watchCount: 0 });
  look = () => evaluate.handler(batchOf(body), contextOf());
});
afterAll(() => lambda.close());
spyOnLog();

test("each instance that runs and is cold is wished warm, by its id and the decision that orders it", async () => {
  await look();
  cloud.advanceTo(cloud.now + 60_000);
  cloud.sent.length = 0;
  await look();
  const last = await newest(lambda.table, "shop");
  if (last.kind === "none") throw new Error("a look is a row");
  const { actions } = last.row.decision;
  expect(actions.map(({ kind }) => kind)).toEqual(Array(4).fill("warm"));
  expect(last.outcomes).toMatchObject(actions.map(({ id }) => ({ kind: "done", action: id })));
  const wishes = cloud.sent.filter((message) => message.queueUrl === warmQueueUrl).map(({ body }) => JSON.parse(body));
  const instances = actions.flatMap((action) => ("instance" in action ? action.instance : []));
  const { generation } = last.row;
  expect(wishes).toEqual(instances.map((instance) => ({ fleet: "shop", instance, generation })));
  expect(cloud.sent.filter((message) => message.queueUrl === queueUrl)).toHaveLength(1);
});
