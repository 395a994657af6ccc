// A `step` rule: tiers of a metric, each with what to add or remove. What a threshold looks like depends on the metric.
import { hourMs, minuteMs, ok } from "../core/index.ts";
import { defaults } from "./defaults.ts";
import { list, repeated } from "./list.ts";
import { isBuiltIn, ruleMetric } from "./metricNames.ts";
import { defaulted, object, required } from "./object.ts";
import { type Fault, fault, found, itemsOf, type Place, valueAt } from "./place.ts";
import { change, duration, percent, rate } from "./quantity.ts";
import { convert, firstOf, plainNumber, type Shape, unexpected } from "./shape.ts";
import type { RuleMetric, StepRule } from "./types.ts";

const latency = duration({ from: 1, to: 10 * minuteMs });
const share = percent({ from: 0, to: 1 });
const perMinute = rate({ from: 0, to: 1e9 });
/** Of a metric of the operator's own, whose unit is the operator's too. */
const plain = plainNumber({ from: -1e12, to: 1e12 });

const thresholds: Readonly<Record<RuleMetric, Shape<number>>> = {
  requests: perMinute,
  cpu: share,
  "latency-p50": latency,
  "latency-p90": latency,
  "latency-p95": latency,
  "latency-p99": latency,
  "errors-5xx": perMinute,
  rejected: perMinute,
  "requests-per-target": perMinute,
};

/** For the schema, and for reading on when the metric itself is wrong. */
const anyThreshold = firstOf([latency, share, perMinute, plain]);

/** Whole minutes, because a signal has a point a minute; an hour of them, because a snapshot has to stay small. */
const wholeMinutes: Shape<number> = {
  ...duration({ from: minuteMs, to: hourMs }),
  read: (at) => {
    const reading = duration({ from: minuteMs, to: hourMs }).read(at);
    if (reading.kind === "error") return reading;
    const minutes = reading.value / minuteMs;
    return Number.isInteger(minutes) ? ok(minutes) : unexpected(at, "whole minutes");
  },
};

const shapeFor = (threshold: Shape<number>): Shape<Omit<StepRule, "name">> => {
  const above = object({
    fields: {
      over: required(threshold, "The tier counts when the metric is over this."),
      add: required(change({ ratioMax: 10, countMax: 10_000 }), "A percentage of the serving instances, or a count."),
    },
  });
  const below = object({
    fields: {
      under: required(threshold, "The tier counts when the metric is under this."),
      remove: required(change({ ratioMax: 1, countMax: 10_000 }), "A percentage of the serving instances, or a count."),
    },
  });
  return convert(
    object({
      fields: {
        metric: required(ruleMetric, "What to watch."),
        above: defaulted(
          list({ item: above, noun: "tiers", min: 0, check: (at) => repeatedThresholds(at, "over", threshold) }),
          [],
          "Tiers that add instances; the highest that is exceeded counts.",
        ),
        below: defaulted(
          list({ item: below, noun: "tiers", min: 0, check: (at) => repeatedThresholds(at, "under", threshold) }),
          [],
          "Tiers that remove instances; the lowest that is undercut counts.",
        ),
        for: defaulted(wholeMinutes, defaults.step.for, "So many minutes in a row must agree."),
      },
      check: ({ above, below }, at) => tierFaults(at, above, below),
    }),
    ({ metric, above, below, for: minutes }) => ({
      kind: "step",
      metric,
      above: above.toSorted((a, b) => a.over - b.over),
      below: below.toSorted((a, b) => b.under - a.under),
      minutes,
    }),
  );
};

const shapes = new Map([...Object.values(thresholds), plain].map((threshold) => [threshold, shapeFor(threshold)]));
const anyShape = shapeFor(anyThreshold);

export const step: Shape<Omit<StepRule, "name">> = {
  ...anyShape,
  read: (at) => {
    const metricAt = valueAt(at, "metric");
    const metric = metricAt && ruleMetric.read(metricAt);
    if (metric?.kind !== "ok") return anyShape.read(at);
    return (shapes.get(isBuiltIn(metric.value) ? thresholds[metric.value] : plain) ?? anyShape).read(at);
  },
};

function repeatedThresholds(at: Place, key: "over" | "under", threshold: Shape<number>): readonly Fault[] {
  return repeated(at, (item) => {
    const thresholdAt = valueAt(item, key);
    const reading = thresholdAt && threshold.read(thresholdAt);
    return thresholdAt && reading?.kind === "ok" ? { at: thresholdAt, value: reading.value } : undefined;
  });
}

/** At least one tier, and no reading for which one tier adds while another removes. */
function tierFaults(
  at: Place,
  above: StepRule["above"] | undefined,
  below: StepRule["below"] | undefined,
): readonly Fault[] {
  if (above === undefined || below === undefined) return [];
  if (above.length + below.length === 0) return [fault(at, "expected at least one tier in `above` or `below`")];
  const lowest = Math.min(...above.map(({ over }) => over));
  return below.flatMap(({ under }, index) => {
    if (under <= lowest) return [];
    const item = itemsOf(valueAt(at, "below") ?? at)[index] ?? at;
    const underAt = valueAt(item, "under") ?? item;
    return [fault(underAt, `expected at most the lowest \`over\`, found ${found(underAt)}`)];
  });
}
