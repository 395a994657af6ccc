import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { validateCommand } from "../../cli/commands/validate.ts";
import { policyJsonSchema } from "../../shared/policy/index.ts";
import { type Change, textWith } from "./sample.ts";

let folder: string;
let exitCodeBefore: typeof process.exitCode;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tidegate-validate-"));
  exitCodeBefore = process.exitCode;
  process.exitCode = undefined;
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  process.exitCode = exitCodeBefore;
  jest.restoreAllMocks();
});

function file(name: string, change: Change): string {
  const path = join(folder, name);
  writeFileSync(path, textWith(change));
  return path;
}

/** What it prints, without the folder, and its exit code. */
async function run(...args: readonly string[]): Promise<{ printed: string; exitCode: unknown }> {
  const written: string[] = [];
  jest.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  await validateCommand().exitOverride().parseAsync(args, { from: "user" });
  return { printed: written.join("").replaceAll(`${folder}/`, ""), exitCode: process.exitCode };
}

test("a good policy takes one line", async () => {
  const { printed, exitCode } = await run("policies/shop.yml");
  expect(printed).toMatch(/^policies\/shop\.yml: ok \(fleet shop, 6 rules, 1 peak, sha256:[0-9a-f]{8}…\)\n$/);
  expect(exitCode).toBeUndefined();
});

test("each mistake takes one line, in each file, and the exit code is 1", async () => {
  const one = file("one.yml", { mode: "liv", bounds: "{ min: 3 }" });
  const two = file("two.yml", { fleet: "two" });
  const three = file("three.yml", { fleet: "Three" });
  expect(await run(one, two, three, join(folder, "four.yml"), folder)).toEqual({
    printed: expect.stringMatching(
      new RegExp(
        [
          String.raw`^one\.yml:4:9 bounds\.max missing, expected a whole number from 1 to 10000`,
          String.raw`one\.yml:6:7 mode expected live or shadow, found "liv"; did you mean .live.\?`,
          String.raw`two\.yml: ok \(fleet two, 1 rule, 0 peaks, sha256:[0-9a-f]{8}…\)`,
          String.raw`three\.yml:1:8 fleet expected a name .*, found "Three"`,
          String.raw`four\.yml: cannot be read: no such file or folder`,
          String.raw`${folder}: cannot be read: it is a folder\n$`,
        ].join("\n"),
      ),
    ),
    exitCode: 1,
  });
});

test("the same fleet in two files is a mistake of the second; the same file twice is none", async () => {
  const [a, b] = [file("a.yml", {}), file("b.yml", {})];
  const { printed, exitCode } = await run(a, a, b);
  expect(printed.split("\n").slice(1)).toEqual([
    "b.yml:1:8 fleet expected one file for the fleet shop, found it in a.yml too",
    "",
  ]);
  expect(printed).toMatch(/^a\.yml: ok/);
  expect(exitCode).toBe(1);
});

test("the same target group in two files is a mistake of the second, whether named or given by its ARN", async () => {
  const arnOf = (id: string) => `arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/shop-web/${id}`;
  const named = file("named.yml", { fleet: "one", targetGroup: "shop-web" });
  const byArn = file("arn.yml", { fleet: "two", targetGroup: arnOf("0a1b2c3d4e5f6071") });
  const byAnother = file("another.yml", { fleet: "three", targetGroup: arnOf("1b2c3d4e5f607182") });
  const other = file("other.yml", { fleet: "four", targetGroup: "blog-web" });
  const issue = "arn.yml:2:14 targetGroup expected one fleet for the target group shop-web, found it in named.yml too";
  const { printed, exitCode } = await run(named, byArn, other);
  expect(printed.split("\n").slice(1, 2)).toEqual([issue]);
  expect(printed).toMatch(/^named\.yml: ok [^\n]*\n[^\n]*\nother\.yml: ok/);
  expect(exitCode).toBe(1);
  process.exitCode = undefined;
  expect(await run(byArn, byAnother, other)).toMatchObject({ exitCode: undefined });
});

test("programs get an object a file", async () => {
  const [good, wrong] = [file("good.yml", {}), file("wrong.yml", { mode: "off" })];
  const { printed, exitCode } = await run("--json", good, wrong, join(folder, "none.yml"));
  expect(JSON.parse(printed)).toEqual([
    expect.objectContaining({
      file: "good.yml",
      kind: "ok",
      fleet: "shop",
      policyVersion: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      policy: expect.objectContaining({ bounds: { min: 3, max: 60 } }),
    }),
    {
      file: "wrong.yml",
      kind: "wrong",
      issues: [
        { file: "wrong.yml", line: 6, column: 7, path: "mode", message: 'expected live or shadow, found "off"' },
      ],
    },
    { file: "none.yml", kind: "unreadable", message: "no such file or folder" },
  ]);
  expect(exitCode).toBe(1);
});

test("an endless file is refused", async () => {
  expect(await run("/dev/zero")).toEqual({ printed: "/dev/zero:1:1 . expected at most 65536 bytes\n", exitCode: 1 });
});

test("it prints the schema, and without anything to do it is misused", async () => {
  expect(JSON.parse((await run("--schema")).printed)).toEqual(JSON.parse(JSON.stringify(policyJsonSchema())));
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  await expect(run()).rejects.toMatchObject({ exitCode: 2 });
});
