// Access logs on this machine.
import { createReadStream, type Dirent, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "../failure.ts";
import type { LogFile } from "./logLines.ts";

/** In order; `-` is the standard input. Throws a CliError where there is none. */
export function localLogs(logs: string): readonly LogFile[] {
  if (logs === "-") return [{ name: "-", open: async () => process.stdin }];
  return pathsOf(logs).map((path) => ({ name: path, open: async () => createReadStream(path) }));
}

function pathsOf(logs: string): readonly string[] {
  if (!existsSync(logs)) throw new CliError(`${logs} cannot be read: no such file or folder`);
  if (!statSync(logs).isDirectory()) return [logs];
  const isLog = (entry: Dirent): boolean => entry.isFile() && /\.(log|gz)$/.test(entry.name);
  const found = readdirSync(logs, { recursive: true, withFileTypes: true }).filter(isLog);
  if (found.length === 0) throw new CliError(`${logs} holds no *.log and no *.gz`);
  return found.map((entry) => join(entry.parentPath, entry.name)).sort();
}
