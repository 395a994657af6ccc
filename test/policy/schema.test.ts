import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parsePolicy, policyJsonSchema } from "../../shared/policy/index.ts";

interface Node {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly description?: string;
  readonly additionalProperties?: Node | boolean;
}

interface Found {
  readonly path: string;
  readonly node: Node;
  /** A document that holds `leaf` in this place. */
  readonly around: (leaf: unknown) => unknown;
}

function mapsIn({ path, node, around }: Found): readonly Found[] {
  const fields = Object.entries(node.properties ?? {}).flatMap(([key, field]) =>
    mapsIn({ path: path === "" ? key : `${path}.${key}`, node: field, around: (leaf) => around({ [key]: leaf }) }),
  );
  const items = node.items ? mapsIn({ path: `${path}[0]`, node: node.items, around: (leaf) => around([leaf]) }) : [];
  const anyKey = node.additionalProperties;
  const named =
    typeof anyKey === "object"
      ? mapsIn({
          path: path === "" ? "mine" : `${path}.mine`,
          node: anyKey,
          around: (leaf) => around({ mine: leaf }),
        })
      : [];
  const arms = (node.anyOf ?? []).flatMap((arm) => mapsIn({ path, node: arm, around }));
  return [...(node.properties ? [{ path, node, around }] : []), ...fields, ...items, ...named, ...arms];
}

const schema = policyJsonSchema() as Node;
const maps = mapsIn({ path: "", node: schema, around: (leaf) => leaf });

test("the committed schema is the parser's", () => {
  // If this fails: npx tidegate validate --schema > policies/schema.json && npx biome format --write policies
  expect(JSON.parse(readFileSync("policies/schema.json", "utf8"))).toEqual(JSON.parse(JSON.stringify(schema)));
});

test("every map of the policy is found", () => {
  expect(maps.map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      "",
      "launch.template",
      "rules[0].step.above[0]",
      "peaks[0]",
      "warm.http.until",
      "missing.cpu",
      "metrics.mine",
      "metrics.mine.using.mine",
    ]),
  );
});

describe.each(maps.map((map) => [map.path || "the document", map] as const))("%s", (_, { path, node, around }) => {
  const keys = Object.keys(node.properties ?? {});
  const issuesAt = (leaf: unknown) => {
    const parsed = parsePolicy(JSON.stringify(around(leaf)), "p.yml");
    return parsed.kind === "error" ? parsed.error : [];
  };

  test("has the keys that the parser knows", () => {
    const stray = issuesAt({ qqqqqqqqqqqq: 1 }).find((issue) => issue.path.endsWith("qqqqqqqqqqqq"));
    expect(stray?.message).toBe(`unknown key, expected ${keys.join(", ").replace(/, ([^,]*)$/, " or $1")}`);
    expect(node.additionalProperties).toBe(false);
  });

  test("requires the keys that the parser requires", () => {
    const prefix = path === "" ? "" : `${path}.`;
    const missing = issuesAt({}).filter((issue) => issue.message.startsWith("missing"));
    const ofThisMap = missing.map((issue) => issue.path).filter((at) => keys.some((key) => at === `${prefix}${key}`));
    expect(ofThisMap).toEqual((node.required ?? []).map((key) => `${prefix}${key}`));
  });

  test("describes every key", () => {
    expect(keys.filter((key) => !node.properties?.[key]?.description)).toEqual([]);
  });
});
