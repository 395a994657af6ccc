// The embedded database on a disk that people and crashes have been at.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Embedded, newest, openEmbedded, putRow } from "../../shared/aws/index.ts";
import { breakIn } from "../../shared/aws/log/levelFiles.ts";
import { rowOfGeneration } from "../support/rows.ts";

let home: string;
let folder: string;
let children: ChildProcess[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "tidegate-"));
  folder = join(home, ".tidegate");
  children = [];
});
afterEach(async () => {
  for (const child of children) await kill(child);
  rmSync(home, { recursive: true, force: true });
});

async function opened(mode: "start-over" | "continue"): Promise<Embedded> {
  const result = await openEmbedded(folder, { mode });
  if (result.kind === "error") throw new Error(result.error);
  return result.value;
}

async function refusal(mode: "start-over" | "continue"): Promise<string> {
  const result = await openEmbedded(folder, { mode });
  if (result.kind === "error") return result.error;
  await result.value.close();
  return "opened";
}

describe("a folder of ours", () => {
  test("keeps its log from one opening to the next", async () => {
    const first = await opened("start-over");
    await putRow(first.table, rowOfGeneration(1), "one");
    await first.close();
    const second = await opened("continue");
    expect(await newest(second.table, "shop")).toMatchObject({ row: rowOfGeneration(1) });
    await second.close();
    expect(readdirSync(folder).sort()).toEqual(["db", "tidegate.json"]);
  });

  test("is emptied when it starts over", async () => {
    const first = await opened("start-over");
    await putRow(first.table, rowOfGeneration(1), "one");
    await first.close();
    const second = await opened("start-over");
    expect(await newest(second.table, "shop")).toEqual({ kind: "none" });
    expect(await putRow(second.table, rowOfGeneration(1), "one")).toBe("committed");
    await second.close();
  });

  test("may be an empty one", async () => {
    mkdirSync(folder);
    await (await opened("start-over")).close();
    expect(await refusal("continue")).toBe("opened");
  });

  test("listens on the loopback address alone", async () => {
    const embedded = await opened("start-over");
    expect(embedded.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { port } = JSON.parse(readFileSync(join(folder, "endpoint.json"), "utf8"));
    await expect(fetch(`http://[::1]:${port}`)).rejects.toThrow("fetch failed");
    await embedded.close();
  });
});

describe("a folder that has no log", () => {
  test("is missing", async () => {
    expect(await refusal("continue")).toBe(`no ${folder} here: run \`npm start\` first`);
    expect(existsSync(folder)).toBe(false);
  });

  test("was left by a process that died before it made the table", async () => {
    mkdirSync(folder);
    writeFileSync(join(folder, "tidegate.json"), '{"format":1,"kind":"embedded"}');
    expect(await refusal("continue")).toContain("no log in it");
    expect(await refusal("start-over")).toBe("opened");
  });
});

describe.each(["start-over", "continue"] as const)("a foreign folder, to %s", (mode) => {
  test.each([
    ["somebody's notes", { "notes.txt": "buy milk" }],
    ["a marker of another format", { "tidegate.json": '{"format":2,"kind":"embedded"}' }],
    ["a marker that is no JSON", { "tidegate.json": "{" }],
    ["a marker that is null", { "tidegate.json": "null" }],
    ["a LevelDB without a marker", { "db/CURRENT": "MANIFEST-000001\n" }],
  ])("%s", async (_name, files: Record<string, string>) => {
    mkdirSync(join(folder, "db"), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const before = everyFile(folder);
    expect(await refusal(mode)).toBe(`${folder} is not a Tidegate folder; nothing in it was touched`);
    expect(everyFile(folder)).toEqual(before);
  });

  test("a file", async () => {
    writeFileSync(folder, "a file");
    expect(await refusal(mode)).toContain("is not a Tidegate folder");
    expect(readFileSync(folder, "utf8")).toBe("a file");
  });
});

describe("a damaged database", () => {
  const whole = mkdtempSync(join(tmpdir(), "tidegate-whole-"));
  beforeAll(async () => {
    folder = join(whole, ".tidegate");
    await (await opened("start-over")).close();
    for (let generation = 1; generation <= 30; generation++) {
      const embedded = await opened("continue");
      await putRow(embedded.table, rowOfGeneration(generation), "one");
      await embedded.close();
    }
    const last = await opened("continue");
    for (let generation = 31; generation <= 40; generation++)
      await putRow(last.table, rowOfGeneration(generation, { padding: "x".repeat(9_000) }), "one");
    await last.close();
  });
  afterAll(() => rmSync(whole, { recursive: true, force: true }));
  beforeEach(() => cpSync(join(whole, ".tidegate"), folder, { recursive: true }));

  const files = (pattern: RegExp): readonly string[] =>
    readdirSync(join(folder, "db")).filter((name) => pattern.test(name));
  const spoilings: readonly (readonly [string, (path: string) => void])[] = [
    ["garbage", (path) => writeFileSync(path, "garbage, garbage, garbage\n".repeat(500))],
    ["garbage in its middle", (path) => spoilMiddle(path)],
    ["emptied", (path) => truncateSync(path, 0)],
    ["cut in half", (path) => truncateSync(path, readFileSync(path).length >> 1)],
    ["cut by a byte", (path) => truncateSync(path, readFileSync(path).length - 1)],
    ["gone", (path) => unlinkSync(path)],
  ];

  test("was whole before", async () => {
    expect(files(/\.ldb$/).length).toBeGreaterThan(0);
    expect(files(/\.log$/).length).toBeGreaterThan(0);
    const embedded = await opened("continue");
    expect(await newest(embedded.table, "shop")).toMatchObject({ row: { generation: 40 } });
    await embedded.close();
  });

  const refused = spoilings.flatMap(([how, spoil]) =>
    [/^CURRENT$/, /^MANIFEST/, /\.ldb$/, /\.log$/]
      .filter((pattern) => pattern.source !== "\\.log$" || how.startsWith("garbage"))
      .flatMap((pattern) => (["start-over", "continue"] as const).map((mode) => [pattern, how, mode, spoil] as const)),
  );
  test.each(refused)("%s %s is refused to %s and stays as it is", async (pattern, _how, mode, spoil) => {
    const [name = ""] = files(pattern);
    spoil(join(folder, "db", name));
    const before = everyFile(folder);
    expect(await refusal(mode)).toMatch(/is damaged \(.+\); nothing was changed: move .+ away and start anew$/);
    expect(everyFile(folder)).toEqual(before);
  });

  test.each([
    ["cut by a byte", 39],
    ["cut in half", 30],
  ])("a log %s, as a killed process leaves it, loses its tail alone", async (how, atLeast) => {
    const [name = ""] = files(/\.log$/);
    const spoil = spoilings.find(([spoiling]) => spoiling === how)?.[1];
    spoil?.(join(folder, "db", name));
    const embedded = await opened("continue");
    const found = await newest(embedded.table, "shop");
    const generation = found.kind === "row" ? found.row.generation : 0;
    expect(generation).toBeGreaterThanOrEqual(atLeast);
    expect(generation).toBeLessThan(40);
    await embedded.close();
  });

  test("an endpoint.json that is garbage is no obstacle", async () => {
    writeFileSync(join(folder, "endpoint.json"), "garbage");
    expect(await refusal("continue")).toBe("opened");
  });

  test("every byte of a log is under its checksum", () => {
    const [name = ""] = files(/\.log$/);
    const path = join(folder, "db", name);
    const bytes = readFileSync(path);
    for (const at of [0, 4, 6, 7, 100, bytes.length >> 1]) {
      const spoiled = Buffer.from(bytes);
      spoiled[at] = (spoiled[at] ?? 0) ^ 1;
      writeFileSync(path, spoiled);
      expect(breakIn(join(folder, "db"))).toBe(`${name} is garbled`);
    }
  });
});

describe("another process", () => {
  test("that has the folder open is reached over its loopback port, and is not robbed of its log", async () => {
    await holding("start-over", 2);
    const guest = await opened("continue");
    expect(await newest(guest.table, "shop")).toMatchObject({ row: { generation: 2 } });
    expect(await putRow(guest.table, rowOfGeneration(3), "guest")).toBe("committed");
    await guest.close();
    const again = await opened("continue");
    expect(await newest(again.table, "shop")).toMatchObject({ row: { generation: 3 } });
    await again.close();
    expect(await refusal("start-over")).toMatch(/another process \(\d+\) has .+ open; stop it first/);
  });

  test("that was killed leaves a stale endpoint.json, which is ignored", async () => {
    const child = await holding("start-over", 3);
    await kill(child);
    expect(existsSync(join(folder, "endpoint.json"))).toBe(true);
    const embedded = await opened("continue");
    expect(await newest(embedded.table, "shop")).toMatchObject({ row: { generation: 3 } });
    await embedded.close();
  });

  test("that got the killed one's pid does not count as it", async () => {
    await (await opened("start-over")).close();
    writeFileSync(join(folder, "endpoint.json"), JSON.stringify({ port: 1, pid: process.pid }));
    expect(await refusal("continue")).toBe("opened");
  });

  test("that holds the folder without answering is named as the reason", async () => {
    const child = await holding("start-over", 1);
    unlinkSync(join(folder, "endpoint.json"));
    expect(await refusal("continue")).toBe(`another process has ${folder} open; stop it first`);
    expect(child.exitCode).toBeNull();
  });
});

async function holding(mode: string, rows: number): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "../support/embeddedChild.ts");
  const args = ["--import", "./cli/typescript.mjs", script, folder, mode, String(rows)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  await Promise.race([once(child.stdout, "data"), once(child, "exit").then(() => Promise.reject(new Error("exited")))]);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

function spoilMiddle(path: string): void {
  const bytes = readFileSync(path);
  bytes.fill("garbage ", bytes.length >> 2, (bytes.length >> 2) * 3);
  writeFileSync(path, bytes);
}

/** What a folder holds, but for LevelDB's diary and its lock. */
function everyFile(path: string): Readonly<Record<string, string>> {
  const names = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names
      .filter(({ name }) => !/^LO(G|G\.old|CK)$/.test(name))
      .map(({ name, parentPath }) => [
        join(parentPath, name),
        createHash("sha256")
          .update(readFileSync(join(parentPath, name)))
          .digest("hex"),
      ])
      .sort(),
  );
}
