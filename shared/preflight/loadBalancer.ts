// Whether the load balancer is to be told, too: it grows by itself, but not from one minute to the next.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/capacity-unit-reservation.html
import { startsAt } from "../control/index.ts";
import { type Finding, hourMs } from "../core/index.ts";
import type { Peak, Policy } from "../policy/index.ts";
import type { Plan } from "./plan.ts";
import { minute } from "./words.ts";

// What one LCU takes on: https://aws.amazon.com/elasticloadbalancing/pricing/
const connectionsPerSecond = 25;
const gigabytesPerHour = 1;
/** The smallest reservation there is. */
const reservedMin = 100;
/** A load balancer follows a climb that takes longer to double. */
const climbsAlone = 2;
/** Most requests are fulfilled within minutes, some take hours. */
const aheadMs = 4 * hourMs;

/** Of a request, where nobody says. */
export const usualKilobytes = 20;

/** HAProxy does not grow by itself: its owner is told what comes. */
export const checkBalancerOf = (policy: Policy, { peak, plan }: Planned, kilobytesPerRequest: number): Finding =>
  typeof policy.targetGroup === "string"
    ? checkLoadBalancer(peak, plan, kilobytesPerRequest)
    : {
        level: "ok",
        check: "load balancer",
        found: `HAProxy is to carry up to ${Math.round(highestOf(plan))} requests/min: whether it can is not looked at`,
      };

interface Planned {
  readonly peak: Peak;
  readonly plan: Plan;
}

const highestOf = ({ minutes }: Plan): number => minutes.reduce((highest, one) => Math.max(highest, one.perMinute), 0);

/** At worst each request is a connection of its own. */
export function checkLoadBalancer(peak: Peak, plan: Plan, kilobytesPerRequest: number): Finding {
  const perMinute = highestOf(plan);
  const perSecond = perMinute / 60;
  const byConnections = perSecond / connectionsPerSecond;
  const byBytes = (perSecond * 3_600 * kilobytesPerRequest) / 1e6 / gigabytesPerHour;
  const units = Math.ceil(Math.max(byConnections, byBytes));
  const arithmetic =
    `${Math.round(perMinute)} requests/min are up to ${units} LCU: ${byConnections.toFixed(1)} by new connections ` +
    `(${perSecond.toFixed(0)}/s ÷ ${connectionsPerSecond}), ${byBytes.toFixed(1)} by bytes (${kilobytesPerRequest} kB a request)`;
  const check = "load balancer";
  const climbs = perMinute / Math.max(1, plan.usualPerMinute);
  if (units < reservedMin)
    return { level: "ok", check, found: `${arithmetic}; a reservation begins at ${reservedMin}, and none is needed` };
  if (climbs < climbsAlone || peak.rampMs > hourMs)
    return { level: "ok", check, found: `${arithmetic}; it climbs slowly enough for the load balancer to follow` };
  const toDo =
    `by ${minute(startsAt(peak) - aheadMs)}: aws elbv2 modify-capacity-reservation --load-balancer-arn ARN ` +
    `--minimum-load-balancer-capacity CapacityUnits=${units}; afterwards --reset-capacity-reservation, since it is paid until then`;
  return {
    level: "warning",
    check,
    found: `${arithmetic}, ${climbs.toFixed(1)} times the usual in ${peak.rampMs / 60_000} min`,
    toDo,
  };
}
