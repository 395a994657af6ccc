// The lab itself, short: real processes, a real HAProxy, the real loop. And what it leaves behind: nothing.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { figuresOf } from "../../bench/lab/figures.ts";
import { runPhase } from "../../bench/lab/phase.ts";
import { findHaproxy } from "../../bench/lab/proxy.ts";
import { cutMaxOf } from "../../bench/lab/records.ts";
import { triangle, usual } from "../../bench/lab/settings.ts";
import { failedIn } from "../../bench/lab/tally.ts";
import { warmByGate } from "../../bench/lab/warmer.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "tidegate-test-lab-"));

let command = "";
beforeAll(() => {
  const installed = findHaproxy("any");
  if (installed.kind === "error") throw new Error(installed.error);
  command = installed.value.command;
});
afterAll(() => {
  // Only where a test has failed is anything left to end.
  for (const pid of processes()) process.kill(Number(pid), "SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const killedAt = 12;

test("fleets grow and shrink under load without a failed request, and a killed instance costs what was in flight there", async () => {
  const run = await runPhase({
    name: "short",
    gate: "with-gate",
    settings: {
      ...usual,
      minuteTakesMs: 1_000,
      instance: { ...usual.instance, bootMs: 300, keyCount: 8 },
      load: { connectionCount: 64, ...triangle({ lowest: 200, highest: 900, periodMinutes: 8 }) },
    },
    command,
    warmer: warmByGate,
    minutes: 16,
    minutesMax: 26,
    answersMin: 0,
    killEvery: killedAt + 1,
    signal: new AbortController().signal,
    onMinute: () => {},
  });
  const figures = figuresOf(run);
  expect(figures.answered).toBeGreaterThan(4_000);
  expect(figures.scaleOuts).toBeGreaterThanOrEqual(2);
  expect(figures.scaleIns).toBeGreaterThanOrEqual(1);
  expect(figures.warmed.took.count).toBeGreaterThanOrEqual(2);
  expect(figures.fresh.count).toBeGreaterThan(0);
  // A minute's tally may hold what the next one's kill has cut: messages cross. The minutes before it have nothing.
  const planned = run.minutes.filter(({ minute }) => minute < killedAt - 1);
  expect(planned.reduce((sum, { tally }) => sum + failedIn(tally), 0)).toBe(0);
  expect(run.kills).toHaveLength(1);
  for (const kill of run.kills) expect(kill.cutCount).toBeLessThanOrEqual(cutMaxOf(kill));
  // Nothing but that, and none of it unnoticed: clients and HAProxy count alike.
  expect(figures.failed).toBe(figures.kills.cut);
  expect(figures.unanswered).toBe(0);
}, 60_000);

interface Ran {
  readonly code: number | null;
  readonly stderr: string;
}

/** As `npm run lab`; `onSaid` hears standard error as it comes. */
const lab = (args: readonly string[], onSaid: (stderr: string, pid: number) => void = () => {}) =>
  new Promise<Ran>((resolve) => {
    const child = spawn(
      process.execPath,
      [
        "--no-warnings",
        "--import",
        "./cli/typescript.mjs",
        "bench/lab.ts",
        "--html",
        join(folder, "lab.html"),
        ...args,
      ],
      { cwd: root, env: { PATH: process.env.PATH ?? "", TMPDIR: folder }, stdio: ["ignore", "ignore", "pipe"] },
    );
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
      onSaid(stderr, child.pid ?? 0);
    });
    child.once("exit", (code) => {
      // Its own children may hold the pipe's other end for a moment.
      setTimeout(() => child.stderr.destroy(), 100);
      resolve({ code, stderr });
    });
  });

test("without HAProxy it says how to install it", async () => {
  expect(await lab(["--haproxy", "no/haproxy"])).toEqual({
    code: 1,
    stderr:
      "lab: no/haproxy is not installed. On Debian and Ubuntu: apt-get install -y haproxy; on macOS: brew install haproxy\n",
  });
});

test.each([
  [["--minutes", "0"], "--minutes takes 0.5 to 240, not 0"],
  [["--from", "3"], "--from, --span, --peak and --repair are of a --trace"],
  [
    ["--trace", "package.json"],
    "package.json:1 the column timestamp is missing: the header must be timestamp,value or timestamp,value,filled",
  ],
  [["--json", "no/such/lab.json"], "no/such/lab.json cannot be written: there is no folder no/such"],
])("%j is refused before anything starts", async (args, sentence) => {
  expect(await lab(args)).toEqual({ code: 1, stderr: `lab: ${sentence}\n` });
});

/** Processes whose environment names our folder: those that the lab has started, and theirs. */
const processes = (): readonly string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").includes(`TMPDIR=${folder}`);
      } catch {
        return false;
      }
    });

test.each([
  ["SIGINT", 130],
  ["SIGKILL", null],
] as const)(
  "after %s no process and no folder is left",
  async (signal, code) => {
    let sent = false;
    let running: readonly string[] = [];
    const ran = await lab(["--quick"], (stderr, pid) => {
      if (sent || !stderr.includes("requests/s")) return;
      sent = true;
      running = processes();
      process.kill(pid, signal);
    });
    expect(ran.code).toBe(code);
    // The lab, HAProxy and its guard, the load, the first instances.
    expect(running.length).toBeGreaterThanOrEqual(6);
    for (let tries = 0; tries < 100 && processes().length > 0; tries++) await new Promise((go) => setTimeout(go, 50));
    expect(processes()).toEqual([]);
    expect(readdirSync(folder).filter((name) => name.startsWith("tidegate-lab-"))).toEqual([]);
  },
  60_000,
);
