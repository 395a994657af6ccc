// Where the bundled clients ask, beside the SDK's own rules: every service that a function asks, in every region that they know.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, test } from "@jest/globals";
import { endpointsOf } from "../../functions/endpoints.ts";

const partitions = "../../node_modules/@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js";
const regions = [
  ...readFileSync(fileURLToPath(new URL(partitions, import.meta.url)), "utf8").matchAll(/"([a-z]+(?:-[a-z]+)+-\d+)":/g),
].flatMap(([, region]) => region ?? []);

const asked = (Region: string) => ({ Region, UseDualStack: false, UseFIPS: false });
const region = "eu-west-1";
const clients = {
  cloudwatch: new CloudWatchClient({ region }),
  dynamodb: new DynamoDBClient({ region }),
  ec2: new EC2Client({ region }),
  "elastic-load-balancing-v2": new ElasticLoadBalancingV2Client({ region }),
  sqs: new SQSClient({ region }),
};

test("the SDK knows regions of every partition", () => {
  for (const one of ["eu-west-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "eusc-de-east-1"])
    expect(regions).toContain(one);
});

describe.each(Object.entries(clients))("%s", (service, { config }) => {
  test.each(regions)("in %s", (one) => {
    expect(endpointsOf(service)(asked(one)).url.href).toBe(config.endpointProvider(asked(one)).url.href);
  });

  test("at an endpoint of one's own", () => {
    const Endpoint = "http://127.0.0.1:4566";
    expect(endpointsOf(service)({ ...asked(region), Endpoint }).url).toEqual(new URL(Endpoint));
  });
});
