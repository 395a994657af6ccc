// Which way the arrows point, and how large things may grow. docs/ARCHITECTURE.md says why.
import { expect, test } from "@jest/globals";
import { parsed, type SourceFile, sourcesOf } from "./support/sources.ts";

/** What each part may import besides itself. An arrow that is missing here points the wrong way. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  "shared/core": [],
  "shared/policy": ["shared/core"],
  "shared/forecast": ["shared/core"],
  "shared/engine": ["shared/core", "shared/policy"],
  "shared/control": ["shared/core", "shared/policy", "shared/engine", "shared/forecast"],
  "shared/preflight": ["shared/core", "shared/policy", "shared/engine", "shared/control"],
  "shared/aws": [
    "shared/core",
    "shared/policy",
    "shared/engine",
    "shared/control",
    "shared/haproxy",
    "shared/preflight",
  ],
  "shared/sim": ["shared/core", "shared/policy", "shared/engine", "shared/control"],
  // Knows no AWS: what warms runs where nothing but the instance can be reached.
  "shared/warm": ["shared/core", "shared/policy", "shared/engine"],
  "shared/haproxy": ["shared/core", "shared/engine"],
  "shared/looks": ["shared/core", "shared/policy", "shared/engine", "shared/control", "shared/aws", "shared/warm"],
  "shared/costs": [
    "shared/core",
    "shared/policy",
    "shared/engine",
    "shared/control",
    "shared/aws",
    "shared/looks",
    "shared/sim",
  ],
  functions: [
    "shared/core",
    "shared/policy",
    "shared/engine",
    "shared/control",
    "shared/preflight",
    "shared/aws",
    "shared/looks",
    "shared/haproxy",
    "shared/warm",
  ],
  cli: [
    "shared/core",
    "shared/policy",
    "shared/engine",
    "shared/forecast",
    "shared/control",
    "shared/preflight",
    "shared/aws",
    "shared/sim",
    "shared/costs",
    "shared/warm",
  ],
  bench: [
    "shared/core",
    "shared/policy",
    "shared/engine",
    "shared/forecast",
    "shared/control",
    "shared/aws",
    "shared/haproxy",
    "shared/warm",
    "shared/sim",
  ],
  dashboard: ["shared/core", "shared/engine"],
};
const parts = Object.keys(arrows);
const partOf = (path: string): string | undefined => parts.find((part) => path.startsWith(`${part}/`));
const isOwn = (from: string): boolean => /\.(ts|tsx|mjs|cjs|json)$/.test(from) && !from.startsWith("node:");

/** Where a package may be imported; others anywhere. */
const homes: readonly { readonly packages: RegExp; readonly home: RegExp }[] = [
  { packages: /^(@aws-sdk|@smithy)\//, home: /^shared\/aws\// },
  { packages: /^(@middy|@aws-lambda-powertools)\//, home: /^functions\// },
  { packages: /^yaml$/, home: /^(shared\/policy|cli)\// },
  { packages: /^ical\.js$/, home: /^(shared\/policy|cli)\// },
  { packages: /^croner$/, home: /^shared\/policy\// },
  { packages: /^autocannon$/, home: /^bench\/lab\// },
];

const pure = /^shared\/(core|engine|forecast)\/|^shared\/policy\/types\.ts$/;
const timeless = /^shared\/(core|policy|engine|forecast|control|haproxy|sim)\//;
const clocks = ["Date.now", "new Date()", "performance.now", "process.hrtime"];
const environments = ["functions/environment.ts", "cli/main.ts", "cli/bin.mjs"];
const linesMax = 250;
const functionLinesMax = 70;

type Rule = (file: SourceFile) => readonly string[];
const says = (holds: boolean, violation: string): readonly string[] => (holds ? [] : [violation]);

const pointsTheRightWay: Rule = ({ path, imports }) => {
  const part = partOf(path);
  if (!part) return [`${path} belongs to no part`];
  return imports
    .filter(({ from }) => isOwn(from) && partOf(from) !== part)
    .flatMap(({ from }) => says(arrows[part]?.includes(partOf(from) ?? "") === true, `${path} imports ${from}`));
};

/** Some have more fronts: who reads the log need not load the clients of EC2, nor others doctor's, nor evaluate Lambda's, nor who prices a plan the parser. */
const fronts = (part: string | undefined): readonly string[] =>
  ["index.ts", ...(more[part ?? ""] ?? [])].map((name) => `${part}/${name}`);
const more: Readonly<Record<string, readonly string[]>> = {
  "shared/aws": ["log/index.ts", "doctor/index.ts", "history/index.ts", "warm/index.ts", "accessLogs/index.ts"],
  "shared/policy": ["prices.ts"],
};

const usesTheFront: Rule = ({ path, imports }) =>
  imports
    .filter(({ from }) => from.startsWith("shared/") && partOf(from) !== partOf(path))
    .flatMap(({ from }) =>
      says(fronts(partOf(from)).includes(from), `${path} imports ${from}, not its folder's index.ts`),
    );

const keepsPackagesAtHome: Rule = ({ path, imports }) =>
  imports.flatMap(({ from }) =>
    says(
      homes.every(({ packages, home }) => !packages.test(from) || home.test(path)),
      `${path} imports ${from}`,
    ),
  );

const takesTypesOnly: Rule = ({ path, imports }) =>
  imports
    .filter(({ from }) => path.startsWith("shared/engine/") && from.startsWith("shared/policy/"))
    .flatMap(({ from, kind }) => says(kind === "type", `${path} imports more than types of ${from}`));

const isPure: Rule = ({ path, imports, uses }) => {
  if (!pure.test(path)) return [];
  const impure = uses.filter((use) => use === "async" || use === "await" || /^(process|console)\./.test(use));
  const outside = imports.filter(({ from }) => from.startsWith("node:")).map(({ from }) => from);
  return [...impure, ...outside].map((what) => `${path} uses ${what}`);
};

const knowsNoTime: Rule = ({ path, uses }) =>
  uses.filter((use) => timeless.test(path) && clocks.includes(use)).map((use) => `${path} uses ${use}`);

/** Processes that know nothing of each other must not pause alike. */
const jitter = "shared/aws/patience.ts";

const rollsNoDice: Rule = ({ path, uses }) =>
  says(path === jitter || !uses.includes("Math.random"), `${path} uses Math.random`);

const readsNoEnvironment: Rule = ({ path, imports, uses }) => {
  const reads = uses.includes("process.env") || imports.some(({ from }) => from === "node:process");
  return says(environments.includes(path) || !reads, `${path} uses process.env`);
};

const isShort: Rule = ({ path, lineCount, longestFunction }) => [
  ...says(lineCount <= linesMax, `${path} has ${lineCount} lines`),
  ...says(longestFunction <= functionLinesMax, `${path} has a function of ${longestFunction} lines`),
];

const isNamedForWhatItDoes: Rule = ({ path }) =>
  says(
    !/(^|[/.-])(utils?|helpers?|managers?|common|misc)([/.-]|$)|(Utils?|Helpers?|Manager)\./.test(path),
    `${path} is no name`,
  );

const rules: Readonly<Record<string, Rule>> = {
  "points the right way": pointsTheRightWay,
  "imports other folders through their index": usesTheFront,
  "keeps packages at home": keepsPackagesAtHome,
  "takes types only of policy into the engine": takesTypesOnly,
  "is pure where it decides": isPure,
  "knows no time but the one it is given": knowsNoTime,
  "rolls no dice but where pauses must differ": rollsNoDice,
  "reads no environment": readsNoEnvironment,
  "is short": isShort,
  "is named for what it does": isNamedForWhatItDoes,
};

const sources = sourcesOf("shared", "functions", "cli", "bench", "dashboard");

test.each(Object.entries(rules))("every file %s", (_, rule) => {
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.flatMap(rule)).toEqual([]);
});

const long = (lines: number): string => "f();\n".repeat(lines);

test.each<[keyof typeof rules, string, string, string]>([
  [
    "points the right way",
    "shared/core/a.ts",
    'import type { B } from "../engine/index.ts";',
    "imports shared/engine/index.ts",
  ],
  ["points the right way", "shared/sim/a.ts", 'export * from "../aws/index.ts";', "imports shared/aws/index.ts"],
  ["points the right way", "shared/aws/a.ts", 'export { b } from "../sim/index.ts";', "imports shared/sim/index.ts"],
  [
    "points the right way",
    "shared/engine/a.ts",
    'import { b } from "../forecast/index.ts";',
    "imports shared/forecast/index.ts",
  ],
  [
    "points the right way",
    "functions/a.ts",
    'const b = await import("../shared/sim/index.ts");',
    "imports shared/sim/index.ts",
  ],
  ["points the right way", "functions/a.ts", 'import { b } from "../cli/b.ts";', "imports cli/b.ts"],
  ["points the right way", "cli/a.ts", 'import { b } from "../test/b.ts";', "imports test/b.ts"],
  ["points the right way", "shared/aws/a.ts", 'type B = import("../../functions/b.ts").B;', "imports functions/b.ts"],
  [
    "imports other folders through their index",
    "cli/a.ts",
    'import { b } from "../shared/engine/size.ts";',
    "not its folder's index.ts",
  ],
  [
    "imports other folders through their index",
    "cli/a.ts",
    'import { b } from "../shared/sim/cloud/index.ts";',
    "not its folder's index.ts",
  ],
  [
    "keeps packages at home",
    "functions/a.ts",
    'import { EC2Client } from "@aws-sdk/client-ec2";',
    "imports @aws-sdk/client-ec2",
  ],
  ["keeps packages at home", "shared/aws/a.ts", 'import middy from "@middy/core";', "imports @middy/core"],
  ["keeps packages at home", "functions/a.ts", 'import { parse } from "yaml";', "imports yaml"],
  [
    "takes types only of policy into the engine",
    "shared/engine/a.ts",
    'import { b } from "../policy/index.ts";',
    "more than types",
  ],
  [
    "takes types only of policy into the engine",
    "shared/engine/a.ts",
    'import { type B } from "../policy/index.ts";',
    "more than types",
  ],
  ["is pure where it decides", "shared/engine/a.ts", 'import { readFileSync } from "node:fs";', "uses node:fs"],
  ["is pure where it decides", "shared/engine/a.ts", "export const a = async () => 1;", "uses async"],
  ["is pure where it decides", "shared/engine/a.ts", "console.log(1);", "uses console.log"],
  ["is pure where it decides", "shared/policy/types.ts", "export const a = process.argv;", "uses process.argv"],
  [
    "knows no time but the one it is given",
    "shared/engine/a.ts",
    "export const a = () => Date.now();",
    "uses Date.now",
  ],
  [
    "knows no time but the one it is given",
    "shared/control/a.ts",
    "export const a = () => new Date();",
    "uses new Date()",
  ],
  [
    "rolls no dice but where pauses must differ",
    "shared/aws/a.ts",
    "export const a = Math.random();",
    "uses Math.random",
  ],
  ["reads no environment", "functions/dispatch.ts", "export const { a } = process.env;", "uses process.env"],
  ["reads no environment", "functions/dispatch.ts", "const { env } = process;", "uses process.env"],
  ["reads no environment", "functions/dispatch.ts", 'import { env } from "node:process";', "uses process.env"],
  ["is short", "cli/a.ts", long(251), "has 251 lines"],
  ["is short", "cli/a.ts", `const f = () => {\n${long(69)}};`, "has a function of 71 lines"],
  ["is named for what it does", "shared/core/utils.ts", "", "is no name"],
  ["is named for what it does", "shared/helpers/a.ts", "", "is no name"],
  ["is named for what it does", "cli/fleetManager.ts", "", "is no name"],
])("a file that is not so is found: %s, %s", (rule, path, text, violation) => {
  expect(rules[rule]?.(parsed(path, text))).toEqual([expect.stringContaining(violation)]);
});

test.each<[keyof typeof rules, string, string]>([
  ["is pure where it decides", "shared/engine/a.ts", "// process.env, async\nexport const a = new Date(0).getTime();"],
  ["knows no time but the one it is given", "shared/engine/a.ts", "export const a = new Date(5);"],
  ["knows no time but the one it is given", "shared/aws/a.ts", "export const a = Date.now();"],
  ["takes types only of policy into the engine", "shared/engine/a.ts", 'import type { B } from "../policy/index.ts";'],
  ["is short", "cli/a.ts", `// é\n${long(100)}const f = () => {\n${long(68)}};\n${long(79)}`],
])("a file that is so passes: %s, %s", (rule, path, text) => {
  expect(rules[rule]?.(parsed(path, text))).toEqual([]);
});

/** Packages whose code comes along with `path`, by imports that survive compilation. */
function packagesBehind(path: string, files: ReadonlyMap<string, SourceFile>): ReadonlySet<string> {
  const [seen, packages, open] = [new Set<string>(), new Set<string>(), [path]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const { from, kind } of files.get(next)?.imports ?? [])
      if (kind === "value") (isOwn(from) ? open : { push: (name: string) => packages.add(name) }).push(from);
  }
  return packages;
}

test("no YAML parser and nothing of the command line is deployed with a handler", () => {
  const files = new Map(sources.map((file) => [file.path, file]));
  const handlers = ["dispatch", "evaluate", "forecast", "haproxy", "reconcile", "warm", "warming"].map(
    (name) => `functions/${name}.ts`,
  );
  for (const handler of handlers) {
    const packages = packagesBehind(handler, files);
    expect(packages).toContain("@middy/core");
    expect([...packages].filter((name) => /^(yaml|zod|ical|commander|cli-|picocolors|rolldown)/.test(name))).toEqual(
      [],
    );
  }
  expect(packagesBehind("cli/commands/validate.ts", files)).toContain("yaml");
});
