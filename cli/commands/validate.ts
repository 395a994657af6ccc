// `validate FILE…`: every mistake of every policy, one a line.
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { Command } from "commander";
import {
  clashesOf,
  formatIssue,
  type Issue,
  type Policy,
  type PolicyFile,
  parsePolicy,
  policyBytesMax,
  policyJsonSchema,
  policyVersion,
} from "../../shared/policy/index.ts";
import { print } from "../output.ts";

type Verdict =
  | { readonly kind: "ok"; readonly file: string; readonly policy: Policy }
  | { readonly kind: "wrong"; readonly file: string; readonly issues: readonly Issue[] }
  | { readonly kind: "unreadable"; readonly file: string; readonly message: string };

const examples = `
Examples:
  $ tidegate validate policies/shop.yml
  $ tidegate validate policies/*.yml --json
  $ tidegate validate --schema > policies/schema.json

A mistake is told as file:line:column, the path of the key, what was expected and what was found:
  policies/shop.yml:10:11 bounds.mim unknown key; did you mean \`min\`?

Exit 0 when every policy is good, 1 when one is not.`;

export const validateCommand = (): Command =>
  new Command("validate")
    .description("tell every mistake of a policy")
    .argument("[files...]", "policies in YAML; one file, one fleet")
    .option("--json", "print an array with one object a file")
    .option("--schema", "print the JSON Schema of a policy, for editors")
    .addHelpText("after", examples)
    .action(async (files: readonly string[], options: { json?: true; schema?: true }, command: Command) => {
      if (options.schema) return print([JSON.stringify(policyJsonSchema(), null, 2)]);
      if (files.length === 0) command.error("error: missing argument 'files'", { exitCode: 2 });
      const verdicts = await validate(files);
      print(options.json ? [JSON.stringify(verdicts.map(forPrograms), null, 2)] : verdicts.flatMap(forPeople));
      if (verdicts.some(({ kind }) => kind !== "ok")) process.exitCode = 1;
    });

/** In the order of the arguments; a file that is named twice is read once. */
async function validate(files: readonly string[]): Promise<readonly Verdict[]> {
  const distinct = files.filter(
    (file, index) => files.findIndex((other) => resolve(other) === resolve(file)) === index,
  );
  const judged: Judged[] = [];
  for (const file of distinct) judged.push(judge(await read(file)));
  const clashes = clashesOf(judged.flatMap((one) => (one.kind === "ok" ? [one] : [])));
  return judged.map((one) => {
    const issues = clashes.filter(({ file }) => file === one.file);
    return one.kind !== "ok" || issues.length === 0 ? one : { kind: "wrong", file: one.file, issues };
  });
}

type Text =
  | { readonly kind: "text"; readonly file: string; readonly text: string }
  | Extract<Verdict, { kind: "unreadable" }>;

/** One byte more than a policy may have, so that an endless file is refused and not read. */
async function read(file: string): Promise<Text> {
  try {
    return { kind: "text", file, text: await textOf(createReadStream(file, { end: policyBytesMax })) };
  } catch (refusal) {
    const { code, message } = refusal as NodeJS.ErrnoException;
    return { kind: "unreadable", file, message: reasons[code ?? ""] ?? message };
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
};

type Judged = Exclude<Verdict, { kind: "ok" }> | ({ readonly kind: "ok" } & PolicyFile);

function judge(text: Text): Judged {
  if (text.kind === "unreadable") return text;
  const { file } = text;
  const parsed = parsePolicy(text.text, file);
  if (parsed.kind === "error") return { kind: "wrong", file, issues: parsed.error };
  return { ...text, kind: "ok", policy: parsed.value };
}

function forPeople(verdict: Verdict): readonly string[] {
  switch (verdict.kind) {
    case "ok":
      return [`${verdict.file}: ok (${summary(verdict.policy)})`];
    case "wrong":
      return verdict.issues.map(formatIssue);
    case "unreadable":
      return [`${verdict.file}: cannot be read: ${verdict.message}`];
  }
}

const summary = (policy: Policy): string =>
  [
    `fleet ${policy.fleet}`,
    counted(policy.rules.length, "rule"),
    counted(policy.peaks.length, "peak"),
    `${policyVersion(policy).slice(0, 15)}…`,
  ].join(", ");

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

function forPrograms(verdict: Verdict): object {
  const { kind, file } = verdict;
  switch (verdict.kind) {
    case "ok":
      return {
        file,
        kind,
        fleet: verdict.policy.fleet,
        policyVersion: policyVersion(verdict.policy),
        policy: verdict.policy,
      };
    case "wrong":
      return { file, kind, issues: verdict.issues };
    case "unreadable":
      return { file, kind, message: verdict.message };
  }
}
