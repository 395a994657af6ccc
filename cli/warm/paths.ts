// `warm paths`: the pages that users ask for most, out of access logs, as a policy's warm-up takes them.
import { isDeepStrictEqual } from "node:util";
import { Command } from "commander";
import type { DurationMs } from "../../shared/core/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { count, hottest, requestedIn, type Tally } from "../../shared/warm/index.ts";
import { CliError } from "../failure.ts";
import { durationOption } from "../options.ts";
import { print, say } from "../output.ts";
import { readPolicy, rewritePolicy } from "../policyFile.ts";
import { withList } from "../policyText.ts";
import { progress } from "../progress.ts";
import { localLogs } from "./localLogs.ts";
import { type LogFile, linesOf, type Meter } from "./logLines.ts";
import { isInS3, type Newest, newestMax, newestUsual, type Opened, openS3Logs } from "./s3Logs.ts";

interface Options {
  readonly logs: string;
  readonly top: string;
  readonly newest?: string;
  readonly since?: DurationMs;
  readonly targetGroup?: string;
  readonly json?: true;
  readonly write?: string;
}

const examples = `
Examples:
  $ tidegate warm paths --logs s3://my-logs/AWSLogs/123456789012/elasticloadbalancing/eu-west-1
  $ tidegate warm paths --logs s3://my-logs --since 24h --target-group shop-web
  $ tidegate warm paths --logs s3://my-logs --since 24h --write policies/shop.yml
  $ tidegate warm paths --logs logs --top 50
  $ gunzip -c logs/*.gz | tidegate warm paths --logs -

In S3 every key counts that begins so and ends in .log or .gz: the newest ${newestUsual} of them, or with --since those of that time, the newest
${newestMax} at most. It takes s3:ListBucket on the bucket and s3:GetObject on its objects. Nothing is written to disk.

What it prints goes into the policy under \`warm.http\`; --write puts it there, in the place of the paths that stand there, and leaves the
rest of the file as it is. Only pages that were answered well count; query values that look like one
user's own (tokens, addresses, ids) are left out.`;

export const pathsCommand = (): Command =>
  new Command("paths")
    .description("the most requested pages of an ALB's access logs, as a policy's warm-up takes them")
    .requiredOption(
      "--logs <where>",
      "s3://bucket/prefix; a log file, plain or gzipped; a folder of them; or - for stdin",
    )
    .addOption(durationOption("--since <duration>", "in S3: only logs of so long ago: 24h"))
    .option("--newest <count>", `in S3: so many logs at most, ${newestUsual} when neither is given`)
    .option("--top <count>", "so many paths, at most 50", "20")
    .option("--target-group <name>", "only what went to this target group")
    .option("--write <policy>", "put them into `warm.http` of this file")
    .option("--json", "print an array with one object a path")
    .addHelpText("after", examples)
    .action(paths);

/** As many as a policy takes. */
const topMax = 50;

async function paths({ logs, top, targetGroup, json, write, ...chosen }: Options): Promise<void> {
  const wanted = wholeNumber("--top", top, topMax);
  // An hour of logs is not to be read for a policy that cannot be.
  if (write !== undefined) readPolicy(write);
  const { files, bytes, close } = await openLogs(logs, chosen);
  try {
    const read = await readAll(files, { bytes, isWanted: belongsTo(targetGroup) });
    tell({ ...read, files: files.length, wanted, logs, as: formOf(json, write) });
  } finally {
    close();
  }
}

function wholeNumber(option: string, text: string, max: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= max) return count;
  throw new CliError(`${option} takes a whole number from 1 to ${max}, not ${text}`);
}

async function openLogs(logs: string, { newest, since }: Pick<Options, "newest" | "since">): Promise<Opened> {
  const chosen: Newest = {
    ...(newest === undefined ? {} : { newest: wholeNumber("--newest", newest, newestMax) }),
    ...(since === undefined ? {} : { since }),
  };
  if (isInS3(logs)) return await openS3Logs(logs, chosen);
  if (newest !== undefined || since !== undefined)
    throw new CliError(
      "--since and --newest choose among logs in S3: give --logs s3://bucket/prefix, or leave them out",
    );
  return { files: localLogs(logs), bytes: "unknown", close: () => {} };
}

type IsWanted = (targetGroup: string) => boolean;
const belongsTo =
  (name: string | undefined): IsWanted =>
  (group) =>
    name === undefined || group === name || group.includes(`:targetgroup/${name}/`);

