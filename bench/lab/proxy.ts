// A HAProxy process of the lab's own, on free ports and with a socket in a folder that goes when it goes.
import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { error, ok, type Result } from "../../shared/core/index.ts";
import { configOf, createHaproxy, type Haproxy, openRuntime } from "../../shared/haproxy/index.ts";

export interface RunningProxy {
  readonly haproxy: Haproxy;
  readonly url: string;
  /** Process and folder are gone when it resolves. */
  stop(): Promise<void>;
}

export interface ProxyGiven {
  readonly slotCount: number;
  readonly inFlightMax: number;
  readonly checkEveryMs: number;
}

const howToInstall =
  "HAProxy is not installed. On Debian and Ubuntu: apt-get install -y haproxy; on macOS: brew install haproxy";

/** Its first line of `-v`. Error: how to install it. */
export function haproxyVersion(command: string): Result<string, string> {
  try {
    const [first = ""] = execFileSync(command, ["-v"], { encoding: "utf8", stdio: "pipe" }).split("\n");
    return ok(first.replace(/ - https.*$/, ""));
  } catch {
    return error(howToInstall);
  }
}

const backend = "fleet";
const guard = fileURLToPath(new URL("./guard.mjs", import.meta.url));

/** Rejects when HAProxy ends at once; it has said why on standard error. */
export async function startProxy({ slotCount, inFlightMax, checkEveryMs }: ProxyGiven): Promise<RunningProxy> {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-lab-"));
  const socketPath = join(folder, "haproxy.sock");
  const bind = { host: "127.0.0.1", port: await freePort() };
  const check = { path: "/healthz", everyMs: checkEveryMs };
  const config = join(folder, "haproxy.cfg");
  writeFileSync(config, configOf({ socketPath, bind, backend, slotCount, inFlightMax, check }));
  const child = fork(guard, [folder, "haproxy", "-db", "-f", config], { execArgv: [] });
  const haproxy = createHaproxy(openRuntime({ kind: "path", path: socketPath }), backend);
  await untilAnswering(haproxy, child);
  return {
    haproxy,
    url: `http://${bind.host}:${bind.port}`,
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    },
  };
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });

/** A process on a busy machine takes seconds, not minutes. */
const triesMax = 200;

async function untilAnswering(haproxy: Haproxy, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < triesMax; tries++) {
    if (child.exitCode !== null) throw new Error("HAProxy did not start");
    if ((await haproxy.slots()).kind === "ok") return;
    await sleep(50);
  }
  throw new Error("HAProxy does not answer on its socket");
}
