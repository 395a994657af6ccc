// A policy by its file's name; every mistake at once where it is wrong.
import { formatIssue, type Policy, parsePolicy } from "../shared/policy/index.ts";
import { CliError } from "./failure.ts";
import { readOrFail } from "./files.ts";

export function readPolicy(path: string): Policy {
  const parsed = parsePolicy(readOrFail(path), path);
  if (parsed.kind === "error") throw new CliError(parsed.error.map(formatIssue).join("\n"));
  return parsed.value;
}
