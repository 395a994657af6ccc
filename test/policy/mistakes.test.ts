import { describe, expect, test } from "@jest/globals";
import { type Change, issuesOf, issuesWith, textWith } from "./sample.ts";

/** Each change makes exactly these mistakes. */
type Table = readonly (readonly [change: Change, ...issues: string[]])[];

const check = (table: Table): void => {
  test.each(table.map(([change, ...issues]) => [issues[0] ?? "", change, issues] as const))(
    "%s",
    (_, change, issues) => {
      expect(issuesWith(change)).toEqual(issues);
    },
  );
};

const builtIn = "requests, cpu, latency-p50, latency-p90, latency-p95, latency-p99, errors-5xx, rejected";
const targets = "requests, cpu, requests-per-target or a name under `metrics`";

const topLevel =
  "fleet, targetGroup, loadBalancer, launch, bounds, capacity, metrics, rules, peaks, warm, drain, missing, renew, reserve, stabilization, limits or mode";

describe("keys", () => {
  check([
    [{ targetGroup: null, targetGrop: "shop-web" }, "p.yml:5:1 targetGrop unknown key; did you mean `targetGroup`?"],
    [{ bounds: "{ mni: 3, max: 60 }" }, "p.yml:4:11 bounds.mni unknown key; did you mean `min`?"],
    [{ bounds: "{ min: 3, max: 60, step: 2 }" }, "p.yml:4:28 bounds.step unknown key, expected min or max"],
    [{ lb: "shop" }, `p.yml:6:1 lb unknown key, expected ${topLevel}`],
    [{ bounds: "{ min: 3 }" }, "p.yml:4:9 bounds.max missing, expected a whole number from 1 to 10000"],
    [{ fleet: null }, "p.yml:1:1 fleet missing, expected a name of 1 to 40 characters of a–z, 0–9 and -"],
    [{ bounds: "{ min: 3, max: 60, min: 4 }" }, "p.yml:4:28 bounds.min duplicate key, already given on line 4"],
    [{ bounds: "{ [1]: 3, min: 3, max: 60 }" }, 'p.yml:4:11 bounds["?"] expected a plain key: min or max'],
    [{ limits: "{ cost: 9 }" }, "p.yml:6:11 limits.cost unknown key, expected scaleOut, scaleIn, budget or surge"],
    [{ '"a b\\n"': "1", mode: "live" }, `p.yml:6:1 ["a b\\n"] unknown key, expected ${topLevel}`],
  ]);
});

describe("a budget", () => {
  const launch = "{ template: shop-web, instanceTypes: [m7g.large] }";
  const usd = "expected a price from 0.01 USD/h to 100000 USD/h, such as 9 USD/h";
  const budget = (written: string, types = "m7g.large"): Change => ({
    launch: launch.replace("m7g.large", types),
    limits: `{ budget: ${written} }`,
  });
  check([
    [budget("{ hard: 14 }"), `p.yml:6:27 limits.budget.hard ${usd}, found 14`],
    [budget("{ hard: 0 USD/h }"), `p.yml:6:27 limits.budget.hard ${usd}, found "0 USD/h"`],
    [
      budget("{}"),
      "p.yml:6:19 limits.budget expected `soft`, `hard` or both, such as { soft: 9 USD/h, hard: 14 USD/h }",
    ],
    [
      budget("{ soft: 9 USD/h, hard: 8 USD/h }"),
      "p.yml:6:27 limits.budget.soft expected at most hard, which is 8 USD/h, found 9 USD/h",
    ],
    [
      budget("{ hard: 8 USD/h }", "p9.huge"),
      "p.yml:6:11 limits.budget no price of p9.huge is known: give it as `prices: { p9.huge: { onDemand: 0.10 USD/h, spot: 0.04 USD/h } }`",
    ],
    [
      { limits: "{ budget: { hard: 8 USD/h } }" },
      "p.yml:6:11 limits.budget expected `launch.instanceTypes`: a budget has to know what an instance costs",
    ],
  ]);
});

