// The function in the VPC against two real HAProxys over TCP: what it is ordered to do, and what it counts.
import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import type { Context } from "aws-lambda";
import { minuteMs, minuteOf } from "../../shared/core/index.ts";
import type { Address, Answer, Order } from "../../shared/haproxy/index.ts";
import { type Instance, startInstance, startTcpProxy, type TcpProxy } from "../support/tcpProxy.ts";
import { contextOf } from "./lambda.ts";

let nodes: readonly TcpProxy[];
let handler: (event: unknown, context: Context) => Promise<Answer | "counted">;
const instances: Instance[] = [];
const lines: Record<string, unknown>[] = [];

beforeAll(async () => {
  process.env.TIDEGATE_STAGE = "live";
  ({ handler } = (await import("../../functions/haproxy.ts")) as unknown as { handler: typeof handler });
  nodes = await Promise.all([startTcpProxy(3), startTcpProxy(2)]);
});
beforeEach(() => {
  lines.splice(0);
  jest.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(JSON.parse(String(line))) > 0);
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const { address, stop } of instances.splice(0)) {
    for (const { haproxy } of nodes) await haproxy.release(address);
    await stop();
  }
});
afterAll(async () => {
  for (const { stop } of nodes ?? []) await stop();
});

async function instance(answerMs = 0): Promise<Address> {
  const made = await startInstance("127.0.0.1", { answerMs });
  instances.push(made);
  return made.address;
}

const place = () => ({ nodes: nodes.map(({ node }) => node), backend: "fleet", slotPrefix: "s" });
const ordered = (order: Order["do"], changed: object = {}): Promise<Answer | "counted"> =>
  handler({ ...place(), do: order, ...changed }, contextOf());
const read = (living: readonly Address[] = []) => ordered({ kind: "read", living });
const done = { kind: "done", ends: ["done"] };

async function until(address: Address, kind: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await read([address]);
    if (answer !== "counted" && answer.kind === "read" && answer.targets[0]?.state.kind === kind) return;
    await sleep(20);
  }
  throw new Error(`it never became ${kind}: ${JSON.stringify(await read([address]))}`);
}

test("an instance comes in at every node, drains, and is let go", async () => {
  const address = await instance();
  expect(await read()).toEqual({ kind: "read", targets: [] });
  expect(await ordered({ kind: "register", targets: [address] })).toEqual(done);
  await until(address, "healthy");
  expect(await ordered({ kind: "deregister", targets: [address] })).toEqual(done);
  expect(await read([address])).toEqual({
    kind: "read",
    targets: [{ address, state: { kind: "draining", inFlightCount: 0 } }],
  });
  expect(await ordered({ kind: "release", targets: [address] })).toEqual(done);
  expect(await read()).toEqual({ kind: "read", targets: [] });
});

test("what is in flight at any node counts", async () => {
  const address = await instance(400);
  await ordered({ kind: "register", targets: [address] });
  await until(address, "healthy");
  const answers = nodes.map(
    ({ url }) => new Promise((resolve) => get(url, (response) => resolve(response.statusCode))),
  );
  await sleep(100);
  await ordered({ kind: "deregister", targets: [address] });
  expect(await read([address])).toMatchObject({ targets: [{ state: { kind: "draining", inFlightCount: 2 } }] });
  expect(await Promise.all(answers)).toEqual([200, 200]);
});

test("one that a node does not know is not registered, and registering it again puts that right", async () => {
  const address = await instance();
  await nodes[0]?.haproxy.register(address);
  expect(await read([address])).toEqual({ kind: "read", targets: [{ address, state: { kind: "unregistered" } }] });
  expect(await ordered({ kind: "register", targets: [address] })).toEqual(done);
  await until(address, "healthy");
  await nodes[0]?.haproxy.deregister(address);
  expect(await read([address])).toMatchObject({
    targets: [{ state: { kind: "unhealthy", because: "some of the HAProxys drain it, and some do not" } }],
  });
});

