// The adapter against a real HAProxy: registering past its checks, draining, taking back, what is full and what is dead.
import { createServer, get, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { findHaproxy, type RunningProxy, startProxy } from "../../bench/lab/proxy.ts";
import { type Address, cutTotalOf, isAt, openRuntime, type Slot, targetStateOf } from "../../shared/haproxy/index.ts";

interface Backend {
  readonly address: Address;
  /** What its health check is answered with. */
  health: number;
  served: number;
  readonly server: Server;
}

let proxy: RunningProxy;
let command = "";
const backends: Backend[] = [];

beforeAll(async () => {
  const installed = findHaproxy("any");
  if (installed.kind === "error") throw new Error(installed.error);
  command = installed.value.command;
  proxy = await startProxy({ command, slotCount: 2, inFlightMax: 4, runtimePort: "none", checkEveryMs: 100 });
});

afterEach(async () => {
  for (const { address, server } of backends.splice(0)) {
    await proxy.haproxy.release(address);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

afterAll(() => proxy?.stop());

/** `/slow` takes half a second. */
async function backend(): Promise<Backend> {
  const server = createServer((request, response) => {
    if (request.url === "/healthz") {
      response.statusCode = made.health;
      response.end();
      return;
    }
    made.served += 1;
    setTimeout(() => response.end("ok"), request.url === "/slow" ? 500 : 0);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const listening = server.address();
  const port = typeof listening === "object" && listening !== null ? listening.port : 0;
  const made: Backend = { address: { host: "127.0.0.1", port }, health: 200, served: 0, server };
  backends.push(made);
  return made;
}

const status = (path: string, { url } = proxy): Promise<number> =>
  new Promise((resolve, reject) => {
    get(`${url}${path}`, { agent: false }, (response) => {
      response.resume();
      response.once("end", () => resolve(response.statusCode ?? 0));
    }).once("error", reject);
  });

async function slotsOf({ haproxy }: RunningProxy): Promise<readonly Slot[]> {
  const seen = await haproxy.slots();
  if (seen.kind === "error") throw new Error(seen.error);
  return seen.value;
}
const stateOf = async ({ address }: Backend, running = proxy): Promise<Slot["state"]> =>
  targetStateOf(await slotsOf(running), address);

async function until(kind: Slot["state"]["kind"], target: Backend, running = proxy): Promise<void> {
  for (let tries = 0; tries < 200 && (await stateOf(target, running)).kind !== kind; tries++) await sleep(25);
  expect((await stateOf(target, running)).kind).toBe(kind);
}

const done = { kind: "ok", value: undefined };

test("a target that is registered takes no request before it has been found well", async () => {
  const one = await backend();
  one.health = 503;
  expect(await proxy.haproxy.register(one.address)).toEqual(done);
  expect(["initial", "unhealthy"]).toContain((await stateOf(one)).kind);
  expect(await status("/")).toBe(503);
  await until("unhealthy", one);
  expect(await stateOf(one)).toEqual({ kind: "unhealthy", because: "L7STS" });
  one.health = 200;
  await until("healthy", one);
  expect(await status("/")).toBe(200);
  expect(one.served).toBe(1);
  // Again changes nothing.
  expect(await proxy.haproxy.register(one.address)).toEqual(done);
  expect((await stateOf(one)).kind).toBe("healthy");
  expect((await slotsOf(proxy)).filter(({ state }) => state.kind !== "unregistered")).toHaveLength(1);
});

test("one that is deregistered ends what is under way, takes nothing new, and leaves when it is idle", async () => {
  const [one, two] = [await backend(), await backend()];
  await proxy.haproxy.register(one.address);
  await until("healthy", one);
  const slow = status("/slow");
  while (one.served === 0) await sleep(5);
  await proxy.haproxy.register(two.address);
  await until("healthy", two);
  expect(await proxy.haproxy.deregister(one.address)).toEqual(done);
  expect((await stateOf(one)).kind).toBe("draining");
  expect(await proxy.haproxy.releaseIdle([one.address, two.address])).toEqual({ kind: "ok", value: [] });
  expect(await Promise.all(Array.from({ length: 8 }, () => status("/")))).toEqual(Array(8).fill(200));
  expect([one.served, two.served]).toEqual([1, 8]);
  expect(await slow).toBe(200);
  expect(await proxy.haproxy.releaseIdle([one.address, two.address])).toEqual({ kind: "ok", value: [one.address] });
  expect((await stateOf(one)).kind).toBe("unregistered");
  expect((await stateOf(two)).kind).toBe("healthy");
});

test("one that is draining is taken back into its own slot, at once", async () => {
  const one = await backend();
  await proxy.haproxy.register(one.address);
  await until("healthy", one);
  await proxy.haproxy.deregister(one.address);
  expect(await status("/")).toBe(503);
  expect(await proxy.haproxy.register(one.address)).toEqual(done);
  expect((await stateOf(one)).kind).toBe("healthy");
  expect(await status("/")).toBe(200);
  expect((await slotsOf(proxy)).filter(({ state }) => state.kind !== "unregistered")).toHaveLength(1);
});

test("where every slot is taken a registration is refused, and nothing else changes", async () => {
  const [one, two, three] = [await backend(), await backend(), await backend()];
  await proxy.haproxy.register(one.address);
  await proxy.haproxy.register(two.address);
  expect(await proxy.haproxy.register(three.address)).toEqual({
    kind: "error",
    error: 'all 2 slots of backend "fleet" are taken: give it more',
  });
  expect(await proxy.haproxy.release(two.address)).toEqual(done);
  expect(await proxy.haproxy.register(three.address)).toEqual(done);
  expect((await stateOf(two)).kind).toBe("unregistered");
});

test("one that hangs up for good costs a few connections, long before its next check, and no answer", async () => {
  // Its checks need two seconds to find it dead.
  const slow = await startProxy({ command, slotCount: 2, inFlightMax: 4, runtimePort: "none", checkEveryMs: 1_000 });
  try {
    const [one, two] = [await backend(), await backend()];
    await slow.haproxy.register(one.address);
    await slow.haproxy.register(two.address);
    await until("healthy", one, slow);
    await until("healthy", two, slow);
    one.server.closeAllConnections();
    await new Promise((resolve) => one.server.close(resolve));
    for (let sent = 0; sent < 20; sent++) expect(await status("/", slow)).toBe(200);
    expect(await stateOf(one, slow)).toEqual({ kind: "unhealthy", because: expect.any(String) });
    const dead = (await slotsOf(slow)).find((slot) => isAt(slot, one.address));
    expect(dead?.redispatchesTotal).toBeLessThanOrEqual(4);
    expect(dead && cutTotalOf(dead)).toBe(0);
  } finally {
    await slow.stop();
  }
});

test("a socket that nobody listens at is an error, not a throw", async () => {
  const runtime = openRuntime({ kind: "path", path: "/nowhere/haproxy.sock" });
  expect(await runtime("show info")).toEqual({
    kind: "error",
    error: expect.stringContaining("/nowhere/haproxy.sock"),
  });
});
