// A policy by its file's name; every mistake at once where it is wrong.
import { formatIssue, type Policy, parsePolicy } from "../shared/policy/index.ts";
import { CliError } from "./failure.ts";
import { readOrFail, writeOrFail } from "./files.ts";

export function readPolicy(path: string): Policy {
  const parsed = parsePolicy(readOrFail(path), path);
  if (parsed.kind === "error") throw new CliError(parsed.error.map(formatIssue).join("\n"));
  return parsed.value;
}

export interface Rewriting {
  /** What the user may write in by hand. */
  readonly what: string;
  readonly to: (text: string) => string | "none";
  /** Why there is no place for it. */
  readonly none: string;
  readonly isDone: (policy: Policy) => boolean;
}

/** Either it has become what was meant, or the file stays as it is. */
export function rewritePolicy(path: string, { what, to, none, isDone }: Rewriting): void {
  readPolicy(path);
  const text = to(readOrFail(path));
  if (text === "none") throw new CliError(`${path} ${none}`);
  const parsed = parsePolicy(text, path);
  if (parsed.kind === "error" || !isDone(parsed.value))
    throw new CliError(`${path} is written in a way that this command cannot change; write there by hand: ${what}`);
  writeOrFail(path, text);
}
