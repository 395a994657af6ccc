// What instances cost, from a file to the dollars that commands show.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, jest, test } from "@jest/globals";
import { dollarsOf } from "../../cli/dollars.ts";
import { pricedBy, tableIn } from "../../cli/prices.ts";
import { minuteMs } from "../../shared/core/index.ts";
import { listPrices, pricesOf } from "../../shared/policy/index.ts";
import { policyWith } from "../policy/sample.ts";
import { tidegate } from "./run.ts";

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), "tidegate-prices-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const round = file(
  "round.yml",
  "date: 2026-11-02\nonDemand: { m7g.large: 1, m6g.large: 2 }\nspot: { m7g.large: 0.5 }\n",
);

const launch = "{ template: shop-web, instanceTypes: [m7g.large], purchase: { onDemandBase: 1, spotShare: 100% } }";
const budgeted = (budget: string) => policyWith({ launch, limits: `{ budget: ${budget} }` });
const own = "{ hard: 14 USD/h, prices: { m7g.large: { onDemand: 0.2 USD/h, spot: 0.1 USD/h } } }";

describe("who says what an instance costs", () => {
  test.each([
    ["the list that ships", policyWith({ launch }), listPrices.of, { onDemandUsd: 0.0816 }],
    ["the list, with a budget", budgeted("{ hard: 14 USD/h }"), listPrices.of, { onDemandUsd: 0.0816 }],
    ["a policy's own prices", budgeted(own), "the policy's own", { onDemandUsd: 0.2, spotUsd: 0.1 }],
  ])("%s", (_, policy, of, usual) => {
    const prices = pricesOf(policy, tableIn({}));
    expect(prices).toMatchObject({ of, usual });
    expect(prices.priceOf("m7g.large")).toMatchObject(usual);
  });

  test("a file stands in for the list and for the policy's own, in the budget as well", () => {
    const table = tableIn({ prices: round });
    const policy = pricedBy(budgeted(own), table);
    expect(policy.limits.budget).toMatchObject({ hardUsd: 14, onDemandUsd: 1, spotUsd: 0.5 });
    expect(pricesOf(policy, table)).toMatchObject({ of: `${round}, 2026-11-02`, usual: { onDemandUsd: 1 } });
    expect(pricesOf(policy, table).priceOf("m6g.large")).toMatchObject({ onDemandUsd: 2 });
    expect(pricesOf(policy, table).priceOf("c7g.large")).toMatchObject({ onDemandUsd: 1 });
  });

  test("a file that lacks a type which may be bought is refused", () => {
    const policy = policyWith({ launch: "{ template: shop-web, instanceTypes: [m7g.large, c7g.large] }" });
    expect(() => pricedBy(policy, tableIn({ prices: round }))).toThrow(
      /^shop may buy c7g.large: no price in .*round.yml/,
    );
  });
});

test("dollars are those of the instances paid in scored minutes, bought as the policy buys them", () => {
  const policy = pricedBy(policyWith({ launch }), tableIn({ prices: round }));
  const prices = pricesOf(policy, tableIn({ prices: round }));
  const counts = { load: 0, target: 0, serving: 0, cold: 0, booting: 0, warming: 0, draining: 0 };
  const minutes = [false, true, true].map((scored, i) => ({ t: i * minuteMs, ...counts, scored }));
  const life = { warmed: false, drainingAt: null, servingAt: null, failed: false, takenBack: [] };
  const instances = [
    { id: "a", launchedAt: 0, terminatedAt: null, ...life },
    { id: "b", launchedAt: 0, terminatedAt: 1.5 * minuteMs, ...life },
    { id: "c", launchedAt: 0, terminatedAt: 0.5 * minuteMs, ...life },
  ];
  // Two in the second minute, one of them on spot; one in the third. Cents are all that is told: so an hour of dollars.
  const dear = { ...prices, usual: { onDemandUsd: 60, spotUsd: 30 } };
  expect(dollarsOf({ minutes, instances }, policy, dear)).toEqual({
    usd: 1.5 + 1,
    usdPerHour: 75,
    pricedBy: `${round}, 2026-11-02`,
  });
  expect(dollarsOf({ minutes, instances }, policy, { ...prices, usual: "unknown" })).toBe("unknown");
});

describe("at the command line", () => {
  const policy = file(
    "shop.yml",
    `fleet: shop\ntargetGroup: shop-web\nlaunch: ${launch}\nbounds: { min: 2, max: 60 }
capacity: { perInstance: 1000 requests/min, target: 60% }\nrules: [{ target: { metric: requests } }]
peaks: [{ name: sale, at: 2099-03-20T09:00, expect: 5x, hold: 1h }]\n`,
  );
  const trace = file("t.csv", `timestamp,value\n2026-01-01T00:00:00Z,600\n2026-01-01T00:01:00Z,600\n`);

  test("simulate tells them, and whose they are; its other numbers stay", async () => {
    const args = ["simulate", "--policy", policy, "--plant", "policy", "--trace", trace, "--prices", round];
    expect((await tidegate(args)).stdout).toContain(
      `\n0.05 USD for instances, 1.50 an hour (prices: ${round}, 2026-11-02)\n`,
    );
    const written = JSON.parse((await tidegate([...args, "--json"])).stdout);
    expect(written.dollars).toEqual({ usd: 0.05, usdPerHour: 1.5, pricedBy: `${round}, 2026-11-02` });
  });

  test("compare tells those of either side", async () => {
    const args = ["--policy", policy, "--controller", "hpa", "--plant", "policy", "--trace", trace];
    const { stdout } = await tidegate(["compare", ...args, "--prices", round]);
    expect(stdout).toMatch(/^shop.yml: 0.05 USD for instances.*2026-11-02\)\nhpa: 0.05 USD/m);
  });

  test("peaks check reckons its plan with them", async () => {
    const args = ["peaks", "check", "--all", "--policy", policy, "--usual", "6000"];
    expect((await tidegate([...args, "--prices", round])).stdout).toMatch(
      /25.5 USD\/h at its height, .*2026-11-02\); no/,
    );
    expect((await tidegate(args)).stdout).toMatch(/ USD\/h at its height, .*\(prices: 2026-06, us-east-1, Linux/);
  });

  test("a bad file is told before anything is done", async () => {
    const bad = file("bad.yml", "onDemand: { m7g.large: -1 }\n");
    const { code, stdout, stderr } = await tidegate(["simulate", "--trace", trace, "--prices", bad]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/bad.yml:1:1 date missing.*\n.*bad.yml:1:24 onDemand\["m7g.large"\] expected a price/);
    const nowhere = await tidegate(["compare", "--policy", policy, "--controller", "hpa", "--prices", "none.yml"]);
    expect(nowhere).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("none.yml cannot be read: no such file"),
    });
  });
});
