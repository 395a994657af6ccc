// The measures, on the code that is deployed: what calm and busy fleets cost, and who comes first when many ramp at once.
import { describe, expect, test } from "@jest/globals";
import { totalOf } from "../../shared/costs/bill.ts";
import { asPublished, countCalm, countRamp } from "../../shared/costs/counted.ts";
import { costOf } from "../../shared/costs/report.ts";

const quiet = () => () => {};

describe("a hundred fleets", () => {
  test("cost, calm, no call to EC2 or the load balancer, half another one a minute, half a dollar a month", async () => {
    const { calm, busy, account, waits, ramp } = await costOf(100, quiet);
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
  }, 60_000);
});

test("a forecast reads two weeks in half a call, and adds little to what a calm fleet costs", async () => {
  const { forecasting } = await costOf(1, quiet);
  const { made, hour, bill } = forecasting;
  expect(made).toMatchObject({ forecasts: 1, "CloudWatch GetMetricData": 0.5, metrics: 2, "DynamoDB PutItem": 2 });
  expect(made["write units"]).toBeLessThan(25);
  expect(hour.forecasts).toBe(0.25);
  expect(hour["read units"]).toBeGreaterThan(12);
  expect(totalOf(bill)).toBeGreaterThan(0.005);
  expect(totalOf(bill)).toBeLessThan(0.1);
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
