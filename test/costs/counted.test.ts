// The measures, on the code that is deployed: what calm and busy fleets cost, and who comes first when many ramp at once.
import { beforeAll, describe, expect, test } from "@jest/globals";
import { totalOf } from "../../shared/costs/bill.ts";
import { asPublished, countBusy, countCalm, countRamp } from "../../shared/costs/counted.ts";
import { type CostReport, costOf } from "../../shared/costs/report.ts";
import { warmingOf } from "../../shared/costs/warming.ts";

const quiet = () => () => {};

describe("a hundred fleets", () => {
  let report: CostReport;
  beforeAll(async () => {
    report = await costOf(100, quiet);
  }, 240_000);

  test("cost, calm, no call to EC2 or the load balancer, half another one a minute, half a dollar a month", () => {
    const { calm, busy, account, waits, ramp } = report;
    expect(calm.ec2CallsPerMinute).toBe(0);
    expect(calm.otherCallsPerMinute).toBeLessThanOrEqual(0.5);
    expect(calm.usage.looks).toBe(12);
    expect(calm.usage.metrics).toBe(36);
    expect(totalOf(calm.bill)).toBeLessThanOrEqual(0.5);
    expect(busy.usage["EC2 DescribeInstances"]).toBeGreaterThan(35);
    expect(totalOf(busy.bill)).toBeLessThanOrEqual(4);
    expect(totalOf(account)).toBeLessThan(7);
    expect(waits.ended.longest).toBeLessThan(3_000);
    expect(ramp).toMatchObject({ fleetCount: 20, withinMinuteRatio: 1 });
  });

  test("a forecast of theirs reads two weeks in half a call, and adds little to what a calm fleet costs", () => {
    const { made, hour, bill } = report.forecasting;
    expect(made).toMatchObject({ forecasts: 1, "CloudWatch GetMetricData": 0.5, metrics: 2, "DynamoDB PutItem": 2 });
    expect(made["write units"]).toBeLessThan(25);
    expect(hour.forecasts).toBe(0.25);
    expect(hour["read units"]).toBeGreaterThan(12);
    expect(totalOf(bill)).toBeGreaterThan(0.005);
    expect(totalOf(bill)).toBeLessThan(0.1);
  });
});

test("a busy fleet that warms warms what it launches, once, and looks at it when it is warm", async () => {
  const plain = await countBusy({ fleetCount: 1, variant: "plain" }, () => {});
  const warms = await countBusy({ fleetCount: 1, variant: "warms" }, () => {});
  const { usage, warmUsage } = warms;
  const warmUps = warmUsage["warm-ups"] ?? 0;
  expect(plain.warmUsage).toEqual({});
  expect(warmUps).toBeGreaterThan(20);
  // Those that begin in the hour are not quite those that end in it.
  for (const each of ["EC2 DescribeInstances", "Lambda Invoke"])
    expect(Math.abs((warmUsage[each] ?? 0) - warmUps)).toBeLessThan(6);
  // Its beginning, its end, and that end beside the decision that ordered it.
  expect(Math.abs((warmUsage["DynamoDB PutItem"] ?? 0) - 3 * warmUps)).toBeLessThan(9);
  const endCount = warmUsage["DynamoDB GetItem"] ?? 0;
  expect(warmUsage["DynamoDB PutItem"]).toBe((warmUsage["warming invocations"] ?? 0) + endCount);
  // It boots for two minutes and a half and is asked from its 25th second on, or a look's minute later, and for 30 to 60 s more.
  expect((warmUsage["warm ms"] ?? 0) / warmUps).toBeGreaterThan(90_000);
  expect((warmUsage["warm ms"] ?? 0) / warmUps).toBeLessThan(200_000);
  expect((usage.looks ?? 0) - (plain.usage.looks ?? 0)).toBeGreaterThan(0.8 * warmUps);
  // Those that were launched together are warm at different times, and then registered one by one.
  const registered = "ElasticLoadBalancingV2 RegisterTargets";
  expect(usage[registered]).toBeGreaterThan(1.5 * (plain.usage[registered] ?? 0));
  const { warmUpCount, each } = warmingOf(plain, warms, 1);
  expect(warmUpCount).toBe(warmUps);
  expect(totalOf(each)).toBeGreaterThan(0.0005);
  expect(totalOf(each)).toBeLessThan(0.0015);
}, 60_000);

test("a fleet alone shares nothing: four calls a look, and twelve looks an hour", async () => {
  const { usage } = await countCalm(1, asPublished, () => {});
  expect(usage).toMatchObject({ looks: 12, invocations: 12 });
  expect(usage).toMatchObject({ "DynamoDB Query": 24, "CloudWatch GetMetricData": 12, "DynamoDB PutItem": 12 });
});

test("of many that ramp at once the neediest launch first, all launch, and what is throttled is asked again", async () => {
  const { launches, throttledCount, busiestMinute } = await countRamp(
    1_000,
    () => 1,
    () => {},
  );
  const took = launches.map(({ tookMs }) => tookMs);
  expect(took).not.toContain("never");
  expect(throttledCount).toBeGreaterThan(100);
  expect(busiestMinute["EC2 CreateFleet"]).toBeLessThanOrEqual(350);
  expect(Math.max(...took.map(Number))).toBeLessThan(60_000);
  const neediestFirst = launches.toSorted((a, b) => b.shortRatio - a.shortRatio).map(({ tookMs }) => Number(tookMs));
  const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;
  const firstFirst = launches
    .toSorted((a, b) => Number(a.tookMs) - Number(b.tookMs))
    .map(({ shortRatio }) => shortRatio);
  expect(mean(firstFirst.slice(0, 30))).toBeGreaterThan(1.15 * mean(firstFirst));
  expect(mean(neediestFirst.slice(0, 50)) * 1.5).toBeLessThan(mean(neediestFirst.slice(-50)));
}, 60_000);

test("counted twice it is the same", async () => {
  expect(
    await countRamp(
      50,
      () => 1,
      () => {},
    ),
  ).toEqual(
    await countRamp(
      50,
      () => 1,
      () => {},
    ),
  );
});
