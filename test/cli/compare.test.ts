// `compare` as its users call it: two sides of anything that decides, and one clear message where there are not two.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { tidegate } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "tidegate-compare-"));
afterAll(() => rmSync(folder, { recursive: true }));

const policyOf = (name: string, target: string): string => {
  const path = join(folder, name);
  writeFileSync(
    path,
    `fleet: shop
targetGroup: shop-web
launch: { template: shop-web }
bounds: { min: 2, max: 60 }
capacity: { perInstance: 1000 requests/min, target: ${target} }
rules: [{ target: { metric: requests } }]
`,
  );
  return path;
};
const full = policyOf("full.yml", "75%");
const roomy = policyOf("roomy.yml", "40%");

interface Written {
  readonly sides: readonly {
    readonly name: string;
    readonly score: { readonly costX: number; readonly launchesPerDay: number };
    readonly actions: { readonly launched: number; readonly targetChanges: number };
  }[];
}
const compared = async (...args: readonly string[]): Promise<Written> => {
  const { code, stdout } = await tidegate(["compare", "--generate", "plain-day", ...args, "--json"]);
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

test("two policies: the roomier one costs more", async () => {
  const { sides } = await compared("--policy", full, "--policy", roomy);
  expect(sides.map(({ name }) => name)).toEqual(["full.yml", "roomy.yml"]);
  const [first, second] = sides;
  expect(second?.score.costX).toBeGreaterThan(1.3 * (first?.score.costX ?? 0));
  // A day is scored, so that its launches are those a day.
  expect(first?.actions.launched).toBe(first?.score.launchesPerDay);
  expect(first?.actions.targetChanges).toBeGreaterThan(10);
});

test("a peer beside a policy aims at the policy's target", async () => {
  const cheap = await compared("--policy", full, "--controller", "gcp-mig");
  const dear = await compared("--policy", roomy, "--controller", "gcp-mig");
  expect(cheap.sides.map(({ name }) => name)).toEqual(["full.yml", "gcp-mig"]);
  expect(dear.sides[1]?.score.costX).toBeGreaterThan(1.3 * (cheap.sides[1]?.score.costX ?? 0));
});

test("for people there are both scores, what was done, and the difference in a sentence", async () => {
  const { code, stdout } = await tidegate([
    ...["compare", "--controller", "tidegate", "--controller", "step", "--generate", "plain-day"],
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain("paid, in multiples of a clairvoyant");
  expect(stdout).toContain("instances launched");
  expect(stdout).toMatch(
    /step costs [\d.]+ % (more|less) than tidegate, with [\d.]+ % bad requests against [\d.]+ %\./,
  );
});

test("a side beside itself is the same run twice", async () => {
  const { sides } = await compared("--controller", "hpa", "--controller", "hpa");
  expect(sides.map(({ name }) => name)).toEqual(["hpa (A)", "hpa (B)"]);
  expect(sides[0]?.score).toEqual(sides[1]?.score);
});

test.each<[string, readonly string[], string]>([
  ["one side", ["--policy", full], "two sides are compared, not 1"],
  ["three", ["--policy", full, "--policy", roomy, "--controller", "hpa"], "two sides are compared, not 3"],
  [
    "a controller that is none",
    ["--controller", "hpa2", "--policy", full],
    "there are tidegate, target-tracking, step",
  ],
])("%s is one clear message, exit 1", async (_, args, message) => {
  const { code, stdout, stderr } = await tidegate(["compare", "--generate", "plain-day", ...args]);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toContain(message);
  expect(stderr.trim().split("\n")).toHaveLength(1);
});

test("its help has examples", async () => {
  const { code, stdout } = await tidegate(["compare", "--help"]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("$ tidegate compare --policy")]);
});
