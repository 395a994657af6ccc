// Fleets behind HAProxy: the real World over SDK clients, a real HAProxy whose runtime API is on TCP, and between them what Lambda is:
// an HTTP endpoint that has the deployed function answer. From a launch to its end.
import { createServer, type IncomingMessage, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from "@jest/globals";
import type { Context } from "aws-lambda";
import { freePort } from "../../bench/lab/proxy.ts";
import { askByLambda, createAwsWorld, type Embedded, openMemory, type Table } from "../../shared/aws/index.ts";
import type { Tick, World } from "../../shared/control/index.ts";
import { minuteMs } from "../../shared/core/index.ts";
import type { Instance as SeenInstance } from "../../shared/engine/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import type { Cloud } from "../../shared/sim/cloud/index.ts";
import { contextOf } from "../functions/lambda.ts";
import { atSecond, givenCloud } from "../sim/cloudGiven.ts";
import { cloudPolicy, freshTable, look } from "../support/awsFleet.ts";
import { answeredClients, never } from "../support/cloudClients.ts";
import { type Instance, startInstance, startTcpProxy, type TcpProxy } from "../support/tcpProxy.ts";

let embedded: Embedded;
let proxy: TcpProxy;
let lambda: Server;
let table: Table;
let cloud: Cloud;
let answers: "well" | { readonly status: number; readonly headers: Record<string, string>; readonly body: object };
const invoked: { readonly url: string; readonly authorization: string }[] = [];
const servers = new Map<string, Instance>();
const port = 18_080;

beforeAll(async () => {
  process.env.TIDEGATE_STAGE = "live";
  const { handler } = (await import("../../functions/haproxy.ts")) as unknown as {
    handler: (event: unknown, context: Context) => Promise<unknown>;
  };
  lambda = createServer(async (request, response) => {
    const event = JSON.parse(await text(request));
    note(request);
    if (answers !== "well") {
      response.writeHead(answers.status, answers.headers).end(JSON.stringify(answers.body));
      return;
    }
    response.end(JSON.stringify(await handler(event, contextOf())));
  });
  await new Promise<void>((resolve) => lambda.listen(0, "127.0.0.1", resolve));
  [embedded, proxy] = await Promise.all([openMemory(), startTcpProxy(4)]);
});
const note = ({ url = "", headers: { authorization = "" } }: IncomingMessage): void =>
  void invoked.push({ url, authorization });
beforeEach(() => {
  answers = "well";
  invoked.splice(0);
  table = freshTable(embedded);
  cloud = givenCloud();
  jest.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const { address, stop } of servers.values()) {
    await proxy.haproxy.release(address);
    await stop();
  }
  servers.clear();
});
afterAll(async () => {
  lambda.closeAllConnections();
  await new Promise((resolve) => lambda.close(resolve));
  await proxy.stop();
  await embedded.close();
});

/** Each instance has an address of loopback of its own, all of which this machine answers at. */
const addressOf = (id: string): string => `127.0.7.${Number.parseInt(id.slice(-2), 16) + 1}`;

interface Described {
  readonly Reservations?: readonly { readonly Instances: readonly { readonly InstanceId: string }[] }[];
}
const withAddresses = (answer: object): object => ({
  ...answer,
  Reservations: (answer as Described).Reservations?.map(({ Instances }) => ({
    Instances: Instances.map((one) => ({ ...one, PrivateIpAddress: addressOf(one.InstanceId) })),
  })),
});