interface Read {
  readonly tally: Tally;
  readonly lines: number;
  readonly bytes: number;
}

/** A few at a time: an object of S3 lets wait for itself. */
const readAtOnce = 4;

async function readAll(
  files: readonly LogFile[],
  { bytes, isWanted }: { readonly bytes: Opened["bytes"]; readonly isWanted: IsWanted },
): Promise<Read> {
  const tally: Tally = { counts: new Map(), overflow: 0 };
  const meter: Meter = { bytes: 0 };
  let [lines, done] = [0, 0];
  const watched = progress<string>("logs read", (line) => line);
  const waiting = [...files].reverse();
  const read = async (): Promise<void> => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      for await (const line of linesOf(file, meter)) {
        if (line !== "") lines++;
        const requested = requestedIn(line);
        if (requested !== "none" && isWanted(requested.targetGroup)) count(tally, requested.path);
      }
      watched.update(++done, files.length, progressOf(done, files.length, { meter, bytes }));
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(readAtOnce, files.length) }, read));
  } finally {
    // After a failure the others begin no other.
    waiting.length = 0;
    watched.stop();
  }
  return { tally, lines, bytes: meter.bytes };
}

/** A line for each tenth of many. */
function progressOf(
  done: number,
  total: number,
  { meter, bytes }: { readonly meter: Meter; readonly bytes: Opened["bytes"] },
): string {
  const isTold = total >= 10 && Math.floor((10 * done) / total) > Math.floor((10 * (done - 1)) / total);
  const of = bytes === "unknown" ? "" : ` of ${sized(bytes)}`;
  return isTold ? `tidegate: ${done} of ${total} logs, ${sized(meter.bytes)}${of}` : "";
}

type Form = { readonly kind: "json" | "yaml" } | { readonly kind: "policy"; readonly path: string };

const formOf = (json: true | undefined, write: string | undefined): Form =>
  write === undefined ? { kind: json ? "json" : "yaml" } : { kind: "policy", path: write };

interface Told extends Read {
  readonly files: number;
  readonly wanted: number;
  readonly as: Form;
  readonly logs: string;
}

function tell({ tally, lines, bytes, files, wanted, as, logs }: Told): void {
  const total = [...tally.counts.values()].reduce((sum, one) => sum + one, tally.overflow);
  if (total === 0) throw new CliError(`${logs} has no page in its ${lines} lines: is it an ALB's access log?`);
  const hot = hottest(tally, wanted).map(([path, requests]) => ({ path, requests, share: requests / total }));
  const share = Math.round(100 * hot.reduce((sum, one) => sum + one.share, 0));
  const of = `${files} file${files === 1 ? "" : "s"}, ${sized(bytes)}`;
  say(`${of}, ${lines} lines, ${total} pages asked for; these are ${share} % of them`);
  if (tally.overflow > 0) say(`${tally.overflow} were of paths beyond the ${tally.counts.size} that are counted`);
  if (as.kind === "json") return void print([JSON.stringify(hot, null, 2)]);
  const hotPaths = hot.map(({ path }) => path);
  if (as.kind === "policy") return void writeInto(as.path, hotPaths);
  // A string of JSON is one of YAML, whatever stands in it.
  print(["paths:", ...hot.map(({ path, requests }) => `  - ${JSON.stringify(path)} # ${requests}`)]);
}

function writeInto(path: string, hot: readonly string[]): void {
  const before = pathsOf(readPolicy(path));
  if (before === "sitemap") throw new CliError(`${path} warms the pages of a sitemap: take that out first`);
  const items = hot.map((one) => JSON.stringify(one));
  rewritePolicy(path, {
    what: `paths: [${items.join(", ")}]`,
    to: (text) =>
      withList(text, (policy) => [policy.getIn(["warm", "http"], true)], { key: "paths", items: () => items }),
    none: "warms no pages: give it warm: { http: { paths: [/] } } first",
    isDone: (policy) => isDeepStrictEqual(pathsOf(policy), hot),
  });
  const newCount = hot.filter((one) => !before.includes(one)).length;
  print([`${path}: ${hot.length} paths, ${newCount} of them new; ${before.length} stood there`]);
}

function pathsOf({ warm }: Policy): readonly string[] | "sitemap" {
  if (warm.kind !== "http") return [];
  return warm.from.kind === "paths" ? warm.from.paths : "sitemap";
}

const sized = (bytes: number): string =>
  bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e3).toFixed(1)} kB`;
