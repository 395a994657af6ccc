// An instance of a test: a real HTTP server on this machine, cold at first, and what a warm-up of it is told.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach } from "@jest/globals";
import { type Limits, refusalOf, usualLimits, type WarmJob, warmUp } from "../../shared/warm/index.ts";
import { warmBy } from "../support/given.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
}
export interface Served {
  readonly port: number;
  /** Every request, in order. */
  readonly asked: readonly Asked[];
  /** The most that were under way at once. */
  atOnce(): number;
  /** That were opened, one after another or at once. */
  connections(): number;
  close(): Promise<void>;
}

export async function serve(answer: RequestListener): Promise<Served> {
  const asked: Asked[] = [];
  let [open, most] = [0, 0];
  const server = createServer((request, response) => {
    asked.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers });
    most = Math.max(most, ++open);
    response.once("close", () => open--);
    answer(request, response);
  });
  let connections = 0;
  server.on("connection", () => connections++);
  await listening(server);
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    atOnce: () => most,
    connections: () => connections,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Of one test: closed when it ends. What else is to be, goes into `open`. */
export function servers() {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map(({ close }) => close()));
  });
  const serving = async (answer: RequestListener): Promise<Served> => {
    const served = await serve(answer);
    open.push(served);
    return served;
  };
  return { open, serving };
}

/** Where nobody follows to: what it is, the location that `host` names, and what is told of it, its own port as PORT. */
export const strayRedirects: readonly (readonly [string, (host: string) => string, string])[] = [
  ["another host", () => "http://example.com/", "/ redirects to http://example.com"],
  ["another port of its own", () => "http://127.0.0.1:1/", "/ redirects to http://127.0.0.1:1"],
  ["the metadata service", () => "http://169.254.169.254/latest", "/ redirects to http://169.254.169.254"],
  ["TLS", (host) => `https://${host}/`, "/ redirects to https://127.0.0.1:PORT"],
  ["nowhere", () => "http://[", "/ redirects to what is no address"],
  ["itself", () => "/", "/ redirects more than 3 times"],
];

const listening = (server: Server): Promise<void> => new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

/** Each path takes `coldMs` the first time and `warmMs` from then on, and says so in `x-cache`. */
export function cached({ coldMs, warmMs }: { readonly coldMs: number; readonly warmMs: number }): RequestListener {
  const known = new Set<string>();
  return async ({ url = "" }, response) => {
    const isHit = known.has(url);
    await wait(isHit ? warmMs : coldMs);
    known.add(url);
    response.writeHead(200, { "x-cache": isHit ? "HIT" : "MISS" }).end("page");
  };
}

export const ways = (limits: Partial<Limits> = {}) => ({
  now: () => performance.now(),
  // Tests alone ask this machine; all else is refused as ever.
  refusalOf: (address: string) => (address === "127.0.0.1" ? "none" : refusalOf(address)),
  limits: { ...usualLimits, pauseMs: 20, ...limits },
});

export const jobFor = (port: number, warm: Partial<WarmJob["warm"]> = {}): WarmJob => ({
  target: { address: "127.0.0.1", port, protocol: "http" },
  warm: warmBy({ untilP95Ms: 30, untilCount: 10, timeoutMs: 5_000, ...warm }),
});

export const warm = (port: number, changed: Partial<WarmJob["warm"]> = {}, limits: Partial<Limits> = {}) =>
  warmUp(jobFor(port, changed), ways(limits));
export const ofPaths = (...paths: readonly string[]) => ({ from: { kind: "paths", paths } }) as const;