describe("values", () => {
  const name = "expected a name of 1 to 40 characters of a–z, 0–9 and -";
  const rate = "expected a rate from 1/min to 10000000/min, such as 1200 requests/min";
  const share = "expected a percentage from 1% to 100%, such as 65%";
  const count = "expected a whole number from 1 to 10000";
  check([
    [{ fleet: "Shop" }, `p.yml:1:8 fleet ${name}, found "Shop"`],
    [{ fleet: "12" }, `p.yml:1:8 fleet ${name}, found 12`],
    [{ fleet: "a".repeat(41) }, `p.yml:1:8 fleet ${name}, found "${"a".repeat(41)}"`],
    [{ fleet: "" }, `p.yml:1:1 fleet ${name}, found nothing`],
    [{ fleet: '"a\\u2028b"' }, `p.yml:1:8 fleet ${name}, found "a\\u{2028}b"`],
    [{ fleet: "B".repeat(99) }, `p.yml:1:8 fleet ${name}, found "${"B".repeat(60)}…"`],
    [{ fleet: "*nobody" }, `p.yml:1:8 fleet ${name}, found an alias without an anchor before it`],
    [
      { targetGroup: "shop_web" },
      'p.yml:2:14 targetGroup expected a target group\'s name (at most 32 letters, digits and -) or ARN, found "shop_web"',
    ],
    [{ bounds: "[3, 60]" }, "p.yml:4:9 bounds expected a map with min, max, found a list"],
    [{ bounds: "{ min: 3, max: 10001 }" }, `p.yml:4:24 bounds.max ${count}, found 10001`],
    [{ bounds: "{ min: 0, max: 0 }" }, `p.yml:4:24 bounds.max ${count}, found 0`],
    [{ bounds: "{ min: 0, max: 1e999 }" }, `p.yml:4:24 bounds.max ${count}, found 1e999`],
    [{ bounds: "{ min: -1, max: 6 }" }, "p.yml:4:16 bounds.min expected a whole number from 0 to 10000, found -1"],
    [{ bounds: "{ min: 1.5, max: 6 }" }, "p.yml:4:16 bounds.min expected a whole number from 0 to 10000, found 1.5"],
    [{ bounds: '{ min: "1", max: 6 }' }, 'p.yml:4:16 bounds.min expected a whole number from 0 to 10000, found "1"'],
    [{ bounds: "{ min: 9, max: 3 }" }, "p.yml:4:16 bounds.min expected at most max, which is 3, found 9"],
    [{ capacity: "{ perInstance: .nan }" }, `p.yml:5:26 capacity.perInstance ${rate}, found .nan`],
    [{ capacity: "{ perInstance: .inf }" }, `p.yml:5:26 capacity.perInstance ${rate}, found .inf`],
    [{ capacity: "{ perInstance: 0 }" }, `p.yml:5:26 capacity.perInstance ${rate}, found 0`],
    [{ capacity: "{ perInstance: -7 }" }, `p.yml:5:26 capacity.perInstance ${rate}, found -7`],
    [{ capacity: "{ perInstance: 9e99 }" }, `p.yml:5:26 capacity.perInstance ${rate}, found 9e99`],
    [{ capacity: "{ perInstance: 12/h }" }, `p.yml:5:26 capacity.perInstance ${rate}, found "12/h"`],
    [{ capacity: "{ perInstance: 1, target: 65 }" }, `p.yml:5:37 capacity.target ${share}, found 65`],
    [{ capacity: "{ perInstance: 1, target: 0% }" }, `p.yml:5:37 capacity.target ${share}, found "0%"`],
    [{ capacity: "{ perInstance: 1, target: 101% }" }, `p.yml:5:37 capacity.target ${share}, found "101%"`],
    [{ mode: "liv" }, 'p.yml:6:7 mode expected live or shadow, found "liv"; did you mean `live`?'],
    [{ mode: "off" }, 'p.yml:6:7 mode expected live or shadow, found "off"'],
    [{ drain: "{ takeBack: 1 }" }, "p.yml:6:20 drain.takeBack expected true or false, found 1"],
    [
      { drain: "{ timeout: 61m }" },
      'p.yml:6:19 drain.timeout expected a duration from 0s to 1h, such as 2m, found "61m"',
    ],
    [{ drain: "{ timeout: 2 }" }, "p.yml:6:19 drain.timeout expected a duration from 0s to 1h, such as 2m, found 2"],
    [
      { limits: "{ scaleOut: 100%/30s }" },
      'p.yml:6:21 limits.scaleOut expected a velocity from 1% to 10000% per 1m to 1h, such as 100%/2m, found "100%/30s"',
    ],
    [
      { limits: "{ scaleOut: 100%/2m/2 }" },
      'p.yml:6:21 limits.scaleOut expected a velocity from 1% to 10000% per 1m to 1h, such as 100%/2m, found "100%/2m/2"',
    ],
    [
      { stabilization: "{ scaleIn: 2h }" },
      'p.yml:6:27 stabilization.scaleIn expected a duration from 0s to 1h, such as 2m, found "2h"',
    ],
    [
      { missing: "{ cpu: hodl }" },
      'p.yml:6:17 missing.cpu expected hold or ignore, found "hodl"; did you mean `hold`?',
    ],
    [{ missing: "{ cpu: {} }" }, "p.yml:6:17 missing.cpu expected one of floor or scaleOut"],
    [
      { missing: "{ cpu: [] }" },
      "p.yml:6:17 missing.cpu expected hold or ignore, or a map with floor, scaleOut, found a list",
    ],
    [
      { missing: "{ cpu: { floor: 1, scaleOut: 1 } }" },
      "p.yml:6:29 missing.cpu.scaleOut expected one of floor or scaleOut, but `floor` is already given",
    ],
    [
      { missing: "{ cpu: { floor: 61 } }" },
      "p.yml:6:26 missing.cpu.floor expected at most bounds.max, which is 60, found 61",
    ],
    [
      { missing: "{ memory: hold }" },
      `p.yml:6:12 missing.memory unknown key, expected ${builtIn} or requests-per-target`,
    ],
  ]);
});

