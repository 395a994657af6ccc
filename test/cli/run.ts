// The command as its users run it: a process of its own.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A reader that goes away at once, as `head -0` would. */
  readonly reader?: "reads" | "leaves";
  readonly nodeArgs?: readonly string[];
  /** Left out, the standard input stays open and empty. */
  readonly input?: string | Uint8Array;
}

const bin = fileURLToPath(new URL("../../cli/bin.mjs", import.meta.url));

export async function tidegate(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME: options.cwd ?? HOME, AWS_EC2_METADATA_DISABLED: "true", ...options.env };
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), bin, ...args], { cwd: options.cwd, env });
  if (options.reader === "leaves") child.stdout.destroy();
  if (options.input !== undefined) child.stdin.end(options.input);
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    said.stderr += chunk;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, ...said };
}
