// The policy's top level: every key of the YAML, in the order of the sample.
import { assert, type DurationMs, hourMs } from "../core/index.ts";
import { budgetOf, priceFaults } from "./budget.ts";
import { defaults } from "./defaults.ts";
import { instanceCount } from "./instanceCount.ts";
import { launch } from "./launch.ts";
import { limits } from "./limits.ts";
import { knownOfHaproxy, loadBalancer, targetGroup } from "./loadBalancer.ts";
import { missing } from "./missing.ts";
import { type Check, defaulted, group, object, optional, readSpelling, required, type Values } from "./object.ts";
import { ownMetrics } from "./ownMetrics.ts";
import { peaks, plainName } from "./peaks.ts";
import { type Fault, fault, found, itemsOf, keyAt, type Place, valueAt } from "./place.ts";
import { duration, percent, rate } from "./quantity.ts";
import { renew } from "./renew.ts";
import { reserve } from "./reserve.ts";
import { rules } from "./rules.ts";
import { convert, either, flag, oneOf, type Shape } from "./shape.ts";
import type { Policy } from "./types.ts";
import { warm } from "./warm.ts";

const bounds: Shape<Policy["bounds"]> = object({
  fields: {
    min: required(instanceCount(0), "Never fewer instances."),
    max: required(instanceCount(1), "Never more instances, draining ones aside."),
  },
  check: ({ min, max }, at) =>
    min !== undefined && max !== undefined && min > max
      ? [fault(valueAt(at, "min") ?? at, `expected at most max, which is ${max}, found ${min}`)]
      : [],
});

const served = rate({ from: 1, to: 10_000_000 });
const learn = object({
  fields: {
    from: required(served, "Never taken for less."),
    to: required(served, "Never taken for more."),
  },
  check: ({ from, to }, at) =>
    from !== undefined && to !== undefined && from > to
      ? [fault(valueAt(at, "from") ?? at, `expected at most to, which is ${to}, found ${from}`)]
      : [],
});

const capacity: Shape<Policy["capacity"]> = convert(
  object({
    fields: {
      perInstance: required(served, "What one instance serves at 100 %."),
      learn: optional(
        learn,
        "Learn it from requests, CPU and latency, within these bounds; `perInstance` is where it begins.",
      ),
      target: defaulted(percent({ from: 0.01, to: 1 }), defaults.capacity.target, "The share of it to plan for."),
      limit: defaulted(
        percent({ from: 0.01, to: 1 }),
        defaults.capacity.limit,
        "The share of it up to which answers come in time: what forecasts fill it to.",
      ),
    },
    check: ({ perInstance, learn }, at) =>
      perInstance !== undefined && learn !== undefined && (perInstance < learn.from || perInstance > learn.to)
        ? [
            fault(
              valueAt(at, "perInstance") ?? at,
              `expected a start within learn, ${learn.from} to ${learn.to} a minute`,
            ),
          ]
        : [],
  }),
  ({ perInstance, learn, target, limit }) => ({
    perInstancePerMinute: perInstance,
    targetRatio: target,
    limitRatio: limit,
    learn:
      learn === undefined ? { kind: "none" } : { kind: "between", fromPerMinute: learn.from, toPerMinute: learn.to },
  }),
);

const drain: Shape<Policy["drain"]> = convert(
  object({
    fields: {
      timeout: defaulted(
        duration({ from: 0, to: hourMs }),
        defaults.drain.timeout,
        "How long requests in flight may take; the target group's deregistration delay counts if it is longer.",
      ),
      takeBack: defaulted(
        flag,
        defaults.drain.takeBack,
        "Whether a draining instance may serve again before one is bought.",
      ),
    },
  }),
  ({ timeout, takeBack }) => ({ timeoutMs: timeout, takeBack: takeBack ? "allowed" : "never" }),
);

const window = duration({ from: 0, to: hourMs });
interface GivenStabilization {
  readonly scaleOutMs: DurationMs;
  readonly scaleInMs: DurationMs | undefined;
}
const stabilization: Shape<GivenStabilization> = convert(
  object({
    fields: {
      scaleOut: defaulted(window, defaults.stabilization.scaleOut, "So long must the wish to grow last."),
      scaleIn: optional(
        window,
        `So long must the wish to shrink last: ${defaults.stabilization.scaleIn}, or ${defaults.stabilizationByForecast.scaleIn} where only forecasts read metrics.`,
      ),
    },
  }),
  ({ scaleOut, scaleIn }) => ({ scaleOutMs: scaleOut, scaleInMs: scaleIn }),
);

