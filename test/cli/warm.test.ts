// `warm paths`: out of log files of every kind, ready for a policy.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "@jest/globals";
import { policyWith } from "../policy/sample.ts";
import { getOf, logLine } from "../warm/logLine.ts";
import { tidegate } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "tidegate-warm-"));
afterAll(() => rmSync(folder, { recursive: true }));

const lines = (counts: Readonly<Record<string, number>>, group = "shop-web"): string =>
  Object.entries(counts)
    .flatMap(([path, times]) => Array<string>(times).fill(`${logLine(getOf(path), { group })}\n`))
    .join("");
const logs = join(folder, "logs");
mkdirSync(join(logs, "2026/11/20"), { recursive: true });
writeFileSync(join(logs, "2026/11/20/a.log.gz"), gzipSync(lines({ "/": 5, "/search?q=shoes&token=x": 3 })));
writeFileSync(join(logs, "b.log"), lines({ "/": 1, "/other": 4 }, "blog-web"));
writeFileSync(join(logs, "notes.txt"), lines({ "/notes": 100 }));
const yaml = 'paths:\n  - "/" # 6\n  - "/other" # 4\n  - "/search?q=shoes" # 3\n';

test("of a folder, gzipped and plain, most requested first; it goes into a policy as it is", async () => {
  const { code, stdout, stderr } = await tidegate(["warm", "paths", "--logs", logs]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: yaml });
  expect(stderr).toContain("13 lines, 13 pages asked for; these are 100 % of them");
  const http = `\n  http:\n    until: { p95: 300 ms }\n    ${stdout.trimEnd().replaceAll("\n", "\n    ")}`;
  expect(policyWith({ warm: http }).warm).toMatchObject({
    from: { kind: "paths", paths: ["/", "/other", "/search?q=shoes"] },
  });
});

test("so many, of one target group, for programs", async () => {
  const { stdout } = await tidegate([
    "warm",
    "paths",
    "--logs",
    logs,
    "--top",
    "1",
    "--target-group",
    "blog-web",
    "--json",
  ]);
  expect(JSON.parse(stdout)).toEqual([{ path: "/other", requests: 4, share: 0.8 }]);
});

test.each([
  ["plain", lines({ "/": 2 })],
  ["gzipped", gzipSync(lines({ "/": 2 }))],
])("from the standard input, %s", async (_, input) => {
  const { stdout } = await tidegate(["warm", "paths", "--logs", "-"], { input });
  expect(stdout).toBe('paths:\n  - "/" # 2\n');
});

const policyText = (warm: string): string =>
  `# Ours.\nfleet: shop\ntargetGroup: shop-web\nlaunch: { template: shop }\nbounds: { min: 1, max: 9 }\ncapacity: { perInstance: 100 }\nrules: [{ forecast: { metric: requests } }]\nwarm: ${warm}\n`;
const writeTo = (path: string) => tidegate(["warm", "paths", "--logs", logs, "--write", path]);

test.each([
  [
    "in the place of those that stood there",
    "{ http: { paths: [ /, /sale ], until: { p95: 300 ms } } } # mind",
    '{ http: { paths: ["/", "/other", "/search?q=shoes"], until: { p95: 300 ms } } } # mind',
    "3 paths, 2 of them new; 2 stood there",
  ],
  [
    "in the place of lines",
    "\n  http:\n    paths:\n      - /sale # old\n    # How warm.\n    until: { p95: 300 ms }",
    '\n  http:\n    paths: ["/", "/other", "/search?q=shoes"] # old\n    # How warm.\n    until: { p95: 300 ms }',
    "3 paths, 3 of them new; 1 stood there",
  ],
])("into a policy, %s, and the rest of it stays as it is", async (_, warm, expected, said) => {
  const path = join(folder, "shop.yml");
  writeFileSync(path, policyText(warm));
  const { code, stdout } = await writeTo(path);
  expect({ code, text: readFileSync(path, "utf8") }).toEqual({ code: 0, text: policyText(expected) });
  expect(stdout).toContain(said);
});

test("more paths than fit on a line become lines of their own", async () => {
  const path = join(folder, "shop.yml");
  const names = Array.from({ length: 12 }, (_, index) => `/a-long-name-of-a-page/${10 + index}`);
  const input = lines(Object.fromEntries(names.map((name) => [name, 2])));
  writeFileSync(path, policyText("\n  http:\n    paths: [/]\n    until: { p95: 300 ms }"));
  await tidegate(["warm", "paths", "--logs", "-", "--write", path], { input });
  const written = names.map((name) => `\n      - "${name}"`).join("");
  expect(readFileSync(path, "utf8")).toBe(policyText(`\n  http:\n    paths:${written}\n    until: { p95: 300 ms }`));
});

test.each([
  ["warms by a hook", "{ hook: { function: arn:aws:lambda:eu-west-1:123456789012:function:warm } }", "warms no pages"],
  ["warms a sitemap", "{ http: { sitemap: /sitemap.xml, until: { p95: 1s } } }", "take that out first"],
  ["is wrong", "{ http: { paths: [sale], until: { p95: 1s } } }", "a path that begins with /"],
])("a policy that %s stays as it is, and says why", async (_, warm, said) => {
  const path = join(folder, "shop.yml");
  writeFileSync(path, policyText(warm));
  const { code, stderr } = await writeTo(path);
  expect({ code, text: readFileSync(path, "utf8") }).toEqual({ code: 1, text: policyText(warm) });
  expect(stderr).toContain(said);
});

writeFileSync(join(folder, "torn.log.gz"), gzipSync(lines({ "/": 2_000 })).subarray(0, 100));
writeFileSync(join(folder, "other.log"), "127.0.0.1 GET /\n");
mkdirSync(join(folder, "empty"));
test.each([
  ["no file", ["--logs", "gone.log"], "gone.log cannot be read: no such file or folder"],
  ["a folder without logs", ["--logs", join(folder, "empty")], "holds no *.log and no *.gz"],
  [
    "a file that is cut off",
    ["--logs", join(folder, "torn.log.gz")],
    "torn.log.gz cannot be read: unexpected end of file",
  ],
  ["another log", ["--logs", join(folder, "other.log")], "other.log has no page in its 1 lines"],
  ["more than a policy takes", ["--logs", logs, "--top", "51"], "--top takes a whole number from 1 to 50, not 51"],
])("%s is refused", async (_, args, said) => {
  const { code, stdout, stderr } = await tidegate(["warm", "paths", ...args]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(said);
  expect(stderr).not.toContain("bug");
});
