// `warm paths`: the pages that users ask for most, out of access logs, as a policy's warm-up takes them.
import { createReadStream, type Dirent, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Command } from "commander";
import { count, hottest, requestedIn, type Tally } from "../../shared/warm/index.ts";
import { CliError } from "../failure.ts";
import { print, say } from "../output.ts";
import { progress } from "../progress.ts";

interface Options {
  readonly logs: string;
  readonly top: string;
  readonly targetGroup?: string;
  readonly json?: true;
}

const examples = `
Examples:
  $ aws s3 sync s3://my-logs/AWSLogs/123456789012/elasticloadbalancing/eu-west-1/2026/11/20 logs
  $ tidegate warm paths --logs logs
  $ gunzip -c logs/*.gz | tidegate warm paths --logs - --top 50 --target-group shop-web

What it prints goes into the policy under \`warm.http\`. Only pages that were answered well count; query values that look like one
user's own (tokens, addresses, ids) are left out.`;

export const pathsCommand = (): Command =>
  new Command("paths")
    .description("the most requested pages of an ALB's access logs, as a policy's warm-up takes them")
    .requiredOption("--logs <where>", "a log file, plain or gzipped; a folder of them; or - for the standard input")
    .option("--top <count>", "so many of them, at most 50", "20")
    .option("--target-group <name>", "only what went to this target group")
    .option("--json", "print an array with one object a path")
    .addHelpText("after", examples)
    .action(paths);

/** As many as a policy takes. */
const topMax = 50;

async function paths({ logs, top, targetGroup, json }: Options): Promise<void> {
  const wanted = Number(top);
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > topMax)
    throw new CliError(`--top takes a whole number from 1 to ${topMax}, not ${top}`);
  const tally: Tally = { counts: new Map(), overflow: 0 };
  const isWanted = (group: string): boolean =>
    targetGroup === undefined || group === targetGroup || group.includes(`:targetgroup/${targetGroup}/`);
  let lines = 0;
  const files = filesOf(logs);
  const watched = progress("logs read");
  for (const [read, file] of files.entries()) {
    for await (const line of linesOf(file)) {
      if (line !== "") lines++;
      const requested = requestedIn(line);
      if (requested !== "none" && isWanted(requested.targetGroup)) count(tally, requested.path);
    }
    watched.update(read + 1, files.length);
  }
  watched.stop();
  tell({ tally, lines, wanted, as: json ? "json" : "yaml", logs });
}

interface Told {
  readonly tally: Tally;
  readonly lines: number;
  readonly wanted: number;
  readonly as: "json" | "yaml";
  readonly logs: string;
}

function tell({ tally, lines, wanted, as, logs }: Told): void {
  const total = [...tally.counts.values()].reduce((sum, one) => sum + one, tally.overflow);
  if (total === 0) throw new CliError(`${logs} has no page in its ${lines} lines: is it an ALB's access log?`);
  const hot = hottest(tally, wanted).map(([path, requests]) => ({ path, requests, share: requests / total }));
  if (as === "json") return void print([JSON.stringify(hot, null, 2)]);
  const share = Math.round(100 * hot.reduce((sum, one) => sum + one.share, 0));
  say(`${lines} lines, ${total} pages asked for; these are ${share} % of them`);
  if (tally.overflow > 0) say(`${tally.overflow} were of paths beyond the ${tally.counts.size} that are counted`);
  // A string of JSON is one of YAML, whatever stands in it.
  print(["paths:", ...hot.map(({ path, requests }) => `  - ${JSON.stringify(path)} # ${requests}`)]);
}

/** In order; `-` stands for itself. */
function filesOf(logs: string): readonly string[] {
  if (logs === "-") return ["-"];
  if (!existsSync(logs)) throw new CliError(`${logs} cannot be read: no such file or folder`);
  if (!statSync(logs).isDirectory()) return [logs];
  const isLog = (entry: Dirent): boolean => entry.isFile() && /\.(log|gz)$/.test(entry.name);
  const found = readdirSync(logs, { recursive: true, withFileTypes: true }).filter(isLog);
  if (found.length === 0) throw new CliError(`${logs} holds no *.log and no *.gz`);
  return found.map((entry) => join(entry.parentPath, entry.name)).sort();
}

/** No entry is longer; what is, is no log. */
const lineMax = 100_000;

async function* linesOf(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const piece of await unzipped(file === "-" ? process.stdin : createReadStream(file))) {
      const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
      rest = (lines.pop() ?? "").slice(0, lineMax);
      yield* lines;
    }
  } catch (thrown) {
    throw new CliError(`${file} cannot be read: ${(thrown as Error).message}`);
  }
  yield rest;
}

/** Whatever it is called: gzip says in its first two bytes what it is. */
async function unzipped(source: Readable): Promise<Readable> {
  const pieces = source[Symbol.asyncIterator]();
  const first = await pieces.next();
  const head: Buffer = first.done ? Buffer.alloc(0) : Buffer.from(first.value);
  const whole = Readable.from(
    (async function* () {
      yield head;
      yield* { [Symbol.asyncIterator]: () => pieces };
    })(),
  );
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  // Who reads what comes out meets every failure there.
  return isGzip ? pipeline(whole, createGunzip(), () => {}) : whole;
}
