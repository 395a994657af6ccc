// The policy's top level: every key of the YAML, in the order of the sample.
import { type DurationMs, hourMs } from "../core/index.ts";
import { budgetOf, priceFaults } from "./budget.ts";
import { defaults } from "./defaults.ts";
import { instanceCount } from "./instanceCount.ts";
import { launch } from "./launch.ts";
import { limits } from "./limits.ts";
import { missing } from "./missing.ts";
import { type Check, defaulted, group, object, optional, readSpelling, required, type Values } from "./object.ts";
import { ownMetrics } from "./ownMetrics.ts";
import { peaks, plainName } from "./peaks.ts";
import { type Fault, fault, found, itemsOf, keyAt, type Place, valueAt } from "./place.ts";
import { duration, percent, rate } from "./quantity.ts";
import { renew } from "./renew.ts";
import { rules } from "./rules.ts";
import { convert, flag, oneOf, type Shape, text } from "./shape.ts";
import type { Policy } from "./types.ts";
import { warm } from "./warm.ts";

// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
const targetGroup = text({
  expects: "a target group's name (at most 32 letters, digits and -) or ARN",
  pattern:
    /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?|arn:aws[a-z-]{0,20}:elasticloadbalancing:[a-z0-9-]{1,30}:\d{12}:targetgroup\/[A-Za-z0-9-]{1,32}\/[0-9a-z]{1,32})$/,
  examples: ["shop-web"],
});

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
  targetGroup: required(targetGroup, "Name or ARN of the ALB target group."),
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
  stabilization: group(stabilization, "How long a wish must last before it counts."),
  limits: group(limits, "How fast the fleet may change."),
  mode: defaulted(oneOf(["live", "shadow"]), defaults.mode, "`shadow` decides and logs, and touches nothing."),
};

const fits: Check<typeof fields> = (values, at) => [
  ...fitsBounds(values, at),
  ...isRead(values, at),
  ...(values.launch && values.limits?.budget ? priceFaults(values.limits.budget, values.launch, at) : []),
];

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
  object({ fields, check: fits }),
  ({
    warm = { kind: "none" },
    renew = { kind: "never" },
    stabilization,
    limits: { budget: written, ...velocities },
    ...rest
  }: Values<typeof fields>) => ({
    ...rest,
    warm,
    renew,
    stabilization: {
      scaleOutMs: stabilization.scaleOutMs,
      scaleInMs: stabilization.scaleInMs ?? usualScaleInMs(rest.rules),
    },
    limits: { ...velocities, budget: budgetOf(written, rest.launch) },
  }),
);

function usualScaleInMs(rules: Policy["rules"]): DurationMs {
  const readers = rules.filter(({ kind }) => kind !== "schedule");
  const isForecast = readers.length > 0 && readers.every((rule) => rule.kind === "forecast" && rule.mode === "active");
  return readSpelling(window, (isForecast ? defaults.stabilizationByForecast : defaults.stabilization).scaleIn);
}
