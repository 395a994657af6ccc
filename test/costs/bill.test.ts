// Dollars by hand, and what is assumed held to what is deployed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import * as assumptions from "../../shared/costs/assumptions.ts";
import { billOfAccount, billOfFleet, ownAlarmCount, ownMetricCount, totalOf } from "../../shared/costs/bill.ts";

const usdOf = (usage: Record<string, number>, what: string, alarms = 0): number | undefined =>
  billOfFleet(usage, alarms).find((line) => line.what === what)?.usd;

test.each<[string, Record<string, number>, number]>([
  ["metrics read", { metrics: 36 }, 36 * 730 * 0.00001],
  ["Lambda", { "lambda ms": 1_000, invocations: 10 }, 730 * 0.0000133334 + 7_300 * 0.0000002],
  ["table, reads and writes", { "read units": 8, "write units": 16 }, 730 * (8 * 0.125e-6 + 16 * 0.625e-6)],
  ["table, rows of 400 days", { "stored bytes": 1e6 }, 0.73 * (400 / (365 / 12)) * 0.45],
  ["queue", { "SQS SendMessage": 10, invocations: 5 }, 730 * (10 + 1.2 + 10) * 0.4e-6],
  ["logs of 30 days", { "logged bytes": 1e6 }, 0.73 * 0.53],
])("%s", (what, usage, usd) => {
  expect(usdOf(usage, what)).toBeCloseTo(usd, 10);
});

test("an alarm is a tenth of a dollar, and the total is the sum of the lines", () => {
  expect(usdOf({}, "alarms", 3)).toBeCloseTo(0.3, 10);
  expect(
    totalOf([
      { what: "a", usd: 1 },
      { what: "b", usd: 0.5 },
    ]),
  ).toBe(1.5);
  expect(totalOf(billOfAccount())).toBeGreaterThan(5);
});

describe("what is assumed is what is deployed:", () => {
  const file = (name: string): string => readFileSync(join(import.meta.dirname, "../..", name), "utf8");
  const countIn = (name: string, type: string): number => file(name).split(`Type: ${type}\n`).length - 1;
  const [dispatch = "", evaluate = "", forecast = ""] = ["dispatch", "evaluate", "forecast"].map(
    (name) => file("serverless.yml").split(`\n  ${name}:\n`)[1]?.split("\n  reconcile:")[0] ?? "",
  );

  test("alarms, metrics and one dashboard of its own", () => {
    expect(countIn("serverless/watch.yml", "AWS::CloudWatch::Alarm")).toBe(ownAlarmCount);
    expect(countIn("serverless/watch.yml", "AWS::Logs::MetricFilter")).toBe(ownMetricCount);
    expect(countIn("serverless/dashboard.yml", "AWS::CloudWatch::Dashboard")).toBe(1);
  });

  test("memory, the size of a batch and how long it is gathered", () => {
    expect(dispatch).toContain(`memorySize: ${assumptions.dispatchMemoryMb}\n`);
    expect(evaluate).toContain(`memorySize: ${assumptions.evaluateMemoryMb}\n`);
    expect(forecast).toContain(`memorySize: ${assumptions.forecastMemoryMb}\n`);
    expect(forecast).toContain(`batchSize: ${assumptions.batchSizeMax}\n`);
    expect(evaluate).toContain(`batchSize: ${assumptions.batchSizeMax}\n`);
    expect(evaluate).toContain(`maximumBatchingWindow: ${assumptions.batchingMs / 1_000} `);
  });
});
