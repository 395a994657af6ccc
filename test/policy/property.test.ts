import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import { formatIssue, parsePolicy, policyVersion } from "../../shared/policy/index.ts";
import { policyOf } from "./sample.ts";

const shop = readFileSync("policies/shop.yml", "utf8");

/** Whatever the text, there is a policy, or there are issues that point into the text and take one line each. */
function holds(text: string): void {
  const parsed = parsePolicy(text, "p.yml");
  if (parsed.kind === "ok") return void expect(policyVersion(parsed.value)).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(parsed.error.length).toBeGreaterThan(0);
  const lines = text.split("\n");
  for (const issue of parsed.error) {
    expect(issue.column).toBeGreaterThanOrEqual(1);
    expect(issue.column).toBeLessThanOrEqual((lines[issue.line - 1]?.length ?? -1) + 1);
    expect(formatIssue(issue)).toMatch(/^p\.yml:\d+:\d+ \S.* \S.*$/u);
  }
}

test("any text gives a Result", () => {
  const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary", maxLength: 200 }));
  fc.assert(fc.property(text, holds), { numRuns: 200 });
});

test("any soup of YAML gives a Result", () => {
  const morsels = [
    "&a ",
    "*a",
    "? ",
    ": ",
    "- ",
    "\n",
    "\n  ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "|",
    ">-",
    "'",
    '"',
    "!!set ",
    "%YAML 1.1\n",
    "---\n",
    "...\n",
    "\t",
    "#",
    "<<: ",
    "fleet: ",
    "rules: ",
    "step",
    "null",
    ".nan",
    "1e999",
    "0x1",
    "2001-01-01",
  ];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...morsels), { maxLength: 40 }).map((soup) => soup.join("")),
      holds,
    ),
    { numRuns: 1000 },
  );
});

test("any mutation of the shop gives a Result", () => {
  const cut = fc.record({ at: fc.nat(shop.length), length: fc.nat(30), insert: fc.string({ maxLength: 8 }) });
  const mutated = fc
    .array(cut, { minLength: 1, maxLength: 4 })
    .map((cuts) =>
      cuts.reduce((text, { at, length, insert }) => text.slice(0, at) + insert + text.slice(at + length), shop),
    );
  fc.assert(fc.property(mutated, holds), { numRuns: 200 });
});

/** Every key's value, one after the other, replaced by any value. */
test("any value in any place gives a Result, and only complaints about that place or what depends on it", () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.double(),
    fc.constantFrom(Number.NaN, -0, "", "0%", "1e3", "99999999999999x"),
  );
  const places = Object.keys(parse(shop) as object);
  fc.assert(
    fc.property(fc.constantFrom(...places), value, (key, any) => {
      const text = stringify({ ...(parse(shop) as object), [key]: any });
      holds(text);
      const parsed = parsePolicy(text, "p.yml");
      const strangers = parsed.kind === "ok" ? [] : parsed.error.filter(({ path }) => path.split(/[.[]/)[0] !== key);
      expect(key === "bounds" ? [] : strangers).toEqual([]);
    }),
    { numRuns: 200 },
  );
});

test("the version does not depend on the order of keys, on comments or on style", () => {
  const version = policyVersion(policyOf(shop));
  const entries = Object.entries(parse(shop) as object);
  fc.assert(
    fc.property(fc.shuffledSubarray(entries, { minLength: entries.length }), (shuffled) => {
      expect(policyVersion(policyOf(stringify(Object.fromEntries(shuffled))))).toBe(version);
    }),
    { numRuns: 50 },
  );
});
