// The exported handler: it needs nothing of what Lambda gives the others, and asks nobody it should not.
import { beforeEach, expect, test } from "@jest/globals";
import { handler } from "../../functions/warm.ts";
import { warmBy } from "../support/given.ts";
import { awsRequestId, contextOf, spyOnLog } from "./lambda.ts";

const log = spyOnLog();
beforeEach(log.clear);
const event = (target: object = {}, warm: object = warmBy()) => ({
  ...{ fleet: "shop", instance: "i-1", warm },
  target: { address: "127.0.0.1", port: 80, protocol: "http", ...target },
});
const call = async (given: unknown): Promise<unknown> => await handler(given, contextOf());

test.each(["127.0.0.1", "169.254.169.254", "fd00:ec2::254", "localhost"])("%s is never asked", async (address) => {
  expect(await call(event({ address }))).toMatchObject({ verdict: "address-refused", requests: 0 });
  expect(log.linesOf("INFO")).toMatchObject([
    { message: "warmed", fleet: "shop", instance: "i-1", verdict: "address-refused", requestId: awsRequestId },
  ]);
});

test.each([
  ["nothing", undefined],
  ["no target", { warm: warmBy() }],
  ["no address", event({ address: 1 })],
  ["no port", event({ port: 0 })],
  ["a port too high", event({ port: 65_536 })],
  ["another protocol", event({ protocol: "ftp" })],
  ["no way of warming by HTTP", event({}, { kind: "hook" })],
])("an event with %s is refused", async (_, given) => {
  await expect(call(given)).rejects.toThrow("this event asks for no warm-up");
});
