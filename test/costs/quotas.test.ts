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

const demand = { ramping: { [createFleet]: 1, "EC2 DescribeInstances": 2 }, calm: { "CloudWatch GetMetricData": 0.1 } };

test("a limit is enough for the fleets whose fifth takes four fifths of it in one minute", () => {
  const met = limitsMet(7_000, demand);
  expect(met[0]).toEqual({ limit: createFleet, is: "5/s, 50 at once", enoughFor: 1_400, raiseTo: "40/s, 400 at once" });
  expect(met.find(({ limit }) => limit === "EC2 DescribeInstances")).toMatchObject({ enoughFor: 2_600 });
  expect(met.find(({ limit }) => limit === "CloudWatch alarms")).toMatchObject({ enoughFor: 5_000, raiseTo: "7000" });
  expect(met.at(-1)).toMatchObject({ enoughFor: "any", raiseTo: "nothing" });
});

test("nothing is raised before it is met", () => {
  expect(raisedFor(1_400, demand)(named(createFleet))).toBe(1);
  expect(raisedFor(3_500, demand)(named(createFleet))).toBe(4);
  expect(limitsMet(1_400, demand).filter(({ raiseTo }) => raiseTo !== "nothing")).toEqual([]);
});
