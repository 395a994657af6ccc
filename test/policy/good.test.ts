import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { startsOf } from "../../shared/policy/cron.ts";
import { defaultPolicy, type Policy } from "../../shared/policy/index.ts";
import { policyOf, policyWith } from "./sample.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const hold = { kind: "hold" } as const;

const smallest: Policy = {
  fleet: "shop",
  targetGroup: "shop-web",
  launch: {
    template: { kind: "name", value: "shop-web", version: "$Default" },
    subnets: [],
    instanceTypes: [],
    purchase: { onDemandBase: 0, spotShareRatio: 0 },
    role: "",
    leadTimeMs: 4 * minuteMs,
  },
  bounds: { min: 3, max: 60 },
  capacity: { perInstancePerMinute: 1200, targetRatio: 0.6, limitRatio: 0.8, learn: { kind: "none" } },
  metrics: {},
  rules: [
    {
      kind: "forecast",
      name: "forecast requests",
      metric: "requests",
      aim: { kind: "serve", ratio: 0.999 },
      mode: "active",
      timeZone: "UTC",
      holidays: [],
    },
  ],
  peaks: [],
  warm: { kind: "none" },
  drain: { timeoutMs: 2 * minuteMs, takeBack: "allowed" },
  missing: {
    requests: hold,
    cpu: hold,
    "latency-p50": hold,
    "latency-p90": hold,
    "latency-p95": hold,
    "latency-p99": hold,
    "errors-5xx": hold,
    rejected: hold,
    "requests-per-target": hold,
  },
  stabilization: { scaleOutMs: 0, scaleInMs: 2 * minuteMs },
  renew: { kind: "never" },
  reserve: { kind: "none" },
  limits: {
    scaleOut: { ratio: 10, windowMs: minuteMs },
    scaleIn: { ratio: 1, windowMs: minuteMs },
    budget: { kind: "none" },
    surgeRatio: 0.1,
  },
  mode: "live",
};

test("the smallest policy is complete", () => {
  expect(policyWith({})).toEqual(smallest);
});

test("a reserve, and what a stopped one of it costs: 8 GB at 0.08 USD a gigabyte and month of 730 hours", () => {
  expect(policyWith({ reserve: "{ count: 4 }" }).reserve).toEqual({
    ...{ kind: "keeps", count: 4, by: "stopping", settleMs: 3 * minuteMs },
    usdPerHour: (8 * 0.08) / 730,
  });
  const written = "{ count: 1, hibernate: true, settle: 90s, storage: 73 GB }";
  expect(policyWith({ reserve: written }).reserve).toEqual({
    ...{ kind: "keeps", count: 1, by: "hibernating", settleMs: 90_000, usdPerHour: 0.008 },
  });
});

test("the settings that ship differ from the smallest policy in their names, bounds and capacity only", () => {
  expect(defaultPolicy()).toEqual({
    ...smallest,
    fleet: "simulated",
    targetGroup: "simulated",
    launch: { ...smallest.launch, template: { kind: "name", value: "simulated", version: "$Default" } },
    bounds: { min: 2, max: 400 },
    capacity: { perInstancePerMinute: 1000, targetRatio: 0.6, limitRatio: 0.8, learn: { kind: "none" } },
  });
});

