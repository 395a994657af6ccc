// Builds what is deployed: `.build/<function>.zip`, each with one minified file, its SDK inside, and the parsed policies.
// The same sources and policies give the same bytes, wherever and whenever they are built.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { crc32, gzipSync } from "node:zlib";
import { Zip } from "fflate";
import { rolldown } from "rolldown";
import { minify } from "terser";
import "./cli/typescript.mjs";

const functions = ["dispatch", "evaluate", "forecast", "haproxy", "reconcile", "warm", "warming"];
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const usual = { policies: here("policies"), out: here(".build") };

/** Resolves to one line for each zip, or throws an Error that holds every mistake of the policies, a line each. */
export async function bundle({ policies, out } = usual) {
  const read = await readPolicies(policies);
  if (read.kind === "error") throw new Error(read.error);
  const files = policyFiles(read.value);
  await mkdir(out, { recursive: true });
  return await Promise.all(
    functions.map(async (name) => {
      const code = Buffer.from(await bundled(here(`functions/${name}.ts`)));
      const zip = await zipped({ [`${name}.mjs`]: code, "policies.json": files(name) });
      await writeFile(join(out, `${name}.zip`), zip);
      return `${name}.zip ${kilobytes(zip)}, of which ${name}.mjs ${kilobytes(code)} before compression`;
    }),
  );
}

/** What each function gets of the policies: all of them; or, where they outgrow the zip, the mark that they are in the table. */
function policyFiles(policies) {
  const all = Buffer.from(JSON.stringify(policies));
  if (gzipSync(all).length <= policiesBytesMax) return () => all;
  const version = createHash("sha256").update(all).digest("hex");
  const mark = Buffer.from(JSON.stringify({ kind: "in-table", version }));
  return (name) => (name === "reconcile" ? all : mark);
}

/** Some sixty fleets: as much again as the engine takes. */
const policiesBytesMax = 20_000;

/** Every `*.yml` of the folder, parsed and with its version: what functions/policies.ts reads. Or every mistake, a line each. */
export async function readPolicies(folder) {
  const { parsePolicy, clashesOf, formatIssue, policyVersion } = await import("./shared/policy/index.ts");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".yml")).sort();
  if (names.length === 0) return refused([`${folder} holds no policy: one *.yml a fleet is expected`]);
  const issues = [];
  const good = [];
  for (const name of names) {
    const file = relative(process.cwd(), join(folder, name));
    const text = await readFile(join(folder, name), "utf8");
    const parsed = parsePolicy(text, file);
    if (parsed.kind === "error") issues.push(...parsed.error);
    else good.push({ file, text, policy: parsed.value });
  }
  issues.push(...clashesOf(good));
  if (issues.length > 0) return refused(issues.map(formatIssue));
  return { kind: "ok", value: good.map(({ policy }) => ({ policy, policyVersion: policyVersion(policy) })) };
}

const refused = (lines) => ({ kind: "error", error: lines.join("\n") });

/** An import that leads nowhere would be deployed and never start. */
function complain(level, log, ordinary) {
  if (log.code === "UNRESOLVED_IMPORT") throw new Error(log.message);
  ordinary(level, log);
}

/** One function, by its path, as a single ESM file. What the bundler leaves, terser takes another tenth from. */
export async function bundled(input) {
  const plugins = [
    fewErrors,
    plainEndpoints,
    without([...fallbacks, ...(adapting.test(input) ? [] : adaptingRetries)]),
  ];
  const build = await rolldown({ input, platform: "node", onLog: complain, plugins, ...lean });
  const { output } = await build.generate({ format: "esm", minify: true, codeSplitting: false });
  await build.close();
  const { code } = await minify(output[0].code, { module: true, ecma: 2020, compress: { passes: 2 } });
  return code;
}

/**
 * The clients carry a class for every error of their service. One that is not registered is thrown as the service's own exception
 * under the same name: a twentieth of the zip. One alone is asked for by its class.
 */
