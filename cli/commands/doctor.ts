// `doctor [FILE…]`: what stands in the way of the policies in an AWS account, and what to do. It only reads.
import { Command, Option } from "commander";
import type { Diagnosis } from "../../shared/aws/doctor/index.ts";
import type { Policy } from "../../shared/policy/index.ts";
import { CliError } from "../failure.ts";
import { filesIn } from "../files.ts";
import { lineOf, summary } from "../findings.ts";
import { colours, print } from "../output.ts";
import { readPolicy } from "../policyFile.ts";
import { progress } from "../progress.ts";

interface Options {
  readonly stage: string;
  readonly region?: string;
  readonly json?: true;
}

const examples = `
Examples:
  $ tidegate doctor                                   policies/*.yml, in the region of AWS_REGION
  $ tidegate doctor policies/shop.yml --stage live --region eu-west-1
  $ tidegate doctor --json | jq '.fleets[].findings[] | select(.level == "problem")'

Before a deploy it checks what the policies need; after one, what the deploy has left, too. It never writes to AWS.
Credentials and region are found as the AWS CLI finds them. A check that they may not make says which action it needs.

Exit 0 when there is no problem, 1 when there is one. A warning is none.`;

export const doctorCommand = (): Command =>
  new Command("doctor")
    .description("tell what stands in the way in an AWS account, and what to do; read-only")
    .argument("[files...]", "policies in YAML; policies/*.yml when none is given")
    .addOption(
      new Option("--stage <stage>", "the stage deployed, or to be deployed").env("TIDEGATE_STAGE").default("dev"),
    )
    .option("--region <region>", "the AWS region; AWS_REGION, or that of ~/.aws/config, when not given")
    .option("--json", "print one object with all findings")
    .addHelpText("after", examples)
    .action(doctor);

interface Named {
  readonly file: string;
  readonly policy: Policy;
}

async function doctor(files: readonly string[], options: Options): Promise<void> {
  const named = readAll(files.length > 0 ? files : filesIn("policies", ".yml"));
  const { region, diagnosis } = await diagnosed(named, options);
  const all = [...diagnosis.account, ...diagnosis.fleets.flatMap(({ findings }) => findings)];
  print(
    options.json ? [forPrograms(named, { ...options, region }, diagnosis)] : [...forPeople(diagnosis), summary(all)],
  );
  if (all.some(({ level }) => level === "problem")) process.exitCode = 1;
}

function readAll(files: readonly string[]): readonly Named[] {
  const fileOf = new Map<string, string>();
  return [...new Set(files)].map((file) => {
    const policy = readPolicy(file);
    const earlier = fileOf.get(policy.fleet);
    if (earlier !== undefined) throw new CliError(`${file}: the fleet ${policy.fleet} is that of ${earlier}, too`);
    fileOf.set(policy.fleet, file);
    return { file, policy };
  });
}

/** The SDK is loaded here and not before, so that help and mistakes come at once. */
async function diagnosed(named: readonly Named[], { stage, region }: Options) {
  const { diagnose, openClients } = await import("../../shared/aws/doctor/index.ts");
  const opened = await openClients(region === undefined ? { kind: "usual" } : { kind: "one", name: region });
  if (opened.kind === "error") throw new CliError(opened.error);
  const bar = progress("reading");
  const policies = named.map(({ policy }) => policy);
  const onRead = (readCount: number, partCount: number): void => bar.update(readCount, partCount);
  try {
    const diagnosis = await diagnose(opened.value.clients, { stage, policies, now: Date.now(), onRead });
    if (diagnosis.kind === "error") throw new CliError(diagnosis.error);
    return { region: opened.value.region, diagnosis: diagnosis.value };
  } finally {
    bar.stop();
  }
}

function forPrograms(named: readonly Named[], { stage, region }: Options, { account, fleets }: Diagnosis): string {
  const fileOf = new Map(named.map(({ file, policy }) => [policy.fleet, file]));
  const told = fleets.map(({ fleet, findings }) => ({ fleet, file: fileOf.get(fleet), findings }));
  return JSON.stringify({ stage, region, account, fleets: told }, null, 2);
}

const forPeople = ({ account, fleets }: Diagnosis): readonly string[] =>
  [{ fleet: "account", findings: account }, ...fleets].flatMap(({ fleet, findings }) => [
    colours.bold(fleet),
    ...findings.map(lineOf),
    "",
  ]);
