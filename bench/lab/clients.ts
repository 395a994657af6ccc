// autocannon's keep-alive clients, released one request at a time: its own rate comes in bursts of a second, a trace's does not.
import { performance } from "node:perf_hooks";
import autocannon, { type Client } from "autocannon";
import type { Age, Tallying } from "./tally.ts";

export interface ClientsGiven {
  readonly url: string;
  readonly connectionCount: number;
  readonly paths: readonly string[];
  readonly tallying: Tallying;
  readonly ageOf: (id: string, sentAt: number, now: number) => Age;
}

export interface Clients {
  /** Sends so many requests over connections that are free, the longest idle first. Answers how many it could. */
  release(count: number): number;
  /** Counts what was cut until now, and answers how many requests are still without an answer. */
  settle(): number;
  stop(): void;
}

/** Beyond it a request counts as timed out; the load balancer gives up later. */
const timeoutSeconds = 10;
const hourSeconds = 3_600;

type Sent = { readonly kind: "idle" } | { readonly kind: "sent"; readonly at: number };
const idle: Sent = { kind: "idle" };

interface Connection {
  readonly client: Client;
  sent: Sent;
  /** Of the answer that is coming in. */
  from: string;
}

export function openClients(given: ClientsGiven): Promise<Clients> {
  const connections: Connection[] = [];
  const running = autocannon(
    {
      url: given.url,
      connections: given.connectionCount,
      // One for each: they send their first and then wait to be released.
      overallRate: given.connectionCount,
      duration: hourSeconds,
      timeout: timeoutSeconds,
      sampleInt: 100,
      requests: given.paths.map((path) => ({ path })),
      setupClient: (client) => connections.push(watched(client, given, connections.length)),
    },
    () => {},
  );
  return new Promise((resolve) =>
    running.once("start", () => {
      for (const { client } of connections) clearInterval(client.rateInterval);
      resolve({
        release: (count) => release(connections, given.tallying, count),
        settle: () => {
          for (const connection of connections) loseCut(connection, given.tallying);
          return connections.filter(({ sent }) => sent.kind === "sent").length;
        },
        stop: () => running.stop(),
      });
    }),
  );
}

interface AnswerHeaders {
  readonly headers: readonly string[];
}

function watched(client: Client, { paths, tallying, ageOf }: ClientsGiven, index: number): Connection {
  const connection: Connection = { client, sent: idle, from: "" };
  const lose = (why: "connection" | "timeout"): void => {
    if (connection.sent.kind === "sent") tallying.failed(why);
    connection.sent = idle;
  };
  // Each begins elsewhere in the list: else all of them would ask for the same at once.
  client.setRequests(paths.map((_, key) => ({ path: paths[(key + index * 7) % paths.length] ?? "/" })));
  client.on("request", () => {
    connection.sent = { kind: "sent", at: performance.now() };
    tallying.sent();
  });
  client.on("headers", ({ headers }: AnswerHeaders) => {
    connection.from = headers[headers.findIndex((name) => name.toLowerCase() === "x-instance") + 1] ?? "";
  });
  client.on("response", (status: number) => {
    const { sent, from } = connection;
    connection.sent = idle;
    if (sent.kind === "idle") return;
    const now = performance.now();
    if (status >= 200 && status < 300) tallying.answered(now - sent.at, ageOf(from, sent.at, now));
    else tallying.failed("status");
  });
  client.on("connError", () => lose("connection"));
  client.on("timeout", () => lose("timeout"));
  return connection;
}

function release(connections: Connection[], tallying: Tallying, count: number): number {
  let released = 0;
  for (let looked = connections.length; looked > 0 && released < count; looked--) {
    const connection = connections.shift() as Connection;
    connections.push(connection);
    const { client } = connection;
    if (!client.paused) continue;
    loseCut(connection, tallying);
    client.paused = false;
    client.reqsMadeThisSecond = 0;
    client._doRequest();
    released += 1;
  }
  return released;
}

/** Paused, with a request that was never answered: autocannon connects anew when it is hung up on, and says nothing. */
function loseCut(connection: Connection, tallying: Tallying): void {
  if (connection.sent.kind === "idle" || !connection.client.paused) return;
  tallying.failed("cut");
  connection.sent = idle;
}