describe("launch and warm", () => {
  const unsent = "expected letters, digits and /._~!$&()*+,;=:@%?#- alone: by ssm nothing else is sent";
  const unsentName = "expected letters, digits, - and _ alone: by ssm no other name of a header is sent";
  const pages = ["a", "b", "c", "d"].map((page) => `/${page.repeat(1_000)}`).join(", ");
  check([
    [
      { launch: "{ template: shop, role: arn:aws:iam::123456789012:user/shop }" },
      'p.yml:3:33 launch.role expected an IAM role\'s name (at most 64 letters, digits and +=,.@_-) or ARN, found "arn:aws:iam::123456789012:user/shop"',
    ],
    [
      { launch: "{ template: shop, role: '*' }" },
      'p.yml:3:33 launch.role expected an IAM role\'s name (at most 64 letters, digits and +=,.@_-) or ARN, found "*"',
    ],
    [
      { launch: "{ template: lt-XYZ }" },
      'p.yml:3:21 launch.template expected a launch template such as shop-web, shop-web:3 or lt-0a1b2c3d4e5f60718, found "lt-XYZ"',
    ],
    [{ launch: "{ template: { version: 3 } }" }, "p.yml:3:21 launch.template expected one of name or id"],
    [
      { launch: "{ template: { name: shop, version: 0 } }" },
      "p.yml:3:44 launch.template.version expected a whole number from 1 to 1000000 or $Default or $Latest, found 0",
    ],
    [
      { launch: "{ template: shop, subnets: [vpc-1] }" },
      'p.yml:3:37 launch.subnets[0] expected a subnet id, found "vpc-1"',
    ],
    [
      { launch: "{ template: shop, subnets: [subnet-1, subnet-1] }" },
      'p.yml:3:47 launch.subnets[1] "subnet-1" is already on line 3',
    ],
    [
      { launch: "{ template: shop, instanceTypes: m7g.large }" },
      'p.yml:3:42 launch.instanceTypes expected a list of at most 50 instance types, found "m7g.large"',
    ],
    [
      { launch: "{ template: shop, purchase: { spotShare: 130% } }" },
      'p.yml:3:50 launch.purchase.spotShare expected a percentage from 0% to 100%, such as 65%, found "130%"',
    ],
    [
      { launch: "{ template: shop, leadTime: 0s }" },
      'p.yml:3:37 launch.leadTime expected a duration from 1s to 1h, such as 2m, found "0s"',
    ],
    [{ warm: "{}" }, "p.yml:6:7 warm expected one of http or hook"],
    [{ warm: "{ http: { until: { p95: 1s } } }" }, "p.yml:6:15 warm.http expected one of paths or sitemap"],
    [
      { warm: "{ http: { paths: [/], sitemap: /s.xml, until: { p95: 1s } } }" },
      "p.yml:6:29 warm.http.sitemap expected one of paths or sitemap, but `paths` is already given",
    ],
    [
      { warm: "{ http: { paths: [/], until: { p95: 1s, of: 4 }, method: POST, concurrency: 51 } }" },
      "p.yml:6:51 warm.http.until.of expected a whole number from 5 to 1000, found 4",
      'p.yml:6:64 warm.http.method expected GET or HEAD, found "POST"',
      "p.yml:6:83 warm.http.concurrency expected a whole number from 1 to 50, found 51",
    ],
    [
      {
        warm: "{ http: { paths: [/], until: { p95: 1s }, headers: { Upgrade: a, X-Aws-Ec2-Metadata-Token: b, c: 1 } } }",
      },
      'p.yml:6:60 warm.http.headers.Upgrade expected a header\'s name, none that says how a message travels, found "Upgrade"',
      'p.yml:6:72 warm.http.headers.X-Aws-Ec2-Metadata-Token expected a header\'s name, none that says how a message travels, found "X-Aws-Ec2-Metadata-Token"',
      "p.yml:6:104 warm.http.headers.c expected a header's value as text of printable characters (a number in quotes), found 1",
    ],
    [
      { warm: "{ http: { by: ssh, paths: [/], until: { p95: 1s } } }" },
      'p.yml:6:21 warm.http.by expected function or ssm, found "ssh"; did you mean `ssm`?',
    ],
    [
      { warm: "{ http: { by: ssm, sitemap: /s.xml, until: { p95: 1s } } }" },
      "p.yml:6:26 warm.http.sitemap expected paths: by ssm no sitemap is read",
    ],
    [
      {
        warm: `{ http: { by: ssm, paths: [/, "/it's", "/{{a}}"], until: { p95: 1s }, headers: { A: b|c, B!: d }, cacheHeader: a.b } }`,
      },
      `p.yml:6:37 warm.http.paths[1] ${unsent}`,
      `p.yml:6:46 warm.http.paths[2] ${unsent}`,
      `p.yml:6:91 warm.http.headers.A ${unsent.replace("digits", "digits, blanks")}`,
      `p.yml:6:96 warm.http.headers["B!"] ${unsentName}`,
      `p.yml:6:118 warm.http.cacheHeader ${unsentName}`,
    ],
    [
      { warm: "{ http: { by: ssm, paths: [/!], until: { p95: 1s }, headers: { A: '!' }, cacheHeader: 'x!cache' } }" },
      `p.yml:6:93 warm.http.cacheHeader ${unsentName}`,
    ],
    [
      { warm: `{ http: { by: ssm, paths: [${pages}], until: { p95: 1s } } }` },
      "p.yml:6:15 warm.http expected at most 4000 characters of paths and headers by ssm",
    ],
    [
      { warm: "{ hook: warm-shop }" },
      'p.yml:6:15 warm.hook expected a Lambda function\'s ARN, with or without an alias, found "warm-shop"',
    ],
    [
      { warm: "{ http: { paths: [], until: { p95: 1s } } }" },
      "p.yml:6:24 warm.http.paths expected a list of 1 to 50 paths, found 0",
    ],
    [
      { warm: "{ http: { paths: [a], until: { p95: 1s } }, onFailure: ignore }" },
      'p.yml:6:25 warm.http.paths[0] expected a path that begins with /, found "a"',
      'p.yml:6:62 warm.onFailure expected serve or replace, found "ignore"',
    ],
  ]);
});

