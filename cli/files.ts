// Files by the name the user gave, and one clear line where that fails.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CliError } from "./failure.ts";

export const readOrFail = (path: string): string => tried(path, "read", () => readFileSync(path, "utf8"));

export const writeOrFail = (path: string, text: string): void =>
  tried(path, "written", () => writeFileSync(path, text));

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  ENOSPC: "no space left",
};

function tried<T>(path: string, verb: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (cause) {
    const { code = "", message } = cause as NodeJS.ErrnoException;
    throw new CliError(`${path} cannot be ${verb}: ${reasons[code] ?? message}`);
  }
}

/** Paths of a folder's files whose names end so, in order; a CliError when there are none. */
export function filesIn(folder: string, ending: string): readonly string[] {
  const names = existsSync(folder) ? tried(folder, "read", () => readdirSync(folder)) : [];
  const found = names.filter((name) => name.endsWith(ending)).sort();
  if (found.length === 0) throw new CliError(`there is no ${join(folder, `*${ending}`)} here: name the files to read`);
  return found.map((name) => join(folder, name));
}
