// Virtual environments of Python in .venv-aws/, one for each file of requirements, made once and reused while it is unchanged.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const home = fileURLToPath(new URL("../../.venv-aws", import.meta.url));
/** PyPI answers within seconds or is not to be had; the packages are some 100 MB. */
const installMs = 600_000;

/** Resolves to the folder of its executables. Throws an Error that says what is missing: Python, or PyPI. */
export async function virtualEnvironment(requirements) {
  const folder = join(home, basename(requirements, ".txt"));
  if (await isMadeFor(folder, requirements)) return join(folder, "bin");
  console.error(`making ${folder}: a minute or two, once`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(home, { recursive: true });
  await madeBy("python3", ["-m", "venv", folder], (said) => `python3 with its venv module is needed: ${said}`);
  const install = ["install", "--quiet", "--disable-pip-version-check", "--retries", "2", "-r", requirements];
  await madeBy(join(folder, "bin/pip"), install, unreached);
  await copyFile(requirements, stampIn(folder));
  return join(folder, "bin");
}

/** Whether a run could start: what it needs is there, or PyPI can be reached the way pip would. */
export async function isWithinReach(requirements) {
  if (await isMadeFor(join(home, basename(requirements, ".txt")), requirements)) return true;
  const ask = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--retries", "1", "-d"];
  const folder = join(home, "reach");
  const reached = await run("python3", [...ask, folder, "uvicorn==0.54.0"], { timeout: 60_000 }).catch(() => "no");
  await rm(folder, { recursive: true, force: true });
  return reached !== "no";
}

/** Written last: an environment whose making was interrupted has none, and is made anew. */
const stampIn = (folder) => join(folder, "made-for.txt");

async function isMadeFor(folder, requirements) {
  if (!existsSync(stampIn(folder)) || !existsSync(join(folder, "bin/python"))) return false;
  return (await readFile(stampIn(folder), "utf8")) === (await readFile(requirements, "utf8"));
}

const unreached = (said) =>
  `pip could not install what a file of requirements pins: ${said}\nPyPI has to be reachable once, directly or as pip is configured.`;

async function madeBy(command, args, messageOf) {
  await run(command, args, { timeout: installMs, maxBuffer: 2 ** 24 }).catch(({ stderr, message }) => {
    const lines = (stderr || message).trim().split("\n");
    throw new Error(messageOf(lines.filter((line) => /error/i.test(line)).at(-1) ?? lines.at(-1)));
  });
}