test("the shop says what its comments say", () => {
  expect(policyOf(readFileSync("policies/shop.yml", "utf8"))).toEqual({
    ...smallest,
    launch: {
      ...smallest.launch,
      subnets: ["subnet-0a1b2c3d4e5f60718", "subnet-0b1c2d3e4f5061728", "subnet-0c1d2e3f405162738"],
      instanceTypes: ["m7g.large", "m6g.large"],
      purchase: { onDemandBase: 2, spotShareRatio: 0.3 },
    },
    capacity: { perInstancePerMinute: 1200, targetRatio: 0.65, limitRatio: 0.8, learn: { kind: "none" } },
    rules: [
      { kind: "target-demand", name: "target requests", metric: "requests" },
      { kind: "target-utilization", name: "target cpu", metric: "cpu", targetRatio: 0.6 },
      {
        kind: "step",
        name: "step latency-p95",
        metric: "latency-p95",
        above: [
          { over: 400, add: { kind: "ratio", ratio: 0.2 } },
          { over: 1000, add: { kind: "ratio", ratio: 0.5 } },
        ],
        below: [],
        minutes: 2,
      },
      {
        kind: "step",
        name: "step errors-5xx",
        metric: "errors-5xx",
        above: [{ over: 60, add: { kind: "count", count: 2 } }],
        below: [],
        minutes: 1,
      },
      {
        kind: "schedule",
        name: "schedule 0 8 * * MON-FRI",
        cron: "0 8 * * MON-FRI",
        starts: {
          minutes: [0],
          hours: [8],
          days: Array.from({ length: 31 }, (_, index) => index + 1),
          months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
          weekdays: [1, 2, 3, 4, 5],
          dayIs: "both",
          clockChange: "once",
        },
        timeZone: "Europe/Paris",
        min: 10,
        forMs: 10 * hourMs,
      },
      {
        kind: "forecast",
        name: "forecast requests",
        metric: "requests",
        aim: { kind: "serve", ratio: 0.999 },
        mode: "shadow",
        timeZone: "Europe/Paris",
        holidays: [],
      },
    ],
    peaks: [
      {
        name: "spring-sale",
        atMs: Date.UTC(2027, 2, 20, 8),
        expect: { kind: "factor", factor: 5 },
        rampMs: 30 * minuteMs,
        holdMs: 3 * hourMs,
        releaseMs: hourMs,
        early: { kind: "never" },
      },
    ],
    warm: {
      kind: "http",
      by: "function",
      from: { kind: "paths", paths: ["/", "/search?q=shoes"] },
      untilP95Ms: 300,
      untilCount: 20,
      concurrency: 4,
      method: "GET",
      headers: {},
      cacheHeader: "none",
      timeoutMs: 2 * minuteMs,
      onFailure: "serve",
    },
    missing: { ...smallest.missing, cpu: { kind: "ignore" } },
    stabilization: { scaleOutMs: 0, scaleInMs: 20 * minuteMs },
    limits: {
      scaleOut: { ratio: 1, windowMs: 2 * minuteMs },
      scaleIn: { ratio: 0.2, windowMs: 5 * minuteMs },
      surgeRatio: 0.1,
      budget: { kind: "hourly", softUsd: 3, hardUsd: 5, onDemandUsd: 0.0816, spotUsd: 0.0816 * 0.45 },
    },
  });
});

describe("warm", () => {
  const warmWith = (warm: string) => policyWith({ warm }).warm;

  test("by a sitemap, each setting said", () => {
    const asked = "concurrency: 8, method: HEAD, headers: { Host: www.example.com }, cacheHeader: X-Cache";
    expect(
      warmWith(
        `{ http: { sitemap: /sitemap.xml, until: { p95: 1s, of: 50 }, timeout: 5m, ${asked} }, onFailure: replace }`,
      ),
    ).toEqual({
      kind: "http",
      by: "function",
      from: { kind: "sitemap", path: "/sitemap.xml" },
      untilP95Ms: 1_000,
      untilCount: 50,
      timeoutMs: 5 * minuteMs,
      concurrency: 8,
      method: "HEAD",
      headers: { Host: "www.example.com" },
      cacheHeader: "x-cache",
      onFailure: "replace",
    });
  });

  test("by the instance itself, told what may be told through SSM", () => {
    const said =
      "by: ssm, paths: [/, '/a-b_c~d/%C3%A9?q=1&r=(2)'], headers: { Accept-Language: 'de-AT, de;q=0.9' }, cacheHeader: age";
    expect(warmWith(`{ http: { ${said}, until: { p95: 1s } } }`)).toMatchObject({
      kind: "http",
      by: "ssm",
      cacheHeader: "age",
    });
  });

  const functionArn = "arn:aws:lambda:eu-west-1:123456789012:function:warm-shop:live";
  test.each([
    [`{ hook: "${functionArn}" }`, 2 * minuteMs],
    [`{ hook: { function: "${functionArn}", timeout: 10m } }`, 10 * minuteMs],
  ])("by a hook: %s", (warm, timeoutMs) => {
    expect(warmWith(warm)).toEqual({ kind: "hook", functionArn, timeoutMs, onFailure: "serve" });
  });
});