function open(url = `http://127.0.0.1:${(lambda.address() as { port: number }).port}`): World {
  const client = new SQSClient({ region: "eu-west-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } });
  return createAwsWorld({
    clients: answeredClients((service, command, input) => {
      const answer = cloud.answer(service, command, input);
      return command.startsWith("DescribeInstances") ? withAddresses(answer) : answer;
    }),
    table,
    now: () => cloud.now,
    evaluator: () => "one",
    warmer: { kind: "none" },
    haproxy: askByLambda({ url, client, functionName: "tidegate-test-haproxy" }),
    abortIn: never,
  });
}

const policy = (changed: Partial<Policy> = {}): Policy =>
  cloudPolicy({
    targetGroup: { kind: "haproxy", nodes: [proxy.node], backend: "fleet", slotPrefix: "s", port },
    bounds: { min: 2, max: 2 },
    drain: { timeoutMs: 2 * minuteMs, takeBack: "never" },
    ...changed,
  });

const actionsOf = (tick: Tick): readonly string[] =>
  tick.kind === "done" ? tick.row.decision.actions.map(({ kind }) => kind).sort() : [tick.kind];
const outcomesOf = (tick: Tick): readonly string[] =>
  tick.kind === "done" ? tick.outcomes.map((one) => ("because" in one ? one.because : one.kind)) : [tick.kind];

async function seenBy(world: World, given = policy()): Promise<readonly SeenInstance[]> {
  const { instances } = await world.observe(given);
  if (instances.kind !== "seen") throw new Error(JSON.stringify(instances));
  return instances.instances;
}
const heldCount = async (): Promise<number> => {
  const slots = await proxy.haproxy.slots();
  return slots.kind === "ok" ? slots.value.filter(({ state }) => state.kind !== "unregistered").length : -1;
};
async function boot(world: World): Promise<void> {
  for (const { id } of await seenBy(world))
    if (!servers.has(id)) servers.set(id, await startInstance(addressOf(id), { port }));
}
async function untilTargets(world: World, kind: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if ((await seenBy(world)).every(({ target }) => target.kind === kind)) return;
    await sleep(20);
  }
  throw new Error(JSON.stringify(await seenBy(world)));
}
/** Two instances that serve. */
async function serving(world: World): Promise<void> {
  await look(world, policy());
  cloud.advanceTo(atSecond(30));
  await boot(world);
  await look(world, policy());
  await untilTargets(world, "healthy");
}

test("what is launched is registered by its address, serves, drains, and is let go before it is terminated", async () => {
  const world = open();
  expect(actionsOf(await look(world, policy()))).toEqual(["launch"]);
  cloud.advanceTo(atSecond(30));
  await boot(world);
  const registered = await look(world, policy());
  expect([actionsOf(registered), outcomesOf(registered)]).toEqual([
    ["register", "register"],
    ["done", "done"],
  ]);
  await untilTargets(world, "healthy");
  expect(await heldCount()).toBe(2);

  cloud.advanceTo(atSecond(90));
  const one = policy({ bounds: { min: 1, max: 1 } });
  const drained = await look(world, one);
  expect([actionsOf(drained), outcomesOf(drained)]).toEqual([["drain"], ["done"]]);
  expect((await seenBy(world)).map(({ target }) => target)).toContainEqual({ kind: "draining", inFlightCount: 0 });
  cloud.advanceTo(atSecond(120));
  const left = await look(world, one);
  expect([actionsOf(left), outcomesOf(left)]).toEqual([["terminate"], ["done"]]);
  expect(await heldCount()).toBe(1);
  cloud.advanceTo(atSecond(150));
  expect((await seenBy(world)).map(({ state, target }) => `${state} ${target.kind}`)).toEqual(["running healthy"]);
  expect(invoked.every(({ url }) => url === "/2015-03-31/functions/tidegate-test-haproxy/invocations")).toBe(true);
  expect(invoked[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=a\/\d{8}\/eu-west-1\/lambda\/aws4_request/);
});

test("what drains is taken back into its own slot", async () => {
  const world = open();
  await serving(world);
  cloud.advanceTo(atSecond(90));
  const may = { timeoutMs: 2 * minuteMs, takeBack: "allowed" } as const;
  await look(world, policy({ bounds: { min: 1, max: 1 }, drain: may }));
  cloud.advanceTo(atSecond(120));
  expect(actionsOf(await look(world, policy({ drain: may })))).toEqual(["take-back"]);
  expect((await seenBy(world)).map(({ target }) => target.kind)).toEqual(["healthy", "healthy"]);
});

test("targets of somebody else are counted, and not touched", async () => {
  const world = open();
  await serving(world);
  const stranger = await startInstance("127.0.0.1");
  servers.set("stranger", stranger);
  await proxy.haproxy.register(stranger.address);
  for (let tries = 0; tries < 100; tries++) {
    const { instances } = await world.observe(policy());
    if (instances.kind === "seen" && instances.foreignCount === 1) break;
    await sleep(20);
  }
  expect((await world.observe(policy())).instances).toMatchObject({ foreignCount: 1 });
  cloud.advanceTo(atSecond(90));
  await look(world, policy({ bounds: { min: 2, max: 2 } }));
  expect(await heldCount()).toBe(3);
});

test("the slot of one that EC2 took is freed", async () => {
  const world = open();
  await serving(world);
  const [lost] = await seenBy(world);
  cloud.terminate([lost?.id ?? ""]);
  await servers.get(lost?.id ?? "")?.stop();
  cloud.advanceTo(atSecond(200));
  for (let tries = 0; tries < 100 && (await heldCount()) > 1; tries++) {
    await world.observe(policy());
    await sleep(20);
  }
  expect(await heldCount()).toBe(1);
});

test("requests and hosts are read as the function has counted them", async () => {
  const dimensions = { Stage: table.stage, Fleet: "shop" };
  const of = (name: string, value: number) => ({
    ...{ namespace: "Tidegate/HAProxy", name, dimensions },
    samples: () => [value - 10, value + 10],
  });
  cloud = givenCloud({ published: [of("Requests", 600), of("HealthyHosts", 3)] });
  for (let minute = 0; minute <= 6; minute++) {
    cloud.advanceTo(atSecond(minute * 60));
    cloud.closeMinute(cloud.now);
  }
  const { signals } = await open().observe(policy());
  const newest = (name: string) => (signals[name]?.kind === "known" ? signals[name].points.at(-1)?.value : "missing");
  expect([newest("requests"), newest("healthy-hosts")]).toEqual([600, 3]);
});

test.each([
  [{ status: 429, headers: { "x-amzn-errortype": "TooManyRequestsException" }, body: { Reason: "x" } }, "throttled"],
  [{ status: 403, headers: { "x-amzn-errortype": "AccessDeniedException:" }, body: { message: "no" } }, "failed"],
  [{ status: 200, headers: { "x-amz-function-error": "Unhandled" }, body: { errorMessage: "it broke" } }, "failed"],
  [{ status: 200, headers: {}, body: { kind: "error", because: "HAProxy's socket was silent" } }, "failed"],
] as const)("%j: nothing is seen, and nothing done", async (answer, how) => {
  const world = open();
  await serving(world);
  answers = answer;
  const { instances } = await world.observe(policy());
  expect(instances).toMatchObject({ kind: "missing", how, because: expect.stringMatching(/./) });
  cloud.advanceTo(atSecond(90));
  expect(actionsOf(await look(world, policy({ bounds: { min: 1, max: 1 } })))).toEqual([]);
});

test("a Lambda that cannot be reached is no throw", async () => {
  const world = open(`http://127.0.0.1:${await freePort()}`);
  expect((await world.observe(policy())).instances).toMatchObject({
    kind: "missing",
    because: expect.stringMatching(/ECONNREFUSED/),
  });
});

test("without the function the look says what to deploy", async () => {
  const clients = answeredClients((service, command, input) => cloud.answer(service, command, input));
  const world = createAwsWorld({
    ...{ clients, table, now: () => cloud.now, evaluator: () => "one", warmer: { kind: "none" }, abortIn: never },
  });
  expect((await world.observe(policy())).instances).toMatchObject({
    kind: "missing",
    because: expect.stringContaining("--param haproxySubnets=…"),
  });
});
