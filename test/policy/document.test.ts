import { describe, expect, test } from "@jest/globals";
import { issuesOf, textWith } from "./sample.ts";

describe("the text itself", () => {
  const nested = (depth: number) => `deep: ${"[".repeat(depth)}${"]".repeat(depth)}\n`;
  const aliases = (count: number) =>
    `mode: &m live\npeaks: [${Array.from({ length: count }, () => "*m").join(", ")}]\n`;

  test.each([
    ["nothing", "", ["p.yml:1:1 . expected a map with", "found nothing"]],
    ["only a comment", "# later\n", ["p.yml:1:1 . expected a map with", "found nothing"]],
    ["a list", "- fleet: shop\n", ["p.yml:1:1 . expected a map with", "found a list"]],
    ["too much", `${textWith({})}#${"x".repeat(64 * 1024)}`, ["p.yml:1:1 . expected at most 65536 bytes"]],
    ["too many bytes in few characters", `#${"–".repeat(22_000)}`, ["p.yml:1:1 . expected at most 65536 bytes"]],
    ["too deep", nested(12), ["p.yml:1:18 . expected nesting at most 12 deep"]],
    ["much too deep", "[".repeat(60_000), ["p.yml:1:13 . expected nesting at most 12 deep"]],
    ["too many keys", `drain: { a${", a".repeat(100)} }`, ["p.yml:1:8 . expected at most 100 keys in a map"]],
    ["too many aliases", aliases(21), ["p.yml:2:89 . expected at most 20 aliases"]],
    [
      "two documents",
      `${textWith({})}---\nfleet: b\n`,
      ["p.yml:6:1 . expected one document, found another: one file, one fleet"],
    ],
    ["another YAML", `%YAML 1.1\n---\n${textWith({})}`, ["p.yml:1:1 . expected YAML 1.2, found 1.1"]],
    ["a tag of its own", textWith({ mode: "!secret live" }), ["p.yml:6:7 . Unresolved tag: !secret"]],
    ["an open quote", textWith({ mode: '"live' }), ['p.yml:7:1 . Missing closing "quote']],
  ])("%s is refused", (_, text, [start = "", end = ""]) => {
    const issues = issuesOf(text);
    expect(issues).toHaveLength(1);
    expect(issues[0]?.startsWith(start)).toBe(true);
    expect(issues[0]?.endsWith(end)).toBe(true);
  });

  test("a rule that the text breaks off in is told as torn, and no more", () => {
    const torn = issuesOf("rules: [{");
    expect(torn).toHaveLength(2);
    for (const issue of torn) expect(issue).toMatch(/^p\.yml:1:10 \. Flow /);
  });

  test("a text that is torn everywhere gives no more than a hundred issues", () => {
    expect(issuesOf("]\n".repeat(5000))).toHaveLength(100);
  });

  test("eleven deep, twenty aliases and a hundred keys are only wrong, not too much", () => {
    expect(issuesOf(`drain: { a${", a".repeat(99)} }`).some((issue) => issue.includes("100 keys"))).toBe(false);
    expect(issuesOf(nested(11)).some((issue) => issue.includes("nesting"))).toBe(false);
    expect(issuesOf(aliases(20)).some((issue) => issue.includes("aliases"))).toBe(false);
  });

  test("aliases that double each other are read in no time", () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `l${level}: &l${level} [${level === 0 ? 1 : `*l${level - 1}, *l${level - 1}`}]`,
    );
    expect(issuesOf(`${levels.join("\n")}\nrules: *l8\n`)).toContainEqual(
      "p.yml:9:10 rules[0] expected a map with name, target, step, schedule, forecast, found a list",
    );
  });

  test("an alias inside its own anchor ends", () => {
    expect(issuesOf("rules: &r [*r]\n")).toContainEqual(
      "p.yml:1:12 rules[0] expected a map with name, target, step, schedule, forecast, found a list",
    );
  });

  test("Windows' line ends and a byte order mark change no position", () => {
    const text = `\ufeff${textWith({ mode: "off" }).replaceAll("\n", "\r\n")}`;
    expect(issuesOf(text.replace("shop", "Shop"))).toEqual([
      'p.yml:1:8 fleet expected a name of 1 to 40 characters of a–z, 0–9 and -, found "Shop"',
      'p.yml:6:7 mode expected live or shadow, found "off"',
    ]);
  });
});

test("what stands before a syntax error is still checked; what is missing behind it is not complained about", () => {
  expect(issuesOf("fleet: Shop\nbounds: { min: 9, max: 3 }\nmode: [live\nlimits: 3\n")).toEqual([
    'p.yml:1:8 fleet expected a name of 1 to 40 characters of a–z, 0–9 and -, found "Shop"',
    "p.yml:2:16 bounds.min expected at most max, which is 3, found 9",
    "p.yml:3:7 mode expected live or shadow, found a list",
    "p.yml:4:1 . Flow sequence in block collection must be sufficiently indented and end with a ]",
  ]);
});