describe("a peak", () => {
  const peakWith = (rest: string) =>
    policyWith({ peaks: `[{ name: a, at: 2027-03-20T09:00, timeZone: Europe/Paris, hold: 1h, ${rest} }]` }).peaks[0];
  test.each([
    ["certain, it holds to the end", "expect: 5x", { kind: "never" }],
    [
      "likely, it is let go when few come",
      "expect: 5x, sure: likely",
      { kind: "below", ratio: 0.5, afterMs: 20 * minuteMs },
    ],
    [
      "says when itself",
      "expect: 5x, release: { within: 5m, early: { below: 30%, after: 1h } }",
      { kind: "below", ratio: 0.3, afterMs: hourMs },
    ],
    ["says it in part", "expect: 5x, release: { early: {} }", { kind: "below", ratio: 0.5, afterMs: 20 * minuteMs }],
  ])("%s", (_, rest, early) => {
    expect(peakWith(rest)?.early).toEqual(early);
  });

  test("comes down within what its release says", () => {
    expect(peakWith("expect: 5x, release: { within: 5m }")?.releaseMs).toBe(5 * minuteMs);
    expect(peakWith("expect: 5x, release: { early: {} }")?.releaseMs).toBe(30 * minuteMs);
  });

  test("fetches what it says, half an hour before its ramp where it says no more; and nothing where it says nothing", () => {
    const urls = ["https://www.example.com/sale?p=1", "http://xn--e1afmkfd.xn--p1ai", "https://a.example.co.uk:8443/"];
    const written = `urls: ["${urls.join('", "')}"]`;
    expect(peakWith(`expect: 5x, prefetch: { ${written} }`)?.prefetch).toEqual({ urls, beforeMs: 30 * minuteMs });
    expect(peakWith(`expect: 5x, prefetch: { ${written}, before: 2h }`)?.prefetch?.beforeMs).toBe(2 * hourMs);
    expect(Object.keys(peakWith("expect: 5x") ?? {})).not.toContain("prefetch");
  });

  test("like a day means its same hours by the same clocks, summer or winter", () => {
    expect(peakWith("expect: { like: 2026-07-04 }")?.expect).toEqual({
      kind: "like",
      fromMs: Date.UTC(2026, 6, 4, 7),
    });
    const { peaks } = policyWith({
      peaks: "[{ name: a, at: 2027-03-20T09:00+01:00, hold: 1h, expect: { like: 2026-07-04 } }]",
    });
    expect(peaks[0]?.expect).toEqual({ kind: "like", fromMs: Date.UTC(2026, 6, 4, 8) });
  });
});

describe("a budget", () => {
  const launch = "{ template: shop-web, instanceTypes: [m6g.large, m7g.xlarge] }";
  test.each([
    ["one limit", "{ hard: 14 USD/h }", { softUsd: "none", hardUsd: 14, onDemandUsd: 2 * 0.0816 }],
    ["the other", "{ soft: 9.5USD/hour }", { softUsd: 9.5, hardUsd: "none", onDemandUsd: 2 * 0.0816 }],
    [
      "prices of its own, of which the dearest counts",
      "{ hard: 14 USD/h, prices: { m6g.large: { onDemand: 0.2 USD/h, spot: 0.01 USD/h } } }",
      { hardUsd: 14, onDemandUsd: 0.2, spotUsd: 2 * 0.0816 * 0.45 },
    ],
  ])("has %s", (_, budget, resolved) => {
    expect(policyWith({ launch, limits: `{ budget: ${budget} }` }).limits.budget).toMatchObject({
      kind: "hourly",
      ...resolved,
    });
  });
});

test.each<[string, string, number]>([
  ["a forecast alone", "[{ forecast: { metric: requests } }]", 2],
  [
    "a forecast and a schedule",
    "[{ forecast: { metric: requests } }, { schedule: { cron: 0 8 * * *, min: 4, for: 1h } }]",
    2,
  ],
  ["a forecast in shadow, which reads for nobody", "[{ forecast: { metric: requests, mode: shadow } }]", 20],
  ["a forecast beside another reader", "[{ forecast: { metric: requests } }, { target: { metric: requests } }]", 20],
  ["no forecast", "[{ target: { metric: requests } }]", 20],
])("%s waits %s minutes to shrink unless the policy says otherwise", (_, rules, minutes) => {
  expect(policyWith({ rules }).stabilization.scaleInMs).toBe(minutes * minuteMs);
});

