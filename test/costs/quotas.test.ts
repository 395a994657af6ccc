// Token buckets, and which limit is met at which size.
import { expect, test } from "@jest/globals";
import { limitsMet, raisedFor } from "../../shared/costs/needed.ts";
import { createBuckets, type Limit, limits } from "../../shared/costs/quotas.ts";

const named = (name: string): Limit => limits.find((limit) => limit.name === name) as Limit;
const createFleet = "EC2 CreateFleet";

/** How many of so many calls at one instant are let through. */
function passed(buckets: ReturnType<typeof createBuckets>, count: number, now: number, call = createFleet): number {
  return Array.from({ length: count }).filter(() => buckets.take(call, now) === "taken").length;
}

test("a bucket gives all it holds at once, then what comes back, and never more than it holds", () => {
  const buckets = createBuckets(() => 1);
  expect(passed(buckets, 80, 0)).toBe(50);
  expect(passed(buckets, 80, 1_000)).toBe(5);
  expect(passed(buckets, 80, 1_100)).toBe(0);
  expect(passed(buckets, 80, 1_200)).toBe(1);
  expect(passed(buckets, 80, 3_600_000)).toBe(50);
});

test("reads of the load balancer share a bucket, and others have none", () => {
  const buckets = createBuckets(() => 1);
  expect(passed(buckets, 30, 0, "ElasticLoadBalancingV2 DescribeTargetHealth")).toBe(30);
  expect(passed(buckets, 30, 0, "ElasticLoadBalancingV2 DescribeTags")).toBe(10);
  expect(passed(buckets, 9_999, 0, "DynamoDB Query")).toBe(9_999);
});

test("what is raised is multiplied, bucket and all", () => {
  const buckets = createBuckets(({ name }) => (name === createFleet ? 2 : 1));
  expect(passed(buckets, 200, 0)).toBe(100);
  expect(passed(buckets, 200, 1_000)).toBe(10);
});

const demand = {
  ramping: { [createFleet]: 1, "EC2 DescribeInstances": 2 },
  calm: { "CloudWatch GetMetricData": 0.1, "recent points": 60 },
  forecast: { "old points": 39_600 },
};

test("a limit is enough for the fleets whose fifth takes four fifths of it in one minute", () => {
  const met = limitsMet(7_000, demand);
  expect(met[0]).toEqual({ limit: createFleet, is: "5/s, 50 at once", enoughFor: 1_400, raiseTo: "40/s, 400 at once" });
  expect(met.find(({ limit }) => limit === "EC2 DescribeInstances")).toMatchObject({ enoughFor: 2_600 });
  expect(met.find(({ limit }) => limit === "CloudWatch alarms")).toMatchObject({ enoughFor: 5_000, raiseTo: "7000" });
  expect(met.at(-1)).toMatchObject({ enoughFor: "any", raiseTo: "nothing" });
});

test("the points that all fleets' forecasts take, spread over a quarter of an hour, have a limit of their own", () => {
  const metBy = (fleetCount: number) =>
    limitsMet(fleetCount, demand).find(({ limit }) => limit === "CloudWatch points of forecasts");
  // 44 a second each, of four fifths of 396,000.
  expect(metBy(7_200)).toMatchObject({ is: "396000/s", enoughFor: 7_200, raiseTo: "nothing" });
  expect(metBy(9_000)).toMatchObject({ raiseTo: "792000/s" });
  const none = limitsMet(9_000, { ...demand, forecast: {} });
  expect(none.find(({ limit }) => limit === "CloudWatch points of forecasts")).toMatchObject({ enoughFor: "any" });
});

test("the points that looks read have one, too", () => {
  const met = limitsMet(1, demand).find(({ limit }) => limit === "CloudWatch points of looks");
  expect(met).toMatchObject({ is: "180000/s, 180000 at once", enoughFor: (0.8 * 61 * 180_000) / (0.8 * 60) });
});

test("nothing is raised before it is met", () => {
  expect(raisedFor(1_400, demand)(named(createFleet))).toBe(1);
  expect(raisedFor(3_500, demand)(named(createFleet))).toBe(4);
  expect(limitsMet(1_400, demand).filter(({ raiseTo }) => raiseTo !== "nothing")).toEqual([]);
});
