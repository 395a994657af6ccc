// The policy's top level: every key of the YAML, in the order of the sample.
import { hourMs, secondMs } from "../core/index.ts";
import { defaults } from "./defaults.ts";
import { launch } from "./launch.ts";
import { list, repeatedWords } from "./list.ts";
import { type Check, defaulted, type Field, group, object, optional, required, type Values } from "./object.ts";
import { peaks, plainName } from "./peaks.ts";
import { type Fault, fault, found, itemsOf, type Place, valueAt } from "./place.ts";
import { change, duration, percent, rate, velocity } from "./quantity.ts";
import { rules } from "./rules.ts";
import { convert, flag, oneOf, type Shape, shortOrMap, text, wholeNumber } from "./shape.ts";
import { type MissingChoice, type Policy, type RuleMetric, ruleMetrics, type Warm } from "./types.ts";

/** Beyond it neither EC2's API nor a log row has been thought through. */
const instanceCountMax = 10_000;
const instanceCount = (from: 0 | 1) => wholeNumber({ from, to: instanceCountMax });

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

const capacity: Shape<Policy["capacity"]> = convert(
  object({
    fields: {
      perInstance: required(rate({ from: 1, to: 10_000_000 }), "What one instance serves at 100 %."),
      target: defaulted(percent({ from: 0.01, to: 1 }), defaults.capacity.target, "The share of it to plan for."),
    },
  }),
  ({ perInstance, target }) => ({ perInstancePerMinute: perInstance, targetRatio: target }),
);

const path = text({
  expects: "a path that begins with /",
  pattern: /^\/[\x21-\x7e]{0,1023}$/,
  examples: ["/", "/search?q=shoes"],
});

const warmUp = object({
  fields: {
    paths: required(
      list({ item: path, noun: "paths", min: 1, check: repeatedWords }),
      "What to request from a new instance.",
    ),
    until: required(
      object({ fields: { p95: required(duration({ from: 1, to: 60 * secondMs }), "The 95th percentile to reach.") } }),
      "When an instance is warm.",
    ),
    timeout: defaulted(
      duration({ from: secondMs, to: hourMs / 4 }),
      defaults.warm.timeout,
      "After which warming has failed.",
    ),
  },
});

const warm: Shape<Warm> = convert(
  object({
    fields: {
      http: required(warmUp, "Warm by requests, before an instance meets its first user."),
      onFailure: defaulted(
        oneOf(["serve", "replace"]),
        defaults.warm.onFailure,
        "An instance that does not get warm serves all the same, or is replaced.",
      ),
    },
  }),
  ({ http, onFailure }) => ({
    kind: "http",
    paths: http.paths,
    untilP95Ms: http.until.p95,
    timeoutMs: http.timeout,
    onFailure,
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

const missingFloor: Shape<MissingChoice> = convert(
  object({
    fields: {
      floor: optional(instanceCount(1), "At least so many instances."),
      scaleOut: optional(change({ ratioMax: 10, countMax: instanceCountMax }), "So many more instances."),
    },
    choice: ["floor", "scaleOut"],
  }),
  ({ floor, scaleOut }) =>
    scaleOut === undefined ? { kind: "floor", count: floor ?? 0 } : { kind: "scale-out", by: scaleOut },
);

const missingChoice: Shape<MissingChoice> = shortOrMap<MissingChoice>(
  convert(oneOf(["hold", "ignore"]), (kind) => ({ kind })),
  missingFloor,
);

const missing: Shape<Policy["missing"]> = object({
  fields: Object.fromEntries(
    ruleMetrics.map((metric) => [
      metric,
      defaulted(missingChoice, defaults.missing, `What the rules of ${metric} do while it is missing.`),
    ]),
  ) as Record<RuleMetric, Field<MissingChoice>>,
});

const window = duration({ from: 0, to: hourMs });
const stabilization: Shape<Policy["stabilization"]> = convert(
  object({
    fields: {
      scaleOut: defaulted(window, defaults.stabilization.scaleOut, "So long must the wish to grow last."),
      scaleIn: defaulted(window, defaults.stabilization.scaleIn, "So long must the wish to shrink last."),
    },
  }),
  ({ scaleOut, scaleIn }) => ({ scaleOutMs: scaleOut, scaleInMs: scaleIn }),
);

const limits: Shape<Policy["limits"]> = object({
  fields: {
    scaleOut: defaulted(velocity, defaults.limits.scaleOut, "At most so much growth in so long a time."),
    scaleIn: defaulted(velocity, defaults.limits.scaleIn, "At most so much shrinking in so long a time."),
  },
});

const fields = {
  fleet: required(plainName, "The fleet's name; one file, one fleet."),
  targetGroup: required(targetGroup, "Name or ARN of the ALB target group."),
  launch: required(launch, "What an instance is made of."),
  bounds: required(bounds, "The fewest and the most instances."),
  capacity: required(capacity, "What one instance can do."),
  rules: defaulted(rules, defaults.rules, "Each wishes for a number of instances; the largest wish counts."),
  peaks: defaulted(peaks, [], "Announced events."),
  warm: optional(warm, "Before an instance serves. Left out: nothing."),
  drain: group(drain, "Before an instance goes."),
  missing: group(missing, "What a rule does when its metric is missing; nothing here ever lowers the target."),
  stabilization: group(stabilization, "How long a wish must last before it counts."),
  limits: group(limits, "How fast the fleet may change."),
  mode: defaulted(oneOf(["live", "shadow"]), defaults.mode, "`shadow` decides and logs, and touches nothing."),
};

/** A floor above the maximum could never stand. */
const fitsBounds: Check<typeof fields> = ({ bounds, rules = [], missing }, at) => {
  if (bounds === undefined) return [];
  const ruleFaults = rules.flatMap((rule, index) =>
    rule.kind === "schedule" && rule.min > bounds.max
      ? beyondMax(at, ["rules", index, "schedule", "min"], bounds.max)
      : [],
  );
  const missingFaults = ruleMetrics.flatMap((metric) => {
    const choice = missing?.[metric];
    return choice?.kind === "floor" && choice.count > bounds.max
      ? beyondMax(at, ["missing", metric, "floor"], bounds.max)
      : [];
  });
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
  object({ fields, check: fitsBounds }),
  ({ warm = { kind: "none" }, ...rest }: Values<typeof fields>) => ({ ...rest, warm }),
);