test("where one node's slots are taken, its registration alone fails, and says so", async () => {
  const addresses = [await instance(), await instance(), await instance()];
  expect(await ordered({ kind: "register", targets: addresses })).toEqual({
    kind: "done",
    ends: ["done", "done", { because: 'all 2 slots of backend "fleet" are taken: give it more' }],
  });
});

test("slots of the dead are freed; one that is down and lives keeps its own", async () => {
  const [lost, kept] = [await instance(), await instance()];
  await ordered({ kind: "register", targets: [lost, kept] });
  await until(lost, "healthy");
  await until(kept, "healthy");
  for (const { stop } of instances) await stop();
  // Each node finds out by its own checks: a look frees only where they have failed already, and the next look the rest.
  const end = { kind: "read", targets: [{ address: kept, state: { kind: "unhealthy", because: "L4CON" } }] };
  let answer = await read([kept]);
  for (let tries = 0; tries < 200 && !isDeepStrictEqual(answer, end); tries++) {
    await sleep(20);
    answer = await read([kept]);
  }
  expect(answer).toEqual(end);
});

test("a node that does not answer is an error, not a throw, and its reason is logged", async () => {
  const nowhere = { host: "127.0.0.1", port: 1 };
  const answer = await ordered({ kind: "read", living: [] }, { nodes: [...place().nodes, nowhere] });
  expect(answer).toEqual({ kind: "error", because: expect.stringMatching(/ECONNREFUSED/) });
  expect(lines).toMatchObject([{ level: "WARN", message: "HAProxy refused", backend: "fleet" }]);
});

test.each([
  ["a name for an address", { nodes: [{ host: "haproxy.local", port: 9999 }] }, "HAProxy's addresses are IP"],
  ["no node", { nodes: [] }, "HAProxy's addresses are IP"],
  ["a backend that is a command", { backend: "fleet; shutdown sessions" }, "plain names"],
  ["slots that are a command", { slotPrefix: "s\nclear counters all" }, "plain names"],
  [
    "a target that is no address",
    { do: { kind: "register", targets: [{ host: "x", port: 1 }] } },
    "IP address and port",
  ],
  ["an order that there is not", { do: { kind: "shutdown", targets: [] } }, "there is no order"],
])("%s is refused before any socket opens", async (_, changed, because) => {
  await expect(ordered({ kind: "read", living: [] }, changed)).rejects.toThrow(because);
});

test("by the clock it counts what came within the minute at all nodes, into a line that CloudWatch reads", async () => {
  const address = await instance();
  await ordered({ kind: "register", targets: [address] });
  await until(address, "healthy");
  const now = jest.spyOn(Date, "now");
  const at = minuteOf(Date.parse("2027-03-01T12:00:00Z")) + 5_000;
  const count = async (when: number): Promise<void> => {
    now.mockReturnValue(when);
    lines.splice(0);
    expect(await handler({ kind: "minute", fleets: [{ fleet: "shop", ...place() }] }, contextOf())).toBe("counted");
  };
  await count(at);
  expect(lines).toMatchObject([{ message: "HAProxy counted first", fleet: "shop" }]);
  for (const { url } of nodes)
    for (let sent = 0; sent < 5; sent++)
      await new Promise((resolve) => get(url, (response) => resolve(response.resume())));
  await count(at + minuteMs);
  expect(lines).toEqual([
    {
      _aws: {
        Timestamp: minuteOf(at),
        CloudWatchMetrics: [
          {
            Namespace: "Tidegate/HAProxy",
            Dimensions: [["Stage", "Fleet"]],
            Metrics: [{ Name: "Requests" }, { Name: "HealthyHosts" }, { Name: "RequestsPerTarget" }],
          },
        ],
      },
      ...{ Stage: "live", Fleet: "shop", Requests: 10, HealthyHosts: 1, RequestsPerTarget: 10 },
    },
  ]);
  // The clock's second call within seconds changes nothing, and after a long silence it begins anew.
  await count(at + minuteMs + 2_000);
  expect(lines).toMatchObject([{ message: "HAProxy counted first" }]);
  await count(at + 20 * minuteMs);
  expect(lines).toMatchObject([{ message: "HAProxy counted first" }]);
});
