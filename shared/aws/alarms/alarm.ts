// The high alarms that a fleet's rules ask for: what wakes it before its next heartbeat. An alarm decides nothing. There are
// no low ones: they would stay in ALARM all night at min, and the heartbeat shrinks.
import { assert } from "../../core/index.ts";
import type { OwnMetric, Policy, Rule, StepRule } from "../../policy/index.ts";
import { type Dimensions, ownWatched, perHost, type Reading, readingOf, type Watched } from "./watched.ts";

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

function highOf(rule: Rule, policy: Policy, dimensions: Dimensions): High | "none" {
  switch (rule.kind) {
    case "target-demand": {
      const { perInstancePerMinute, targetRatio } = policy.capacity;
      const perTarget = readingIn(policy, "requests-per-target", dimensions);
      return over(perTarget, perInstancePerMinute * targetRatio, 1);
    }
    case "forecast": {
      const { perInstancePerMinute, limitRatio } = policy.capacity;
      return over(readingIn(policy, "requests-per-target", dimensions), perInstancePerMinute * limitRatio, 1);
    }
    case "target-level":
      return over(readingIn(policy, rule.metric, dimensions), rule.level, 1);
    case "target-total":
      return { watched: perHost(ownIn(policy, rule.metric), dimensions), threshold: rule.perInstance, minutes: 1 };
    case "step":
      return stepHigh(rule, readingIn(policy, rule.metric, dimensions));
    case "target-utilization":
    case "schedule":
      return "none";
  }
}

/** The lowest tier: whatever is over a higher one is over it too. */
function stepHigh({ above: [lowest], minutes }: StepRule, reading: Reading | "none"): High | "none" {
  return lowest === undefined ? "none" : over(reading, lowest.over, minutes);
}

/** `level` is in our unit. */
const over = (reading: Reading | "none", level: number, minutes: number): High | "none" =>
  reading === "none" ? "none" : { watched: reading.watched, threshold: level / reading.scale, minutes };

function readingIn(policy: Policy, metric: string, dimensions: Dimensions): Reading | "none" {
  if (!Object.hasOwn(policy.metrics, metric)) return readingOf(metric, dimensions);
  return { watched: ownWatched(ownIn(policy, metric)), scale: 1 };
}

function ownIn({ metrics }: Policy, name: string): OwnMetric {
  const own = metrics[name];
  assert(own !== undefined, `a rule's metric ${name} is built in or the operator's own`);
  return own;
}
