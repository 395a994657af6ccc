// `metrics`: the operator's own, and the rules that read them.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parsePolicy, policyVersion } from "../../shared/policy/index.ts";
import { type Change, issuesOf, issuesWith, policyOf, policyWith, textWith } from "./sample.ts";

const orders = "{ namespace: Shop, name: OrdersWaiting, statistic: Average, dimensions: { Queue: orders } }";
const busy = "{ namespace: Shop, name: Busy, statistic: Sum }";
const idle = "{ namespace: Shop, name: Idle, statistic: Sum }";
const share = `{ expression: "100 * busy/(busy + idle)", using: { busy: ${busy}, idle: ${idle} } }`;

const queue = "{ target: { metric: orders-waiting, perInstance: 100 } }";
/** Metrics stand on line 6, rules on line 7. */
const given = (metrics: string, rules = `[${queue}]`, rest: Change = {}): Change => ({ metrics, rules, ...rest });

describe("what is right", () => {
  test("a series is read as it is published", () => {
    expect(policyWith(given(`{ orders-waiting: ${orders} }`)).metrics).toEqual({
      "orders-waiting": {
        kind: "series",
        series: { namespace: "Shop", name: "OrdersWaiting", statistic: "Average", dimensions: { Queue: "orders" } },
      },
    });
  });

  test("an expression is kept in parts, its names told apart; without dimensions there are none", () => {
    const { metrics } = policyWith(
      given(`{ busy-share: ${share} }`, "[{ target: { metric: busy-share, value: 60 } }]"),
    );
    const text = (text: string) => ({ kind: "text", text });
    const series = (name: string) => ({ kind: "series", name });
    expect(metrics["busy-share"]).toEqual({
      kind: "expression",
      parts: [
        ...[text("100"), text("*"), series("busy"), text("/")],
        ...[text("("), series("busy"), text("+"), series("idle"), text(")")],
      ],
      using: {
        busy: { namespace: "Shop", name: "Busy", statistic: "Sum", dimensions: {} },
        idle: { namespace: "Shop", name: "Idle", statistic: "Sum", dimensions: {} },
      },
    });
  });

  test.each(["Average", "Sum", "Minimum", "Maximum", "SampleCount", "p50", "p99.9"])(
    "%s is a statistic",
    (statistic) => {
      const { metrics } = policyWith(given(`{ orders-waiting: { namespace: S, name: N, statistic: ${statistic} } }`));
      expect(metrics["orders-waiting"]).toMatchObject({ series: { statistic } });
    },
  );

  test.each([
    [queue, { kind: "target-total", name: "target orders-waiting", metric: "orders-waiting", perInstance: 100 }],
    [
      "{ target: { metric: orders-waiting, value: 0.5 } }",
      { kind: "target-level", name: "target orders-waiting", metric: "orders-waiting", level: 0.5 },
    ],
    [
      "{ step: { metric: orders-waiting, above: [{ over: 500, add: 2 }], below: [{ under: -1.5, remove: 1 }] } }",
      {
        kind: "step",
        name: "step orders-waiting",
        metric: "orders-waiting",
        above: [{ over: 500, add: { kind: "count", count: 2 } }],
        below: [{ under: -1.5, remove: { kind: "count", count: 1 } }],
        minutes: 1,
      },
    ],
  ])("%s", (rule, expected) => {
    expect(policyWith(given(`{ orders-waiting: ${orders} }`, `[${rule}]`)).rules).toEqual([expected]);
  });

  test("requests-per-target needs no naming", () => {
    const rules = "[{ target: { metric: requests-per-target, value: 700 requests/min } }]";
    expect(policyWith({ rules })).toMatchObject({
      metrics: {},
      rules: [{ kind: "target-level", name: "target requests-per-target", metric: "requests-per-target", level: 700 }],
    });
  });

  test("where it is missing, the fleet holds unless told otherwise", () => {
    const metrics = `{ orders-waiting: ${orders} }`;
    expect(policyWith(given(metrics)).missing["orders-waiting"]).toEqual({ kind: "hold" });
    const told = policyWith(given(metrics, `[${queue}]`, { missing: "{ orders-waiting: { floor: 9 } }" }));
    expect(told.missing).toMatchObject({ "orders-waiting": { kind: "floor", count: 9 }, cpu: { kind: "hold" } });
  });

  test("the version hears of them, and not of how an expression is spaced", () => {
    const rules = "[{ target: { metric: busy-share, value: 60 } }]";
    const versionOf = (metric: string) => policyVersion(policyWith(given(`{ busy-share: ${metric} }`, rules)));
    expect(versionOf(share.replace("100 * busy/", "100  *busy / "))).toBe(versionOf(share));
    expect(versionOf(share.replace("100", "101"))).not.toBe(versionOf(share));
  });
});

