// The template and the bundles as `sls package` leaves them, and what a bundle calls.
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";

export interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: Resource | readonly Resource[];
  readonly Condition?: object;
}
export type Resource = string | { readonly [how: string]: string | readonly string[] };

export interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Properties }>>;
}
// biome-ignore lint/suspicious/noExplicitAny: every type of resource has other properties
type Properties = any;

export interface Ended {
  readonly code: number;
  readonly said: string;
}

const root = join(import.meta.dirname, "../..");

/** `sls package` of these policies, by their file names, into a folder of its own. */
export function packaged(
  folder: string,
  policies: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<Ended> {
  mkdirSync(join(folder, "policies"), { recursive: true });
  for (const [file, yaml] of Object.entries(policies)) writeFileSync(join(folder, "policies", file), yaml);
  const serverless = join(root, "node_modules/serverless/bin/serverless.js");
  const options = ["--package", join(folder, "package"), "--param", `policies=${join(folder, "policies")}`];
  return new Promise((resolve) => {
    execFile(process.execPath, [serverless, "package", ...options, ...args], { cwd: root }, (failure, stdout, stderr) =>
      resolve({ code: failure ? Number(failure.code) : 0, said: `${stdout}${stderr}` }),
    );
  });
}

export const templateIn = (folder: string): Template =>
  JSON.parse(readFileSync(join(folder, "package/cloudformation-template-update-stack.json"), "utf8"));

/** The statements of a role; what CloudFormation leaves out of it is left out. */
export const statementsOf = ({ Resources }: Template, role: string): readonly Statement[] =>
  Resources[role]?.Properties.Policies.flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: (Statement | { Ref: string })[] } }) =>
      PolicyDocument.Statement.filter((one) => !("Ref" in one && one.Ref === "AWS::NoValue")),
  );

export const listed = <T>(one: T | readonly T[]): readonly T[] => (Array.isArray(one) ? one : [one as T]);

/** The code of a function as it was zipped by the last `packaged`. */
export const bundleOf = (lambda: string): string =>
  Buffer.from(unzipSync(readFileSync(join(root, ".build", `${lambda}.zip`)))[`${lambda}.mjs`] ?? []).toString();

/** How IAM calls the services of the SDK's clients. */
const prefixes: Readonly<Record<string, string>> = {
  CloudWatchClient: "cloudwatch",
  DynamoDBClient: "dynamodb",
  EC2Client: "ec2",
  ElasticLoadBalancingV2Client: "elasticloadbalancing",
  LambdaClient: "lambda",
  ServiceQuotasClient: "servicequotas",
  SQSClient: "sqs",
  SSMClient: "ssm",
};
/** Calls that have no action of their own name. */
const actions: Readonly<Record<string, string>> = {
  "lambda:Invoke": "lambda:InvokeFunction",
  "sqs:SendMessageBatch": "sqs:SendMessage",
};

/**
 * The actions that a bundle may ask for: its commands are classes made by `command(…, "<Name>", …)`, and `command` itself is
 * made once a service with the name of the service's client. What nobody uses the bundler has dropped.
 */
export function callsIn(code: string): readonly string[] {
  const makers = [...code.matchAll(/([\w$]+)=[\w$]+\([^()]*["'`](\w+Client)["'`],[\w$]+\)/g)];
  const calls = makers.flatMap(([, maker = "", client = ""]) => {
    const prefix = prefixes[client];
    if (prefix === undefined) throw new Error(`nobody has said how IAM calls the service of ${client}`);
    const commands = code.matchAll(
      new RegExp(`extends[ (]${maker.replaceAll("$", "\\$")}\\([^()]*?["'\`](\\w+)["'\`],`, "g"),
    );
    const names = [...commands].map(([, name]) => `${prefix}:${name}`);
    if (names.length === 0) throw new Error(`${client} is bundled, and no command of it was found`);
    return names;
  });
  return [...new Set(calls.map((call) => actions[call] ?? call))].sort();
}
