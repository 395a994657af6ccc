// How fast the engine decides and the simulator runs, each beside a baseline in the same run: the machine is noisy, ratios
// are less so. `npm run bench:engine` prints it.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { Bench } from "tinybench";
import { decide, type Sizer, type Snapshot, sizeByRules } from "../shared/engine/index.ts";
import { type Policy, parsePolicy } from "../shared/policy/index.ts";
import {
  controllers,
  defaultPlant,
  generateTrace,
  type Plant,
  planted,
  simulate,
  type Trace,
} from "../shared/sim/index.ts";

const policy = shopPolicy();

/** One decision, steady and with a launch to make, beside a JSON round trip of the same snapshot. */
async function benchDecide(instanceCount: number, limitUs: number): Promise<void> {
  const { plant, snapshot } = await steadyFleet(instanceCount);
  const own = planted(policy, plant);
  const bench = new Bench({ time: 1_000, warmupTime: 300 });
  bench.add("decide", () => void decide(own, snapshot, sizeByRules));
  bench.add("JSON round trip of the snapshot", () => void JSON.parse(JSON.stringify(snapshot)));
  await bench.run();
  const [decideUs = 0, jsonUs = 0] = bench.tasks.map(microseconds);
  const count = snapshot.instances.kind === "seen" ? snapshot.instances.instances.length : 0;
  print(
    `decide, ${count} instances, ${policy.rules.length} rules`,
    `${decideUs.toFixed(1)} µs`,
    `limit ${limitUs} µs`,
    `${(decideUs / jsonUs).toFixed(2)} × a JSON round trip of its snapshot`,
  );
}

type Task = Bench["tasks"][number];
const microseconds = ({ result }: Task): number => ("latency" in result ? result.latency.p50 * 1_000 : Number.NaN);

/** A whole look out of a run at a load that needs so many: where nothing moves, the later ones are glances. */
async function steadyFleet(instanceCount: number): Promise<{ plant: Plant; snapshot: Snapshot }> {
  const load = 1_200 * policy.capacity.targetRatio * (instanceCount - 0.5);
  const trace = {
    name: "steady",
    startAt: Date.UTC(2027, 2, 1),
    loads: new Float64Array(30).fill(load),
    filled: new Uint8Array(30),
  };
  const plant = { ...defaultPlant, capacityPerMinute: 1_200, min: 3, max: instanceCount * 2 };
  const snapshots: Snapshot[] = [];
  await run(trace, plant, { size: sizeByRules, onSnapshot: (snapshot) => snapshots.push(snapshot) });
  return { plant, snapshot: snapshots.findLast(({ instances }) => instances.kind === "seen") as Snapshot };
}

/** Fourteen days at one minute, beside target tracking through the same loop. */
async function benchSimulate(days: number, limitMs: number): Promise<void> {
  const trace = generateTrace({ shape: "plain-day", seed: 1, startAt: Date.UTC(2027, 2, 1), days });
  const plant = { ...defaultPlant, capacityPerMinute: 650, min: 2, max: 400 };
  const ownMs = await timed(() => run(trace, plant, { size: sizeByRules, onSnapshot: () => {} }));
  const peerMs = await timed(() =>
    run(trace, plant, { size: controllers["target-tracking"] as Sizer, onSnapshot: () => {} }),
  );
  print(
    `simulate ${days} days, up to 40 instances`,
    `${(ownMs / 1_000).toFixed(2)} s`,
    `limit ${limitMs / 1_000} s`,
    `${(ownMs / peerMs).toFixed(2)} × target tracking in the same loop`,
  );
  print(
    "memory of this process at its highest",
    `${(process.resourceUsage().maxRSS / 1_024).toFixed(0)} MB`,
    "limit 300 MB",
    "",
  );
}

/** What Lambda loads to decide: the zip, built as it is deployed. */
function benchBundle(limitKb: number): void {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-bench-"));
  execFileSync(process.execPath, ["bundle.mjs", "--out", folder], { cwd: new URL("..", import.meta.url) });
  const [evaluateKb = 0, dispatchKb = 0] = ["evaluate", "dispatch"].map(
    (name) => statSync(join(folder, `${name}.zip`)).size / 1_000,
  );
  rmSync(folder, { recursive: true });
  print(
    "evaluate bundle, zipped",
    `${evaluateKb.toFixed(1)} kB`,
    `limit ${limitKb} kB`,
    `${(evaluateKb / dispatchKb).toFixed(2)} × dispatch, which decides nothing`,
  );
}

async function checkSameBytes(): Promise<void> {
  const trace = generateTrace({ shape: "sale-day", seed: 7, startAt: Date.UTC(2027, 2, 20) });
  const hash = async (): Promise<string> =>
    createHash("sha256")
      .update(JSON.stringify(await run(trace, defaultPlant, { size: sizeByRules, onSnapshot: () => {} })))
      .digest("hex");
  const [first, second] = [await hash(), await hash()];
  print(
    "the same inputs and seed, twice",
    first === second ? "the same bytes" : "DIFFERENT BYTES",
    first.slice(0, 12),
    "",
  );
  if (first !== second) process.exitCode = 1;
}

interface Run {
  readonly size: Sizer;
  readonly onSnapshot: (snapshot: Snapshot) => void;
}

const run = (trace: Trace, plant: Plant, { size, onSnapshot }: Run) =>
  simulate({
    policy,
    policyVersion: "bench",
    size,
    trace,
    plant,
    seed: 1,
    scored: { from: trace.startAt, to: trace.startAt + trace.loads.length * 60_000 },
    onMinute: () => {},
    onRow: ({ snapshot }) => onSnapshot(snapshot),
  });

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function shopPolicy(): Policy {
  const file = new URL("../policies/shop.yml", import.meta.url);
  const parsed = parsePolicy(readFileSync(file, "utf8"), "policies/shop.yml");
  if (parsed.kind === "error") throw new Error(JSON.stringify(parsed.error));
  return { ...parsed.value, warm: { kind: "none" } };
}

function print(what: string, measured: string, limit: string, beside: string): void {
  process.stdout.write(`${what.padEnd(42)} ${measured.padStart(14)}   ${limit.padEnd(14)} ${beside}\n`);
}

await benchDecide(40, 100);
await benchDecide(1_000, 5_000);
await benchSimulate(14, 5_000);
benchBundle(120);
await checkSameBytes();
