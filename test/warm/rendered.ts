// warm.py as SSM has it run on an instance: its values checked and written in as text, then handed to a shell.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { WarmResult } from "../../shared/engine/index.ts";
import { type Parameter, parameters } from "../../shared/policy/index.ts";
import { type Limits, parametersFor, usualLimits, type WarmJob } from "../../shared/warm/index.ts";

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
export const script = readFileSync(pathOf("../../serverless/warmer/warm.py"), "utf8");

type Values = Readonly<Record<Parameter, readonly [string]>>;
/** Lines of the script that a test wants otherwise. */
type Changes = Readonly<Record<string, string>>;

/** As SSM does it: no value is written in that its pattern does not allow. */
export function rendered(values: Values, changes: Changes = {}): string {
  for (const [name, { pattern }] of Object.entries(parameters)) {
    const [value] = values[name as Parameter];
    if (!new RegExp(pattern).test(value)) throw new Error(`${name} may not be ${value}`);
  }
  return written(values, changes);
}

/** Without a look at the patterns. */
export function written(values: Values, changes: Changes = {}): string {
  const text = script.replace(/\{\{ (\w+) \}\}/g, (_, name: Parameter) => values[name][0]);
  return Object.entries(changes).reduce((before, [from, to]) => {
    if (before.split(from).length !== 2) throw new Error(`warm.py has not one ${from}`);
    return before.replace(from, () => to);
  }, text);
}

/** The script's name of a limit; that of an answer is a parameter. */
export const limitNames = {
  bodyBytesMax: "BODY_BYTES_MAX",
  redirectsMax: "REDIRECTS_MAX",
  requestsMax: "REQUESTS_MAX",
  pauseMs: "PAUSE_MS",
} as const;
const grouped = (count: number): string => count.toLocaleString("en").replaceAll(",", "_");
export const limitLine = (name: keyof typeof limitNames, { [name]: value }: Pick<Limits, typeof name>): string =>
  `${limitNames[name]} = ${grouped(value)}\n`;

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** By the shell, as the document has it. */
export function run(text: string, environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = spawn("sh", [], { env: { ...process.env, ...environment } });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (piece) => (stdout += piece));
  child.stderr.on("data", (piece) => (stderr += piece));
  child.stdin.end(`python3 -I - <<'TIDEGATE'\n${text}\nTIDEGATE\n`);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => {
      if (exitCode === 127) reject(new Error(noPython));
      else resolve({ exitCode, stdout, stderr });
    });
  });
}
const noPython = "these tests run the script of an instance: install Python 3 (apt-get install -y python3)";

/** For `job`, with other limits than the script's own. */
export function scriptFor(job: WarmJob, limits: Partial<Limits> = {}, changes: Changes = {}): string {
  const { answerMs } = limits;
  const values = parametersFor(job);
  const names = Object.keys(limitNames) as (keyof typeof limitNames)[];
  const others = names.flatMap((name) => {
    const value = limits[name];
    return value === undefined ? [] : [[limitLine(name, usualLimits), `${limitNames[name]} = ${value}\n`]];
  });
  return rendered(answerMs === undefined ? values : { ...values, AnswerMs: [String(answerMs)] }, {
    ...Object.fromEntries(others),
    ...changes,
  });
}

/** As `warmUp`, by the script. */
export async function warmUpOnInstance(job: WarmJob, limits: Partial<Limits> = {}): Promise<WarmResult> {
  const { exitCode, stdout, stderr } = await run(scriptFor(job, limits));
  if (exitCode !== 0 || stderr !== "" || !/^\{[\x20-\x7e]*\}\n$/.test(stdout))
    throw new Error(`asking port ${job.target.port}, warm.py ended with ${exitCode}: ${stdout}${stderr}`);
  return JSON.parse(stdout);
}

export interface Driver {
  /** What a function of the script's, or of driver.py, answers. */
  call(name: string, ...given: readonly unknown[]): Promise<unknown>;
  end(): void;
}

/** A Python that has the script loaded, for `job`. */
export function drive(job: WarmJob): Driver {
  const child = spawn("python3", ["-I", pathOf("driver.py")], { stdio: ["pipe", "pipe", "inherit"] });
  const failed = new Promise<never>((_, reject) => {
    child.once("error", () => reject(new Error(noPython)));
    child.once("exit", (exitCode) => reject(new Error(`driver.py ended with ${exitCode}`)));
  });
  failed.catch(() => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const say = (value: unknown): void => void child.stdin.write(`${JSON.stringify(value)}\n`);
  child.stdin.on("error", () => {});
  say(rendered(parametersFor(job)));
  return {
    call: async (name, ...given) => {
      say([name, given]);
      const { value } = await Promise.race([lines.next(), failed]);
      return JSON.parse(value ?? "{}");
    },
    end: () => void child.stdin.end(),
  };
}
