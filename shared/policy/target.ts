// A `target` rule: as many instances as hold a metric at what they can bear. What its value looks like depends on the metric.
import { ok } from "../core/index.ts";
import { isBuiltIn, ownName, ownNames } from "./metricNames.ts";
import { isMisspelt, object, optional, required } from "./object.ts";
import { type Fault, fault, found, keyAt, missingAt, type Place, textAt, valueAt } from "./place.ts";
import { percent, rate } from "./quantity.ts";
import { convert, either, firstOf, plainNumber, refuse, type Shape, unexpectedWord } from "./shape.ts";
import type { TargetRule } from "./types.ts";

/** A target as it stands in its rule, which has the name. */
export type Target = TargetRule extends infer Rule ? (Rule extends TargetRule ? Omit<Rule, "name"> : never) : never;

const builtIn = ["requests", "cpu", "requests-per-target"] as const;

const metric: Shape<string> = {
  expects: either([...builtIn, "a name under `metrics`"]),
  schema: { type: "string", anyOf: [{ enum: builtIn }, { pattern: ownName.source }] },
  read: (at) => {
    const word = textAt(at) ?? "";
    const known = [...builtIn, ...ownNames(at)];
    if (known.includes(word)) return ok(word);
    if (isBuiltIn(word)) return refuse(at, `expected ${metric.expects}, found ${found(at)}: use \`step\` for it`);
    return unexpectedWord(at, metric.expects, known);
  },
};

const positive = plainNumber({ from: 0.000001, to: 1e12 });
const share = percent({ from: 0.01, to: 1 });
const perMinute = rate({ from: 1, to: 10_000_000 });

const shapeFor = (level: Shape<number>): Shape<Target> =>
  convert(
    object({
      fields: {
        metric: required(metric, "`requests` sizes for the demand; others are held at a value, or shared out."),
        value: optional(level, "What each instance is to read; not for `requests`."),
        perInstance: optional(positive, "What one instance takes on of a total; only for a name under `metrics`."),
      },
      check: ({ metric }, at) => (metric === undefined ? [] : keyFaults(metric, at)),
    }),
    ({ metric, value, perInstance }) => targetOf(metric, { value, perInstance }),
  );

interface Given {
  readonly value: number | undefined;
  readonly perInstance: number | undefined;
}

/** In a torn document, whose policy nobody gets to see, the value may be what is not there. */
function targetOf(metric: string, { value = 1, perInstance }: Given): Target {
  if (metric === "requests") return { kind: "target-demand", metric };
  if (perInstance !== undefined) return { kind: "target-total", metric, perInstance };
  return metric === "cpu"
    ? { kind: "target-utilization", metric, targetRatio: value }
    : { kind: "target-level", metric, level: value };
}

/** The share to plan requests for is a matter of the capacity; any other target needs its own. */
function keyFaults(metric: string, at: Place): readonly Fault[] {
  const [value, perInstance] = [valueAt(at, "value"), valueAt(at, "perInstance")];
  if (metric === "requests")
    return [
      ...stray(at, "value", "unknown key for requests: the share to plan for is `capacity.target`"),
      ...stray(at, "perInstance", "unknown key for requests: it is `capacity.perInstance`"),
    ];
  if (!isBuiltIn(metric)) return ownKeyFaults(at);
  const unshared = stray(at, "perInstance", `unknown key for ${metric}, which every instance reads for itself`);
  const isMissing = value === undefined && perInstance === undefined && at.source.state === "whole";
  const example = metric === "cpu" ? "the percentage of cpu to hold, such as 60%" : perMinute.expects;
  return isMissing ? [fault(missingAt(at, "value"), `missing, expected ${example}`)] : unshared;
}

const stray = (at: Place, key: string, message: string): readonly Fault[] =>
  valueAt(at, key) === undefined ? [] : [fault(keyAt(at, key), message)];

function ownKeyFaults(at: Place): readonly Fault[] {
  const choice = "`value` (what each instance is to read) or `perInstance` (what one takes on of a total)";
  const given = choices.filter((key) => valueAt(at, key) !== undefined);
  if (given.length > 1) return [fault(keyAt(at, "perInstance"), `expected ${choice}, found both`)];
  const isMeant = choices.some((key) => isMisspelt(key, at, ["metric", ...choices]));
  return isMeant || at.source.state === "torn" ? [] : [fault(at, `expected ${choice}`)];
}
/** That one is given and that one is misspelt look the same, and neither is a fault here. */
const choices = ["value", "perInstance"] as const;

const shapes: Readonly<Record<"cpu" | "requests-per-target" | "own", Shape<Target>>> = {
  cpu: shapeFor(share),
  "requests-per-target": shapeFor(perMinute),
  own: shapeFor(positive),
};
/** For the schema, and for reading on when the metric itself is wrong. */
const anyShape = shapeFor(firstOf([share, perMinute, positive]));

export const target: Shape<Target> = {
  ...anyShape,
  read: (at) => {
    const metricAt = valueAt(at, "metric");
    const word = (metricAt && textAt(metricAt)) ?? "";
    if (word === "cpu" || word === "requests-per-target") return shapes[word].read(at);
    return (ownNames(at).includes(word) ? shapes.own : anyShape).read(at);
  },
};
