// Any policy an operator might write, drawn from the seed and parsed as theirs is.
import type { Policy } from "../../shared/policy/index.ts";
import type { Random } from "../../shared/sim/random.ts";
import { policyWith } from "../policy/sample.ts";

export interface Draw {
  /** From `least` to `most`, both included. */
  whole(least: number, most: number): number;
  between(least: number, most: number): number;
  one<T>(choices: readonly T[]): T;
  chance(rate: number): boolean;
  fork(label: string): Draw;
}

export function drawing(random: Random): Draw {
  const between = (least: number, most: number): number => least + random.uniform() * (most - least);
  const whole = (least: number, most: number): number => Math.floor(between(least, most + 1));
  return {
    whole,
    between,
    one: (choices) => choices[whole(0, choices.length - 1)] as never,
    chance: (rate) => random.chance(rate),
    fork: (label) => drawing(random.fork(label)),
  };
}

/** What one instance serves a minute, as in the storm's cloud. */
export const perInstancePerMinute = 1000;

export function drawPolicy(draw: Draw): Policy {
  const min = draw.whole(1, 6);
  const max = min + draw.whole(0, 24);
  const types = draw.one(typesOf);
  const subnets = draw.fork("subnets").chance(0.5) ? ", subnets: [subnet-a, subnet-b, subnet-c]" : "";
  const renews = draw.fork("renew").chance(0.3);
  return policyWith({
    launch: `{ template: shop-web${types}${subnets}, ${purchaseOf(draw)}, leadTime: ${draw.whole(2, 6)}m }`,
    bounds: `{ min: ${min}, max: ${max} }`,
    capacity: `{ perInstance: ${perInstancePerMinute} requests/min, target: ${draw.one([50, 65, 80])}% }`,
    rules: rulesOf(draw, max),
    warm: draw.chance(0.4)
      ? `{ http: { paths: [/], until: { p95: 300 ms }, timeout: 2m }, onFailure: ${draw.one(["serve", "replace"])} }`
      : null,
    drain: `{ timeout: ${draw.whole(0, 180)}s, takeBack: ${draw.chance(0.7)} }`,
    missing: `{ requests: ${missingOf(draw, max)}, cpu: ${missingOf(draw, max)} }`,
    stabilization: `{ scaleOut: ${draw.one(["0s", "0s", "1m", "3m"])}, scaleIn: ${draw.one(["0s", "2m", "5m", "10m"])} }`,
    limits: `{ scaleOut: ${draw.one(["100%/1m", "100%/2m", "50%/1m"])}, scaleIn: ${draw.one(["100%/1m", "50%/2m", "20%/2m"])}${types === "" ? "" : budgetOf(draw, max)}${renews ? ", surge: 50%" : ""} }`,
    renew: renews ? "{ atOnce: 50% }" : null,
    reserve: reserveOf(draw.fork("reserve")),
  });
}

const reserveOf = (draw: Draw): string | null =>
  draw.chance(0.4) ? `{ count: ${draw.whole(1, 5)}, settle: ${draw.whole(0, 4)}m }` : null;

const typesOf = ["", ", instanceTypes: [m7g.large]", ", instanceTypes: [m7g.large, m6g.large]"];

/** Its prices are round, so that the truth can be told in one's head. */
const budgetOf = (draw: Draw, max: number): string =>
  draw.chance(0.4)
    ? `, budget: { hard: ${draw.whole(1, max)} USD/h, prices: { m7g.large: ${price}, m6g.large: ${price} } }`
    : "";
const price = "{ onDemand: 1 USD/h, spot: 0.5 USD/h }";

const purchaseOf = (draw: Draw): string =>
  `purchase: { onDemandBase: ${draw.whole(0, 3)}, spotShare: ${draw.one([0, 0, 30, 50, 100])}% }`;

function rulesOf(draw: Draw, max: number): string {
  const demand = "{ target: { metric: requests } }";
  const others = [
    "{ target: { metric: cpu, value: 70% } }",
    "{ step: { metric: cpu, above: [{ over: 85%, add: 20% }, { over: 95%, add: 50% }], for: 2m } }",
    "{ step: { metric: latency-p95, above: [{ over: 800 ms, add: 1 }], for: 2m } }",
    "{ step: { metric: errors-5xx, above: [{ over: 60/min, add: 2 }] } }",
    `{ schedule: { cron: "40 0 * * *", min: ${draw.whole(1, max)}, for: 30m } }`,
  ];
  const drawn = [demand, ...others.filter(() => draw.chance(0.25))];
  return `[${[...drawn, ...forecastOf(draw.fork("forecast rule"))].join(", ")}]`;
}

function forecastOf(draw: Draw): readonly string[] {
  const aim = draw.one(["serve: 99.9%", "serve: 95%", "quantile: 90%", "quantile: 99%"]);
  const mode = draw.one(["active", "active", "shadow"]);
  return draw.chance(0.4) ? [`{ forecast: { metric: requests, ${aim}, mode: ${mode} } }`] : [];
}

const missingOf = (draw: Draw, max: number): string =>
  draw.one(["hold", "hold", "ignore", `{ floor: ${draw.whole(1, max)} }`, "{ scaleOut: 20% }", "{ scaleOut: 2 }"]);