describe("capacity", () => {
  check([
    [
      { capacity: "{ perInstance: 100 requests/min, learn: { from: 600/min, to: 2400/min } }" },
      "p.yml:5:26 capacity.perInstance expected a start within learn, 600 to 2400 a minute",
    ],
    [
      { capacity: "{ perInstance: 1000 requests/min, learn: { from: 2400/min, to: 600/min } }" },
      "p.yml:5:60 capacity.learn.from expected at most to, which is 600, found 2400",
    ],
  ]);
});

describe("rules", () => {
  const kinds = "expected one of target, step, schedule or forecast";
  check([
    [{ rules: "[]" }, "p.yml:6:8 rules expected a list of 1 to 50 rules, found 0"],
    [
      { rules: "[{ forecast: { metric: requests } }, { name: b, forecast: { metric: requests, mode: shadow } }]" },
      "p.yml:6:56 rules[1].forecast expected one forecast rule in a policy, this is another",
    ],
    [{ rules: "[{}]" }, `p.yml:6:9 rules[0] ${kinds}`],
    [{ rules: "[{ name: a }]" }, `p.yml:6:9 rules[0] ${kinds}`],
    [{ rules: "[{ targt: { metric: requests } }]" }, "p.yml:6:11 rules[0].targt unknown key; did you mean `target`?"],
    [
      { rules: "[{ guess: { metric: requests } }]" },
      "p.yml:6:11 rules[0].guess unknown key, expected name, target, step, schedule or forecast",
    ],
    [
      { rules: "[{ forecast: { metric: cpu } }]" },
      'p.yml:6:31 rules[0].forecast.metric expected requests, found "cpu"',
    ],
    [
      { rules: "[{ forecast: { metric: requests, serve: 99.9%, quantile: 95% } }]" },
      "p.yml:6:55 rules[0].forecast.quantile expected `serve` or `quantile`, found both",
    ],
    [
      { rules: "[{ forecast: { metric: requests, quantile: 95%, within: 1s } }]" },
      "p.yml:6:56 rules[0].forecast.within expected `within` beside `serve`, found `quantile`",
    ],
    [
      { rules: "[{ forecast: { metric: requests, within: 2m } }]" },
      'p.yml:6:49 rules[0].forecast.within expected a duration from 10ms to 1m, such as 300ms, found "2m"',
    ],
    [
      { rules: "[{ forecast: { metric: requests, serve: 100% } }]" },
      'p.yml:6:48 rules[0].forecast.serve expected a percentage from 90% to 99.99%, such as 95%, found "100%"',
    ],
    [
      { rules: "[{ target: { metric: requests }, step: { metric: cpu, above: [{ over: 60%, add: 1 }] } }]" },
      `p.yml:6:41 rules[0].step ${kinds}, but \`target\` is already given`,
    ],
    [
      { rules: "[{ target: { metric: requests, value: 60% } }]" },
      "p.yml:6:39 rules[0].target.value unknown key for requests: the share to plan for is `capacity.target`",
    ],
    [
      { rules: "[{ target: { metric: cpu } }]" },
      "p.yml:6:19 rules[0].target.value missing, expected the percentage of cpu to hold, such as 60%",
    ],
    [
      { rules: "[{ target: { metric: latency-p95 } }]" },
      `p.yml:6:29 rules[0].target.metric expected ${targets}, found "latency-p95": use \`step\` for it`,
    ],
    [
      { rules: "[{ target: { metric: memory } }]" },
      `p.yml:6:29 rules[0].target.metric expected ${targets}, found "memory"`,
    ],
    [
      { rules: "[{ target: { metric: requests-per-target } }]" },
      "p.yml:6:19 rules[0].target.value missing, expected a rate from 1/min to 10000000/min, such as 1200 requests/min",
    ],
    [
      { rules: "[{ target: { metric: requests-per-target, value: 60% } }]" },
      'p.yml:6:57 rules[0].target.value expected a rate from 1/min to 10000000/min, such as 1200 requests/min, found "60%"',
    ],
    [
      { rules: "[{ target: { metric: requests-per-target, perInstance: 700, value: 700 } }]" },
      "p.yml:6:50 rules[0].target.perInstance unknown key for requests-per-target, which every instance reads for itself",
    ],
    [
      { rules: "[{ target: { metric: requests, perInstance: 700 } }]" },
      "p.yml:6:39 rules[0].target.perInstance unknown key for requests: it is `capacity.perInstance`",
    ],
    [
      { rules: "[{ target: { metric: request-per-target, value: 700 } }]" },
      `p.yml:6:29 rules[0].target.metric expected ${targets}, found "request-per-target"; did you mean \`requests-per-target\`?`,
    ],
    [
      { rules: "[{ step: { metric: memory, above: [{ over: 60%, add: 1 }] } }]" },
      `p.yml:6:27 rules[0].step.metric expected ${builtIn}, requests-per-target or a name under \`metrics\`, found "memory"`,
    ],
    [
      { rules: "[{ step: { metric: cpu } }]" },
      "p.yml:6:17 rules[0].step expected at least one tier in `above` or `below`",
    ],
    [
      { rules: "[{ step: { metric: latency-p95, above: [{ over: 60%, add: 1 }] } }]" },
      'p.yml:6:56 rules[0].step.above[0].over expected a duration from 1ms to 10m, such as 2m, found "60%"',
    ],
    [
      { rules: "[{ step: { metric: cpu, above: [{ over: 400 ms, add: 1 }] } }]" },
      'p.yml:6:48 rules[0].step.above[0].over expected a percentage from 0% to 100%, such as 65%, found "400 ms"',
    ],
    [
      { rules: "[{ step: { metric: cpu, above: [{ over: 60%, add: 0 }] } }]" },
      "p.yml:6:58 rules[0].step.above[0].add expected a percentage from 1% to 1000%, such as 65% or a whole number from 1 to 10000, found 0",
    ],
    [
      { rules: "[{ step: { metric: latency-p95, above: [{ over: 1s, add: 1 }, { over: 1000 ms, add: 2 }] } }]" },
      'p.yml:6:78 rules[0].step.above[1].over "1000 ms" is already on line 6',
    ],
    [
      { rules: "[{ step: { metric: cpu, above: [{ over: 60%, add: 1 }], below: [{ under: 70%, remove: 1 }] } }]" },
      'p.yml:6:81 rules[0].step.below[0].under expected at most the lowest `over`, found "70%"',
    ],
    [
      { rules: "[{ step: { metric: cpu, above: [{ over: 60%, add: 1 }], for: 90s } }]" },
      'p.yml:6:69 rules[0].step.for expected whole minutes, found "90s"',
    ],
    [
      { rules: '[{ schedule: { cron: "0 8 * * *", min: 61, for: 1h } }]' },
      "p.yml:6:47 rules[0].schedule.min expected at most bounds.max, which is 60, found 61",
    ],
    [
      { rules: '[{ schedule: { cron: "0 8 * * *", min: 6, for: 8d } }]' },
      'p.yml:6:55 rules[0].schedule.for expected a duration from 1m to 7d, such as 2m, found "8d"',
    ],
    [
      { rules: "[{ name: a, target: { metric: requests } }, { name: a, target: { metric: requests } }]" },
      'p.yml:6:60 rules[1].name "a" is already on line 6',
    ],
    [
      { rules: `[${"{ target: { metric: requests } },".repeat(51)}]` },
      "p.yml:6:8 rules expected a list of 1 to 50 rules, found 51",
    ],
  ]);
});