const fewErrors = {
  name: "few-errors",
  transform: {
    filter: { id: /[/\\]client-[a-z0-9-]+[/\\]dist-es[/\\]schemas[/\\]schemas_0\.js$/ },
    handler: (code) => ({
      code: code.replaceAll(/^n0_registry\.registerError\((?!ConditionalCheckFailed).*$/gm, ""),
      map: null,
    }),
  },
};

/**
 * Each client carries its service's rules for every way to ask for an endpoint, and a machine to run them: a sixteenth of the zip. A
 * function asks one in the region it runs in.
 */
const plainEndpoints = {
  name: "plain-endpoints",
  transform: {
    filter: { id: /[/\\]client-[a-z0-9-]+[/\\]dist-es[/\\]endpoint[/\\]endpointResolver\.js$/ },
    handler: (_, id) => ({
      code: `import { endpointsOf } from ${JSON.stringify(here("functions/endpoints.ts"))};
export const defaultEndpointResolver = endpointsOf(${JSON.stringify(/client-([a-z0-9-]+)/.exec(id)?.[1])});`,
      map: null,
    }),
  },
};

/**
 * What the SDK falls back on where Node has no hashes of its own, where nobody has said which region this is, or where there are
 * files of configuration: never in these Lambdas.
 */
const fallbacks = ["Sha256Js", "Md5Js", "getInstanceMetadataRegion", "parseIni"];
/** Retries that adapt belong to the functions that have minutes for them. */
const adaptingRetries = ["DefaultRateLimiter", "AdaptiveRetryStrategy"];
const adapting = /[/\\](?:reconcile|forecast)\.ts$/;

const without = (names) => ({
  name: "without",
  transform: {
    filter: { id: new RegExp(String.raw`[/\\](?:${names.join("|")})\.js$`) },
    handler: (_, id) => {
      const name = id.slice(id.search(/\w+\.js$/), -".js".length);
      return { code: `export function ${name}() {}`, map: null };
    },
  },
});

/** What a Lambda never runs is left out: measured on evaluate, a quarter of what would be there. */
const lean = {
  // ES modules first: nothing unused can be dropped from the SDK's CommonJS twins.
  resolve: {
    mainFields: ["module", "main"],
    alias: {
      "@aws-sdk/credential-provider-node": here("functions/credentials.ts"),
      "@aws-sdk/middleware-endpoint-discovery": here("functions/endpointDiscovery.ts"),
      "@smithy/core/event-streams": here("functions/eventStreams.ts"),
      "@smithy/middleware-compression": here("functions/compression.ts"),
    },
  },
  treeshake: {
    propertyReadSideEffects: false,
    // shared/aws also opens the embedded database, which no Lambda does.
    moduleSideEffects: [{ test: /[/\\]node_modules[/\\]dynalite[/\\]/, sideEffects: false }],
  },
};

/** Zopfli packs a fourteenth tighter than the usual deflate; being WebAssembly, alike on every machine. */
async function zipped(files) {
  const zip = new Zip();
  const chunks = [];
  zip.ondata = (error, chunk) => {
    if (error) throw error;
    chunks.push(chunk);
  };
  for (const [filename, data] of Object.entries(files)) {
    const file = { filename, size: data.length, crc: crc32(data), compression: deflate, ...sameBytes };
    zip.add(file);
    file.ondata(null, await deflated(data), true);
  }
  zip.end();
  return Buffer.concat(chunks);
}
/** As zip numbers it. */
const deflate = 8;

const deflated = (workerData) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./serverless/deflate.mjs", import.meta.url), { workerData });
    worker.once("message", resolve).once("error", reject);
  });

/** zip keeps local time without a zone, so the fields are fixed, not the instant; the rest is what `chmod 644` means. */
const sameBytes = { mtime: new Date(2000, 0, 1), os: 3, attrs: 0o644 << 16 };

const kilobytes = ({ length }) => `${(length / 1000).toFixed(1)} kB`;

async function main() {
  const option = { type: "string" };
  try {
    const { values } = parseArgs({ options: { policies: option, out: option } });
    for (const line of await bundle({ ...usual, ...values })) console.log(line);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
