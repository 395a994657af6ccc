// What a fleet behind HAProxy adds to one behind a load balancer: a function that counts each minute, and carries out what looks order.
import {
  haproxyFleetMs,
  haproxyMemoryMb,
  haproxyRunMs,
  loggedBytesPerInvocation,
  loggedBytesPerMinute,
} from "./assumptions.ts";
import { type Bill, hoursPerMonth, lambdaUsd, logUsd } from "./bill.ts";
import { prices } from "./prices.ts";
import type { Usage } from "./usage.ts";

export interface Haproxy {
  /** What it adds to a fleet in a month. */
  readonly calm: Bill;
  readonly busy: Bill;
  /** In a month, once for all fleets behind HAProxy. */
  readonly account: Bill;
}

export const haproxyOf = (calm: Usage, busy: Usage): Haproxy => ({
  calm: billOfBehind(calm),
  busy: billOfBehind(busy),
  account: billOfClock(),
});

/** `Requests`, `RequestsPerTarget` and `HealthyHosts`. */
const metricCount = 3;
const minutesPerMonth = 60 * hoursPerMonth;
const memoryMb = haproxyMemoryMb;

/** `hour` is what looks use behind a load balancer. */
export function billOfBehind(hour: Usage): Bill {
  const orders = orderCount(hour) * hoursPerMonth;
  const ms = minutesPerMonth * haproxyFleetMs + orders * (haproxyRunMs + haproxyFleetMs);
  const logged = minutesPerMonth * loggedBytesPerMinute + orders * loggedBytesPerInvocation;
  return [
    { what: "metrics of its own", usd: metricCount * prices.customMetricMonth },
    { what: "Lambda haproxy", usd: lambdaUsd({ ms, runs: orders, memoryMb }) },
    { what: "logs of 30 days", usd: logUsd(logged) },
  ];
}

/** HAProxy is asked where a load balancer would be, and told before what is terminated leaves its slot. */
const orderCount = (hour: Usage): number =>
  [
    "ElasticLoadBalancingV2 DescribeTargetHealth",
    "ElasticLoadBalancingV2 RegisterTargets",
    "ElasticLoadBalancingV2 DeregisterTargets",
    "EC2 TerminateInstances",
  ].reduce((sum, call) => sum + (hour[call] ?? 0), 0);

/** A run each minute, for all of them. */
const billOfClock = (): Bill => [
  {
    what: "Lambda haproxy each minute",
    usd:
      lambdaUsd({ ms: minutesPerMonth * haproxyRunMs, runs: minutesPerMonth, memoryMb }) +
      minutesPerMonth * prices.schedulerInvocation,
  },
  { what: "logs of 30 days", usd: logUsd(minutesPerMonth * loggedBytesPerInvocation) },
];
