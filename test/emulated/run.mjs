// `npm run test:aws [-- jest's arguments]`: the tests of this folder against emulators of AWS that nobody here wrote. With
// `--possible` it runs nothing and says by its exit code whether it could.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isWithinReach, virtualEnvironment } from "./python.mjs";
import { ministack, ministackContract, moto, start } from "./servers.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const requirements = here("requirements.txt");

async function main(args) {
  if (args.includes("--possible")) return (await isWithinReach(requirements)) ? 0 : 1;
  const bin = await virtualEnvironment(requirements);
  const folder = await mkdtemp(join(tmpdir(), "tidegate-aws-"));
  const running = [];
  const stop = () => Promise.all(running.map((server) => server.stop()));
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(name, () => interrupted.abort());
  try {
    for (const emulator of [ministack, ministackContract, moto]) running.push(await start(emulator, { bin, folder }));
    return await tests(args, { running, signal: interrupted.signal });
  } finally {
    await stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Jest's exit code. */
function tests(args, { running, signal }) {
  const jest = ["--experimental-vm-modules", "--no-warnings", here("../../node_modules/jest/bin/jest.js")];
  const endpoints = running.map(({ name, endpoint }) => [`TIDEGATE_TEST_${name.toUpperCase()}`, endpoint]);
  const child = spawn(process.execPath, [...jest, "--config", here("jest.config.mjs"), ...args], {
    stdio: "inherit",
    signal,
    env: { ...process.env, ...Object.fromEntries(endpoints) },
  });
  child.once("error", ({ message }) => console.error(`npm run test:aws: ${message}`));
  return new Promise((resolve) => child.once("close", (code) => resolve(code ?? 130)));
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`npm run test:aws: ${error.message}`);
  process.exitCode = 1;
}