describe("peaks", () => {
  const peak = (rest: string): Change => ({ peaks: `[{ name: a, hold: 1h, ${rest} }]` });
  const expects =
    "expected a factor from 1.01x to 100x, such as 5x or a rate from 1/min to 1000000000/min, such as 1200 requests/min";
  check([
    [
      peak("at: 2027-03-20T09:00, expect: { like: 2027-03-20 }"),
      "p.yml:6:60 peaks[0].expect expected a day before that of `at`",
    ],
    [
      peak("at: 2027-03-20T02:30, timeZone: Europe/Paris, expect: { like: 2026-03-29 }"),
      "p.yml:6:84 peaks[0].expect 2026-03-29T02:30 does not exist in Europe/Paris: the clocks jump from 2026-03-29T02:00 to 2026-03-29T03:00",
    ],
    [
      peak("at: 2027-03-20T09:00, expect: { like: 2026-02-29 }"),
      'p.yml:6:68 peaks[0].expect.like expected a day that the month has, found "2026-02-29"',
    ],
    [
      peak("at: 2027-03-20T09:00, expect: 5x, sure: perhaps"),
      'p.yml:6:70 peaks[0].sure expected certain or likely, found "perhaps"',
    ],
    [
      peak("at: 2027-03-20T09:00, expect: 5x, release: { early: { below: 0% } }"),
      'p.yml:6:91 peaks[0].release.early.below expected a percentage from 1% to 100%, such as 65%, found "0%"',
    ],
    ...[
      ...["ftp://a.example.com/", "https://10.0.0.1/", "https://[::1]/", "https://2130706433/", "https://localhost/"],
      ...["https://a.localhost/x", "http://metadata.google.internal/", "https://printer.local", "https://intranet/"],
      ...[
        "https://ann:secret@a.example.com/",
        "https://a.example.com/#top",
        "https://a.example.com/a b",
        "//a.example.com/",
      ],
    ].map((url): [Change, string] => [
      peak(`at: 2027-03-20T09:00, expect: 5x, prefetch: { urls: ["${url}"] }`),
      `p.yml:6:83 peaks[0].prefetch.urls[0] expected a URL of http or https whose host is a public name, found "${url}"`,
    ]),
    [
      peak('at: 2027-03-20T09:00, expect: 5x, prefetch: { urls: ["https://a.example.com", "https://a.example.com"] }'),
      'p.yml:6:108 peaks[0].prefetch.urls[1] "https://a.example.com" is already on line 6',
    ],
    [
      peak(`at: 2027-03-20T09:00, expect: 5x, prefetch: { urls: [${'"https://a.example.com/",'.repeat(101)}] }`),
      "p.yml:6:82 peaks[0].prefetch.urls expected a list of 1 to 100 URLs, found 101",
    ],
    [
      peak('at: 2027-03-20T09:00, expect: 5x, prefetch: { urls: ["https://a.example.com"], before: 2d }'),
      'p.yml:6:117 peaks[0].prefetch.before expected a duration from 1m to 1d, such as 2m, found "2d"',
    ],
    [peak("at: 2027-03-20T09:00, expect: 1x"), `p.yml:6:60 peaks[0].expect ${expects}, found "1x"`],
    [peak("at: 2027-03-20T09:00, expect: 101x"), `p.yml:6:60 peaks[0].expect ${expects}, found "101x"`],
    [
      peak("at: 2027-03-20 09:00, expect: 5x"),
      'p.yml:6:34 peaks[0].at expected a date and time such as 2027-03-20T09:00, found "2027-03-20 09:00"',
    ],
    [
      peak("at: 2027-02-29T09:00, expect: 5x"),
      'p.yml:6:34 peaks[0].at expected a day that the month has, found "2027-02-29T09:00"',
    ],
    [
      peak("at: 2027-03-20T09:00Z, timeZone: Europe/Paris, expect: 5x"),
      'p.yml:6:34 peaks[0].at expected a local time, because `timeZone` is given, found "2027-03-20T09:00Z"',
    ],
    [
      peak("at: 2027-03-20T09:00, timeZone: Europe/Pari, expect: 5x"),
      'p.yml:6:62 peaks[0].timeZone expected an IANA time zone such as Europe/Paris, found "Europe/Pari"; did you mean `Europe/Paris`?',
    ],
    [
      peak("at: 2027-03-20T09:00, timeZone: +02:00, expect: 5x"),
      'p.yml:6:62 peaks[0].timeZone expected an IANA time zone such as Europe/Paris, found "+02:00"',
    ],
    [
      {
        peaks:
          "[{ name: a, at: 2027-03-20T09:00, expect: 5x, hold: 1h }, { name: a, at: 2027-03-21T09:00, expect: 5x, hold: 1h }]",
      },
      'p.yml:6:74 peaks[1].name "a" is already on line 6',
    ],
  ]);
});

