// The limits that AWS publishes on calls, and on the points that calls ask for, by account and region, before anything is raised. A bucket holds `burst` tokens and
// gets `perSecond` back.
// https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html (CreateFleet as an action that changes something)
// https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
import { assert, type DurationMs, type EpochMs, hourMs, secondMs } from "../core/index.ts";

export interface Limit {
  readonly name: string;
  readonly burst: number;
  readonly perSecond: number;
  /** By the names that usage has for them, `<service> <command>`; those of one limit share its bucket. */
  readonly calls: readonly string[];
}

const elb = "ElasticLoadBalancingV2";

export const limits: readonly Limit[] = [
  { name: "EC2 CreateFleet", burst: 50, perSecond: 5, calls: ["EC2 CreateFleet"] },
  { name: "EC2 DescribeInstances", burst: 100, perSecond: 20, calls: ["EC2 DescribeInstances"] },
  { name: "EC2 DescribeLaunchTemplates", burst: 100, perSecond: 20, calls: ["EC2 DescribeLaunchTemplates"] },
  { name: "EC2 TerminateInstances", burst: 100, perSecond: 5, calls: ["EC2 TerminateInstances"] },
  {
    name: "ELB reads, together",
    burst: 40,
    perSecond: 10,
    calls: ["DescribeTargetHealth", "DescribeTargetGroups", "DescribeTargetGroupAttributes", "DescribeTags"].map(
      (command) => `${elb} ${command}`,
    ),
  },
  {
    name: "ELB registration, together",
    burst: 20,
    perSecond: 4,
    calls: [`${elb} RegisterTargets`, `${elb} DeregisterTargets`],
  },
  { name: "CloudWatch GetMetricData", burst: 50, perSecond: 50, calls: ["CloudWatch GetMetricData"] },
  // Points have no bucket of their own among those that refuse: looks come nowhere near.
  { name: "CloudWatch points of looks", burst: 180_000, perSecond: 180_000, calls: ["recent points"] },
];

/**
 * What a forecast learns from begins further back than `recentMs`, and has a limit of its own. CloudWatch counts the points that a
 * call may bring, not those that there are.
 */
export const historyPoints = { name: "CloudWatch points of forecasts", perSecond: 396_000, points: "old points" };
export const recentMs: DurationMs = 3 * hourMs;

/** What an account may have, and what a fleet takes of it. */
export const counts = [
  { name: "CloudWatch alarms", most: 5_000, perFleet: 1 },
  { name: "target groups", most: 3_000, perFleet: 1 },
  { name: "launch templates", most: 5_000, perFleet: 1 },
  { name: "load balancers, of 100 target groups each", most: 50, perFleet: 0.01 },
] as const;

/** The concurrent executions of all Lambdas, and how many more the event source uses with every minute of backlog. */
export const concurrencyMax = 1_000;
export const pollersMorePerMinute = 300;

export interface Buckets {
  /** Takes a token, if there is one. */
  take(call: string, now: EpochMs): "taken" | "none left";
}

/** Every bucket is full at first. `raised` multiplies what is published. */
export function createBuckets(raised: (limit: Limit) => number): Buckets {
  const buckets = limits.map((limit) => {
    const factor = raised(limit);
    return {
      ...limit,
      burst: limit.burst * factor,
      perSecond: limit.perSecond * factor,
      tokens: limit.burst * factor,
      at: 0,
    };
  });
  return {
    take: (call, now) => {
      const bucket = buckets.find(({ calls }) => calls.includes(call));
      if (bucket === undefined) return "taken";
      assert(now >= bucket.at, "time never runs backwards");
      bucket.tokens = Math.min(bucket.burst, bucket.tokens + ((now - bucket.at) / secondMs) * bucket.perSecond);
      bucket.at = now;
      if (bucket.tokens < 1) return "none left";
      bucket.tokens -= 1;
      return "taken";
    },
  };
}
