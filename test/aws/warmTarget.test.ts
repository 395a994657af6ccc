// Where an instance behind HAProxy is warmed: its address is EC2's to say, its port the policy's, and the load balancer's API is not asked.
import { expect, test } from "@jest/globals";
import { createWarmCalls } from "../../shared/aws/warm/index.ts";
import { answeredClients } from "../support/cloudClients.ts";

test("an instance behind HAProxy is warmed on the port that the policy says", async () => {
  const asked: string[] = [];
  const clients = answeredClients((_service, command) => {
    asked.push(command);
    return { Reservations: [{ Instances: [{ PrivateIpAddress: "10.0.5.9" }] }] };
  });
  const calls = createWarmCalls({ ...clients, lambda: undefined as never, ssm: undefined as never }, () => 0);
  const node = { host: "10.0.3.7", port: 9999 };
  const group = { kind: "haproxy", nodes: [node], backend: "site", slotPrefix: "s", port: 8080 } as const;
  expect(await calls.targetOf({ owner: "live/shop", instance: "i-1", group })).toEqual({
    kind: "ok",
    value: { address: "10.0.5.9", port: 8080, protocol: "http" },
  });
  expect(asked).toEqual(["DescribeInstances"]);
});
