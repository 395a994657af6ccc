// `npm run bench` as its users call it, on a folder of two small traces.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "@jest/globals";
import { generateTrace } from "../../shared/sim/index.ts";
import { startAt } from "./given.ts";

const folder = mkdtempSync(join(tmpdir(), "tidegate-peers-"));
afterAll(() => rmSync(folder, { recursive: true }));

const root = fileURLToPath(new URL("../..", import.meta.url));
const iso = (day: number): string => new Date(startAt + day * 86_400_000).toISOString().replace(".000Z", "Z");

const csv = (seed: number): string => {
  const { loads } = generateTrace({ shape: "plain-day", seed, startAt, days: 2 });
  const rows = Array.from(loads, (load, i) => `${new Date(startAt + i * 60_000).toISOString()},${load}`);
  return `timestamp,value\n${rows.join("\n")}\n`;
};
const splitOf = (id: string, trace: string) => ({
  ...{ id, trace, warmup: iso(0), score_from: iso(1), score_to: iso(2), shape: "daily" },
});

/** A folder with these files. */
const given = (name: string, files: Readonly<Record<string, string>>): string => {
  const path = join(folder, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
};

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
const bench = (...args: readonly string[]): Promise<Ran> =>
  new Promise((resolve) => {
    const all = ["--import", "./cli/typescript.mjs", "bench/peers.ts", ...args];
    execFile(process.execPath, all, { cwd: root }, (failure, stdout, stderr) =>
      resolve({ code: failure === null ? 0 : Number(failure.code), stdout, stderr }),
    );
  });

const good = given("good", {
  "splits.json": JSON.stringify([splitOf("A", "a.csv"), splitOf("B", "b.csv")]),
  "a.csv": csv(1),
  "b.csv": csv(2),
});

test("a run that was stopped goes on where it was, a run of other code does not", async () => {
  const at = (name: string): string => join(folder, name);
  const few = ["--traces", good, "--controllers", "gcp-mig,no-forecast-limit", "--quick", "--keep", at("part")];
  const whole = await bench(...few, "--json", at("whole.json"));
  const lines = readFileSync(at("part"), "utf8").trimEnd().split("\n");
  expect(lines.length).toBe(1 + 4);
  writeFileSync(at("part"), `${lines.slice(0, 3).join("\n")}\n${lines[3]?.slice(0, 40)}`);
  const rest = await bench(...few, "--json", at("rest.json"));
  expect(rest.stderr.match(/ % {2}/g)).toHaveLength(2);
  expect([rest.stdout, readFileSync(at("rest.json"), "utf8")]).toEqual([
    whole.stdout,
    readFileSync(at("whole.json"), "utf8"),
  ]);
  expect(await bench(...few)).toEqual({ code: 0, stdout: whole.stdout, stderr: "" });
  writeFileSync(at("part"), `${JSON.stringify({ code: "other" })}\n${lines.slice(1).join("\n")}\n`);
  const folderInstead = await bench("--traces", good, "--keep", folder);
  expect([folderInstead.code, folderInstead.stderr]).toEqual([1, `bench: ${folder} is no file: name one\n`]);
  const refused = await bench(...few);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("was not begun by this code")]);
});

test("the table, and the same bytes twice", async () => {
  const few = ["--traces", good, "--controllers", "tidegate,gcp-mig,no-forecast-limit", "--quick"];
  const at = (name: string): string => join(folder, name);
  const first = await bench(...few, "--json", at("1.json"), "--html", at("1.html"), "--docs", at("1.md"));
  expect([first.code, first.stdout]).toEqual([0, expect.stringContaining("no-forecast-limit, tuned")]);
  expect(first.stderr).toContain("100 %");
  const second = await bench(...few, "--json", at("2.json"), "--html", at("2.html"), "--docs", at("2.md"));
  expect(second.stdout).toBe(first.stdout);
  for (const ending of ["json", "html", "md"])
    expect(readFileSync(at(`2.${ending}`), "utf8")).toBe(readFileSync(at(`1.${ending}`), "utf8"));
  expect(readFileSync(at("1.md"), "utf8")).not.toContain(folder);
});

test.each<[string, readonly string[], string]>([
  ["no folder", ["--traces", join(folder, "none")], "--traces takes a folder with a splits.json"],
  ["splits that are no JSON", ["--traces", given("text", { "splits.json": "P1" })], "it must be a list of"],
  [
    "a split without a time",
    ["--traces", given("timeless", { "splits.json": '[{ "id": "A", "trace": "a.csv" }]' })],
    "0.warmup",
  ],
  [
    "a window that ends first",
    ["--traces", given("ends", { "splits.json": JSON.stringify([{ ...splitOf("A", "a.csv"), score_to: iso(0) }]) })],
    "warmup ≤ score_from < score_to must hold",
  ],
  [
    "a trace that is not there",
    ["--traces", given("gone", { "splits.json": JSON.stringify([splitOf("A", "a.csv")]) })],
    "names it as the trace of A",
  ],
  [
    "a folder to write to that is none",
    ["--traces", good, "--json", join(folder, "none", "a.json")],
    "there is no folder",
  ],
  [
    "two splits of one name",
    ["--traces", given("twice", { "splits.json": JSON.stringify([splitOf("A", "a.csv"), splitOf("A", "b.csv")]) })],
    "two splits share an id",
  ],
  ["an unknown controller", ["--traces", good, "--controllers", "hpa2"], "there are tidegate, target-tracking"],
  ["a boot that is none", ["--traces", good, "--boots", "90,x"], "--boots takes seconds by comma"],
  ["no seeds", ["--traces", good, "--seeds", "0"], "--seeds takes a whole number"],
])("%s is one clear message, exit 1", async (_, args, message) => {
  const { code, stdout, stderr } = await bench(...args);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});