test.each<[string, string, Policy["renew"]]>([
  [
    "as it ships",
    "{}",
    { kind: "renews", outdated: true, maxAgeMs: "any", balanced: true, atOnceRatio: 0.1, during: [] },
  ],
  [
    "by age alone, at night",
    '{ templateVersion: false, maxAge: 14d, balance: false, atOnce: 25%, during: [{ cron: "0 2 * * *", for: 3h, timeZone: Europe/Paris }] }',
    {
      ...{ kind: "renews", outdated: false, maxAgeMs: 14 * dayMs, balanced: false, atOnceRatio: 0.25 },
      during: [{ cron: "0 2 * * *", starts: startsOf("0 2 * * *"), timeZone: "Europe/Paris", forMs: 3 * hourMs }],
    },
  ],
])("renewal, %s", (_, written, renew) => {
  expect(policyWith({ renew: written }).renew).toEqual(renew);
});

test("replacements may stand beside what they replace", () => {
  expect(policyWith({ limits: "{ surge: 25% }" }).limits.surgeRatio).toBe(0.25);
  expect(policyWith({ limits: "{}" }).limits.surgeRatio).toBe(0.1);
});

test("a forecast's quantile takes the place of the share to serve", () => {
  const [rule] = policyWith({ rules: "[{ forecast: { metric: requests, quantile: 95% } }]" }).rules;
  expect(rule).toMatchObject({ kind: "forecast", aim: { kind: "quantile", ratio: 0.95 } });
});

test("answers later than what `within` says are late as well; without it a policy is what it was", () => {
  const [rule] = policyWith({ rules: "[{ forecast: { metric: requests, serve: 99%, within: 400 ms } }]" }).rules;
  expect(rule).toMatchObject({ kind: "forecast", aim: { kind: "serve-within", ratio: 0.99, boundMs: 400 } });
});

