// Keeps HAProxy, and the folder with its socket, no longer than the lab itself: also when the lab is killed without notice.
// guard.mjs FOLDER COMMAND ARGUMENT…
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";

const [folder, command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });

/** It tells of every server that comes and goes: only what it said last is news, and only when it ends by itself. */
let said = "";
child.stderr.on("data", (chunk) => {
  said = (said + chunk).slice(-2_000);
});

function ended(code) {
  if (code) process.stderr.write(said);
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

child.on("error", () => ended(127));
child.on("exit", (code) => ended(code ?? 0));
// Waited for: a child whose parent is gone before it may stay in the table of processes.
const end = () => child.kill("SIGKILL");
process.on("disconnect", end);
process.on("SIGTERM", end);
process.on("SIGINT", () => {});