test("a policy that says nothing new has the version it had before it could", () => {
  expect(policyVersion(policyWith({}))).toBe("sha256:37afd2ed16c2dded83d623d1abdea3a634da2ee2e3fa7b85a11649c795761a5e");
  const told = policyWith({ missing: "{ requests-per-target: ignore }" });
  expect(policyVersion(told)).not.toBe(policyVersion(policyWith({})));
});

test("what the guide shows is right", () => {
  const blocks = readFileSync("docs/policy.md", "utf8").matchAll(/^```yaml\n(.*?)^```$/gms);
  const texts = [...blocks].map(([, yaml = ""]) => textWith({ [yaml.slice(0, yaml.indexOf(":"))]: null }) + yaml);
  expect(texts.map((text) => [issuesOf(text), policyOf(text).rules.length])).toEqual([
    [[], 4],
    [[], 1],
    [[], 1],
    [[], 1],
    [[], 1],
    [[], 1],
    [[], 1],
    [[], 1],
  ]);
});

test("however it is torn or cut, it gives a Result", () => {
  const [, guide = ""] = /^```yaml\n(.*?)^```$/ms.exec(readFileSync("docs/policy.md", "utf8")) ?? [];
  const text = textWith({}) + guide;
  const cut = fc.record({
    at: fc.nat(text.length),
    length: fc.nat(120),
    insert: fc.constantFrom("", "[", "}", "\n", '"'),
  });
  fc.assert(
    fc.property(cut, ({ at, length, insert }) => {
      const parsed = parsePolicy(text.slice(0, at) + insert + text.slice(at + length), "p.yml");
      expect(parsed.kind === "ok" || parsed.error.length > 0).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test.each([
  [
    "an expression without its series",
    "metrics: { a: { expression: b } }\nrules: [{ target: { metric: a, value: 6 } }",
  ],
  ["a target without its value", "rules: [{ target: { metric: cpu } }, { target: { metric: requests-per-target } }"],
  ["a total without its share", `metrics: { a: ${idle} }\nrules: [{ target: { metric: a } }`],
])("a torn text with %s is told of as torn", (_, torn) => {
  expect(issuesOf(textWith({}) + torn)).toEqual([expect.stringMatching(/Flow sequence/)]);
});

const check = (table: readonly (readonly [change: Change, ...issues: string[]])[]): void => {
  test.each(table.map(([change, ...issues]) => [issues[0] ?? "", change, issues] as const))(
    "%s",
    (_, change, issues) => {
      expect(issuesWith(change)).toEqual(issues);
    },
  );
};
const at = "metrics.orders-waiting";
const statistics = "expected Average, Sum, Minimum, Maximum, SampleCount, or a percentile such as p95";
const series = (fields: string): Change => given(`{ orders-waiting: { ${fields} } }`);
const expressed = (text: string, using: string): Change =>
  given(`{ orders-waiting: { expression: "${text}", using: { ${using} } } }`);

describe("a metric that is wrong", () => {
  const both = "expected one of name or expression";
  check([
    [series(""), `p.yml:6:28 ${at} ${both}`],
    [series("name: A, expression: busy"), `p.yml:6:39 ${at}.expression ${both}, but \`name\` is already given`],
    [
      series("name: A"),
      `p.yml:6:28 ${at}.namespace missing, expected a CloudWatch namespace, such as Shop`,
      `p.yml:6:28 ${at}.statistic missing, ${statistics}`,
    ],
    [
      series("namespce: Shop, name: A, statistic: Sum"),
      `p.yml:6:30 ${at}.namespce unknown key; did you mean \`namespace\`?`,
    ],
    [
      series("namespace: Shop, name: A, statistic: average"),
      `p.yml:6:67 ${at}.statistic ${statistics}, found "average"; did you mean \`Average\`?`,
    ],
    [series("namespace: Shop, name: A, statistic: p100"), `p.yml:6:67 ${at}.statistic ${statistics}, found "p100"`],
    [
      series('namespace: ":Shop", name: A, statistic: Sum'),
      `p.yml:6:41 ${at}.namespace expected a CloudWatch namespace, such as Shop, found ":Shop"`,
    ],
    [
      series("namespace: Shop, name: A, statistic: Sum, dimensions: { Shard: 3 }"),
      `p.yml:6:93 ${at}.dimensions.Shard expected a dimension's value as text (a number in quotes), found 3`,
    ],
    [
      series(`namespace: Shop, name: A, statistic: Sum, using: { busy: ${busy} }`),
      `p.yml:6:72 ${at}.using unknown key without \`expression\``,
    ],
  ]);
});

describe("an expression that is wrong", () => {
  check([
    [series("expression: busy"), `p.yml:6:28 ${at}.using missing, expected a map of 1 to 10 series`],
    [
      expressed("busy", `Busy: ${busy}, busy: ${busy}`),
      `p.yml:6:59 ${at}.using.Busy expected a name such as busy: a small letter, then letters, digits and _, found "Busy"`,
    ],
    [
      series(`expression: busy, statistic: Sum, using: { busy: ${busy} }`),
      `p.yml:6:48 ${at}.statistic unknown key beside \`expression\`: each series under \`using\` has its own`,
    ],
    [
      expressed("busy", "busy: { namespace: Shop, name: Busy }"),
      `p.yml:6:65 ${at}.using.busy.statistic missing, ${statistics}`,
    ],
    [
      expressed("bsuy", `busy: ${busy}`),
      `p.yml:6:42 ${at}.expression unknown name "bsuy" at character 1; did you mean \`busy\`?`,
    ],
    [
      expressed("busy", `busy: ${busy}, idle: ${idle}`),
      `p.yml:6:114 ${at}.using.idle the expression does not use it: use it, or take it away`,
    ],
    [
      expressed("SEARCH('{Shop} Busy', 'Sum')", `busy: ${busy}`),
      `p.yml:6:42 ${at}.expression \`SEARCH\` gives several series, or ones that \`using\` does not name; a rule reads one`,
    ],
    [
      expressed("1+".repeat(251), `busy: ${busy}`),
      `p.yml:6:42 ${at}.expression expected metric math of 1 to 500 characters, found "${"1+".repeat(30)}…"`,
    ],
  ]);
});

describe("a name that is wrong", () => {
  const targets = "expected requests, cpu, requests-per-target or a name under `metrics`";
  const eleven = Array.from({ length: 11 }, (_, index) => `m${index}: ${idle}`).join(", ");
  const noSuch = `p.yml:7:29 rules[0].target.metric ${targets}, found "orders-waiting"`;
  check([
    [given("[]"), "p.yml:6:10 metrics expected a map of at most 10 metrics, found a list", noSuch],
    [given(`{ ${eleven} }`), "p.yml:6:10 metrics expected a map of at most 10 metrics, found 11", noSuch],
    [
      given(`{ cpu: ${orders}, orders-waiting: ${orders} }`),
      "p.yml:6:12 metrics.cpu this is a built-in metric: choose another name",
    ],
    [
      given(`{ healthy-hosts: ${orders}, orders-waiting: ${orders} }`),
      "p.yml:6:12 metrics.healthy-hosts this is a built-in metric: choose another name",
    ],
    [
      given(`{ Orders: ${orders}, orders-waiting: ${orders} }`),
      'p.yml:6:12 metrics.Orders expected a name of 1 to 40 characters of a–z, 0–9 and -, a letter first, found "Orders"',
    ],
    [
      given(`{ orders-waiting: ${orders}, orders-waiting: ${orders} }`),
      `p.yml:6:121 ${at} duplicate key, already given on line 6`,
    ],
    [
      given(`{ orders-waiting: ${orders}, idle: ${idle} }`),
      "p.yml:6:121 metrics.idle no rule reads it: let one, or take it away",
    ],
  ]);
});

describe("a rule that is wrong", () => {
  const with1 = (rule: string, rest: Change = {}): Change => given(`{ orders-waiting: ${orders} }`, `[${rule}]`, rest);
  const choice = "expected `value` (what each instance is to read) or `perInstance` (what one takes on of a total)";
  const unread = "p.yml:6:12 metrics.orders-waiting no rule reads it: let one, or take it away";
  check([
    [with1("{ target: { metric: requests } }"), unread],
    [
      with1("{ target: { metric: order-waiting, perInstance: 100 } }"),
      'p.yml:7:29 rules[0].target.metric expected requests, cpu, requests-per-target or a name under `metrics`, found "order-waiting"; did you mean `orders-waiting`?',
    ],
    [with1("{ target: { metric: orders-waiting } }"), `p.yml:7:19 rules[0].target ${choice}`],
    [
      with1("{ target: { metric: orders-waiting, perInstanse: 100 } }"),
      "p.yml:7:45 rules[0].target.perInstanse unknown key; did you mean `perInstance`?",
    ],
    [
      with1("{ target: { metric: orders-waiting, value: 6, perInstance: 6 } }"),
      `p.yml:7:55 rules[0].target.perInstance ${choice}, found both`,
    ],
    [
      with1("{ target: { metric: orders-waiting, value: 60% } }"),
      'p.yml:7:52 rules[0].target.value expected a number from 0.000001 to 1000000000000, found "60%"',
    ],
    [
      with1("{ target: { metric: orders-waiting, perInstance: 0 } }"),
      "p.yml:7:58 rules[0].target.perInstance expected a number from 0.000001 to 1000000000000, found 0",
    ],
    [
      with1("{ target: { metric: orders-waiting, perInstance: .inf } }"),
      "p.yml:7:58 rules[0].target.perInstance expected a number from 0.000001 to 1000000000000, found .inf",
    ],
    [
      with1("{ step: { metric: orders-waiting, above: [{ over: 60%, add: 1 }] } }"),
      'p.yml:7:59 rules[0].step.above[0].over expected a number from -1000000000000 to 1000000000000, found "60%"',
    ],
    [
      with1("{ step: { metric: orders-waitin, above: [{ over: 60, add: 1 }] } }"),
      'p.yml:7:27 rules[0].step.metric expected requests, cpu, latency-p50, latency-p90, latency-p95, latency-p99, errors-5xx, rejected, requests-per-target or a name under `metrics`, found "orders-waitin"; did you mean `orders-waiting`?',
    ],
    [
      with1(queue, { missing: "{ orders-waitin: hold }" }),
      "p.yml:8:12 missing.orders-waitin unknown key; did you mean `orders-waiting`?",
    ],
    [
      with1(queue, { missing: "{ orders-waiting: { floor: 61 } }" }),
      "p.yml:8:37 missing.orders-waiting.floor expected at most bounds.max, which is 60, found 61",
    ],
  ]);
});

test("what the guide to peaks shows is right", () => {
  const [, peaks = ""] = /^```yaml\n(.*?)^```$/ms.exec(readFileSync("docs/peaks.md", "utf8")) ?? [];
  expect(issuesOf(textWith({}) + peaks)).toEqual([]);
  expect(policyOf(textWith({}) + peaks).peaks.map(({ early }) => early.kind)).toEqual(["never", "below", "never"]);
});
