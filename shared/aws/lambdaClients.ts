// The SDK clients of a Lambda. A function that does not name one does not carry it: hence the marks for the bundler.
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type DurationMs, secondMs } from "../core/index.ts";

/** A call that hangs must end before its function does. Left to itself, the SDK waits forever, or only warns. */
export const within = (requestTimeout: DurationMs) => ({
  requestHandler: { connectionTimeout: secondMs, requestTimeout, throwOnRequestTimeout: true },
});

export const metrics = /* @__PURE__ */ new CloudWatchClient(/* @__PURE__ */ within(5 * secondMs));
export const dynamodb = /* @__PURE__ */ new DynamoDBClient(/* @__PURE__ */ within(5 * secondMs));
/** CreateFleet answers when it has launched all it will: with many instances that takes a while. */
export const ec2 = /* @__PURE__ */ new EC2Client(/* @__PURE__ */ within(15 * secondMs));
export const loadBalancer = /* @__PURE__ */ new ElasticLoadBalancingV2Client(/* @__PURE__ */ within(5 * secondMs));
export const sqs = /* @__PURE__ */ new SQSClient(/* @__PURE__ */ within(5 * secondMs));
