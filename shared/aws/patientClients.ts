// The SDK clients of a Lambda that has minutes. CloudWatch takes three PutMetricAlarm a second from an account: whoever puts
// a thousand has to slow down by itself and wait, not to give up.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { patient } from "./patient.ts";

export const ec2 = /* @__PURE__ */ new EC2Client(/* @__PURE__ */ patient());
export const loadBalancer = /* @__PURE__ */ new ElasticLoadBalancingV2Client(/* @__PURE__ */ patient());
export const metrics = /* @__PURE__ */ new CloudWatchClient(/* @__PURE__ */ patient());
