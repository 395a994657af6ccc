// What the clients count as failed, and whom they take for new: against a server that misbehaves on demand.
import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "@jest/globals";
import { type Clients, openClients } from "../../bench/lab/clients.ts";
import { countIn } from "../../bench/lab/histogram.ts";
import { createAges, createTallying, noFailures } from "../../bench/lab/tally.ts";

let [server, clients]: [Server | "none", Clients | "none"] = ["none", "none"];
afterEach(async () => {
  if (clients !== "none") clients.stop();
  await sleep(250);
  if (server !== "none") server.closeAllConnections();
  if (server !== "none") server.close();
});

async function listen(): Promise<string> {
  const made = createServer((request, response) => {
    if (request.url === "/cut") return request.socket.end();
    if (request.url === "/reset") return request.socket.resetAndDestroy();
    if (request.url === "/slow") return setTimeout(() => response.end("late"), 300);
    response.statusCode = request.url === "/busy" ? 503 : 200;
    response.setHeader("X-Instance", request.url === "/old" ? "old" : "new");
    return response.end("ok");
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  const address = made.address();
  return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

test("an answer that is not 2xx, a connection closed without one, and one that breaks are failures; the next request is a new one", async () => {
  const tallying = createTallying();
  const paths = ["/old", "/new", "/busy", "/cut", "/new", "/reset", "/old"];
  const ageOf = createAges({ freshMs: 60_000, oldIds: ["old"] });
  const opened = await openClients({ url: await listen(), connectionCount: 1, paths, tallying, ageOf });
  clients = opened;
  for (let sent = 1; sent < paths.length; ) {
    await sleep(60);
    sent += opened.release(1);
  }
  await sleep(60);
  expect(opened.settle()).toBe(0);
  const tally = tallying.next(1);
  expect(tally.failed).toEqual({ ...noFailures, status: 1, cut: 1, connection: 1 });
  expect([tally.sentCount, tally.answeredCount, countIn(tally.fresh), countIn(tally.settled)]).toEqual([7, 4, 2, 2]);
});

test("a connection that waits for its answer is not free, and the answer is not lost", async () => {
  const tallying = createTallying();
  const given = { url: await listen(), connectionCount: 2, paths: ["/slow"], tallying };
  const opened = await openClients({ ...given, ageOf: () => "settled" });
  clients = opened;
  expect(opened.release(5)).toBe(0);
  expect(opened.settle()).toBe(2);
  await sleep(600);
  expect(opened.release(5)).toBe(2);
  await sleep(600);
  expect(opened.settle()).toBe(0);
  const { sentCount, answeredCount, failed } = tallying.next(1);
  expect([sentCount, answeredCount, failed]).toEqual([4, 4, noFailures]);
});
