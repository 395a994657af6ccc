// Keeps HAProxy, and the folder with its socket, no longer than the lab itself: also when the lab is killed without notice.
// guard.mjs FOLDER COMMAND ARGUMENT…
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";

const [folder, command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] });

function end(code) {
  child.removeAllListeners();
  child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
  process.exit(code);
}

child.on("error", () => end(127));
child.on("exit", (code) => end(code ?? 1));
process.on("disconnect", () => end(0));
process.on("SIGTERM", () => end(0));
process.on("SIGINT", () => {});