describe("spellings", () => {
  test.each([
    ["30s", 30_000],
    ["500 ms", 500],
    ["500ms", 500],
    ["5m", 300_000],
    ["5 m", 300_000],
    ["1h30m", 5_400_000],
    ["1h 30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["0s", 0],
  ])("%s is a duration", (spelling, ms) => {
    const { peaks } = policyWith({
      peaks: `[{ name: a, at: 2027-03-20T09:00Z, expect: 5x, hold: 1h, ramp: ${spelling} }]`,
    });
    expect(peaks[0]?.rampMs).toBe(ms);
  });

  test.each([
    ["1200", 1200],
    ["1200 requests/min", 1200],
    ["1200 requests/minute", 1200],
    ["1200/min", 1200],
    ["20/s", 1200],
    ["20 requests/sec", 1200],
    ["0.5 requests/s", 30],
  ])("%s is a rate", (spelling, perMinute) => {
    expect(policyWith({ capacity: `{ perInstance: ${spelling} }` }).capacity.perInstancePerMinute).toBe(perMinute);
  });

  test.each([
    ["65%", 0.65],
    ["65 %", 0.65],
    ["7.5%", 0.075],
  ])("%s is a percentage", (spelling, ratio) => {
    expect(policyWith({ capacity: `{ perInstance: 1, target: ${spelling} }` }).capacity.targetRatio).toBe(ratio);
  });

  test.each([
    ["100%/2m", { ratio: 1, windowMs: 120_000 }],
    ["20% / 1h", { ratio: 0.2, windowMs: 3_600_000 }],
  ])("%s is a velocity", (spelling, velocity) => {
    expect(policyWith({ limits: `{ scaleOut: ${spelling} }` }).limits.scaleOut).toEqual(velocity);
  });

  test.each([
    ["5x", { kind: "factor", factor: 5 }],
    ["1.5x", { kind: "factor", factor: 1.5 }],
    ["60000 requests/min", { kind: "absolute", perMinute: 60_000 }],
    ["1000/s", { kind: "absolute", perMinute: 60_000 }],
  ])("a peak may expect %s", (spelling, expected) => {
    const { peaks } = policyWith({ peaks: `[{ name: a, at: 2027-03-20T09:00Z, expect: ${spelling}, hold: 1h }]` });
    expect(peaks[0]?.expect).toEqual(expected);
  });

  test.each([
    ["shop-web:3", { kind: "name", value: "shop-web", version: "3" }],
    ["shop-web:$Latest", { kind: "name", value: "shop-web", version: "$Latest" }],
    ["lt-0a1b2c3d", { kind: "id", value: "lt-0a1b2c3d", version: "$Default" }],
    ["lt-0a1b2c3d:7", { kind: "id", value: "lt-0a1b2c3d", version: "7" }],
    ["{ name: shop-web, version: 3 }", { kind: "name", value: "shop-web", version: "3" }],
    ["{ id: lt-0a1b2c3d }", { kind: "id", value: "lt-0a1b2c3d", version: "$Default" }],
    ["{ id: lt-0a1b2c3d, version: $Latest }", { kind: "id", value: "lt-0a1b2c3d", version: "$Latest" }],
  ])("%s is a launch template", (spelling, template) => {
    expect(policyWith({ launch: `{ template: ${spelling} }` }).launch.template).toEqual(template);
  });

  test.each(["shop-web", "arn:aws:iam::123456789012:role/web/shop-web"])(
    "%s is a role to hand to instances",
    (role) => {
      expect(policyWith({ launch: `{ template: shop-web, role: ${role} }` }).launch.role).toBe(role);
    },
  );

  test.each([
    ["hold", { kind: "hold" }],
    ["ignore", { kind: "ignore" }],
    ["{ floor: 4 }", { kind: "floor", count: 4 }],
    ["{ scaleOut: 20% }", { kind: "scale-out", by: { kind: "ratio", ratio: 0.2 } }],
    ["{ scaleOut: 3 }", { kind: "scale-out", by: { kind: "count", count: 3 } }],
  ])("a missing metric may mean %s", (spelling, choice) => {
    expect(policyWith({ missing: `{ cpu: ${spelling} }` }).missing.cpu).toEqual(choice);
  });

  test("minus zero is zero", () => {
    expect(policyWith({ bounds: "{ min: -0, max: 6 }" }).bounds).toEqual({ min: 0, max: 6 });
  });

  test("a draining instance may be refused its way back", () => {
    expect(policyWith({ drain: "{ takeBack: false }" }).drain.takeBack).toBe("never");
  });

  test("a target group may be an ARN", () => {
    const arn = "arn:aws:elasticloadbalancing:eu-west-3:123456789012:targetgroup/shop-web/0123456789abcdef";
    expect(policyWith({ targetGroup: arn }).targetGroup).toBe(arn);
  });

  test("an alias stands for what it names", () => {
    const { limits } = policyWith({ limits: "{ scaleOut: &slow 20%/5m, scaleIn: *slow }" });
    expect(limits.scaleIn).toEqual({ ratio: 0.2, windowMs: 300_000 });
  });
});

describe("steps", () => {
  test("tiers come sorted, whatever their order in the file", () => {
    const [rule] = policyWith({
      rules:
        "[{ step: { metric: cpu, above: [{ over: 90%, add: 3 }, { over: 70%, add: 1 }], below: [{ under: 10%, remove: 3 }, { under: 30%, remove: 1 }], for: 3m } }]",
    }).rules;
    expect(rule).toMatchObject({
      above: [{ over: 0.7 }, { over: 0.9 }],
      below: [{ under: 0.3 }, { under: 0.1 }],
      minutes: 3,
    });
  });

  test.each([
    ["requests", "5000/min", 5000],
    ["cpu", "80%", 0.8],
    ["latency-p50", "400 ms", 400],
    ["latency-p90", "400 ms", 400],
    ["latency-p95", "1s", 1000],
    ["latency-p99", "1.5s", 1500],
    ["errors-5xx", "0", 0],
    ["rejected", "10", 10],
  ])("a threshold of %s is spelt %s", (metric, spelling, over) => {
    const [rule] = policyWith({
      rules: `[{ step: { metric: ${metric}, above: [{ over: ${spelling}, add: 1 }] } }]`,
    }).rules;
    expect(rule).toMatchObject({ metric, above: [{ over }] });
  });
});

describe("rule names", () => {
  const target = "{ target: { metric: cpu, value: 60% } }";
  test.each([
    ["a repeat is numbered", `[${target}, ${target}, ${target}]`, ["target cpu", "target cpu #2", "target cpu #3"]],
    ["a given name stands", `[{ name: my own, target: { metric: requests } }]`, ["my own"]],
    [
      "a given name comes first",
      `[${target}, { name: target cpu, target: { metric: requests } }]`,
      ["target cpu #2", "target cpu"],
    ],
    ["a schedule's is its pattern", `[{ schedule: { cron: "0  8 * * 1", min: 4, for: 1h } }]`, ["schedule 0 8 * * 1"]],
  ])("%s", (_, rules, names) => {
    expect(policyWith({ rules }).rules.map(({ name }) => name)).toEqual(names);
  });
});
