// A real HAProxy whose runtime API listens on TCP, and real servers for it to check.
import { createServer, type Server } from "node:http";
import { findHaproxy, freePort, type RunningProxy, startProxy } from "../../bench/lab/proxy.ts";
import type { Address } from "../../shared/haproxy/index.ts";

export interface TcpProxy extends RunningProxy {
  readonly node: Address;
}

/** Its backend is `fleet`, its slots are s1, s2, … */
export async function startTcpProxy(slotCount: number): Promise<TcpProxy> {
  const installed = findHaproxy("any");
  if (installed.kind === "error") throw new Error(installed.error);
  const runtimePort = await freePort();
  const { command } = installed.value;
  const proxy = await startProxy({ command, slotCount, inFlightMax: 4, checkEveryMs: 50, runtimePort });
  return { ...proxy, node: { host: "127.0.0.1", port: runtimePort } };
}

export interface Instance {
  readonly address: Address;
  readonly server: Server;
  stop(): Promise<void>;
}

/** Every request to it takes so long, but for its health check. On any address of loopback. */
export async function startInstance(host: string, given: { port?: number; answerMs?: number } = {}): Promise<Instance> {
  const { port = 0, answerMs = 0 } = given;
  const server = createServer((request, response) => {
    setTimeout(() => response.end("ok"), request.url === "/healthz" ? 0 : answerMs);
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const listening = server.address();
  const found = typeof listening === "object" && listening !== null ? listening.port : 0;
  return {
    address: { host, port: found },
    server,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
