// Files by the name the user gave, and one clear line where that fails.
import { readFileSync, writeFileSync } from "node:fs";
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
