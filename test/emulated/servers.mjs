// The two emulators as processes of ours: started on free ports of loopback, asked until they answer, and ended with all
// that they started themselves.
import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const startMs = 60_000;
const askEveryMs = 250;
const graceMs = 5_000;

/** Its Lambdas run on the first `node` of the path, which is to be the one that runs us. https://pypi.org/project/ministack */
export const ministack = {
  name: "ministack",
  health: "/_ministack/health",
  args: (port) => ["-m", "uvicorn", "ministack.app:app", "--host", "127.0.0.1", "--port", port, "--no-access-log"],
  // Without these it also listens to the world for IoT and SFTP, and calls itself by another port.
  env: (port) => ({
    BIND_HOST: "127.0.0.1",
    MINISTACK_HOST: "127.0.0.1",
    GATEWAY_PORT: port,
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    AUTH: "true", // a Lambda may do what its role allows, and nothing else
  }),
};

/** Another one, to be emptied before each test of the World contract. */
export const ministackContract = {
  ...ministack,
  name: "ministack_contract",
  env: (port) => ({ ...ministack.env(port), AUTH: "false" }),
};

/** https://docs.getmoto.org/en/latest/docs/server_mode.html */
export const moto = {
  name: "moto",
  health: "/moto-api/data.json",
  args: (port) => ["-m", "moto.server", "-H", "127.0.0.1", "-p", port],
  env: () => ({ MOTO_EC2_LOAD_DEFAULT_AMIS: "false" }), // else each emptying takes seconds
};

/** Resolves to `{ endpoint, stop }` once the emulator answers; throws an Error with the end of what it said if it does not. */
export async function start({ name, health, args, env }, { bin, folder }) {
  const port = String(await freePort());
  const log = join(folder, `${name}.log`);
  const out = openSync(log, "a");
  const path = [dirname(process.execPath), bin, process.env.PATH].join(delimiter);
  const child = spawn(join(bin, "python"), args(port), {
    cwd: folder,
    env: { ...process.env, ...env(port), PATH: path, TMPDIR: folder, PYTHONUNBUFFERED: "1" },
    stdio: ["ignore", out, out],
    detached: true, // a group of its own, so that its Lambdas end with it
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const stop = () => stopGroup(child, ended);
  const endpoint = `http://127.0.0.1:${port}`;
  if (await answers(child, endpoint + health)) return { name, endpoint, log, stop };
  await stop();
  throw new Error(`${name} did not start:\n${(await readFile(log, "utf8")).slice(-2_000)}`);
}

async function answers(child, url) {
  for (const deadline = Date.now() + startMs; Date.now() < deadline; await wait(askEveryMs)) {
    if (child.exitCode !== null) return false;
    const answer = await fetch(url).catch(() => "not yet");
    if (answer !== "not yet" && answer.ok) return true;
  }
  return false;
}

async function stopGroup(child, ended) {
  signal(child, "SIGTERM");
  await Promise.race([ended, wait(graceMs, undefined, { ref: false })]);
  // Also when it has ended: what it started may have stayed.
  signal(child, "SIGKILL");
  await ended;
}

function signal({ pid }, name) {
  try {
    process.kill(-pid, name);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
