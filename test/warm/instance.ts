// An instance of a test: a real HTTP server on this machine, cold at first, and what a warm-up of it is told.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { performance } from "node:perf_hooks";
import { setTimeout as wait } from "node:timers/promises";
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
  await listening(server);
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    atOnce: () => most,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

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
