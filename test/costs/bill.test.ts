// Dollars by hand, and what is assumed held to what is deployed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import * as assumptions from "../../shared/costs/assumptions.ts";
import { billOfAccount, billOfFleet, ownAlarmCount, ownMetricCount, totalOf } from "../../shared/costs/bill.ts";
import { billOfBehind, haproxyOf } from "../../shared/costs/haproxy.ts";
import { billOfWarmUp, messageCount, warmAlarmCount, warmingOf, warmQueueCount } from "../../shared/costs/warming.ts";

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

describe("a warm-up", () => {
  const made = { "SQS SendMessage": 3, "warming invocations": 2 };
  test.each<[string, Record<string, number>, number]>([
    ["Lambda warm", { "warm ms": 60_000, "warm-ups": 1 }, 60 * 0.5 * 0.0000133334 + 0.0000002],
    ["Lambda warming", { "warming ms": 200, "warming invocations": 2 }, 0.2 * 0.5 * 0.0000133334 + 0.0000004],
    ["messages", made, 7 * 0.4e-6],
    ["table", { "read units": 1, "write units": 2 }, 0.125e-6 + 2 * 0.625e-6],
    ["logs of 30 days", { "logged bytes": 2_000 }, 2e-6 * 0.53],
  ])("%s", (what, usage, usd) => {
    expect(billOfWarmUp(usage).find((line) => line.what === what)?.usd).toBeCloseTo(usd, 12);
  });

  test("is sent, taken and deleted: twice, and a look", () => {
    expect(messageCount(made)).toBe(7);
  });

  test("is paid for as often as a busy fleet launches, and the looks that it makes", () => {
    const plain = { usage: { metrics: 20 }, ended: [], alarmCount: 2, forecastUsage: {}, warmUsage: {} };
    const warmUsage = { "warm-ups": 80, "warm ms": 80 * 60_000, "warming invocations": 160, "SQS SendMessage": 240 };
    const { warmUpCount, each, bill, account } = warmingOf(plain, { ...plain, usage: { metrics: 36 }, warmUsage }, 2);
    expect(warmUpCount).toBe(40);
    expect(totalOf(each)).toBeCloseTo(60 * 0.5 * 0.0000133334 + 3 * 0.0000002 + 7 * 0.4e-6, 10);
    expect(totalOf(bill)).toBeCloseTo(totalOf(each) * 40 * 730 + 8 * 730 * 0.00001, 6);
    expect(totalOf(account)).toBeCloseTo(2 * 5 * 3 * 60 * 730 * 0.4e-6 + 0.1, 10);
  });
});

describe("a fleet behind HAProxy", () => {
  const minutes = 60 * 730;
  const gbSecond = 0.25 * 0.0000133334;
  test("at rest is counted each minute, into three metrics", () => {
    expect(billOfBehind({ "EC2 DescribeInstances": 9 }).map(({ usd }) => usd)).toEqual([
      expect.closeTo(0.9, 10),
      expect.closeTo(minutes * 0.01 * gbSecond, 10),
      expect.closeTo(((minutes * 420) / 1e9) * 0.53, 10),
    ]);
  });

  test("is asked where a load balancer would be, and before it terminates", () => {
    const calls = ["DescribeTargetHealth", "RegisterTargets", "DeregisterTargets"];
    const hour = Object.fromEntries(calls.map((call) => [`ElasticLoadBalancingV2 ${call}`, 2]));
    const { calm, busy, account } = haproxyOf({}, { ...hour, "EC2 TerminateInstances": 1 });
    const more = calm.map(({ usd }, index) => (busy[index]?.usd ?? 0) - usd);
    const orders = 7 * 730;
    expect(more).toEqual([
      0,
      expect.closeTo(orders * (0.02 * gbSecond + 0.0000002), 10),
      expect.closeTo(((orders * 400) / 1e9) * 0.53, 10),
    ]);
    const clock = minutes * (0.01 * gbSecond + 0.0000002 + 0.000001);
    expect(totalOf(account)).toBeCloseTo(clock + ((minutes * 400) / 1e9) * 0.53, 10);
  });
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

  test("who warms, by which queues, and who speaks to HAProxy each minute", () => {
    const [warm = "", warming = ""] = file("serverless/warmer/functions.yml").split("\nwarming:\n");
    expect(warm).toContain(`memorySize: ${assumptions.warmMemoryMb}\n`);
    expect(warming).toContain(`memorySize: ${assumptions.warmingMemoryMb}\n`);
    expect([...warming.matchAll(/maximumConcurrency: (\d+)/g)].map(([, most]) => Number(most))).toEqual(
      Array(warmQueueCount).fill(assumptions.warmingsAtOnce),
    );
    expect(countIn("serverless/warmer/resources.yml", "AWS::CloudWatch::Alarm")).toBe(warmAlarmCount);
    expect(file("serverless/haproxy/functions.yml")).toContain(`memorySize: ${assumptions.haproxyMemoryMb}\n`);
    expect(file("serverless/haproxy/resources.yml")).toContain("ScheduleExpression: rate(1 minute)\n");
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
