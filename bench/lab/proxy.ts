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
  readonly command: string;
  readonly slotCount: number;
  readonly inFlightMax: number;
  readonly checkEveryMs: number;
  readonly runtimePort: number | "none";
}

const howToInstall = "On Debian and Ubuntu: apt-get install -y haproxy; on macOS: brew install haproxy";

export interface Installed {
  readonly command: string;
  /** The first line of its `-v`. */
  readonly version: string;
}

/** Debian puts it where only root's shell looks. */
const places = ["haproxy", "/usr/sbin/haproxy", "/usr/local/sbin/haproxy"];

/** The command that is asked for, or else the first that runs. Error: how to install it. */
export function findHaproxy(asked: string | "any"): Result<Installed, string> {
  const found = (asked === "any" ? places : [asked]).flatMap(versionOf);
  return found[0] ? ok(found[0]) : error(`${asked === "any" ? "HAProxy" : asked} is not installed. ${howToInstall}`);
}

function versionOf(command: string): readonly Installed[] {
  try {
    const [first = ""] = execFileSync(command, ["-v"], { encoding: "utf8", stdio: "pipe" }).split("\n");
    return [{ command, version: first.replace(/ - https.*$/, "") }];
  } catch {
    return [];
  }
}

const backend = "fleet";
const guard = fileURLToPath(new URL("./guard.mjs", import.meta.url));

/** Rejects when HAProxy ends at once; it has said why on standard error. */
export async function startProxy({
  command,
  slotCount,
  inFlightMax,
  checkEveryMs,
  runtimePort,
}: ProxyGiven): Promise<RunningProxy> {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-lab-"));
  const socketPath = join(folder, "haproxy.sock");
  const bind = { host: "127.0.0.1", port: await freePort() };
  const check = { path: "/healthz", everyMs: checkEveryMs };
  const config = join(folder, "haproxy.cfg");
  writeFileSync(config, configOf({ socketPath, runtimePort, bind, backend, slotCount, inFlightMax, check }));
  const child = fork(guard, [folder, command, "-db", "-f", config], { execArgv: [] });
  const haproxy = createHaproxy(openRuntime({ kind: "path", path: socketPath }), { backend, slotPrefix: "s" });
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

export const freePort = (): Promise<number> =>
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
