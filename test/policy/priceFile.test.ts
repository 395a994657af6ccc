// A price file: what it says, and every mistake with its line.
import { describe, expect, test } from "@jest/globals";
import { formatIssue, type PriceTable, parsePrices } from "../../shared/policy/index.ts";

const read = (text: string): PriceTable | readonly string[] => {
  const parsed = parsePrices(text, "prices.yml");
  return parsed.kind === "ok" ? parsed.value : parsed.error.map(formatIssue);
};
const table = (text: string): PriceTable => {
  const parsed = read(text);
  if ("of" in parsed) return parsed;
  throw new Error(parsed.join("\n"));
};

const yaml = `date: 2026-11-02
region: eu-west-1
onDemand: { m7g.large: 0.0911, m6i.large: 0.107 USD/h }
spot: { m7g.large: 0.034 }
`;

test.each([
  ["YAML", yaml, "prices.yml, 2026-11-02, eu-west-1"],
  [
    "JSON",
    '{ "date": "2026-11", "onDemand": { "m7g.large": 0.0911, "m6i.large": 0.107 }, "spot": { "m7g.large": 0.034 } }',
    "prices.yml, 2026-11",
  ],
])("%s gives the prices of a type, and says whose they are", (_, text, of) => {
  const prices = table(text);
  expect(prices.of).toBe(of);
  expect(prices.priceOf("m7g.large")).toEqual({ onDemandUsd: 0.0911, spotUsd: 0.034 });
  expect(prices.priceOf("c7g.large")).toBe("unknown");
  expect(prices.priceOf("constructor")).toBe("unknown");
});

test("a type without a price on the spot market is no cheaper there", () => {
  expect(table(yaml).priceOf("m6i.large")).toEqual({ onDemandUsd: 0.107, spotUsd: 0.107 });
});

describe("a mistake is one line", () => {
  const onDemand = "onDemand: { m7g.large: 0.09 }";
  const range = "expected a price from 0.0001 to 1000, such as 0.096";
  test.each([
    ["no date", onDemand, /^prices.yml:1:1 date missing, expected the day, or month, that the prices are of/],
    [
      "a date that is none",
      `date: 2026-13-01\n${onDemand}`,
      /^prices.yml:1:7 date expected the day.*found "2026-13-01"/,
    ],
    ["no prices", "date: 2026-11-02", /^prices.yml:1:1 onDemand missing/],
    ["prices of nothing", "date: 2026-11-02\nonDemand: {}", /onDemand expected a map of 1 to 100 prices, found 0/],
    ["a misspelt key", `date: 2026-11-02\n${onDemand}\nspots: {}`, /^prices.yml:3:1 spots unknown key; .*`spot`/],
    ["a negative price", "date: 2026-11-02\nonDemand: { m7g.large: -0.09 }", new RegExp(`${range}, found -0.09$`)],
    ["a price of nothing", "date: 2026-11-02\nonDemand: { m7g.large: 0 }", new RegExp(`${range}, found 0$`)],
    ["words", "date: 2026-11-02\nonDemand: { m7g.large: cheap }", /"m7g.large"\] expected a price .*found "cheap"/],
    ["no type", "date: 2026-11-02\nonDemand: { large: 0.09 }", /expected an instance type such as m7g.large/],
    [
      "spot alone",
      `date: 2026-11-02\n${onDemand}\nspot: { m6g.large: 0.03 }`,
      /^prices.yml:3:9 spot\["m6g.large"\] expected a price of m6g.large under `onDemand`, too$/,
    ],
    ["no YAML", `date: 2026-11-02\n${onDemand}\nspot: {`, /^prices.yml:3:\d+ . Flow map/],
  ])("%s", (_, text, line) => {
    const issues = read(text) as readonly string[];
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatch(line);
  });
});
