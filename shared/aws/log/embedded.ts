// A DynamoDB table in this process, in a folder: what `npm start` keeps its log in. LevelDB admits one process; others
// reach it over its loopback port while it lives. A folder that is not ours, or not whole, is left as it was found.
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import stores from "dynalite/db/index.js";
import { error, ok, type Result } from "../../core/index.ts";
import { breakIn } from "./levelFiles.ts";
import type { Table } from "./table.ts";
import { dropTable, ensureTable, tableStatus } from "./tableSetup.ts";

export interface Embedded {
  readonly client: DynamoDBClient;
  readonly table: Table;
  readonly endpoint: string;
  close(): Promise<void>;
}

/** `start-over` empties a healthy folder (or makes one); `continue` wants one that has a log in it. */
export type EmbeddedMode = "start-over" | "continue";

const stage = "local";
const tableName = "tidegate";
const marker = { format: 1, kind: "embedded" };
const answerWithinMs = 1_000;

/** Opens the database in `folder`, or connects to the process that has it open. The error is a sentence. */
export async function openEmbedded(
  folder: string,
  { mode }: { readonly mode: EmbeddedMode },
): Promise<Result<Embedded, string>> {
  const found = lookAt(folder);
  if (found === "missing" && mode === "continue") return error(`no ${folder} here: run \`npm start\` first`);
  if (found === "foreign") return error(`${folder} is not a Tidegate folder; nothing in it was touched`);
  const holder = found === "ours" ? await holderOf(folder) : "none";
  if (holder !== "none") return mode === "continue" ? connect(holder) : error(heldBy(folder, holder.pid));

  const health = await healthOf(folder);
  if (health.kind === "locked") return error(heldBy(folder, "unknown"));
  if (health.kind === "corrupt")
    return error(
      `${folder}/db is damaged (${health.because}); nothing was changed: move ${folder} away and start anew`,
    );
  if (found === "missing") writeMarker(folder);
  return serve(folder, mode);
}

/** The same database in memory, for tests. */
export async function openMemory(): Promise<Embedded> {
  const { server, endpoint } = await listen(dynalite(atOnce));
  const embedded = embeddedAt(endpoint, () => stop(server));
  await ensureTable(embedded.table);
  return embedded;
}

function lookAt(folder: string): "missing" | "ours" | "foreign" {
  if (!existsSync(folder)) return "missing";
  if (!statSync(folder).isDirectory()) return "foreign";
  if (readdirSync(folder).length === 0) return "missing";
  const found = readJson(join(folder, "tidegate.json"));
  return found.format === marker.format && found.kind === marker.kind ? "ours" : "foreign";
}

function writeMarker(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "tidegate.json"), `${JSON.stringify(marker)}\n`);
}

interface Holder {
  readonly pid: number;
  readonly endpoint: string;
}

/** The live process that serves the folder. A killed one leaves endpoint.json behind, and perhaps its pid to another. */
async function holderOf(folder: string): Promise<Holder | "none"> {
  const { pid, port } = readJson(join(folder, "endpoint.json"));
  if (!Number.isInteger(pid) || !Number.isInteger(port) || !isAlive(Number(pid))) return "none";
  const endpoint = `http://127.0.0.1:${port}`;
  return (await answers(endpoint)) ? { pid: Number(pid), endpoint } : "none";
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return codeOf(cause) === "EPERM";
  }
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    const answer = await fetch(endpoint, { signal: AbortSignal.timeout(answerWithinMs) });
    return (await answer.text()).startsWith("healthy: dynamodb");
  } catch {
    return false;
  }
}

async function connect(holder: Holder): Promise<Result<Embedded, string>> {
  const embedded = embeddedAt(holder.endpoint, async () => {});
  const status = await tableStatus(embedded.table);
  return status === "ACTIVE" ? ok(embedded) : error(`process ${holder.pid} serves no table ${tableName}`);
}