const fields = {
  fleet: required(plainName, "The fleet's name; one file, one fleet."),
  targetGroup: optional(targetGroup, "Name or ARN of the ALB target group."),
  loadBalancer: optional(loadBalancer, "What stands before the instances in place of an ALB's target group."),
  launch: required(launch, "What an instance is made of."),
  bounds: required(bounds, "The fewest and the most instances."),
  capacity: required(capacity, "What one instance can do."),
  metrics: defaulted(ownMetrics, {}, "Metrics of your own, or math over them, by the names that rules use."),
  rules: defaulted(rules, defaults.rules, "Each wishes for a number of instances; the largest wish counts."),
  peaks: defaulted(peaks, [], "Announced events."),
  warm: optional(warm, "Before an instance serves. Left out: nothing."),
  drain: group(drain, "Before an instance goes."),
  missing,
  renew: optional(renew, "Which instances are replaced though they serve well. Left out: none."),
  reserve: optional(reserve, "Stopped instances, started before any is launched. Left out: none."),
  stabilization: group(stabilization, "How long a wish must last before it counts."),
  limits: group(limits, "How fast the fleet may change."),
  mode: defaulted(oneOf(["live", "shadow"]), defaults.mode, "`shadow` decides and logs, and touches nothing."),
};

const fits: Check<typeof fields> = (values, at) => [
  ...fitsBounds(values, at),
  ...isPublished(values, at),
  ...isRead(values, at),
  ...(values.launch && values.limits?.budget ? priceFaults(values.limits.budget, values.launch, at) : []),
];

/** A rule that reads what nobody publishes would be blind for ever. */
const isPublished: Check<typeof fields> = ({ loadBalancer, metrics = {}, rules = [] }, at) => {
  if (loadBalancer === undefined) return [];
  const known = [...knownOfHaproxy, ...Object.keys(metrics)];
  return rules.flatMap((rule, index) => {
    const place = itemsOf(valueAt(at, "rules") ?? at)[index] ?? at;
    if (rule.kind === "forecast" && rule.aim.kind === "serve-within")
      return [fault(place, "HAProxy tells no latencies: `within` needs a target group")];
    if (rule.kind === "schedule" || known.includes(rule.metric)) return [];
    return [
      fault(place, `HAProxy tells no ${rule.metric}: expected ${either(knownOfHaproxy)}, or a metric of your own`),
    ];
  });
};

/** A metric that no rule reads would be read, and paid for, at every look. */
const isRead: Check<typeof fields> = ({ metrics = {}, rules }, at) => {
  if (rules === undefined) return [];
  const read = rules.flatMap((rule) => (rule.kind === "schedule" ? [] : rule.metric));
  return Object.keys(metrics)
    .filter((name) => !read.includes(name))
    .map((name) => fault(keyAt(valueAt(at, "metrics") ?? at, name), "no rule reads it: let one, or take it away"));
};

/** A floor above the maximum could never stand. */
const fitsBounds: Check<typeof fields> = ({ bounds, rules = [], missing = {} }, at) => {
  if (bounds === undefined) return [];
  const ruleFaults = rules.flatMap((rule, index) =>
    rule.kind === "schedule" && rule.min > bounds.max
      ? beyondMax(at, ["rules", index, "schedule", "min"], bounds.max)
      : [],
  );
  const missingFaults = Object.entries(missing).flatMap(([metric, choice]) =>
    choice.kind === "floor" && choice.count > bounds.max ? beyondMax(at, ["missing", metric, "floor"], bounds.max) : [],
  );
  return [...ruleFaults, ...missingFaults];
};

function beyondMax(root: Place, keys: readonly (string | number)[], max: number): readonly Fault[] {
  const place = keys.reduce<Place | undefined>(
    (at, key) => at && (typeof key === "number" ? itemsOf(at)[key] : valueAt(at, key)),
    root,
  );
  return [fault(place ?? root, `expected at most bounds.max, which is ${max}, found ${found(place ?? root)}`)];
}

export const policy: Shape<Policy> = convert(
  object({ fields, choice: ["targetGroup", "loadBalancer"], check: fits }),
  ({
    targetGroup,
    loadBalancer,
    warm = { kind: "none" },
    renew = { kind: "never" },
    reserve = { kind: "none" },
    stabilization,
    limits: { budget: written, ...velocities },
    ...rest
  }: Values<typeof fields>) => ({
    ...rest,
    targetGroup: groupOf(targetGroup ?? loadBalancer),
    warm,
    renew,
    reserve,
    stabilization: {
      scaleOutMs: stabilization.scaleOutMs,
      scaleInMs: stabilization.scaleInMs ?? usualScaleInMs(rest.rules),
    },
    limits: { ...velocities, budget: budgetOf(written, rest.launch) },
  }),
);

function groupOf(given: Policy["targetGroup"] | undefined): Policy["targetGroup"] {
  assert(given !== undefined, "a policy has a target group or a load balancer");
  return given;
}

function usualScaleInMs(rules: Policy["rules"]): DurationMs {
  const readers = rules.filter(({ kind }) => kind !== "schedule");
  const isForecast = readers.length > 0 && readers.every((rule) => rule.kind === "forecast" && rule.mode === "active");
  return readSpelling(window, (isForecast ? defaults.stabilizationByForecast : defaults.stabilization).scaleIn);
}