test("all mistakes come at once, in the order of the text, even the ones about several keys", () => {
  expect(
    issuesWith({
      fleet: "Shop",
      bounds: "{ min: 9, max: 3 }",
      capacity: "{ perInstance: 0, traget: 65% }",
      rules: '[{ targt: 1 }, { schedule: { cron: "0 8 * * *", min: 4, for: 1h } }]',
      peaks: "[{ name: a, at: 1, expect: 5x, hold: 1h }, { name: a, at: 2027-03-21T09:00, expect: 5x, hold: 1h }]",
    }).map((issue) => issue.split(" ", 2).join(" ")),
  ).toEqual([
    "p.yml:1:8 fleet",
    "p.yml:4:16 bounds.min",
    "p.yml:5:26 capacity.perInstance",
    "p.yml:5:29 capacity.traget",
    "p.yml:6:11 rules[0].targt",
    "p.yml:7:24 peaks[0].at",
    "p.yml:7:59 peaks[1].name",
  ]);
});

test("block style points as precisely as flow style", () => {
  const text = textWith({
    rules: "\n  - target:\n      metric: requests\n  - schedule:\n      cron: 0 8 * *\n      min: 4\n",
  });
  expect(issuesOf(text)).toEqual([
    "p.yml:10:7 rules[1].schedule.for missing, expected a duration from 1m to 7d, such as 2m",
    'p.yml:10:13 rules[1].schedule.cron expected five Unix cron fields (minute hour day month weekday) such as 0 8 * * MON-FRI, found "0 8 * *": it has 4 fields',
  ]);
});