const heldBy = (folder: string, pid: number | "unknown"): string =>
  `another process${pid === "unknown" ? "" : ` (${pid})`} has ${folder} open; stop it first`;

type Health =
  | { readonly kind: "healthy" }
  | { readonly kind: "locked" }
  | { readonly kind: "corrupt"; readonly because: string };

/**
 * Reads the whole database once: dynalite would throw what is found here out of a request, with nobody to catch it. What
 * is read is a copy, since LevelDB rewrites its logs whenever it opens; then the original is opened, to see that it can.
 */
async function healthOf(folder: string): Promise<Health> {
  const path = join(folder, "db");
  if (!existsSync(path)) return { kind: "healthy" };
  const because = breakIn(path);
  const check = join(folder, `check-${process.pid}`);
  try {
    copyLevel(path, check);
    const copy = await readThrough(check);
    if (copy.kind === "locked") return copy;
    if (because !== "none") return { kind: "corrupt", because };
    return copy.kind === "healthy" ? await readThrough(path) : copy;
  } finally {
    rmSync(check, { recursive: true, force: true });
  }
}

/** Tables never change once written, so a link will do. The lock is shared: who holds the original holds the copy. */
function copyLevel(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from))
    if (/^LOCK$|\.(ldb|sst)$/.test(name)) linkSync(join(from, name), join(to, name));
    else if (statSync(join(from, name)).isFile()) copyFileSync(join(from, name), join(to, name));
}

async function readThrough(path: string): Promise<Health> {
  const { db } = stores.create({ path });
  try {
    await db.open();
    for await (const [key, value] of db.iterator())
      if (typeof value !== "object") return { kind: "corrupt", because: `${key} holds no item` };
    return { kind: "healthy" };
  } catch (failure) {
    const cause = failure instanceof Error && failure.cause ? failure.cause : failure;
    return codeOf(cause) === "LEVEL_LOCKED" ? { kind: "locked" } : { kind: "corrupt", because: String(cause) };
  } finally {
    await db.close();
  }
}

async function serve(folder: string, mode: EmbeddedMode): Promise<Result<Embedded, string>> {
  const { server, endpoint, port } = await listen(dynalite({ ...atOnce, path: join(folder, "db") }));
  writeWhole(join(folder, "endpoint.json"), { port, pid: process.pid });
  const embedded = embeddedAt(endpoint, async () => {
    rmSync(join(folder, "endpoint.json"), { force: true });
    await stop(server);
  });
  if (mode === "start-over") {
    await dropTable(embedded.table);
    await ensureTable(embedded.table);
    return ok(embedded);
  }
  if ((await tableStatus(embedded.table)) === "ACTIVE") return ok(embedded);
  await embedded.close();
  return error(`${folder} has no log in it: run \`npm start\` first`);
}

/** Seen whole or not at all by whoever reads it meanwhile. */
function writeWhole(path: string, value: object): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(value)}\n`);
  renameSync(`${path}.new`, path);
}

function embeddedAt(endpoint: string, release: () => Promise<void>): Embedded {
  const credentials = { accessKeyId: "embedded", secretAccessKey: "embedded" };
  const client = new DynamoDBClient({ endpoint, region: "us-east-1", credentials });
  const close = async (): Promise<void> => {
    client.destroy();
    await release();
  };
  return { client, table: { client, name: tableName, stage }, endpoint, close };
}

const atOnce = { createTableMs: 0, deleteTableMs: 0 };

async function listen(
  server: Server,
): Promise<{ readonly server: Server; readonly endpoint: string; readonly port: number }> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { server, endpoint: `http://127.0.0.1:${port}`, port };
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve, reject) =>
    server.close((failure) => (failure ? reject(failure) : resolve())),
  );
  server.closeAllConnections();
  await closed;
}

/** An object of a JSON file; empty when there is none to read. */
function readJson(path: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return {};
  }
}

const codeOf = (cause: unknown): unknown => (cause as { readonly code?: unknown })?.code;
