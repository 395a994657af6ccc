// A process of Node's for an instance (server.mjs).
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { StartHost } from "./fleet.ts";
import type { InstanceSettings } from "./settings.ts";

const program = fileURLToPath(new URL("./server.mjs", import.meta.url));

export const startProcess =
  (settings: InstanceSettings): StartHost =>
  (id, heard) => {
    const child = fork(program, [JSON.stringify({ id, ...settings })], { execArgv: [] });
    child.on("message", ({ port }: { port: number }) => heard({ host: "127.0.0.1", port }));
    return {
      signal: (name) => void child.kill(name),
      ended: new Promise((resolve) => child.once("exit", () => resolve())),
    };
  };
