// The high alarms that a fleet's rules ask for: what wakes it before its next heartbeat. An alarm decides nothing. There are
// no low ones: they would stay in ALARM all night at min, and the heartbeat shrinks.
import type { Policy, Rule, StepRule } from "../../policy/index.ts";

export interface Alarm {
  /** `tidegate/<stage>/<fleet>/<rule>` */
  readonly name: string;
  readonly description: string;
  readonly watched: Watched;
  /** In CloudWatch's unit. Over it, not at it. */
  readonly threshold: number;
  /** So many minutes in a row. */
  readonly minutes: number;
}

export type Watched =
  | { readonly kind: "series"; readonly series: Series }
  | {
      readonly kind: "expression";
      readonly expression: string;
      /** By the name that the expression calls them. */
      readonly inputs: Readonly<Record<string, Series>>;
    };

export interface Series {
  readonly namespace: string;
  readonly metric: string;
  readonly statistic: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** How CloudWatch knows a fleet's target group and its load balancer: `targetgroup/…` and `app/…`. */
export interface Dimensions {
  readonly group: string;
  readonly balancer: string;
}

export interface AlarmsOf {
  readonly stage: string;
  readonly policy: Policy;
  readonly dimensions: Dimensions;
}

/** No fleet's alarms may have a name that begins so but its own. */
export const alarmPrefix = (stage: string): string => `tidegate/${stage}/`;

/** One for each rule that reads a metric of fixed dimensions and may wish for more. A fleet's CPU has none. */
export function alarmsOf({ stage, policy, dimensions }: AlarmsOf): readonly Alarm[] {
  return policy.rules.flatMap((rule) => {
    const high = highOf(rule, policy, dimensions);
    if (high === "none") return [];
    const description = `Wakes Tidegate to look at fleet ${policy.fleet}, whose rule "${rule.name}" may want more.`;
    return [{ name: `${alarmPrefix(stage)}${policy.fleet}/${rule.name}`, description, ...high }];
  });
}

/** What of a reading a rule takes for too high. */
type High = Pick<Alarm, "watched" | "threshold" | "minutes">;

function highOf(rule: Rule, { capacity }: Policy, dimensions: Dimensions): High | "none" {
  switch (rule.kind) {
    case "target-demand":
      return {
        watched: series("RequestCountPerTarget", "Sum", { TargetGroup: dimensions.group }),
        threshold: capacity.perInstancePerMinute * capacity.targetRatio,
        minutes: 1,
      };
    case "step":
      return stepHigh(rule, dimensions);
    case "target-utilization":
    case "schedule":
      return "none";
  }
}

/** The lowest tier: whatever is over a higher one is over it too. */
function stepHigh({ metric, above, minutes }: StepRule, dimensions: Dimensions): High | "none" {
  const [lowest] = above;
  const read = lowest === undefined ? "none" : readingOf(metric, dimensions);
  if (lowest === undefined || read === "none") return "none";
  return { watched: read.watched, threshold: lowest.over / read.scale, minutes };
}

interface Reading {
  readonly watched: Watched;
  /** From CloudWatch's unit to ours. */
  readonly scale: number;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html */
function readingOf(metric: StepRule["metric"], { group, balancer }: Dimensions): Reading | "none" {
  const ofBalancer = { LoadBalancer: balancer };
  const ofTargets = { TargetGroup: group, ...ofBalancer };
  switch (metric) {
    case "cpu":
      return "none";
    case "requests":
      return { watched: series("RequestCount", "Sum", ofTargets), scale: 1 };
    case "rejected":
      return { watched: series("RejectedConnectionCount", "Sum", ofBalancer), scale: 1 };
    case "errors-5xx":
      return { watched: errors(ofTargets, ofBalancer), scale: 1 };
    default:
      return {
        watched: series("TargetResponseTime", metric.replace("latency-", ""), ofTargets),
        scale: 1_000,
      };
  }
}

/** A minute without errors of one sort has no point of it, and must not hide those of the other. */
const errors = (ofTargets: Series["dimensions"], ofBalancer: Series["dimensions"]): Watched => ({
  kind: "expression",
  expression: "FILL(targets, 0) + FILL(balancer, 0)",
  inputs: {
    targets: ofElb("HTTPCode_Target_5XX_Count", "Sum", ofTargets),
    balancer: ofElb("HTTPCode_ELB_5XX_Count", "Sum", ofBalancer),
  },
});

const series = (metric: string, statistic: string, dimensions: Series["dimensions"]): Watched => ({
  kind: "series",
  series: ofElb(metric, statistic, dimensions),
});

const ofElb = (metric: string, statistic: string, dimensions: Series["dimensions"]): Series => ({
  namespace: "AWS/ApplicationELB",
  metric,
  statistic,
  dimensions,
});
