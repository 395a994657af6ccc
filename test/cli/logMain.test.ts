// What all commands share: help, exit codes, and where what is said goes.
import { describe, expect, jest, test } from "@jest/globals";
import { type Ran, tidegate } from "./run.ts";

jest.setTimeout(120_000);

const misuse = (stderr: RegExp) => ({ code: 2, stdout: "", stderr: expect.stringMatching(stderr) });

describe("help", () => {
  test("lists the commands on standard output, with examples", async () => {
    const ran = await tidegate(["--help"]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    for (const command of ["start", "validate", "simulate", "fleets", "decisions", "explain", "replay", "doctor"])
      expect(ran.stdout).toMatch(new RegExp(`^  ${command} `, "m"));
    expect(ran.stdout).toContain("$ tidegate explain shop@421");
  });

  test.each(["start", "validate", "simulate", "fleets", "decisions", "explain", "replay", "doctor"])(
    "%s --help has examples",
    async (name) => {
      const ran = await tidegate([name, "--help"]);
      expect(ran).toMatchObject({ code: 0, stderr: "" });
      expect(ran.stdout).toMatch(
        new RegExp(`^Usage: tidegate ${name} [^]*Examples:\\n  \\$ (?:tidegate|npm) ${name}\\s`),
      );
    },
  );

  test("help of one command is that command's", async () => {
    expect((await tidegate(["help", "replay", "doctor"])).stdout).toMatch(
      /^Usage: tidegate replay \[options\] <ids\.\.\.>/,
    );
  });

  test("--version is the package's", async () => {
    expect(await tidegate(["--version"])).toEqual({ code: 0, stdout: "0.1.0\n", stderr: "" });
  });
});

describe("misuse", () => {
  test.each<[string, readonly string[], RegExp]>([
    ["no command", [], /^Usage: tidegate /],
    ["an unknown command", ["decison", "shop"], /^tidegate: unknown command 'decison'\n\(Did you mean decisions\?\)\n/],
    ["an unknown option", ["fleets", "--jsn"], /^tidegate: unknown option '--jsn'\n\(Did you mean --json\?\)\n/],
    ["a missing argument", ["explain"], /^tidegate: missing required argument 'id'\n/],
    ["one argument too many", ["explain", "a@1", "b@1"], /^tidegate: too many arguments /],
  ])("%s", async (_, args, said) => {
    expect(await tidegate(args)).toEqual(misuse(said));
  });
});

describe("wrong input", () => {
  const wrong = (message: string): Ran => ({ code: 1, stdout: "", stderr: `tidegate: ${message}\n` });
  const takes = "--since takes 30s, 15m, 2h, 3d, not";
  test.each<[readonly string[], string]>([
    [["decisions", "shop", "--since", "2 hours"], `${takes} "2 hours"`],
    [["decisions", "shop", "--since", "0m"], `${takes} "0m"`],
    [["replay", "shop", "--since", "h"], `${takes} "h"`],
    [["explain", "shop-4"], '"shop-4" is no id of a decision: write it like shop@421'],
    [["replay", "shop@0"], '"shop@0" is no id of a decision: write it like shop@421'],
    [["decisions", "shop", "--limit", "1.5"], '--limit takes a whole number from 1 to 100000, not "1.5"'],
    [["decisions", "shop", "--limit", "100001"], '--limit takes a whole number from 1 to 100000, not "100001"'],
  ])("%j", async (args, message) => {
    expect(await tidegate(args)).toEqual(wrong(message));
  });
});

test("a Node that is too old is told so in one line", async () => {
  const older = "data:text/javascript,Object.defineProperty(process,'versions',{value:{node:'20.19.9'}})";
  expect(await tidegate(["--version"], { nodeArgs: ["--import", older] })).toEqual({
    code: 1,
    stdout: "",
    stderr: "tidegate: needs Node 20.20 or newer, this is 20.19.9\n",
  });
});
